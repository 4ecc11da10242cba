//! `job list`, `show`, `watch` and `cancel`.

use std::time::Duration;

use cimwire::simulator::Simulator;
use serde_json::Value;

use crate::program::{Outcome, Program};

/// A host on which a job runs for as long as the test wants it to.
async fn patient_host() -> Simulator {
    Simulator::builder()
        .clock_speed(0.0)
        .start()
        .await
        .expect("it starts")
}

async fn run(host: &Simulator, arguments: &[&str]) -> Outcome {
    Program::on(host)
        .arguments(&["-o", "json"])
        .run(arguments)
        .await
}

/// Starts a virtual machine's initial replication; gives the id of its job.
async fn started(host: &Simulator, vm: &str) -> String {
    let outcome = run(host, &["replica", "start", vm, "--no-wait"])
        .await
        .expect(0);
    outcome.events()[0]["job"]["id"]
        .as_str()
        .expect("a text")
        .to_owned()
}

/// What was told beside progress, and of which job.
fn ends(events: &[Value]) -> Vec<(&str, &str)> {
    let ends = events.iter().filter(|event| event["event"] != "progress");
    ends.map(|event| {
        (
            event["event"].as_str().expect("a text"),
            event["job"]["id"].as_str().expect("a text"),
        )
    })
    .collect()
}

#[tokio::test]
async fn jobs_are_listed_and_shown() {
    let host = patient_host().await;
    let outcome = run(&host, &["job", "list"]).await.expect(0);
    assert_eq!(
        (outcome.stdout.as_str(), &outcome.all_said()[..]),
        ("", &["note: no jobs".to_owned()][..])
    );

    let id = started(&host, "web01").await;
    let listed = run(&host, &["job", "list"]).await.expect(0).events();
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (&listed[0]["id"], &listed[0]["error"]),
        (&id.as_str().into(), &Value::Null)
    );
    let path = listed[0]["reference"].as_str().unwrap();
    for name in [&id, &format!("{{{id}}}"), path] {
        let shown = run(&host, &["job", "show", name]).await.expect(0).events();
        assert_eq!(timeless(&shown), timeless(&listed), "{name}");
    }

    let table = Program::on(&host).run(&["job", "list"]).await.expect(0);
    let header: Vec<_> = table
        .stdout
        .lines()
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    assert_eq!(header, ["ID", "VM", "State", "%", "Start", "Name", "Error"]);
    assert!(
        table.stdout.lines().nth(1).unwrap().starts_with(&id),
        "{}",
        table.stdout
    );
    let shown = Program::on(&host)
        .run(&["job", "show", &id])
        .await
        .expect(0);
    assert!(
        shown.stdout.starts_with(&format!("Job      {path}\n")),
        "{}",
        shown.stdout
    );
}

#[tokio::test]
async fn jobs_are_chosen_by_virtual_machine_and_state() {
    let host = patient_host().await;
    let (web, failing) = (
        started(&host, "web01").await,
        started(&host, "fail01").await,
    );
    let listed = async |more: &[&str]| {
        let arguments = [&["job", "list", "-o", "name"], more].concat();
        let outcome = Program::on(&host).run(&arguments).await.expect(0);
        let mut ids: Vec<_> = outcome.stdout.lines().map(str::to_owned).collect();
        ids.sort();
        ids
    };
    let both = |one: &String, other: &String| {
        let mut ids = vec![one.clone(), other.clone()];
        ids.sort();
        ids
    };
    let rows = run(&host, &["job", "list"]).await.expect(0).events();
    let row = rows.iter().find(|row| row["id"] == *web).unwrap();
    let guid = row["vm"]["id"].as_str().unwrap();
    assert_eq!(row["vm"]["name"], "web01");

    assert_eq!(listed(&[]).await, both(&web, &failing));
    assert_eq!(listed(&["--limit", "1"]).await.len(), 1);
    for name in ["web01", guid, &format!("{{{}}}", guid.to_lowercase())] {
        assert_eq!(listed(&["--vm", name]).await, [web.as_str()], "{name}");
    }
    assert!(listed(&["--vm", "nowhere"]).await.is_empty());
    assert_eq!(listed(&["--state", "new"]).await, both(&web, &failing));
    host.advance(Duration::from_secs(60));
    assert!(listed(&["--state", "new"]).await.is_empty());
    // The start has begun a copy, which is a job of the host.
    let of_web = listed(&["--vm", "web01"]).await;
    let copy = of_web.iter().find(|id| **id != web).unwrap();
    assert_eq!(of_web, both(&web, copy));
    assert_eq!(listed(&["--state", "completed"]).await, of_web);
    let ended = ["--state", "failed", "--state", "Completed"];
    let mut all = both(&web, copy);
    all.push(failing);
    all.sort();
    assert_eq!(listed(&ended).await, all);
    assert!(
        listed(&["--state", "failed", "--vm", "web01"])
            .await
            .is_empty()
    );

    let columns = [
        "job",
        "list",
        "--columns",
        "vm,STATE",
        "-o",
        "csv",
        "--vm",
        "web01",
    ];
    let outcome = Program::on(&host).run(&columns).await.expect(0);
    assert_eq!(
        outcome.stdout,
        "VM,State\nweb01,completed\nweb01,completed\n"
    );
    let wrong = ["job", "list", "--columns", "VM,Owner"];
    let outcome = Program::on(&host).run(&wrong).await.expect(2);
    assert!(outcome.stderr.contains("Owner"), "{}", outcome.stderr);

    let wrong = ["job", "list", "--state", "done"];
    let outcome = Program::on(&host).run(&wrong).await.expect(2);
    assert!(
        outcome.stderr.contains("completed_with_warnings"),
        "{}",
        outcome.stderr
    );
}

