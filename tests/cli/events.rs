//! `watch` and `classes`.

use std::time::Duration;

use cimwire::simulator::Simulator;
use serde_json::json;

use crate::program::{Outcome, Program, Running};

const SERVICES: &str =
    "SELECT * FROM __InstanceModificationEvent WITHIN 0.1 WHERE TargetInstance ISA 'Win32_Service'";

/// Waits until the host has this many subscriptions.
async fn subscribed(host: &Simulator, count: usize) {
    for _ in 0..1000 {
        if host.open_subscriptions() == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} subscriptions", host.open_subscriptions());
}

/// Stops a service, or starts it.
async fn invoke(host: &Simulator, method: &str) {
    let arguments = ["invoke", "Win32_Service", method, "-k", "Name=Spooler"];
    Program::on(host).run(&arguments).await.expect(0);
}

async fn watching(host: &Simulator, arguments: &[&str]) -> Running {
    let running = Program::on(host).spawn(&[&["watch"], arguments].concat());
    subscribed(host, 1).await;
    running
}

#[tokio::test]
async fn events_are_lines_of_json_with_types() {
    let host = Simulator::start().await.unwrap();
    let mut running = watching(&host, &[SERVICES, "--limit", "2", "-o", "json"]).await;
    invoke(&host, "StopService").await;
    let first = running.event().await;
    assert_eq!(first["event"], "indication");
    let address = format!("http://{}/wsman", first["host"].as_str().unwrap());
    assert_eq!(address, host.url());
    assert!(first["time"].as_str().unwrap().ends_with('Z'));
    let indication = &first["indication"];
    assert_eq!(indication["__CLASS"], "__InstanceModificationEvent");
    assert!(indication["TIME_CREATED"].is_u64(), "{indication}");
    for (instance, started) in [("PreviousInstance", true), ("TargetInstance", false)] {
        assert_eq!(indication[instance]["__CLASS"], "Win32_Service");
        assert_eq!(indication[instance]["Name"], "Spooler");
        assert_eq!(indication[instance]["Started"], json!(started));
    }
    invoke(&host, "StartService").await;
    let outcome = running.end().await.expect(0);
    assert_eq!(outcome.stdout.lines().count(), 2, "{}", outcome.stdout);
    assert_eq!(outcome.stderr, "");
    assert_eq!(host.open_subscriptions(), 0);
}

#[tokio::test]
async fn a_line_tells_what_has_changed() {
    let host = Simulator::start().await.unwrap();
    let arguments = ["Win32_Service", "--within", "100ms", "--limit", "1"];
    let running = watching(&host, &arguments).await;
    invoke(&host, "StopService").await;
    let line = running.end().await.expect(0).stdout;
    let (time, rest) = line.split_once(" __Instance").expect(&line);
    assert!(time.ends_with(" +00:00"), "{line}");
    assert!(
        rest.starts_with("ModificationEvent: Win32_Service \"Spooler\": "),
        "{line}"
    );
    assert!(rest.contains("State Running -> Stopped"), "{line}");
    assert!(!rest.contains("PathName"), "it has not changed: {line}");
}

#[tokio::test]
async fn the_class_of_the_instances_chooses_the_namespace() {
    let host = Simulator::builder()
        .clock_speed(100.0)
        .start()
        .await
        .unwrap();
    let query = "SELECT * FROM __InstanceCreationEvent WITHIN 0.1 WHERE TargetInstance ISA 'Msvm_ConcreteJob'";
    let mut running = watching(&host, &[query, "-o", "json", "--limit", "1"]).await;
    let start = ["replica", "start", "web01", "--no-wait"];
    Program::on(&host).run(&start).await.expect(0);
    let event = running.event().await;
    let job = &event["indication"]["TargetInstance"];
    assert_eq!(job["__CLASS"], "Msvm_ConcreteJob");
    running.end().await.expect(0);
}

#[cfg(unix)]
#[tokio::test]
async fn the_first_signal_ends_the_subscription() {
    let host = Simulator::start().await.unwrap();
    for (signal, code, word) in [("INT", 130, "interrupted"), ("TERM", 143, "terminated")] {
        let running = watching(&host, &[SERVICES]).await;
        running.signal(signal).await;
        let outcome = running.end().await.expect(code);
        assert_eq!(outcome.said("error: "), word);
        assert_eq!(host.open_subscriptions(), 0, "{signal}");
    }
}

#[tokio::test]
async fn a_watch_ends_in_time() {
    let host = Simulator::start().await.unwrap();
    let run = async |more: &[&str]| -> Outcome {
        let arguments = [&["watch", SERVICES, "--wait-timeout", "300ms"], more].concat();
        Program::on(&host).run(&arguments).await
    };
    assert_eq!(run(&[]).await.expect(0).stderr, "");
    let missing = run(&["--limit", "3"]).await.expect(7);
    assert_eq!(missing.said("error: "), "0 of 3 events came within 300ms");
    assert_eq!(host.open_subscriptions(), 0);
}

#[tokio::test]
async fn a_query_that_the_host_refuses_is_a_fault() {
    let host = Simulator::start().await.unwrap();
    for wrong in ["SELECT * FROM Nothing WHERE x", "__InstanceCreationEvent"] {
        let outcome = Program::on(&host).run(&["watch", wrong]).await.expect(5);
        assert!(
            outcome.said("error: ").starts_with("could not subscribe"),
            "{}",
            outcome.stderr
        );
    }
    let doubled = ["watch", SERVICES, "--within", "5s"];
    let outcome = Program::on(&host).run(&doubled).await;
    outcome.expect_error(2, "--within is for a class", "WITHIN 5");
}

#[tokio::test]
async fn classes_are_listed_by_pattern() {
    let host = Simulator::start().await.unwrap();
    let run = async |arguments: &[&str]| {
        let arguments = [&["classes"], arguments].concat();
        Program::on(&host).run(&arguments).await.expect(0)
    };
    let listed = run(&["Msvm_ReplicationSe*"]).await;
    assert_eq!(
        listed.stdout,
        "Class\nMsvm_ReplicationService\nMsvm_ReplicationServiceSettingData\nMsvm_ReplicationSettingData\n"
    );
    let named = run(&["root/virtualization/v2:CIM_J?b", "-o", "name"]).await;
    assert_eq!(named.stdout, "root/virtualization/v2:CIM_Job\n");
    let rows = run(&["win32_service", "-o", "json"]).await.events();
    assert_eq!(
        rows,
        [json!({"namespace": "root/cimv2", "class": "Win32_Service"})]
    );
    // An underscore is no wildcard.
    let none = run(&["Win32?Servic_*"]).await;
    assert_eq!(
        (none.stdout.as_str(), none.all_said()),
        ("", vec!["note: no classes".to_owned()])
    );

    let all = run(&["-o", "csv"]).await;
    assert!(all.stdout.starts_with("Class\nCIM_"), "{}", all.stdout);
    assert!(
        all.stdout.contains("\nWin32_OperatingSystem\n"),
        "{}",
        all.stdout
    );
    let some = run(&["--limit", "3"]).await;
    assert_eq!(some.stdout.lines().count(), 4, "{}", some.stdout);
    let elsewhere = Program::on(&host).run(&["classes", "root/nowhere:*"]).await;
    elsewhere.expect(5);
}
