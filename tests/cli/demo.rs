//! `demo` and `simulate`.

use cimwire::cim::{ClassPath, Instance, Reference};
use cimwire::{Client, Credentials};

use crate::program::Program;

#[tokio::test]
async fn a_job_runs_to_its_end() {
    let outcome = Program::new().run(&["demo"]).await.expect(0);
    let lines: Vec<_> = outcome.stdout.lines().collect();
    let [told, started, done] = lines[..] else {
        panic!("{}", outcome.stdout)
    };
    assert!(
        told.starts_with("This host is simulated, nothing on it is real: http://127.0.0.1:"),
        "{told}"
    );
    let id = started
        .strip_prefix("Starting the initial replication of \"web01\": job ")
        .expect(started);
    assert_eq!(id.len(), 36, "{id} is a GUID");
    assert_eq!(
        done,
        "web01: initial replication started; the copy continues on the host"
    );
    // Without a terminal there is no bar, but a line for each change.
    let progress: Vec<_> = outcome.stderr.lines().collect();
    assert!(progress.len() > 3, "{progress:?}");
    let of_job = format!(" +00:00 web01: job {id}: ");
    assert!(
        progress.iter().all(|line| line.contains(&of_job)),
        "{progress:?}"
    );
}

#[tokio::test]
async fn progress_can_be_turned_off() {
    let outcome = Program::new()
        .run(&["demo", "--progress", "none"])
        .await
        .expect(0);
    assert_eq!(outcome.stderr, "");
}

#[tokio::test]
async fn json_tells_the_same_in_objects() {
    let outcome = Program::new()
        .run(&["demo", "--output", "json"])
        .await
        .expect(0);
    let told = outcome.said("note: ");
    assert!(told.starts_with("This host is simulated"), "{told}");
    let events = outcome.events();
    let names: Vec<_> = events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    let (first, last) = (events.first().unwrap(), events.last().unwrap());
    assert_eq!(names[0], "started", "{names:?}");
    assert!(names.len() > 3, "progress is told: {names:?}");
    assert!(
        names[1..names.len() - 1]
            .iter()
            .all(|name| *name == "progress"),
        "{names:?}"
    );
    assert_eq!(last["event"], "copying");
    assert_eq!(
        (&last["job"]["state_code"], &last["job"]["percent"]),
        (&7.into(), &100.into())
    );
    let id = first["job"]["id"].as_str().unwrap();
    assert_eq!(
        first["job"]["reference"],
        format!("root/virtualization/v2:Msvm_ConcreteJob.InstanceID=\"{id}\"")
    );
    for event in &events {
        assert_eq!(
            (&event["vm"]["name"], &event["job"]["id"]),
            (&"web01".into(), &id.into())
        );
    }
}

#[tokio::test]
async fn a_job_that_fails_says_why() {
    let demo = ["demo", "--vm", "fail01"];
    let outcome = Program::new().run(&demo).await.expect(6);
    assert!(
        outcome.said("error: ").contains(" failed: "),
        "{}",
        outcome.stderr
    );
    assert!(
        outcome
            .said("error: ")
            .ends_with(" (error code 32768, failed)"),
        "{}",
        outcome.stderr
    );
    assert!(!outcome.said("  summary: ").is_empty());
    assert!(!outcome.said("hint: ").is_empty());
    assert!(!outcome.stdout.contains("Done"), "{}", outcome.stdout);

    let outcome = Program::new()
        .arguments(&["-o", "json"])
        .run(&demo)
        .await
        .expect(6);
    let events = outcome.events();
    let last = events.last().unwrap();
    assert_eq!(
        (&last["event"], &last["job"]["error"]["code"]),
        (&"failed".into(), &32_768.into())
    );
    assert_eq!(last["errors"][0]["__CLASS"], "Msvm_Error");
}

#[tokio::test]
async fn a_job_with_warnings_is_done() {
    let demo = ["demo", "--vm", "db01", "-o", "json"];
    let outcome = Program::new().run(&demo).await.expect(0);
    assert!(!outcome.said("warning: ").is_empty());
    let events = outcome.events();
    let last = events.last().unwrap();
    assert_eq!(last["event"], "copying");
    assert_eq!(last["job"]["state"], "completed_with_warnings");
}

