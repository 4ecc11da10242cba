//! The traces of `-v`: a line an operation, an exchange, an envelope.

use std::collections::BTreeSet;

use cimwire::simulator::Simulator;
use serde_json::Value;

use crate::program::{Outcome, Program, name_of};

const QUERY: [&str; 2] = [
    "query",
    "SELECT Name FROM Win32_Service WHERE Name = 'Spooler'",
];

async fn traced(host: &Simulator, arguments: &[&str]) -> Outcome {
    let program = Program::on(host).arguments(&QUERY);
    program.run(arguments).await.expect(0)
}

fn count(outcome: &Outcome, text: &str) -> usize {
    let lines = outcome.stderr.lines();
    lines.filter(|line| line.contains(text)).count()
}

#[tokio::test]
async fn each_level_adds_its_lines() {
    let host = Simulator::start().await.unwrap();
    let silent = traced(&host, &[]).await;
    assert_eq!(silent.stderr, "");
    for (level, operations, exchanges, envelopes) in [
        ("-v", 1, 0, 0),
        ("-vv", 1, 1, 0),
        ("-vvv", 1, 1, 2),
        ("-vvvv", 1, 1, 2),
    ] {
        let outcome = traced(&host, &[level]).await;
        assert_eq!(outcome.stdout, silent.stdout, "{level}");
        let found = (
            count(&outcome, ": answered "),
            count(&outcome, ": exchanged "),
            count(&outcome, "<s:Envelope"),
        );
        assert_eq!(
            found,
            (operations, exchanges, envelopes),
            "{level}\n{}",
            outcome.stderr
        );
        let what = format!(" {} Enumerate root/cimv2:*: answered", name_of(&host));
        assert!(
            outcome.stderr.contains(&what),
            "{level}\n{}",
            outcome.stderr
        );
        assert_eq!(count(&outcome, " status=200 "), operations + exchanges);
        assert_eq!(count(&outcome, " sealed=true "), exchanges);
        assert_eq!(count(&outcome, " connection=new "), exchanges);
    }
}

#[tokio::test]
async fn a_second_exchange_reuses_the_connection() {
    let host = Simulator::start().await.unwrap();
    let outcome = Program::on(&host)
        .run(&["invoke", "Win32_Process", "Create", "CommandLine=x", "-vv"])
        .await
        .expect(0);
    assert_eq!(count(&outcome, " connection=new "), 1, "{}", outcome.stderr);
    assert!(
        count(&outcome, " connection=reused ") > 0,
        "{}",
        outcome.stderr
    );
}

#[tokio::test]
async fn with_json_each_trace_is_an_object() {
    let host = Simulator::start().await.unwrap();
    for (program, arguments) in [
        (Program::on(&host), &["-vvv", "-o", "json"][..]),
        (
            Program::on(&host).env("RUST_LOG", "cimwire=trace"),
            &["-o", "json"],
        ),
    ] {
        let outcome = program.arguments(&QUERY).run(arguments).await.expect(0);
        let lines = outcome.stderr.lines();
        let lines: Vec<Value> = lines
            .map(|line| serde_json::from_str(line).expect(line))
            .collect();
        let kinds: BTreeSet<_> = lines
            .iter()
            .map(|line| line["trace"].as_str().unwrap())
            .collect();
        assert!(
            kinds.is_superset(&["envelope", "exchange", "operation"].into()),
            "{kinds:?}"
        );
        for line in &lines {
            assert_eq!(line["host"], name_of(&host), "{line}");
            assert!(line["time"].as_str().unwrap().ends_with('Z'), "{line}");
        }
        let answered = lines
            .iter()
            .find(|line| line["message"] == "answered")
            .unwrap();
        assert_eq!(
            (&answered["action"], &answered["items"]),
            (&"Enumerate".into(), &1.into())
        );
        assert!(answered["duration_ms"].is_u64(), "{answered}");
        let sent = lines.iter().find(|line| line["message"] == "sent").unwrap();
        let envelope = sent["envelope"].as_str().unwrap();
        assert!(envelope.contains("FROM Win32_Service"), "{envelope}");
    }
}

#[tokio::test]
async fn a_filter_of_the_log_wins() {
    let host = Simulator::start().await.unwrap();
    let program = Program::on(&host).env("RUST_LOG", "cimwire::exchange=debug");
    let outcome = program.arguments(&QUERY).run(&["-vvv"]).await.expect(0);
    assert_eq!(
        count(&outcome, "DEBUG cimwire::exchange: exchanged "),
        1,
        "{}",
        outcome.stderr
    );
    assert_eq!(count(&outcome, "answered"), 0, "{}", outcome.stderr);
    assert_eq!(count(&outcome, "<s:Envelope"), 0, "{}", outcome.stderr);
}

#[tokio::test]
async fn the_environment_can_give_the_level() {
    let host = Simulator::start().await.unwrap();
    let program = Program::on(&host).env("CIMWIRE_VERBOSE", "2");
    let outcome = program.run(&QUERY).await.expect(0);
    assert_eq!(count(&outcome, ": exchanged "), 1, "{}", outcome.stderr);
    assert_eq!(count(&outcome, "<s:Envelope"), 0, "{}", outcome.stderr);
}

#[tokio::test]
async fn a_failed_operation_is_a_line_with_its_error() {
    let host = Simulator::start().await.unwrap();
    let arguments = ["get", "Win32_Service", "-k", "Name=nowhere", "-v"];
    let outcome = Program::on(&host).run(&arguments).await.expect(5);
    let failed = " Get root/cimv2:Win32_Service: failed ";
    assert_eq!(count(&outcome, failed), 1, "{}", outcome.stderr);
    assert_eq!(
        count(&outcome, " fault=0x80338000"),
        1,
        "{}",
        outcome.stderr
    );
}

#[tokio::test]
async fn no_trace_shows_a_secret_of_an_envelope() {
    let host = Simulator::start().await.unwrap();
    let command = format!("CommandLine=tool --as {}", host.password());
    let invoke = ["invoke", "Win32_Process", "Create", "--unchecked"];
    let program = || Program::on(&host).arguments(&["-vvv"]);
    for program in [program(), program().env("RUST_LOG", "trace")] {
        let program = program.arguments(&["-o", "table"]).arguments(&invoke);
        let outcome = program
            .run(&[
                &command,
                "AdminPassword=s3cret-one",
                "ApiKeys=s3cret-two",
                "ApiKeys=s3cret-three",
            ])
            .await;
        assert!(count(&outcome, "Envelope") > 0, "{}", outcome.stderr);
        assert!(
            outcome.stderr.contains("tool --as ***"),
            "{}",
            outcome.stderr
        );
        assert!(!outcome.stderr.contains("s3cret-"), "{}", outcome.stderr);
        outcome.expect_hidden(host.password());
    }
}
