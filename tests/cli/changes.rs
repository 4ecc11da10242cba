//! `put`, `create` and `delete`.

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

/// The value of a variable of the system.
async fn value(host: &Simulator, name: &str) -> Value {
    let wql = format!("SELECT * FROM Win32_Environment WHERE Name = '{name}'");
    let rows = run(host, &["query", &wql]).await.expect(0).events();
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0]["VariableValue"].clone()
}

const SYSTEM: &str = "UserName=<SYSTEM>";

#[tokio::test]
async fn an_instance_is_created_changed_and_deleted() {
    let host = Simulator::start().await.unwrap();
    let create = [
        "create",
        "Win32_Environment",
        "name=TEMP",
        SYSTEM,
        r"variablevalue=C:\a & <b>",
    ];
    let outcome = run(&host, &create).await.expect(0);
    assert_eq!(outcome.stderr, "");
    let created = &outcome.events()[0];
    assert_eq!(created["event"], "created");
    let path = created["reference"].as_str().unwrap();
    assert_eq!(value(&host, "TEMP").await, r"C:\a & <b>");

    let changed = run(&host, &["put", path, "VARIABLEVALUE=new"])
        .await
        .expect(0)
        .events();
    assert_eq!(
        (&changed[0]["event"], &changed[0]["reference"]),
        (&json!("changed"), &json!(path))
    );
    assert_eq!(value(&host, "TEMP").await, "new");
    let key = [
        "put",
        "Win32_Environment",
        "-k",
        "Name=TEMP",
        "-k",
        SYSTEM,
        "VariableValue:=null",
    ];
    let outcome = Program::on(&host).run(&key).await.expect(0);
    assert!(
        outcome
            .stdout
            .starts_with("Changed root/cimv2:Win32_Environment.Name=\"TEMP\""),
        "{}",
        outcome.stdout
    );
    assert_eq!(value(&host, "TEMP").await, Value::Null);

    let deleted = run(&host, &["delete", path]).await.expect(0).events();
    let expected = json!({
        "event": "deleted", "changed": true, "reference": path, "host": name_of(&host), "time": deleted[0]["time"],
    });
    assert_eq!(deleted, [expected]);
    let outcome = run(&host, &["delete", path]).await.expect(5);
    assert_eq!(outcome.error()["fault"]["kind"], "not_found");
}

#[tokio::test]
async fn changes_are_shown_in_lines() {
    let host = Simulator::start().await.unwrap();
    let create = [
        "create",
        "Win32_Environment",
        "Name=A",
        SYSTEM,
        "VariableValue=b",
    ];
    let outcome = Program::on(&host).run(&create).await.expect(0);
    let path = outcome.stdout.trim_end().strip_prefix("Created ").unwrap();
    let outcome = Program::on(&host).run(&["delete", path]).await.expect(0);
    assert_eq!(outcome.stdout, format!("Deleted {path}\n"));
}

#[tokio::test]
async fn a_put_shows_what_the_instance_has_become() {
    let host = Simulator::start().await.unwrap();
    let put = [
        "put",
        "Win32_Environment",
        "-k",
        "Name=OS",
        "-k",
        SYSTEM,
        "VariableValue=new",
    ];
    let outcome = Program::on(&host).run(&put).await.expect(0);
    let mut lines = outcome.stdout.lines();
    assert!(lines.next().unwrap().starts_with("Changed "));
    assert!(
        lines.any(|line| line == "VariableValue   new"),
        "{}",
        outcome.stdout
    );
    let events = run(&host, &put).await.expect(0).events();
    assert_eq!(events[0]["instance"]["VariableValue"], "new");
}

#[tokio::test]
async fn what_is_not_declared_is_not_sent() {
    let host = Simulator::start().await.unwrap();
    let hint = "cimwire schema root/cimv2:Win32_Environment";
    let create = ["create", "Win32_Environment", "Name=A", "Value=b"];
    run(&host, &create).await.expect_error(
        2,
        "Value of Win32_Environment is not a property; declared: Caption, Description, ",
        hint,
    );
    let put = [
        "put",
        "Win32_Environment",
        "-k",
        "Name=OS",
        "-k",
        SYSTEM,
        "SystemVariable=perhaps",
    ];
    run(&host, &put).await.expect_error(
        2,
        "SystemVariable of Win32_Environment is not a boolean: \"perhaps\"",
        hint,
    );
    assert_eq!(value(&host, "OS").await, "Windows_NT");

    let nothing = ["put", "Win32_Environment", "-k", "Name=OS"];
    Program::new().run(&nothing).await.expect_error(
        2,
        "no property is given",
        "say what is to change",
    );
    for arguments in [
        &["create", "Win32_Environment", "Name"][..],
        &["create", "Win32_Environment", "Name:={"],
        &["delete"],
    ] {
        let outcome = Program::new().run(arguments).await.expect(2);
        assert_eq!(outcome.stdout, "", "{arguments:?}");
    }
}

