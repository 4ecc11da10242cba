//! The parameters, refusals and effects of StartReplication.

use super::*;

#[test]
fn a_replication_goes_from_ready_to_replicating() {
    let mut scene = Scene::new();
    assert_eq!(scene.state("web01"), 1);
    let never: DateTime = scene.vm("web01").get("LastReplicationTime").unwrap();
    assert!(never.is_never());
    let (code, job) = scene.start("web01");
    let job = job.unwrap();
    assert_eq!((code, scene.state("web01")), (4096, 2));
    assert_eq!(scene.job_state(&job), 2);
    assert_eq!(scene.start("web01"), (32_775, None));
    scene.wait(50);
    let running = scene.job(&job).unwrap();
    assert_eq!(running.get::<u16>("JobState"), Ok(4));
    assert_eq!(running.get::<u16>("JobType"), Ok(94));
    assert_eq!(running.get::<Vec<u16>>("OperationalStatus"), Ok(vec![2]));
    assert_eq!(
        running.get::<String>("Owner").as_deref(),
        Ok(r"SIM\operator")
    );
    assert_eq!(running.get::<String>("ErrorDescription").as_deref(), Ok(""));
    let elapsed: crate::cim::Interval = running.get("ElapsedTime").unwrap();
    assert_eq!(elapsed.to_xs_duration().as_deref(), Some("P0DT0H0M50S"));
    scene.wait(50);
    let over = scene.job(&job).unwrap();
    assert_eq!(over.get::<u16>("JobState"), Ok(7));
    assert_eq!(over.get::<Vec<u16>>("OperationalStatus"), Ok(vec![17, 2]));
    // The job was the start; the copy goes on.
    assert_eq!(scene.state("web01"), 2);
    scene.wait(100);
    assert_eq!(scene.state("web01"), 3);
    let since: DateTime = scene.vm("web01").get("LastReplicationTime").unwrap();
    assert_eq!(since, scene.now.to_datetime());
    assert_eq!(scene.start("web01"), (32_775, None));
    scene.wait(200);
    assert!(scene.job(&job).is_none(), "kept five minutes after its end");
}

#[test]
fn what_needs_no_job_and_what_is_refused() {
    let mut scene = Scene::new();
    assert_eq!(scene.start("fast01"), (0, None));
    assert_eq!(scene.state("fast01"), 2);
    assert_eq!(scene.start("cold01"), (32_775, None));
    assert_eq!(scene.state("cold01"), 0);
}

#[test]
fn parameters_that_make_no_sense() {
    let mut scene = Scene::new();
    let good = scene.input("web01", 1);
    let time = |text: &str| text.parse::<DateTime>().unwrap();
    let host = class(V2, "Msvm_ComputerSystem")
        .unwrap()
        .reference(&scene.vm("SIM"));
    let other = Reference::new(V2, "Msvm_ComputerSystem")
        .with_key("CreationClassName", "Msvm_ComputerSystem")
        .with_key("Name", "00000000-0000-0000-0000-000000000000");
    let of_other_class = Reference::new(V2, "Msvm_ReplicationService")
        .with_key("CreationClassName", "Msvm_ComputerSystem")
        .with_key("Name", scene.vm("web01").get::<String>("Name").unwrap());
    for (name, value) in [
        ("InitialReplicationType", Value::from(0u16)),
        ("InitialReplicationType", 4u16.into()),
        ("InitialReplicationType", Value::Null),
        // An export needs to know where to.
        ("InitialReplicationType", 2u16.into()),
        (
            "StartTime",
            "P0DT1H0M0S".parse::<crate::cim::Interval>().unwrap().into(),
        ),
        ("StartTime", time("203001********.******+000").into()),
        ("ComputerSystem", Value::Null),
        ("ComputerSystem", host.into()),
        ("ComputerSystem", other.into()),
        ("ComputerSystem", of_other_class.into()),
    ] {
        let input = good.clone().with(name, value);
        let output = scene.start_with(&input).unwrap();
        assert_eq!(taken_apart(output), (32_773, None), "{input:?}");
    }
    for path in [
        "",
        "export",
        r"export\vm",
        "/export",
        r"C:export",
        r"\export",
    ] {
        let input = scene
            .input("web01", 2)
            .with("InitialReplicationExportLocation", path);
        assert_eq!(
            scene.start_with(&input).unwrap().return_value,
            32_773,
            "{path}"
        );
    }
    assert_eq!(scene.state("web01"), 1);
}

#[test]
fn a_reference_needs_both_keys() {
    let mut scene = Scene::new();
    let name: String = scene.vm("web01").get("Name").unwrap();
    let by_name = Reference::new(V2, "Msvm_ComputerSystem").with_key("Name", name);
    let input = Properties::new()
        .with("ComputerSystem", by_name)
        .with("InitialReplicationType", 1u16);
    assert_eq!(
        scene.start_with(&input),
        Err(CallError::IncompleteReference)
    );
}

#[test]
fn exports_wait_for_their_import() {
    let mut scene = Scene::new();
    for (name, path) in [("web01", r"D:\export"), ("fünf", r"\\files\export")] {
        let input = scene
            .input(name, 2)
            .with("InitialReplicationExportLocation", path);
        let (code, job) = taken_apart(scene.start_with(&input).unwrap());
        let job = scene.job(&job.unwrap()).unwrap();
        assert_eq!((code, job.get::<u16>("JobType")), (4096, Ok(118)));
    }
    scene.wait(86_400);
    assert_eq!(scene.state("web01"), 2);
}

#[test]
fn a_seeded_start_has_a_type_of_its_own() {
    let mut scene = Scene::new();
    let input = scene.input("web01", 3);
    let job = taken_apart(scene.start_with(&input).unwrap()).1.unwrap();
    assert_eq!(scene.job(&job).unwrap().get::<u16>("JobType"), Ok(117));
}

#[test]
fn a_scheduled_start_waits_and_can_be_scheduled_anew() {
    let mut scene = Scene::new();
    let at = scene.now.plus(Duration::from_secs(7_200));
    let input = scene.input("web01", 1).with("StartTime", at.to_datetime());
    let first = taken_apart(scene.start_with(&input).unwrap()).1.unwrap();
    let waiting = scene.job(&first).unwrap();
    assert_eq!(waiting.get::<u16>("JobState"), Ok(2));
    assert_eq!(
        waiting.get::<DateTime>("ScheduledStartTime"),
        Ok(at.to_datetime())
    );
    assert!(waiting.get::<DateTime>("StartTime").unwrap().is_never());
    assert_eq!(scene.state("web01"), 1);

    let later = at.plus(Duration::from_secs(3_600));
    let input = scene
        .input("web01", 1)
        .with("StartTime", later.to_datetime());
    let second = taken_apart(scene.start_with(&input).unwrap()).1.unwrap();
    assert_eq!(scene.job_state(&first), 8);
    scene.wait(10_799);
    assert_eq!((scene.state("web01"), scene.job_state(&second)), (1, 2));
    scene.wait(1);
    assert_eq!(scene.state("web01"), 2);
    assert_eq!(scene.start("web01"), (32_775, None));
    scene.wait(100);
    assert_eq!(scene.job_state(&second), 7);
}

#[test]
fn a_time_in_the_past_means_now() {
    let mut scene = Scene::new();
    let past: DateTime = "20010101000000.000000+000".parse().unwrap();
    let input = scene.input("web01", 1).with("StartTime", past);
    assert_eq!(scene.start_with(&input).unwrap().return_value, 4096);
    assert_eq!(scene.state("web01"), 2);
}
