//! `replica start`.

use cimwire::simulator::Simulator;

use crate::program::{Outcome, Program};

/// A host on which a job is done in no time.
async fn quick_host() -> Simulator {
    Simulator::builder()
        .clock_speed(100.0)
        .start()
        .await
        .expect("it starts")
}

async fn start(host: &Simulator, arguments: &[&str]) -> Outcome {
    Program::on(host)
        .arguments(&["replica", "start"])
        .run(arguments)
        .await
}

#[tokio::test]
async fn a_start_is_scheduled_and_left() {
    let host = quick_host().await;
    let before = unix_time();
    let outcome = start(&host, &["web01", "--start-time", "+2h", "-o", "json"])
        .await
        .expect(0);
    let after = unix_time();
    let events = outcome.events();
    let [scheduled] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(scheduled["event"], "scheduled");
    let at: cimwire::cim::DateTime = scheduled["start_time"].as_str().unwrap().parse().unwrap();
    let at = at.instant().unwrap() / 1_000_000;
    assert!(
        (before + 7_200..=after + 7_200).contains(&at),
        "{before} {at} {after}"
    );

    let id = scheduled["job"]["id"].as_str().unwrap();
    let shown = Program::on(&host)
        .run(&["job", "show", id, "-o", "json"])
        .await
        .expect(0)
        .events();
    assert_eq!(shown[0]["scheduled_start_time"], scheduled["start_time"]);
    let watch = format!(
        r"cimwire --host {} --user '{}' --output json job watch {id}",
        host.url(),
        host.user()
    );
    assert_eq!(scheduled["watch"], watch);
}

