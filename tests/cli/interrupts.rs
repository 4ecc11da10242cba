//! Ctrl-C and SIGTERM: the first stops waiting, the second ends the program at once.

#![cfg(unix)]

use std::time::Duration;

use cimwire::simulator::Simulator;

use crate::hosts::Host;
use crate::outcomes::{ID, first_page, instance, job, job_output, page, started, vm};
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
async fn the_list_of_classes_releases_its_enumeration() {
    for (signal, code, word) in SIGNALS {
        // The signal comes before the second page.
        let delay = Duration::from_millis(500);
        let mut host = Host::scripted_slowly([first_page(), first_page()], delay).await;
        let program = Program::at(&host.url, "operator", "c0rrect-h0rse");
        let running = program.arguments(&BASIC).spawn(&["classes"]);
        for verb in ["/Enumerate<", "/Pull<"] {
            let asked = host.was_asked().await;
            assert!(String::from_utf8_lossy(&asked).contains(verb), "{verb}");
        }
        running.signal(signal).await;
        let asked = host.was_asked().await;
        assert!(String::from_utf8_lossy(&asked).contains("/Release<"));
        let outcome = running.end().await.expect(code);
        assert_eq!(outcome.said("error: "), word);
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

const BASIC: [&str; 3] = [
    "--auth",
    "basic",
    "--dangerously-send-password-in-the-clear",
];

/// The answers to the requests of `replica start`: the service, the virtual machine, the call, and a poll.
fn answers() -> Vec<String> {
    let service = instance(
        "Msvm_ReplicationService",
        &[("CreationClassName", "Msvm_ReplicationService")],
    );
    let call = started(&job_output("Msvm_ConcreteJob", ID));
    vec![page(&service), vm(), call, page(&job(ID, "4"))]
}

/// Runs a command against a host that answers some requests, sends signals once it is asked the next, and returns the
/// number of method calls that the host has seen.
async fn signalled(
    arguments: &[&str],
    answers: &[String],
    signals: &[&str],
) -> (crate::program::Outcome, usize) {
    let delay = Duration::from_millis(1);
    let mut host = Host::scripted_slowly(answers.to_vec(), delay).await;
    let program = Program::at(&host.url, "operator", "c0rrect-h0rse");
    let mut running = program.arguments(&BASIC).spawn(arguments);
    let mut calls = 0;
    for _ in 0..=answers.len() {
        let asked = host.was_asked().await;
        let asked = String::from_utf8_lossy(&asked);
        calls += usize::from(asked.contains("Msvm_ReplicationService/StartReplication<"));
    }
    for (number, signal) in signals.iter().enumerate() {
        if number > 0 {
            running.said("a second signal ends").await;
        }
        running.signal(signal).await;
    }
    (running.end().await, calls)
}

#[tokio::test]
async fn a_start_ends_as_its_stage_requires() {
    let start = ["replica", "start", "web01"];
    let unanswered = "before the host had answered: what it was asked for may have been done";
    for (signal, code, word) in SIGNALS {
        for (stage, signals, calls, what) in [
            // Nothing was asked for yet.
            (0, &[signal][..], 0, word.to_owned()),
            (1, &[signal], 0, word.to_owned()),
            // The call is under way: only the second signal ends the program.
            (2, &[signal, signal], 1, format!("{word} {unanswered}")),
            // The job runs.
            (
                3,
                &[signal],
                1,
                format!("{word}; the job continues on the host"),
            ),
            (
                4,
                &[signal],
                1,
                format!("{word}; the job continues on the host"),
            ),
        ] {
            let (outcome, seen) = signalled(&start, &answers()[..stage], signals).await;
            let outcome = outcome.expect(code);
            assert_eq!(outcome.said("error: "), what, "{signal} at {stage}");
            assert_eq!(seen, calls, "{signal} at {stage}");
            assert_eq!(
                outcome.stderr.contains("job watch"),
                stage > 2,
                "{signal} at {stage}"
            );
        }
    }
}

#[tokio::test]
async fn a_call_that_is_answered_after_the_first_signal_leaves_its_job() {
    for (signal, code, word) in SIGNALS {
        let delay = Duration::from_millis(700);
        let mut host = Host::scripted_slowly(answers(), delay).await;
        let program = Program::at(&host.url, "operator", "c0rrect-h0rse").arguments(&BASIC);
        let running = program.spawn(&["replica", "start", "web01"]);
        for _ in 0..3 {
            host.was_asked().await;
        }
        running.signal(signal).await;
        let outcome = running.end().await.expect(code);
        let what = format!("{word}; the job continues on the host");
        assert_eq!(outcome.said("error: "), what);
        assert!(outcome.said("hint: ").ends_with(&format!("job watch {ID}")));
    }
}

#[tokio::test]
async fn a_watch_says_how_to_go_on_at_each_stage() {
    let polls = [page(&job(ID, "4"))];
    for (signal, code, word) in SIGNALS {
        for stage in [0, 1] {
            let (outcome, _) = signalled(&["job", "watch", ID], &polls[..stage], &[signal]).await;
            let outcome = outcome.expect(code);
            let what = format!("{word}; the job continues on the host");
            assert_eq!(outcome.said("error: "), what, "{signal} at {stage}");
            assert!(outcome.said("hint: ").ends_with(&format!("job watch {ID}")));
        }
    }
}

#[tokio::test]
async fn a_method_that_is_answered_after_the_first_signal_is_shown() {
    // The class is not built in, so that its declaration would be asked for after the answer.
    let uri = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/V_Meter";
    let answer = format!(
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body><p:Reset_OUTPUT xmlns:p='{uri}'>\
         <p:ReturnValue>0</p:ReturnValue></p:Reset_OUTPUT></s:Body></s:Envelope>"
    );
    for (signal, _, _) in SIGNALS {
        let delay = Duration::from_millis(700);
        let mut host = Host::scripted_slowly([answer.clone()], delay).await;
        let program = Program::at(&host.url, "operator", "c0rrect-h0rse").arguments(&BASIC);
        let reset = ["root/x:V_Meter", "-k", "Name=a", "Reset", "--unchecked"];
        let invoke = [&["-o", "json", "invoke"], &reset[..]].concat();
        let running = program.spawn(&invoke);
        host.was_asked().await;
        running.signal(signal).await;
        let outcome = running.end().await.expect(0);
        assert_eq!(outcome.events()[0]["event"], "returned", "{signal}");
    }
}