#[tokio::test]
async fn a_host_has_its_say() {
    let host = Simulator::start().await.unwrap();
    // Win32_OperatingSystem cannot be deleted.
    let outcome = run(&host, &["delete", "Win32_OperatingSystem"])
        .await
        .expect(5);
    assert_eq!(outcome.stdout, "");
    let create = [
        "create",
        "Win32_Environment",
        "Name=OS",
        SYSTEM,
        "VariableValue=b",
    ];
    run(&host, &create).await.expect(5);
    assert_eq!(value(&host, "OS").await, "Windows_NT");
}

/// A host whose answer to a change is another one's, or half of its own, has not said that it was done.
#[tokio::test]
async fn an_answer_that_tells_of_nothing_done() {
    for (body, what) in [
        (
            "<s:Body><n:PullResponse xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\"/></s:Body></s:Envelope>",
            "the answer is PullResponse, not an ",
        ),
        ("<s:Body/>", "the document ends in the middle"),
    ] {
        for arguments in [
            &["delete", "Win32_Environment", "-k", "Name=TZ"][..],
            &[
                "put",
                "Win32_Environment",
                "-k",
                "Name=TZ",
                "--unchecked",
                "VariableValue=UTC",
            ],
        ] {
            let envelope = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\">";
            let answer = format!("{envelope}{body}");
            // A put asks first whether the host is Windows.
            let host = Host::scripted(match arguments.first() {
                Some(&"put") => vec![identity("Microsoft Corporation"), answer],
                _ => vec![answer],
            })
            .await;
            let program = Program::at(&host.url, "operator", "c0rrect-h0rse");
            let basic = [
                "--auth",
                "basic",
                "--dangerously-send-password-in-the-clear",
            ];
            let outcome = program.arguments(&basic).run(arguments).await.expect(8);
            assert_eq!(outcome.stdout, "", "{arguments:?}");
            let error = outcome.said("error: ");
            assert!(error.contains(what), "{error}");
        }
    }
}

/// A server that is not Windows sets what a Put leaves out to null (openwsman with sfcb), so all of it is sent.
#[tokio::test]
async fn a_put_sends_the_whole_instance_to_a_server_that_is_not_windows() {
    let uri = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/X";
    let instance = |caption: &str| {
        format!(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><p:X xmlns:p=\"{uri}\">\
             <p:Caption>{caption}</p:Caption><p:Name>a</p:Name><p:Owner>o</p:Owner></p:X></s:Body></s:Envelope>"
        )
    };
    let put = [
        "put",
        "root/x:X",
        "-k",
        "Name=a",
        "--unchecked",
        "Caption=new",
    ];
    let (openwsman, windows) = (
        identity("Openwsman Project"),
        identity("Microsoft Corporation"),
    );
    for (set, mut answers, whole) in [
        (&[][..], vec![openwsman, instance("old")], true),
        (&["--dialect", "dmtf"], vec![instance("old")], true),
        (&["--put-updates", "whole"], vec![instance("old")], true),
        (&[], vec![windows], false),
        (&["--put-updates", "partial"], vec![], false),
    ] {
        answers.push(instance("new"));
        let mut host = Host::scripted(answers.clone()).await;
        let program = Program::at(&host.url, "operator", "c0rrect-h0rse");
        let program = program.arguments(&BASIC).arguments(set);
        let outcome = program.run(&put).await.expect(0);
        assert!(
            outcome.stdout.contains("Changed root/x:X.Name=\"a\""),
            "{}",
            outcome.stdout
        );
        let mut asked = Vec::new();
        for _ in &answers {
            asked.push(String::from_utf8(host.was_asked().await).unwrap());
        }
        let sent = asked.pop().unwrap();
        assert!(
            sent.contains("/transfer/Put<") && sent.contains("Caption>new<"),
            "{sent}"
        );
        assert_eq!(
            sent.contains("Owner>o<") && sent.contains(":Name>a<"),
            whole,
            "{sent}"
        );
    }
}

const BASIC: [&str; 3] = [
    "--auth",
    "basic",
    "--dangerously-send-password-in-the-clear",
];

fn identity(vendor: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><i:IdentifyResponse \
         xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\"><i:ProtocolVersion>\
         http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</i:ProtocolVersion><i:ProductVendor>{vendor}</i:ProductVendor>\
         </i:IdentifyResponse></s:Body></s:Envelope>"
    )
}
