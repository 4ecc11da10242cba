//! `identify` and `query`.

use cimwire::simulator::Simulator;

use crate::program::Program;

#[tokio::test]
async fn the_host_is_identified() {
    let host = Simulator::start().await.unwrap();
    let seen = Program::on(&host)
        .run(&["identify", "-o", "json"])
        .await
        .expect(0)
        .events();
    assert_eq!(seen[0]["endpoint"], host.url());
    assert_eq!(
        seen[0]["protocol_version"],
        "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
    );
    let outcome = Program::on(&host).run(&["identify"]).await.expect(0);
    assert!(
        outcome.stdout.starts_with("Endpoint  http://127.0.0.1:"),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome.stdout.contains("\nVendor    "),
        "{}",
        outcome.stdout
    );
}

#[tokio::test]
async fn an_identification_has_all_that_the_host_said_of_itself() {
    let host = Simulator::start().await.unwrap();
    let event = &Program::on(&host)
        .run(&["identify", "-o", "json"])
        .await
        .expect(0)
        .events()[0];
    let names: Vec<_> = event.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "endpoint",
            "product_vendor",
            "product_version",
            "protocol_version",
            "security_profiles"
        ]
    );
    assert_eq!(event["product_vendor"], "Microsoft Corporation");
}

#[tokio::test]
async fn rows_are_objects_with_every_character() {
    let host = Simulator::start().await.unwrap();
    let query = ["query", "SELECT * FROM Msvm_ComputerSystem", "-o", "json"];
    let rows = Program::on(&host).run(&query).await.expect(0).events();
    let mut names: Vec<_> = rows
        .iter()
        .filter_map(|row| row["ElementName"].as_str())
        .collect();
    names.sort_unstable();
    for name in ["web01", "fünf", r#"web & <db> "01""#] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert_eq!(names.iter().filter(|name| **name == "twin").count(), 2);
    assert!(
        rows.iter()
            .all(|row| row["__CLASS"] == "Msvm_ComputerSystem")
    );
}

#[tokio::test]
async fn rows_are_a_table() {
    let host = Simulator::start().await.unwrap();
    let wql = "SELECT ElementName, ReplicationState FROM Msvm_ComputerSystem WHERE ElementName = 'cold01'";
    let outcome = Program::on(&host).run(&["query", wql]).await.expect(0);
    assert_eq!(
        outcome.stdout,
        "ElementName  ReplicationState\ncold01       0\n"
    );
}

#[tokio::test]
async fn no_row_is_told() {
    let host = Simulator::start().await.unwrap();
    let wql = "SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'nowhere'";
    for output in ["table", "json"] {
        let outcome = Program::on(&host)
            .run(&["query", wql, "-o", output])
            .await
            .expect(0);
        assert_eq!(
            (outcome.stdout.as_str(), &outcome.all_said()[..]),
            ("", &["note: no instances".to_owned()][..])
        );
    }
}

#[tokio::test]
async fn a_refusal_is_a_fault() {
    let host = Simulator::start().await.unwrap();
    let outcome = Program::on(&host)
        .run(&["query", "SELECT * FROM Msvm_Nothing"])
        .await
        .expect(5);
    assert!(
        outcome
            .said("error: ")
            .starts_with("could not query root/virtualization/v2: ")
    );
    assert!(!outcome.said("hint: ").is_empty());
    let elsewhere = [
        "--namespace",
        "root/nowhere",
        "query",
        "SELECT * FROM Msvm_ComputerSystem",
    ];
    let outcome = Program::on(&host).run(&elsewhere).await.expect(5);
    assert!(
        outcome
            .said("error: ")
            .starts_with("could not query root/nowhere: ")
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_reader_that_goes_away_ends_it_quietly() {
    let host = Simulator::start().await.unwrap();
    for arguments in [
        &["query", "SELECT * FROM Msvm_ComputerSystem", "-o", "json"][..],
        &["query", "SELECT * FROM Msvm_ComputerSystem"],
        &["replica", "start", "web01"],
    ] {
        let mut running = Program::on(&host).spawn(arguments);
        running.close();
        let outcome = running.end().await.expect(141);
        assert_eq!(outcome.stderr, "", "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_an_error() {
    let host = Simulator::start().await.unwrap();
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let outcome = Program::on(&host)
        .stdout(full.into())
        .run(&["identify"])
        .await
        .expect(1);
    assert!(
        outcome
            .said("error: ")
            .starts_with("could not write to stdout: No space left on device")
    );
}
