//! Lists in each format, their columns, their order and their limits.

use cimwire::simulator::Simulator;
use serde_json::json;

use crate::program::Program;

const TWO: &str = "SELECT ReplicationState, ElementName FROM Msvm_ComputerSystem \
                   WHERE ElementName = 'cold01' OR ElementName = 'fünf'";

#[tokio::test]
async fn columns_have_the_order_of_the_select_list() {
    let host = Simulator::start().await.unwrap();
    for (format, expected) in [
        (
            "table",
            "ReplicationState  ElementName\n1                 fünf\n0                 cold01\n",
        ),
        (
            "wide",
            "ReplicationState  ElementName\n1                 fünf\n0                 cold01\n",
        ),
        ("csv", "ReplicationState,ElementName\n1,fünf\n0,cold01\n"),
    ] {
        let outcome = Program::on(&host).run(&["query", TWO, "-o", format]).await;
        let mut lines: Vec<_> = outcome
            .expect(0)
            .stdout
            .lines()
            .map(str::to_owned)
            .collect();
        let mut expected: Vec<_> = expected.lines().map(str::to_owned).collect();
        // The host has an order of its own.
        lines[1..].sort();
        expected[1..].sort();
        assert_eq!(lines, expected, "{format}");
    }
    let other = TWO.replace(
        "ReplicationState, ElementName",
        "ElementName, ReplicationState",
    );
    let outcome = Program::on(&host).run(&["query", &other]).await.expect(0);
    assert!(
        outcome
            .stdout
            .starts_with("ElementName  ReplicationState\n"),
        "{}",
        outcome.stdout
    );
}

#[tokio::test]
async fn columns_have_the_order_of_the_properties_and_of_the_columns() {
    let host = Simulator::start().await.unwrap();
    let base = [
        "enumerate",
        "Msvm_ComputerSystem",
        "-w",
        "ElementName=cold01",
    ];
    for (arguments, expected) in [
        (
            &["--properties", "ReplicationState,ElementName"][..],
            "ReplicationState  ElementName\n0                 cold01\n",
        ),
        (
            &["--properties", "ElementName,ReplicationState"],
            "ElementName  ReplicationState\ncold01       0\n",
        ),
        (
            &["--columns", "replicationState,elementName"],
            "replicationState  elementName\n0                 cold01\n",
        ),
    ] {
        let arguments = [&base[..], arguments].concat();
        let outcome = Program::on(&host).run(&arguments).await.expect(0);
        assert_eq!(outcome.stdout, expected, "{arguments:?}");
    }
}

#[tokio::test]
async fn chosen_columns_are_the_properties_of_objects_too() {
    let host = Simulator::start().await.unwrap();
    let arguments = [
        "enumerate",
        "Msvm_ComputerSystem",
        "-w",
        "ElementName=cold01",
        "--columns",
        "ElementName,nothing",
        "-o",
        "json",
    ];
    let rows = Program::on(&host).run(&arguments).await.expect(0).events();
    assert_eq!(
        rows,
        [json!({"__CLASS": "Msvm_ComputerSystem", "ElementName": "cold01", "nothing": null})]
    );
}

#[tokio::test]
async fn a_piped_table_is_never_cut() {
    let host = Simulator::start().await.unwrap();
    let arguments = ["enumerate", "Msvm_ComputerSystem", "--references"];
    let outcome = Program::on(&host).run(&arguments).await.expect(0);
    let paths: Vec<_> = outcome.stdout.lines().collect();
    let arguments = ["enumerate", "Msvm_AffectedJobElement", "-o", "wide"];
    let started = ["replica", "start", "web01", "--no-wait"];
    Program::on(&host).run(&started).await.expect(0);
    for format in ["table", "wide", "csv"] {
        let arguments = [&arguments[..3], &[format]].concat();
        let outcome = Program::on(&host).run(&arguments).await.expect(0);
        // The object path of a virtual machine is longer than what a terminal shows of a value.
        let path = |line: &str| {
            paths
                .iter()
                .any(|path| line.replace("\"\"", "\"").contains(path))
        };
        assert!(outcome.stdout.lines().any(path), "{}", outcome.stdout);
        assert!(!outcome.stdout.contains('…'), "{}", outcome.stdout);
    }
}

#[tokio::test]
async fn a_limit_ends_each_list_and_releases_it_at_the_host() {
    let host = Simulator::start().await.unwrap();
    let path = "root/virtualization/v2:Msvm_ComputerSystem";
    for arguments in [
        &["query", "SELECT * FROM Msvm_ComputerSystem"][..],
        &["enumerate", path],
        &["enumerate", path, "--references"],
        &["enumerate", path, "--both"],
        &["enumerate", path, "-o", "name"],
    ] {
        let output = if arguments.contains(&"-o") {
            &[][..]
        } else {
            &["-o", "json"]
        };
        let arguments = [arguments, &["--limit", "2"], output].concat();
        let outcome = Program::on(&host).run(&arguments).await.expect(0);
        assert_eq!(outcome.stdout.lines().count(), 2, "{arguments:?}");
        assert_eq!(host.open_enumerations(), 0, "{arguments:?}");
    }
}

