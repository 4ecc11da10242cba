//! `get` and `enumerate`.

use cimwire::simulator::Simulator;
use serde_json::{Value, json};

use crate::hosts::Host;
use crate::program::{Outcome, Program, name_of};

async fn run(host: &Simulator, arguments: &[&str]) -> Outcome {
    Program::on(host)
        .arguments(&["-o", "json"])
        .run(arguments)
        .await
}

/// The id of a virtual machine.
async fn id(host: &Simulator, vm: &str) -> String {
    let wql = format!("SELECT * FROM Msvm_ComputerSystem WHERE ElementName = '{vm}'");
    let found = run(host, &["query", &wql]).await;
    let found = found.expect(0).events();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0]["Name"].as_str().expect("a text").to_owned()
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .filter_map(|row| row["ElementName"].as_str())
        .collect()
}

#[tokio::test]
async fn an_instance_by_its_keys_or_its_path() {
    let host = Simulator::start().await.unwrap();
    let id = id(&host, "web01").await;
    let name = format!("Name={id}");
    let path = format!(
        "root/virtualization/v2:Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",Name=\"{id}\""
    );
    let class = "CreationClassName=Msvm_ComputerSystem";
    let relative = path.strip_prefix("root/virtualization/v2:").unwrap();
    for arguments in [
        &["get", "Msvm_ComputerSystem", "--key", class, "--key", &name][..],
        &[
            "get",
            "root\\virtualization\\v2:msvm_computersystem",
            "-k",
            &name,
            "-k",
            class,
        ],
        &["get", &path],
        &["get", relative],
        &[
            "get",
            "Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\"",
            "-k",
            &name,
        ],
    ] {
        let shown = run(&host, arguments).await.expect(0).events();
        assert_eq!(names(&shown), ["web01"], "{arguments:?}");
        assert_eq!(
            shown[0]["__CLASS"].as_str().map(str::to_lowercase).unwrap(),
            "msvm_computersystem"
        );
    }

    let shown = Program::on(&host).run(&["get", &path]).await.expect(0);
    let line = |name: &str| {
        let mut lines = shown
            .stdout
            .lines()
            .map(|line| line.split_once(' ').unwrap_or((line, "")));
        lines
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value.trim().to_owned())
    };
    assert_eq!(line("ElementName").as_deref(), Some("web01"));
    assert_eq!(line("Name"), Some(id));
}

#[tokio::test]
async fn only_some_properties() {
    let host = Simulator::start().await.unwrap();
    let path = format!(
        "Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",Name=\"{}\"",
        id(&host, "cold01").await
    );
    let some = ["get", &path, "--properties", "ElementName,ReplicationState"];
    let outcome = run(&host, &some).await;
    let shown = outcome.expect(0).events();
    assert_eq!(
        shown,
        [json!({"__CLASS": "Msvm_ComputerSystem", "ElementName": "cold01", "ReplicationState": 0})]
    );

    let some = [
        "enumerate",
        "Msvm_ComputerSystem",
        "-w",
        "ElementName=cold01",
        "--properties",
        "ElementName,ReplicationState",
    ];
    let outcome = Program::on(&host).run(&some).await.expect(0);
    assert_eq!(
        outcome.stdout,
        "ElementName  ReplicationState\ncold01       0\n"
    );
}

