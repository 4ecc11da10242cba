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

fn unix_time() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("a clock").as_secs().try_into().expect("a time")
}