#[tokio::test]
async fn a_call_that_is_refused_starts_nothing() {
    let outcome = Program::new()
        .run(&["demo", "--vm", "cold01", "-o", "json"])
        .await
        .expect(6);
    assert_eq!(
        outcome.said("error: "),
        "could not change \"cold01\": the initial replication cannot be started: the replication state is \"disabled\", \
         and has to be \"ready for initial replication\""
    );
    assert!(
        outcome
            .said("hint: ")
            .contains("enable the replication first")
    );
    assert_eq!(outcome.stdout, "");
}

#[tokio::test]
async fn what_is_done_at_once_has_no_job() {
    let outcome = Program::new()
        .run(&["demo", "--vm", "fast01", "-o", "json"])
        .await
        .expect(0);
    let events = outcome.events();
    let [done] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(
        (&done["event"], &done["vm"]["name"]),
        (&"copying".into(), &"fast01".into())
    );
    assert!(done.get("job").is_none());
}

#[tokio::test]
async fn a_job_that_vanishes_leaves_the_state_to_look_at() {
    let outcome = Program::new()
        .run(&["demo", "--vm", "gone01", "-o", "json"])
        .await
        .expect(8);
    assert!(
        outcome
            .said("error: ")
            .ends_with(" vanished before its end was seen")
    );
    let state = outcome.said("note: the replication state of \"gone01\" is now: ");
    let events = outcome.events();
    let last = events.last().unwrap();
    assert_eq!(last["event"], "outcome_unknown");
    assert_eq!(last["replication_state"], state);
}

#[cfg(unix)]
#[tokio::test]
async fn a_simulated_host_answers_until_it_is_stopped() {
    for signal in ["INT", "TERM"] {
        let mut host = Program::new().spawn(&["simulate", "--output", "json"]);
        let ready = host.event().await;
        let at = |name: &str| ready[name].as_str().expect(name).to_owned();
        let command = Program::at(&at("url"), &at("user"), &at("password"));
        command.run(&["replica", "start", "fast01"]).await.expect(0);
        host.signal(signal).await;
        host.end().await.expect(0);
    }
}

/// The host keeps to what it was told, and says so in its configuration (MS-WSMV 2.2.4.36).
#[cfg(unix)]
#[tokio::test]
async fn how_long_an_enumeration_may_rest_can_be_said() {
    let arguments = [
        "simulate",
        "--output",
        "json",
        "--enumeration-timeout",
        "7s",
    ];
    let mut host = Program::new().spawn(&arguments);
    let ready = host.event().await;
    let at = |name: &str| ready[name].as_str().expect(name);
    let client = Client::builder(at("url"))
        .credentials(Credentials::password(at("user"), at("password")))
        .build()
        .unwrap();
    let config =
        ClassPath::new("", "config").with_base("http://schemas.microsoft.com/wbem/wsman/1/");
    let config = client.get(&Reference::to_class(config)).await.unwrap();
    let service: Instance = config.get("Service").unwrap();
    assert_eq!(service.get("EnumerationTimeoutms"), Ok(7_000u32));
    host.signal("INT").await;
    host.end().await.expect(0);
}

#[cfg(unix)]
#[tokio::test]
async fn the_command_that_it_shows_works() {
    let mut host = Program::new().spawn(&["simulate"]);
    let mut shown = Vec::new();
    while shown
        .last()
        .is_none_or(|line: &String| !line.contains("cimwire query"))
    {
        shown.push(host.line().await);
    }
    assert!(
        shown[0].starts_with("A simulated Hyper-V host answers at http://127.0.0.1:"),
        "{shown:?}"
    );
    let commands: Vec<_> = shown
        .iter()
        .filter(|line| line.starts_with("  "))
        .map(String::as_str)
        .collect();
    let outcome = Program::shell(&commands.join("\n"))
        .run(&[])
        .await
        .expect(0);
    assert!(
        outcome
            .stdout
            .contains("web01: initial replication started"),
        "{}",
        outcome.stdout
    );
    assert!(outcome.stdout.contains("fail01"), "{}", outcome.stdout);
    host.signal("INT").await;
    host.end().await.expect(0);
}