#[tokio::test]
async fn a_name_is_an_object_path_that_get_takes() {
    let host = Simulator::start().await.unwrap();
    let select = "SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'cold01'";
    let mut seen = Vec::new();
    for arguments in [
        &["query", select][..],
        &[
            "enumerate",
            "Msvm_ComputerSystem",
            "-w",
            "ElementName=cold01",
        ],
    ] {
        let arguments = [arguments, &["-o", "name"]].concat();
        let outcome = Program::on(&host).run(&arguments).await.expect(0);
        let lines: Vec<_> = outcome.stdout.lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 1, "{arguments:?}");
        seen.extend(lines);
    }
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].starts_with("root/virtualization/v2:Msvm_ComputerSystem."));
    let got = Program::on(&host)
        .run(&["get", &seen[0], "-o", "json"])
        .await;
    assert_eq!(got.expect(0).events()[0]["ElementName"], "cold01");

    let associators = ["associators", &seen[0], "-o", "name"];
    let outcome = Program::on(&host).run(&associators).await.expect(0);
    for line in outcome.stdout.lines() {
        assert!(line.starts_with("root/virtualization/v2:"), "{line}");
    }
    assert_ne!(outcome.stdout, "");
}

#[tokio::test]
async fn formats_of_lists_are_refused_elsewhere() {
    let host = Simulator::start().await.unwrap();
    for format in ["csv", "name"] {
        for command in [&["identify"][..], &["replica", "start", "web01"]] {
            let arguments = [command, &["-o", format]].concat();
            let outcome = Program::on(&host).run(&arguments).await;
            outcome.expect_error(2, "formats of lists", "--output");
        }
    }
    assert_eq!(host.requests().len(), 0);
}

#[tokio::test]
async fn quiet_leaves_notes_and_progress_out_and_nothing_else() {
    let host = Simulator::builder()
        .clock_speed(100.0)
        .start()
        .await
        .unwrap();
    let none = ["query", "SELECT * FROM Win32_Service WHERE Name = 'x'"];
    for output in ["table", "json"] {
        let run = async |more: &[&str]| {
            let arguments = [&none[..], &["-o", output], more].concat();
            Program::on(&host).run(&arguments).await.expect(0).stderr
        };
        assert!(run(&[]).await.contains("no instances"));
        assert_eq!(run(&["--quiet"]).await, "");
        assert_eq!(run(&["-q"]).await, "");
    }

    let start = ["replica", "start", "web01", "-q", "--progress", "plain"];
    let outcome = Program::on(&host).run(&start).await.expect(0);
    assert_eq!(outcome.stderr, "");
    assert_eq!(outcome.stdout.lines().count(), 2, "{}", outcome.stdout);

    // Warnings and errors, with their hints, stay.
    let warned = Program::on(&host)
        .run(&["replica", "start", "db01", "-q"])
        .await;
    assert!(warned.expect(0).stderr.starts_with("warning: "));
    let refused = Program::on(&host)
        .run(&["replica", "start", "cold01", "-q"])
        .await;
    let refused = refused.expect(6);
    assert!(!refused.said("error: ").is_empty() && !refused.said("hint: ").is_empty());
    let quiet = Program::on(&host).env("CIMWIRE_QUIET", "true");
    assert_eq!(quiet.run(&none).await.expect(0).stderr, "");
}

#[tokio::test]
async fn a_start_time_may_be_that_of_the_local_clock() {
    let host = Simulator::start().await.unwrap();
    // Nine hours ahead of UTC all year.
    let program = Program::on(&host).env("TZ", "JST-9");
    let start = [
        "replica",
        "start",
        "web01",
        "--start-time",
        "tomorrow 09:00",
        "-o",
        "json",
    ];
    let event = &program.run(&start).await.expect(0).events()[0];
    let at = event["start_time"].as_str().unwrap();
    assert!(at.ends_with("T00:00:00Z"), "{at}");

    // Central European clocks skip an hour on the last Sunday of March.
    let program = Program::on(&host).env("TZ", "CET-1CEST,M3.5.0,M10.5.0/3");
    let start = [
        "replica",
        "start",
        "web01",
        "--start-time",
        "2030-03-31 02:30",
    ];
    let outcome = program.run(&start).await.expect(2);
    assert!(
        outcome.stderr.contains("does not exist in this time zone"),
        "{}",
        outcome.stderr
    );
}

#[tokio::test]
async fn times_are_local_in_tables_and_universal_elsewhere() {
    let host = Simulator::start().await.unwrap();
    let query = [
        "query",
        "SELECT InstallDate FROM Msvm_ComputerSystem WHERE ElementName = 'web01'",
    ];
    let mut texts = Vec::new();
    for format in ["table", "csv", "json"] {
        let program = Program::on(&host).env("TZ", "CET-1");
        let arguments = [&query[..], &["-o", format]].concat();
        texts.push(program.run(&arguments).await.expect(0).stdout);
    }
    let [table, csv, json] = &texts[..] else {
        panic!("three texts");
    };
    let table = table.lines().nth(1).unwrap();
    let csv = csv.lines().nth(1).unwrap();
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(json["InstallDate"], csv);
    let timestamp: jiff::Timestamp = csv.parse().unwrap();
    let local = timestamp.to_zoned_datetime(jiff::tz::TimeZone::fixed(jiff::tz::offset(1)));
    assert!(csv.ends_with('Z'), "{csv}");
    assert_eq!(
        table,
        local.strftime("%Y-%m-%d %H:%M:%S +01:00").to_string()
    );
}
