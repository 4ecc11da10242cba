//! Many virtual machines on several hosts, by the shell loop of the manual.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::Path;

use cimwire::simulator::Simulator;
use serde_json::Value;

use crate::program::{Program, name_of};

const PASSWORD: &str = "c0rrect-h0rse";
/// Virtual machines of each host: started, started with warnings, failing, vanishing, done at once, and refused.
const VMS: [&str; 7] = [
    "web01", "db01", "fünf", "fail01", "gone01", "fast01", "cold01",
];

/// Returns the lines of the shell loop in the manual.
fn shell_loop() -> String {
    let manual = include_str!("../../src/manual/json.rs");
    let (_, section) = manual.split_once("# Several hosts").expect("a section");
    let lines = section
        .lines()
        .map(|line| line.trim_start_matches("//!").trim());
    let lines = lines.skip_while(|line| *line != "```text").skip(1);
    let lines: Vec<_> = lines.take_while(|line| !line.starts_with("jq")).collect();
    assert!(lines.contains(&"wait"), "{lines:?}");
    lines.join("\n")
}

#[tokio::test]
async fn each_line_tells_its_host_its_virtual_machine_and_its_time() {
    let mut hosts = Vec::new();
    for _ in 0..6 {
        let host = Simulator::builder().password(PASSWORD).clock_speed(100.0);
        hosts.push(host.start().await.unwrap());
    }
    let all = hosts
        .iter()
        .flat_map(|host| VMS.map(|vm| (name_of(host), vm)));
    let list: String = all
        .clone()
        .map(|(host, vm)| format!("{host} {vm}\n"))
        .collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("several-hosts");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("vms.txt"), list).unwrap();

    let line = format!("cd '{}'\n{}", folder.display(), shell_loop());
    let program = Program::shell(&line).password(PASSWORD);
    let program = program.env("CIMWIRE_USER", hosts[0].user());
    program.run(&[]).await.expect(0);

    let text = std::fs::read_to_string(folder.join("events.jsonl")).unwrap();
    let mut ended = BTreeSet::new();
    for line in text.lines() {
        let event: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let at = |path: &str| event.pointer(path).and_then(Value::as_str).expect(line);
        assert!(at("/time").ends_with('Z'), "{line}");
        let (host, vm) = (at("/host").to_owned(), at("/vm/name").to_owned());
        if ["copying", "failed", "outcome_unknown"].contains(&at("/event")) {
            assert!(ended.insert((host, vm)), "a second end: {line}");
        }
    }
    // What is refused is an error on stderr, not an event.
    let expected = all.filter(|(_, vm)| *vm != "cold01");
    let expected: BTreeSet<_> = expected
        .map(|(host, vm)| (host.to_owned(), vm.to_owned()))
        .collect();
    assert_eq!(ended, expected);
    for host in &hosts {
        let requests = host.requests().into_iter();
        let calls = requests.filter(|request| request.operation == "StartReplication");
        // cold01 is not in the state for it, so the host is not asked.
        assert_eq!(calls.count(), VMS.len() - 1, "each call is sent once");
    }
}
