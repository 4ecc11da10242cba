//! The course of jobs, and the answers of their methods.

use super::*;

#[test]
fn a_failed_start_leaves_the_machine_ready() {
    let mut scene = Scene::new();
    let job = scene.start("fail01").1.unwrap();
    assert_eq!(scene.state("fail01"), 2);
    scene.wait(100);
    let failed = scene.job(&job).unwrap();
    assert_eq!(failed.get::<u16>("JobState"), Ok(10));
    assert_eq!(failed.get::<u16>("ErrorCode"), Ok(32_768));
    assert!(
        failed
            .get::<String>("ErrorDescription")
            .unwrap()
            .contains("replica.sim.example")
    );
    assert!(
        failed
            .get::<String>("ErrorSummaryDescription")
            .unwrap()
            .contains("fail01")
    );
    assert_eq!(scene.state("fail01"), 1);

    let output = scene
        .call(&failed, "GetErrorEx", &Properties::new())
        .unwrap();
    let [("Errors", Value::Array(errors))] = output.parameters.as_slice() else {
        panic!("{output:?}");
    };
    let error = cim_xml::read(errors[0].as_str().unwrap()).unwrap();
    assert_eq!(error.class_name(), "Msvm_Error");
    assert_eq!(
        error.get::<String>("Message"),
        failed.get("ErrorDescription")
    );
    assert_eq!(
        error
            .get::<Vec<String>>("RecommendedActions")
            .unwrap()
            .len(),
        1
    );
    // It can be started again.
    assert_eq!(scene.start("fail01").0, 4096);
}

#[test]
fn a_job_without_trouble_has_no_error() {
    let mut scene = Scene::new();
    let job = scene.start("fail01").1.unwrap();
    scene.wait(50);
    let running = scene.job(&job).unwrap();
    let errors = scene
        .call(&running, "GetErrorEx", &Properties::new())
        .unwrap();
    assert_eq!(errors, Output::code(0).with("Errors", Value::Array(vec![])));
    let error = scene
        .call(&running, "GetError", &Properties::new())
        .unwrap();
    assert_eq!(error, Output::code(0).with("Error", Value::Null));
}

#[test]
fn warnings_are_a_success() {
    let mut scene = Scene::new();
    let job = scene.start("db01").1.unwrap();
    scene.wait(100);
    let warned = scene.job(&job).unwrap();
    assert_eq!(warned.get::<u16>("JobState"), Ok(32_768));
    assert_eq!(warned.get::<u16>("ErrorCode"), Ok(0));
    assert!(
        warned
            .get::<String>("ErrorDescription")
            .unwrap()
            .contains("disk")
    );
    scene.wait(100);
    assert_eq!(scene.state("db01"), 3);
}

#[test]
fn a_vanished_job_says_nothing_of_the_copy() {
    let mut scene = Scene::new();
    let job = scene.start("gone01").1.unwrap();
    scene.wait(59);
    assert_eq!(scene.job_state(&job), 4);
    scene.wait(1);
    assert!(scene.job(&job).is_none());
    scene.wait(140);
    assert_eq!(scene.state("gone01"), 3);
}

#[test]
fn jobs_are_cancelled() {
    for (requested, state) in [(4u16, 8), (5, 9)] {
        let mut scene = Scene::new();
        let job = scene.start("web01").1.unwrap();
        scene.wait(50);
        let running = scene.job(&job).unwrap();
        let change = Properties::new().with("RequestedState", requested);
        let changed = scene.call(&running, "RequestStateChange", &change).unwrap();
        assert_eq!(changed, Output::code(0));
        assert_eq!((scene.job_state(&job), scene.state("web01")), (state, 1));
        let again = scene.call(&running, "RequestStateChange", &change).unwrap();
        assert_eq!(again, Output::code(4097));
        assert_eq!(scene.start("web01").0, 4096);
    }
}

#[test]
fn other_state_changes_are_answered_by_the_table() {
    let mut scene = Scene::new();
    let job = scene.start("web01").1.unwrap();
    let running = scene.job(&job).unwrap();
    let timeout = |text: &str| Value::from(text.parse::<crate::cim::Interval>().unwrap());
    for (state, timeout, code) in [
        (Value::from(2u16), Value::Null, 1),
        (3u16.into(), Value::Null, 1),
        (6u16.into(), Value::Null, 1),
        (1u16.into(), Value::Null, 5),
        (7u16.into(), Value::Null, 5),
        (Value::Null, Value::Null, 5),
        (4u16.into(), timeout("PT5S"), 4098),
        (4u16.into(), timeout("PT0S"), 0),
    ] {
        let input = Properties::new()
            .with("RequestedState", state)
            .with("TimeoutPeriod", timeout);
        let output = scene.call(&running, "RequestStateChange", &input).unwrap();
        assert_eq!(output, Output::code(code), "{input:?}");
    }
    let killed = scene.call(&running, "KillJob", &Properties::new()).unwrap();
    assert_eq!(killed, Output::code(1));
}
