//! The host and the time of each event and error, and starts that are repeated.

use std::time::Duration;

use cimwire::cim::DateTime;
use cimwire::simulator::Simulator;
use serde_json::{Value, json};

use crate::program::{Program, name_of};

/// Returns the seconds since 1970 at which a line was written.
#[track_caller]
fn written(line: &Value) -> i64 {
    let time: DateTime = line["time"]
        .as_str()
        .expect("a text")
        .parse()
        .expect("a time");
    time.instant().expect("a point in time") / 1_000_000
}

fn unix_time() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.expect("it is after 1970").as_secs();
    now.try_into().expect("it fits")
}

#[tokio::test]
async fn each_event_names_the_host_and_the_time() {
    let host = Simulator::builder()
        .clock_speed(100.0)
        .start()
        .await
        .unwrap();
    let before = unix_time();
    let start = ["replica", "start", "web01", "-o", "json"];
    let events = Program::on(&host).run(&start).await.expect(0).events();
    let after = unix_time();
    assert!(events.len() > 2, "{events:?}");
    for event in &events {
        assert_eq!(event["host"], name_of(&host), "{event}");
        assert!((before..=after).contains(&written(event)), "{event}");
        let uri = event["job"]["uri"].as_str().unwrap();
        let (id, path) = (&event["job"]["id"], &event["job"]["reference"]);
        assert!(uri.starts_with("http://127.0.0.1:"), "{uri}");
        assert!(uri.contains(id.as_str().unwrap()), "{uri}");
        assert_eq!(
            *path,
            format!(
                "root/virtualization/v2:Msvm_ConcreteJob.InstanceID=\"{}\"",
                id.as_str().unwrap()
            )
        );
    }
}

#[tokio::test]
async fn a_host_of_the_configuration_is_named_as_it_was_typed() {
    let host = Simulator::start().await.unwrap();
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("origins.toml");
    let text = format!("[hosts.hv01]\naddress = '{}'\n", host.url());
    std::fs::write(&path, text).unwrap();
    let run = async |arguments: &[&str]| {
        let program = Program::new().env("CIMWIRE_CONFIG", &path);
        let program = program.password(host.password());
        let options = ["--host", "HV01", "--user", host.user(), "-vv"];
        program.arguments(&options).run(arguments).await
    };
    let get = ["get", "Win32_Service", "-k", "Name=nowhere"];
    let start = ["replica", "start", "web01", "-o", "json", "--no-wait"];
    let started = run(&start).await.expect(0);
    let failed = run(&[&get[..], &["-o", "json"]].concat()).await.expect(5);
    let examined = run(&["doctor", "-o", "json"]).await;
    let mut lines = [started.events(), examined.events()].concat();
    for outcome in [&started, &failed, &examined] {
        let said = outcome.stderr.lines();
        lines.extend(said.map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    let mut named = 0;
    for line in &lines {
        let error = line.get("error").filter(|error| error.is_object());
        let origin = error.unwrap_or(line);
        // What is wrong with the file is said before any host is known.
        if origin.get("warning").is_none() {
            assert_eq!(origin["host"], "HV01", "{line}");
            assert_eq!(origin["address"], name_of(&host), "{line}");
            named += 1;
        }
    }
    assert!(named > 20, "{lines:?}");
    let failed = run(&get).await.expect(5);
    let told = format!("  host HV01 ({}), ", name_of(&host));
    assert!(failed.stderr.contains(&told), "{}", failed.stderr);
}

#[tokio::test]
async fn each_error_names_the_host_and_a_failed_login_the_user() {
    let host = Simulator::start().await.unwrap();
    let run = async |password: &str, arguments: &[&str]| {
        let program = Program::at(host.url(), host.user(), password);
        program.run(arguments).await
    };
    let before = unix_time();
    let wrong = run("wr0ng-h0rse", &["identify", "-o", "json"])
        .await
        .expect(3);
    let error = wrong.error();
    assert_eq!(
        (&error["host"], &error["user"]),
        (&json!(name_of(&host)), &json!(host.user()))
    );
    assert!(written(&error) >= before, "{error}");

    let get = ["get", "Win32_Service", "-k", "Name=nowhere", "-o", "json"];
    let missing = run(host.password(), &get).await.expect(5).error();
    assert_eq!(missing["host"], name_of(&host));
    assert_eq!(missing.get("user"), None, "{missing}");

    let usage = run(host.password(), &["get", "a b", "-o", "json"]).await;
    let usage = usage.expect(2).error();
    assert_eq!(usage.get("host"), None, "no host was asked: {usage}");
    assert!(written(&usage) >= before, "{usage}");

    let plain = run("wr0ng-h0rse", &["identify"]).await.expect(3);
    let line = plain.stderr.lines().nth(1).expect("a second line");
    let origin = format!("  host {}, user {}, ", name_of(&host), host.user());
    let time = line.strip_prefix(&origin).expect(line);
    // The tests run in UTC.
    let time = time.strip_suffix(" +00:00").expect(line);
    let time = format!("{}Z", time.replacen(' ', "T", 1));
    assert!(time.parse::<DateTime>().is_ok(), "{line}");
}

#[tokio::test]
async fn a_start_that_is_not_needed_changes_nothing() {
    let host = Simulator::builder()
        .clock_speed(100.0)
        .start()
        .await
        .unwrap();
    let start = async |more: &[&str]| {
        let start = ["replica", "start", "web01", "-o", "json"];
        Program::on(&host).arguments(&start).run(more).await
    };
    let events = start(&["--if-needed"]).await.expect(0).events();
    let last = events.last().unwrap();
    assert_eq!(
        (&last["event"], &last["changed"]),
        (&json!("copying"), &json!(true))
    );
    host.advance(Duration::from_secs(1));

    let sent = calls(&host);
    let events = start(&["--if-needed"]).await.expect(0).events();
    let [unchanged] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(
        (&unchanged["event"], &unchanged["changed"]),
        (&json!("unchanged"), &json!(false))
    );
    assert_eq!(unchanged["vm"]["name"], "web01");
    assert_eq!(unchanged["host"], name_of(&host));
    let code = unchanged["replication_state_code"].as_u64().unwrap();
    assert!([2, 3].contains(&code), "{unchanged}");
    assert_eq!(calls(&host), sent, "no call is sent");

    // Checked before the call, and refused by the host.
    for (options, return_code, delivery) in [
        (&[][..], json!(null), "not_sent"),
        (&["--no-checks"], json!(32775), "answered"),
    ] {
        let refused = start(options).await.expect(6);
        let [error] = &errors(&refused.stderr)[..] else {
            panic!("{}", refused.stderr)
        };
        assert_eq!(error["kind"], "refused");
        assert_eq!(error["return_code"], return_code);
        assert_eq!(error["delivery"], delivery);
        assert_eq!(error["replication_state_code"], code);
        assert_eq!(error["replication_state"], unchanged["replication_state"]);
        assert_eq!(refused.stdout, "");
    }
    assert_eq!(calls(&host), sent + 1);
}

/// Returns the number of method calls that a host has received.
fn calls(host: &Simulator) -> usize {
    let requests = host.requests().into_iter();
    requests
        .filter(|request| request.operation == "StartReplication")
        .count()
}

fn errors(stderr: &str) -> Vec<Value> {
    let lines = stderr
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines
        .filter_map(|line| line.get("error").cloned())
        .collect()
}
