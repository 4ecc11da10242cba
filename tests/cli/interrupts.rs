//! Ctrl-C and SIGTERM: the first stops waiting, the second ends the program at once.

#![cfg(unix)]

use std::time::Duration;

use cimwire::simulator::Simulator;

use crate::hosts::Host;
use crate::program::Program;

/// The two signals, with the exit code and the word for each.
const SIGNALS: [(&str, i32, &str); 2] = [("INT", 130, "interrupted"), ("TERM", 143, "terminated")];

#[tokio::test]
async fn the_first_leaves_the_job_and_says_how_to_go_on() {
    for (signal, code, word) in SIGNALS {
        leaves_the_job(signal, code, word).await;
    }
}

async fn leaves_the_job(signal: &str, code: i32, word: &str) {
    let host = Simulator::builder()
        .clock_speed(0.0)
        .start()
        .await
        .expect("the host starts");
    let mut running = Program::on(&host).spawn(&["replica", "start", "web01", "-o", "json"]);
    assert_eq!(running.event().await["event"], "started");
    assert_eq!(running.event().await["event"], "progress");
    running.signal(signal).await;
    let outcome = running.end().await.expect(code);
    assert_eq!(
        outcome.said("error: "),
        format!("{word}; the job continues on the host")
    );

    host.advance(Duration::from_secs(60));
    let command = outcome.said("hint: to watch on: ");
    let resumed = Program::shell(&command)
        .password(host.password())
        .run(&[])
        .await
        .expect(0);
    let events = resumed.events();
    assert_eq!(events.last().expect("an event")["event"], "completed");
    assert_eq!(
        events.last().expect("an event")["job"]["id"],
        outcome.events()[0]["job"]["id"]
    );
}

#[tokio::test]
async fn a_simulated_host_that_ends_with_us_cannot_be_gone_back_to() {
    let mut running = Program::new().spawn(&["demo", "-o", "json"]);
    assert_eq!(running.event().await["event"], "started");
    running.signal("INT").await;
    let outcome = running.end().await.expect(130);
    assert_eq!(
        outcome.said("error: "),
        "interrupted; the simulated host ends with this program"
    );
    assert!(!outcome.stderr.contains("job watch"), "{}", outcome.stderr);
}

#[tokio::test]
async fn jobs_that_have_not_ended_are_left_together() {
    let host = Simulator::builder().clock_speed(0.0).start().await.unwrap();
    let start = async |vm: &str| {
        let start = ["replica", "start", vm, "--no-wait", "-o", "json"];
        let events = Program::on(&host).run(&start).await.expect(0).events();
        events[0]["job"]["id"].as_str().unwrap().to_owned()
    };
    let ended = start("web01").await;
    host.advance(Duration::from_secs(60));
    let (one, other) = (start("db01").await, start("fünf").await);
    let mut running =
        Program::on(&host).spawn(&["job", "watch", "-o", "json", &one, &ended, &other]);
    while running.event().await["event"] != "completed" {}
    running.signal("INT").await;
    let outcome = running.end().await.expect(130);
    assert_eq!(
        outcome.said("error: "),
        "interrupted; the jobs continue on the host"
    );
    let command = outcome.said("hint: to watch on: ");
    assert!(
        command.ends_with(&format!(" job watch {one} {other}")),
        "{command}"
    );
}

#[tokio::test]
async fn a_read_ends_with_the_first() {
    for (signal, code, word) in SIGNALS {
        let mut host = Host::silent().await;
        let running = Program::at(&host.url, "operator", "c0rrect-h0rse").spawn(&["identify"]);
        host.was_asked().await;
        running.signal(signal).await;
        let outcome = running.end().await.expect(code);
        assert_eq!(outcome.all_said(), [format!("error: {word}")]);
    }
}

#[tokio::test]
async fn a_call_is_waited_for_until_the_second() {
    for (signal, code, word) in SIGNALS {
        waits_for_a_call(signal, code, word).await;
    }
}

async fn waits_for_a_call(signal: &str, code: i32, word: &str) {
    let mut host = Host::silent().await;
    let basic = [
        "--auth",
        "basic",
        "--dangerously-send-password-in-the-clear",
        "job",
        "cancel",
        "A",
    ];
    let mut running = Program::at(&host.url, "operator", "c0rrect-h0rse").spawn(&basic);
    host.was_asked().await;
    running.signal(signal).await;
    let note = "note: the host was asked already; a second signal ends without its answer";
    running.said(note).await;
    running.signal(signal).await;
    let outcome = running.end().await.expect(code);
    assert_eq!(
        outcome.said("error: "),
        format!("{word} before the host had answered: what it was asked for may have been done")
    );
    assert_eq!(
        outcome.said("hint: "),
        "look at the object itself before asking again"
    );
}