#[tokio::test]
async fn instances_and_their_paths() {
    let host = Simulator::start().await.unwrap();
    let all = run(&host, &["enumerate", "Msvm_ComputerSystem"])
        .await
        .expect(0)
        .events();
    assert!(names(&all).contains(&"fünf"), "{all:?}");
    let both = ["enumerate", "Msvm_ComputerSystem", "--both"];
    let both = run(&host, &both).await.expect(0).events();
    assert_eq!(names(&both), names(&all));
    let references = ["enumerate", "Msvm_ComputerSystem", "--references"];
    let references = run(&host, &references).await.expect(0).events();
    let paths = |rows: &[Value]| -> Vec<String> {
        rows.iter()
            .map(|row| row["__PATH"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(paths(&references), paths(&both));
    assert_eq!(references[0]["__CLASS"], "Msvm_ComputerSystem");

    // What is printed is taken where an instance is wanted.
    let table = ["enumerate", "Msvm_ComputerSystem", "--references"];
    let lines = Program::on(&host).run(&table).await.expect(0).stdout;
    assert_eq!(lines.lines().collect::<Vec<_>>(), paths(&both));
    let (last, path) = (both.last().unwrap(), lines.lines().last().unwrap());
    let shown = run(&host, &["get", path]).await.expect(0).events();
    assert_eq!(shown[0]["Name"], last["Name"]);

    // Paths are not cut off.
    let lists = ["enumerate", "Msvm_ComputerSystem", "--both"];
    let lists = Program::on(&host).run(&lists).await.expect(0).stdout;
    assert!(lists.contains(path), "{lists}");
    assert!(!lists.starts_with('\n'), "{lists}");
    assert_eq!(lists.split("\n\n").count(), both.len());
}

#[tokio::test]
async fn only_what_has_a_value() {
    let host = Simulator::start().await.unwrap();
    let stopped = ["enumerate", "Win32_Service", "--where", "State=Stopped"];
    let all = run(&host, &["enumerate", "Win32_Service"])
        .await
        .expect(0)
        .events();
    let found = run(&host, &stopped).await.expect(0).events();
    let expected: Vec<_> = all
        .iter()
        .filter(|row| row["State"] == "Stopped")
        .cloned()
        .collect();
    assert!(!expected.is_empty() && expected.len() < all.len());
    assert_eq!(found, expected);
    let name = format!("Name={}", found[0]["Name"].as_str().unwrap());
    // A reference shows its keys, and nothing that tells whether the host looked at the rest.
    let by_state = [&stopped[..], &["--references"]].concat();
    Program::on(&host).run(&by_state).await.expect_error(
        1,
        "could not compare State of root/cimv2:Win32_Service: it is not a key of the references",
        "request the instances",
    );
    let one = ["enumerate", "Win32_Service", "-w", &name, "--references"];
    let one = run(&host, &one).await.expect(0).events();
    assert_eq!(
        one,
        [json!({
            "__CLASS": "Win32_Service",
            "__PATH": format!("root/cimv2:Win32_Service.Name=\"{}\"", found[0]["Name"].as_str().unwrap()),
        })]
    );
}

#[tokio::test]
async fn no_more_than_so_many() {
    let host = Simulator::builder()
        .synthetic_instances(2_000)
        .start()
        .await
        .unwrap();
    let two = ["enumerate", "Simulated_Row", "--limit", "2"];
    let rows = run(&host, &two).await.expect(0).events();
    let names: Vec<_> = rows.iter().map(|row| &row["Name"]).collect();
    assert_eq!(names, ["row 000000", "row 000001"]);
    assert_eq!(host.open_enumerations(), 0, "the host has nothing to keep");
    let all = [
        "enumerate",
        "Simulated_Row",
        "--properties",
        "Index",
        "--limit",
        "5000",
    ];
    assert_eq!(run(&host, &all).await.expect(0).events().len(), 2_000);
    let none = [
        "enumerate",
        "Win32_Service",
        "-w",
        "Name=nowhere",
        "--limit",
        "2",
    ];
    let outcome = run(&host, &none).await.expect(0);
    assert_eq!(outcome.said("note: "), "no instances");
}

#[tokio::test]
async fn no_page_is_larger_than_what_is_wanted() {
    for (limit, asked_for) in [
        (None, "500"),
        (Some("2"), "2"),
        (Some("99999999999"), "500"),
        (Some("501"), "500"),
    ] {
        let empty = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><n:EnumerateResponse \
                     xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\"><w:Items \
                     xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"/><w:EndOfSequence \
                     xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"/></n:EnumerateResponse></s:Body></s:Envelope>";
        let mut host = Host::scripted([empty.to_owned()]).await;
        let program = Program::at(&host.url, "operator", "c0rrect-h0rse")
            .arguments(&[
                "--auth",
                "basic",
                "--dangerously-send-password-in-the-clear",
            ])
            .arguments(&["enumerate", "Win32_Service"]);
        let program = match limit {
            Some(limit) => program.arguments(&["--limit", limit]),
            None => program,
        };
        program.run(&[]).await.expect(0);
        let asked = String::from_utf8(host.was_asked().await).unwrap();
        let element = format!("MaxElements>{asked_for}</");
        assert!(asked.contains(&element), "{element} is not in\n{asked}");
    }
}

/// Windows takes no quotation marks in a filter by values, so that a query has to ask for them.
#[tokio::test]
async fn a_value_with_quotation_marks() {
    let host = Simulator::start().await.unwrap();
    let name = r#"web & <db> "01""#;
    let condition = format!("ElementName={name}");
    let arguments = ["enumerate", "Msvm_ComputerSystem", "-w", &condition];
    let found = run(&host, &arguments).await.expect(0).events();
    assert_eq!(names(&found), [name]);
    assert_eq!(found[0]["CreationClassName"], "Msvm_ComputerSystem");
    let arguments = ["enumerate", "Win32_Service", "-w", "Name=O'Brien"];
    let none = run(&host, &arguments).await.expect(0);
    assert_eq!(none.said("note: "), "no instances");
}

/// What comes before an item of another kind is shown, and the error says which item that is.
#[tokio::test]
async fn an_item_that_is_none() {
    let service = "<Win32_Service xmlns=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service\">\
                   <Name>vmms</Name></Win32_Service>";
    for (item, what) in [
        (
            "<a:EndpointReference xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"/>",
            "item 2 of root/cimv2:Win32_Service is not of the requested kind",
        ),
        (
            "<n:Items/>",
            "could not read item 2 of root/cimv2:Win32_Service: it is Items, not an instance or a reference",
        ),
    ] {
        let page = format!(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><n:EnumerateResponse \
             xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\"><n:Items>{service}{item}{service}</n:Items>\
             <n:EndOfSequence/></n:EnumerateResponse></s:Body></s:Envelope>"
        );
        let host = Host::scripted([page]).await;
        let program = Program::at(&host.url, "operator", "c0rrect-h0rse");
        let basic = [
            "--auth",
            "basic",
            "--dangerously-send-password-in-the-clear",
        ];
        let enumerate = ["-o", "json", "--untyped", "enumerate", "Win32_Service"];
        let outcome = program.arguments(&basic).run(&enumerate).await.expect(1);
        let shown = outcome.events();
        assert_eq!(shown, [json!({"__CLASS": "Win32_Service", "Name": "vmms"})]);
        assert_eq!(outcome.said("error: "), what);
    }
}

#[tokio::test]
async fn what_names_nothing_is_not_asked_for() {
    for (arguments, error, hint) in [
        (
            &["get", "Win32 Service"][..],
            "\"Win32 Service\" names no class and no instance: ",
            "write it like Win32_Service",
        ),
        (
            &["get", "C.K=x"],
            "a text value requires quotation marks",
            "single quotes",
        ),
        (
            &["enumerate", "C.K=1"],
            "\"C.K=1\" names no class",
            "root/cimv2:Win32_Service",
        ),
    ] {
        Program::new()
            .run(arguments)
            .await
            .expect_error(2, error, hint);
    }
    let outcome = Program::new()
        .run(&["get", "C.K=1", "--key", "k=2"])
        .await
        .expect(2);
    assert_eq!(outcome.stderr, "error: the key k is given more than once\n");
    for arguments in [
        &["get"][..],
        &["get", ""],
        &["get", "C", "--key", "K"],
        &["get", "C", "--key", "=x"],
        &["enumerate", "C", "--where", "State"],
        &["enumerate", "C", "--limit", "0"],
        &["enumerate", "C", "--both", "--references"],
        &["enumerate", "C", "--both", "--properties", "A"],
    ] {
        let outcome = Program::new().run(arguments).await.expect(2);
        assert_eq!(outcome.stdout, "", "{arguments:?}");
    }
}

#[tokio::test]
async fn errors_are_json_where_results_are() {
    let host = Simulator::start().await.unwrap();
    let outcome = run(&host, &["get", "Msvm_Nothing", "-k", "A=b"])
        .await
        .expect(5);
    assert_eq!(outcome.stdout, "");
    let error = outcome.error();
    assert_eq!(error["kind"], "fault");
    assert_eq!(error["host"], name_of(&host));
    assert_eq!(error["exit_code"], 5);
    assert_eq!(error["delivery"], "answered");
    assert_eq!(error["fault"]["kind"], "not_found");
    assert_eq!(error["fault"]["subcode"], "DestinationUnreachable");
    // 0x80338000, RESOURCE_NOT_FOUND.
    assert_eq!(error["fault"]["code"], 2_150_858_752_u32);
    let message = error["message"].as_str().unwrap();
    assert!(
        message.starts_with("could not get root/virtualization/v2:Msvm_Nothing: "),
        "{message}"
    );
    assert_eq!(
        error["hint"],
        "check the class, its namespace and the values of its keys"
    );

    let outcome = Program::new()
        .run(&["get", "C.", "-o", "json"])
        .await
        .expect(2);
    let error = outcome.error();
    assert_eq!(
        (&error["kind"], &error["exit_code"]),
        (&json!("usage"), &json!(2))
    );
}

/// The query that the option becomes is nothing that the user has written.
#[tokio::test]
async fn a_name_that_the_class_does_not_have_hints_at_the_option() {
    let host = Simulator::start().await.unwrap();
    let class = "Win32_Service";
    for arguments in [
        &["enumerate", class, "--properties", "Name,Nonsense"][..],
        &[
            "enumerate",
            class,
            "--properties",
            "Name",
            "--where",
            "Nonsense=1",
        ],
    ] {
        let outcome = run(&host, arguments).await.expect(5);
        let hint = outcome.said("hint: ");
        assert!(
            hint.contains("--properties") && !hint.contains("query"),
            "{hint}"
        );
    }
    let outcome = run(&host, &["query", "SELECT Nonsense FROM Win32_Service"])
        .await
        .expect(5);
    assert!(outcome.said("hint: ").contains("query"));
}
