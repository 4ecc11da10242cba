//! `associators` and `references`.

use cimwire::simulator::Simulator;
use serde_json::Value;

use crate::program::{Outcome, Program};

async fn run(host: &Simulator, arguments: &[&str]) -> Outcome {
    Program::on(host)
        .arguments(&["-o", "json"])
        .run(arguments)
        .await
}

/// The names of what is found, in their order.
fn names(rows: &[Value]) -> Vec<&str> {
    let mut names: Vec<_> = rows.iter().filter_map(|row| row["Name"].as_str()).collect();
    names.sort_unstable();
    names
}

const WINMGMT: &str = "root/cimv2:Win32_Service.Name=\"Winmgmt\"";

#[tokio::test]
async fn what_an_instance_is_associated_with() {
    let host = Simulator::start().await.unwrap();
    // Winmgmt needs RpcSs, and vmms needs Winmgmt.
    for (arguments, expected) in [
        (&[][..], &["RpcSs", "vmms"][..]),
        (&["--role", "Dependent"], &["RpcSs"]),
        (&["--result-role", "Dependent"], &["vmms"]),
        (
            &[
                "--association-class",
                "Win32_DependentService",
                "--result-class",
                "Win32_Service",
                "--role",
                "Antecedent",
            ],
            &["vmms"],
        ),
    ] {
        let by_path = [&["associators", WINMGMT], arguments].concat();
        let by_key = [
            &["associators", "Win32_Service", "-k", "Name=Winmgmt"],
            arguments,
        ]
        .concat();
        for arguments in [&by_path, &by_key] {
            let found = run(&host, arguments).await.expect(0).events();
            assert_eq!(names(&found), expected, "{arguments:?}");
            assert!(found.iter().all(|row| row["__CLASS"] == "Win32_Service"));
        }
    }
    let table = ["associators", WINMGMT, "--role", "Dependent"];
    let outcome = Program::on(&host).run(&table).await.expect(0);
    assert!(
        outcome.stdout.contains("RpcSs") && !outcome.stdout.contains("vmms"),
        "{}",
        outcome.stdout
    );
    let limited = ["associators", WINMGMT, "--limit", "1"];
    assert_eq!(run(&host, &limited).await.expect(0).events().len(), 1);
}

#[tokio::test]
async fn the_associations_themselves() {
    let host = Simulator::start().await.unwrap();
    let references = ["references", WINMGMT, "--role", "Antecedent"];
    let found = run(&host, &references).await.expect(0).events();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["__CLASS"], "Win32_DependentService");
    assert_eq!(found[0]["Antecedent"], WINMGMT);
    assert_eq!(
        found[0]["Dependent"],
        "root/cimv2:Win32_Service.Name=\"vmms\""
    );
    let of_class = [
        "references",
        WINMGMT,
        "--result-class",
        "Win32_DependentService",
    ];
    assert_eq!(run(&host, &of_class).await.expect(0).events().len(), 2);

    // An association has references for keys, which its path holds in quotation marks.
    let paths = ["enumerate", "Win32_DependentService", "--references"];
    let paths = run(&host, &paths).await.expect(0).events();
    let path = paths[0]["__PATH"].as_str().unwrap();
    let one = run(&host, &["get", path]).await.expect(0).events();
    assert_eq!(
        one[0]["Dependent"],
        "root/cimv2:Win32_Service.Name=\"Spooler\""
    );
    let keys = [
        "get",
        "Win32_DependentService",
        "-k",
        "Antecedent=root/cimv2:Win32_Service.Name=\"RpcSs\"",
        "-k",
        "Dependent=root/cimv2:Win32_Service.Name=\"Spooler\"",
    ];
    assert_eq!(run(&host, &keys).await.expect(0).events(), one);
}

#[tokio::test]
async fn errors_speak_of_associators_and_references() {
    let host = Simulator::start().await.unwrap();
    for (command, word) in [("associators", "associators"), ("references", "references")] {
        for dialect in ["wmi", "dmtf"] {
            let service = "root/nowhere:Win32_Service.Name=\"Winmgmt\"";
            let outcome = run(&host, &[command, service, "--dialect", dialect]).await;
            let outcome = outcome.expect(5);
            let message = outcome.said("error: ");
            let expected = format!("could not query root/nowhere for {word}: ");
            assert!(message.starts_with(&expected), "{dialect}: {message}");
        }
    }
    let class = ["associators", WINMGMT, "--result-class", "Win32_Nothing"];
    let outcome = run(&host, &class).await;
    if !outcome.stderr.contains("no instances") {
        assert!(outcome.said("hint: ").contains("classes and roles"));
    }
}

#[tokio::test]
async fn names_that_are_none() {
    let host = Simulator::start().await.unwrap();
    let role = ["associators", WINMGMT, "--role", "a' OR 'b"];
    let outcome = run(&host, &role).await.expect(2);
    assert_eq!(outcome.error()["delivery"], "not_sent");
    let class = ["references", WINMGMT, "--association-class", "C"];
    let outcome = Program::new().run(&class).await.expect(2);
    assert!(
        outcome.stderr.contains("--association-class"),
        "{}",
        outcome.stderr
    );
}