#[tokio::test]
async fn a_host_is_asked_twice_for_the_virtual_machines_of_all_jobs() {
    let host = patient_host().await;
    for vm in ["web01", "fail01", "db01"] {
        started(&host, vm).await;
    }
    let before = host.requests().len();
    let table = Program::on(&host).run(&["job", "list"]).await.expect(0);
    for vm in ["web01", "fail01", "db01"] {
        assert!(
            table.stdout.contains(&format!("  {vm}")),
            "{}",
            table.stdout
        );
    }
    // The jobs, the association, the virtual machines.
    assert_eq!(host.requests().len() - before, 3);
}

#[tokio::test]
async fn a_job_is_shown_with_its_name_and_state() {
    let host = patient_host().await;
    let id = started(&host, "web01").await;
    let event = &run(&host, &["job", "show", &id]).await.expect(0).events()[0];
    let shown = Program::on(&host)
        .run(&["job", "show", &id])
        .await
        .expect(0);
    for (label, member) in [("Name", "name"), ("State", "state"), ("Percent", "percent")] {
        let value = match &event[member] {
            Value::String(text) => text.clone(),
            number => number.to_string(),
        };
        let line = format!("{label:<9}{value}");
        assert!(
            shown.stdout.lines().any(|shown| shown == line),
            "{line} is missing:\n{}",
            shown.stdout
        );
    }
}

#[tokio::test]
async fn several_jobs_are_watched_and_the_worst_decides() {
    let host = patient_host().await;
    let (good, bad) = (
        started(&host, "web01").await,
        started(&host, "fail01").await,
    );
    host.advance(Duration::from_secs(60));
    let outcome = run(&host, &["job", "watch", &bad, &good, &bad])
        .await
        .expect(6);
    let events = outcome.events();
    let mut ends = ends(&events);
    ends.sort_unstable();
    assert_eq!(
        ends,
        [("completed", good.as_str()), ("failed", bad.as_str())]
    );
    assert!(!outcome.said("error: ").is_empty() && !outcome.said("hint: ").is_empty());

    let outcome = Program::on(&host)
        .run(&["job", "watch", &bad, &good])
        .await
        .expect(6);
    let name = "Starting initial replication";
    let ends = format!(
        "Failed: job {bad} \"{name}\" of \"fail01\"\nCompleted: job {good} \"{name}\" of \"web01\"\n"
    );
    assert_eq!(outcome.stdout, ends);
    for event in &events {
        let vm = if event["job"]["id"] == *good {
            "web01"
        } else {
            "fail01"
        };
        assert_eq!(event["vm"]["name"], vm, "{event}");
    }
}

#[tokio::test]
async fn a_job_is_cancelled() {
    let host = patient_host().await;
    let id = started(&host, "web01").await;
    let outcome = run(&host, &["job", "cancel", &id]).await.expect(0);
    let events = outcome.events();
    let ends = ends(&events);
    assert_eq!(
        ends,
        [
            ("cancel_requested", id.as_str()),
            ("cancelled", id.as_str())
        ]
    );
    assert_eq!(outcome.stderr, "");

    // A watcher is told that the job has not done what it should.
    let outcome = run(&host, &["job", "watch", &id]).await.expect(9);
    assert!(
        outcome.said("error: ").contains(" was cancelled"),
        "{}",
        outcome.stderr
    );
    // What has ended cannot be cancelled.
    let outcome = run(&host, &["job", "cancel", &id]).await.expect(6);
    assert!(
        outcome
            .said("error: ")
            .starts_with(&format!("the host refused to cancel job {id}"))
    );
}

#[tokio::test]
async fn a_cancellation_is_not_waited_for_on_request() {
    let host = patient_host().await;
    let id = started(&host, "web01").await;
    let outcome = run(&host, &["job", "cancel", "--no-wait", &id])
        .await
        .expect(0);
    assert_eq!(ends(&outcome.events()), [("cancel_requested", id.as_str())]);
}