#[tokio::test]
async fn a_time_with_an_offset_is_taken() {
    let host = quick_host().await;
    let tomorrow =
        cimwire::cim::DateTime::from_unix_micros((unix_time() + 86_400) * 1_000_000).unwrap();
    let text = tomorrow.to_rfc3339().unwrap().replace('Z', "+00:00");
    let outcome = start(&host, &["web01", "--start-time", &text])
        .await
        .expect(0);
    let lines: Vec<_> = outcome.stdout.lines().collect();
    // The tests run in UTC.
    let at = tomorrow.to_rfc3339().unwrap();
    let at = at.replacen('T', " ", 1).replace('Z', " +00:00");
    let said = format!("Scheduled the initial replication of \"web01\" for {at}: job ");
    assert!(lines[0].starts_with(&said), "{lines:?}");
    assert!(
        lines[1].starts_with("To watch it: cimwire --host "),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_start_is_not_waited_for_on_request() {
    let host = Simulator::builder().clock_speed(0.0).start().await.unwrap();
    let outcome = start(&host, &["web01", "--no-wait", "-o", "json"])
        .await
        .expect(0);
    let events = outcome.events();
    assert_eq!((events.len(), &events[0]["event"]), (1, &"started".into()));
}

#[tokio::test]
async fn the_ways_of_the_copy() {
    let host = quick_host().await;
    // What Microsoft's own client names the job types: 94 over the network, 117 seeded, 118 export.
    for (arguments, job_type) in [
        (&["web01", "--export", r"E:\replica"][..], 118),
        (&[r#"web & <db> "01""#, "--seeded"], 117),
        (&["fünf"], 94),
    ] {
        let program = Program::on(&host).arguments(&["-o", "json", "replica", "start"]);
        let events = program.run(arguments).await.expect(0).events();
        let last = events.last().unwrap();
        assert_eq!(last["job"]["job_type"], job_type, "{arguments:?}");
        assert_eq!(last["vm"]["name"], arguments[0]);
    }
}

#[tokio::test]
async fn a_name_has_to_be_that_of_one() {
    let host = quick_host().await;
    start(&host, &["nowhere"]).await.expect_error(
        1,
        "the host has no virtual machine \"nowhere\"",
        "check the name; a clustered virtual machine is found at the node that owns it",
    );
    let outcome = start(&host, &["twin"]).await;
    let outcome = outcome.expect_error(
        1,
        "the host has 2 virtual machines \"twin\": ",
        "name it by its GUID",
    );
    let error = outcome.said("error: ");
    let (_, ids) = error.rsplit_once(": ").unwrap();
    let id = ids.split(", ").next().unwrap();
    start(&host, &[id, "--no-wait"]).await.expect(0);
}

#[tokio::test]
async fn an_export_cannot_be_scheduled() {
    // Nothing is sent, so that no host is needed.
    let export = [
        "replica",
        "start",
        "web01",
        "--export",
        r"E:\x",
        "--start-time",
        "+2h",
    ];
    Program::new().run(&export).await.expect_error(
        2,
        "an export cannot be scheduled: it begins at once",
        "leave --start-time out, or --export",
    );
}

#[tokio::test]
async fn a_start_time_lies_within_seven_days() {
    for (time, error) in [
        ("2001-01-01T00:00:00Z", "the start time has passed"),
        ("+7d1s", "the start time lies more than seven days ahead"),
        ("2030-01-15T21:00:00", "the start time is not an instant"),
    ] {
        let start = ["replica", "start", "web01", "--start-time", time];
        Program::new().run(&start).await.expect_error(
            2,
            error,
            "give --start-time like 2030-01-15T21:00:00Z",
        );
    }
    let outcome = Program::new()
        .run(&["replica", "start", "web01", "--start-time", "tomorrow"])
        .await
        .expect(2);
    assert!(
        outcome
            .stderr
            .contains("write it like 22:00, tomorrow 03:00, 2030-01-15T21:00:00Z, or +2h from now"),
        "{}",
        outcome.stderr
    );
}

#[tokio::test]
async fn waiting_has_an_end_that_the_job_survives() {
    let host = Simulator::builder().clock_speed(0.0).start().await.unwrap();
    let outcome = start(&host, &["web01", "--wait-timeout", "1s", "-o", "json"])
        .await
        .expect(7);
    assert_eq!(
        outcome.said("error: "),
        "no end was seen within 1s; the job continues on the host"
    );
    let events = outcome.events();
    let names: Vec<_> = events.iter().map(|event| &event["event"]).collect();
    assert_eq!(
        names,
        ["started", "progress"],
        "what does not change is told once"
    );
    let id = events[0]["job"]["id"].as_str().unwrap();
    let command = outcome.said("hint: to watch on: ");
    assert!(command.ends_with(&format!(" job watch {id}")), "{command}");
    let shown = Program::on(&host)
        .run(&["job", "show", id, "-o", "json"])
        .await
        .expect(0)
        .events();
    assert_ne!(shown[0]["state"], "completed");
}

#[tokio::test]
async fn progress_goes_to_stderr_where_it_is_asked_for() {
    let host = Simulator::start().await.unwrap();
    let outcome = start(&host, &["web01", "--progress", "plain"])
        .await
        .expect(0);
    assert!(outcome.stderr.lines().count() > 1, "{}", outcome.stderr);
    for line in outcome.stderr.lines() {
        // The date and the time come first.
        let (_, rest) = line.split_once(" +00:00 ").expect(line);
        assert!(rest.starts_with("web01: job "), "{line}");
        assert!(rest.contains(" %, "), "{line}");
    }
    let outcome = start(&host, &["db01", "--progress", "none"])
        .await
        .expect(0);
    assert!(
        outcome.stderr.starts_with("warning: ") && outcome.stderr.lines().count() == 1,
        "{}",
        outcome.stderr
    );
}

#[tokio::test]
async fn several_virtual_machines_are_started_by_patterns_and_followed_together() {
    let host = quick_host().await;
    let outcome = start(&host, &["WEB0?", "f*1", "-o", "json"])
        .await
        .expect(6);
    let events = outcome.events();
    let seen = |event: &str| {
        let named = events.iter().filter(|row| row["event"] == event);
        let mut names: Vec<_> = named
            .map(|row| row["vm"]["name"].as_str().unwrap())
            .collect();
        names.sort_unstable();
        names
    };
    // fast01 is done at once, without a job.
    assert_eq!(seen("started"), ["fail01", "web01"]);
    assert_eq!(seen("copying"), ["fast01", "web01"]);
    assert_eq!(seen("failed"), ["fail01"]);
    // The fault of one virtual machine is told with its name.
    assert_eq!(error_in(&outcome)["vm"]["name"], "fail01");

    start(&host, &["x*"]).await.expect_error(
        1,
        "no virtual machine matches \"x*\"",
        "list them with `cimwire vm list`",
    );
}

#[tokio::test]
async fn one_refusal_does_not_keep_the_others_from_being_started() {
    let host = quick_host().await;
    let outcome = start(&host, &["cold01", "web01", "-o", "json", "--no-checks"])
        .await
        .expect(6);
    let error = error_in(&outcome);
    assert_eq!(error["return_code"], 32775);
    assert_eq!(error["vm"]["name"], "cold01");
    let last = outcome.events().pop().unwrap();
    assert_eq!(
        (&last["event"], &last["vm"]["name"]),
        (&"copying".into(), &"web01".into())
    );
}

#[tokio::test]
async fn all_that_are_ready_are_started() {
    let host = quick_host().await;
    let outcome = start(&host, &["--all-ready", "--no-wait", "-o", "json"])
        .await
        .expect(0);
    // All but cold01, which is not enabled.
    assert_eq!(outcome.events().len(), 9);
    let none = start(&host, &["--all-ready", "web01"]).await.expect(2);
    assert!(
        none.stderr.contains("cannot be used with"),
        "{}",
        none.stderr
    );
}

#[tokio::test]
async fn a_dry_run_shows_the_change_and_sends_none() {
    let host = quick_host().await;
    let outcome = start(
        &host,
        &["web01", "db01", "--seeded", "--dry-run", "-o", "json"],
    )
    .await
    .expect(0);
    let events = outcome.events();
    assert_eq!(events.len(), 2);
    for (event, vm) in events.iter().zip(["web01", "db01"]) {
        assert_eq!(event["event"], "dry_run");
        assert_eq!(event["changed"], false);
        assert_eq!(event["vm"]["name"], vm);
        assert_eq!(event["request"]["method"], "StartReplication");
        let parameters = event["request"]["parameters"].as_array().unwrap();
        let seeded = &parameters[1];
        assert_eq!(seeded["name"], "InitialReplicationType");
        assert_eq!(seeded["value"], "3");
    }
    let sent = host.requests();
    assert!(!sent.is_empty());
    assert!(
        sent.iter()
            .all(|request| request.operation != "StartReplication")
    );
}

#[tokio::test]
async fn what_can_lose_data_is_not_done_without_a_confirmation() {
    let host = quick_host().await;
    for verb in [
        &["failover", "web01"][..],
        &["commit", "web01"],
        &["revert", "web01"],
        &["remove", "web01"],
        &["reverse", "web01"],
        &["import", "web01", "--from", r"D:\export"],
        &["auth", "remove", "*"],
    ] {
        let program = Program::on(&host).arguments(&["replica"]);
        let outcome = program.run(verb).await;
        outcome.expect_error(
            2,
            "there is no terminal to ask for a confirmation on. ",
            "add --yes to do it without being asked",
        );
    }
    assert!(host.requests().is_empty(), "nothing was sent");
}

/// Returns the first error on stderr.
fn error_in(outcome: &Outcome) -> serde_json::Value {
    let rows = outcome
        .stderr
        .lines()
        .map(serde_json::from_str::<serde_json::Value>);
    let mut errors = rows.map(|row| row.expect("JSON")["error"].take());
    errors.find(|error| error.is_object()).expect("an error")
}

fn unix_time() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("a clock").as_secs().try_into().expect("a time")
}