#[tokio::test]
async fn a_job_that_the_host_does_not_know() {
    const ID: &str = "6F1B0E2A-0000-4000-8000-000000000000";
    let host = patient_host().await;
    run(&host, &["job", "show", ID]).await.expect_error(
        8,
        &format!("job {ID} was not found on the host"),
        "hosts forget a job five minutes after its end",
    );
    let outcome = run(&host, &["job", "watch", ID]).await.expect(8);
    assert_eq!(ends(&outcome.events()), [("outcome_unknown", ID)]);
    assert_eq!(
        outcome.said("error: "),
        format!("job {ID} was not found on the host")
    );
    run(&host, &["job", "cancel", ID]).await.expect_error(
        8,
        &format!("job {ID} was not found on the host"),
        "hosts forget a job five minutes after its end",
    );
}

#[tokio::test]
async fn what_names_no_job_is_not_asked_for() {
    for (text, why) in [
        (
            "root/virtualization/v2:Msvm_ConcreteJob.Name=\"A\"",
            "it has no key InstanceID",
        ),
        ("=", "names no job"),
    ] {
        let outcome = Program::new().run(&["job", "show", text]).await;
        outcome.expect_error(
            2,
            why,
            "give its id, or its object path in single quotes: '",
        );
    }
}

#[tokio::test]
async fn a_host_that_goes_away_leaves_a_way_back() {
    let host = patient_host().await;
    let id = started(&host, "web01").await;
    let mut running = Program::on(&host).spawn(&["job", "watch", &id, "-o", "json"]);
    assert_eq!(running.event().await["event"], "progress");
    drop(host);
    let outcome = running.end().await.expect(4);
    assert!(!outcome.said("error: ").is_empty() && !outcome.said("hint: ").is_empty());
    let note = outcome.said("note: the job continues on the host; to watch on: cimwire --host ");
    assert!(note.ends_with(&format!(" job watch {id}")), "{note}");
}

/// The text of a `JobReference` names the host, which is compared and never chosen by it.
#[tokio::test]
async fn a_uri_of_another_host_is_an_error() {
    let host = patient_host().await;
    let id = started(&host, "web01").await;
    let service = host.url().strip_suffix("/wsman").unwrap();
    let path = format!("root/virtualization/v2:Msvm_ConcreteJob.InstanceID=%22{id}%22");
    let here = format!("{service}/{path}");
    let shown = run(&host, &["job", "show", &here]).await.expect(0).events();
    assert_eq!(shown[0]["id"], id.as_str());
    let elsewhere = format!("http://hv02.example:5985/{path}");
    for command in ["show", "watch", "cancel"] {
        run(&host, &["job", command, &elsewhere])
            .await
            .expect_error(
                2,
                &format!("could not find job {id} here: it is a job of http://hv02.example:5985, "),
                "connect to the host of the job",
            );
    }
    let still = run(&host, &["job", "show", &id]).await.expect(0).events();
    assert_eq!(timeless(&still), timeless(&shown), "nothing was cancelled");
    // An id and an address of the same job are watched once.
    host.advance(Duration::from_secs(60));
    let watched = run(&host, &["job", "watch", &id, &here])
        .await
        .expect(0)
        .events();
    let ends = watched.iter().filter(|event| event["event"] == "completed");
    assert_eq!(ends.count(), 1, "{watched:?}");
}

#[tokio::test]
async fn a_path_of_another_host_is_warned_of() {
    let job = r#"\\HV02\root\virtualization\v2:Msvm_ConcreteJob.InstanceID="AA0FD3AA""#;
    let service = r#"\\HV02\root\cimv2:Win32_Service.Name="Spooler""#;
    let warning = "warning: the path names the server HV02, and hv01 is asked";
    for (arguments, path) in [
        (&["job", "show"][..], job),
        (&["job", "cancel"], job),
        (&["get"], service),
    ] {
        let arguments = [arguments, &[path, "--connect-timeout", "5s"]].concat();
        // Nothing listens there, which is for the next step to find out.
        let program = Program::at("http://hv01:1", "operator", "c0rrect-h0rse");
        let proxy = ["--proxy", "http://127.0.0.1:1"];
        let outcome = program.run(&[&arguments[..], &proxy].concat()).await;
        let outcome = outcome.expect(4);
        assert!(
            outcome.stderr.starts_with(warning),
            "{arguments:?}: {}",
            outcome.stderr
        );
    }
    let host = Simulator::start().await.unwrap();
    let outcome = run(&host, &["get", service]).await.expect(0);
    assert_eq!(outcome.stderr, "", "the address of the host does not tell");
}

/// Returns rows without the times at which they were written.
fn timeless(rows: &[Value]) -> Vec<Value> {
    let mut rows = rows.to_vec();
    for row in &mut rows {
        let time = row.as_object_mut().and_then(|row| row.remove("time"));
        assert!(time.is_some(), "{row}");
    }
    rows
}
