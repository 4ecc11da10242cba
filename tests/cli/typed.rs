//! The types of values in JSON.

use cimwire::simulator::Simulator;
use serde_json::{Value, json};

use crate::hosts::Host;
use crate::program::{Outcome, Program};

async fn run(host: &Simulator, arguments: &[&str]) -> Outcome {
    let program = Program::on(host).arguments(&["-o", "json"]);
    program.run(arguments).await.expect(0)
}

fn keys(row: &Value) -> Vec<&String> {
    row.as_object().expect("an object").keys().collect()
}

#[tokio::test]
async fn values_have_the_types_that_the_class_declares() {
    let host = Simulator::start().await.unwrap();
    // The types are those of the class pages: Started boolean, ProcessId uint32, DisplayName string.
    let services = run(&host, &["enumerate", "Win32_Service"]).await.events();
    assert!(services.len() > 1, "{services:?}");
    for service in &services {
        assert!(service["Started"].is_boolean(), "{service}");
        assert!(service["ProcessId"].is_u64(), "{service}");
        assert!(service["DisplayName"].is_string(), "{service}");
        assert_eq!(keys(service), keys(&services[0]), "all rows have one shape");
    }
    // ReplicationState uint16, OperationalStatus uint16[], TimeOfLastStateChange datetime.
    let wql = "SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'web01'";
    let vm = &run(&host, &["query", wql]).await.events()[0];
    assert_eq!(vm["ReplicationState"], 1, "{vm}");
    assert_eq!(vm["OperationalStatus"], json!([2]), "an array stays one");
    let changed = vm["TimeOfLastStateChange"].as_str().expect("a time");
    assert!(changed.contains('T') && changed.ends_with('Z'), "{changed}");

    let untyped = &run(&host, &["query", wql, "--untyped"]).await.events()[0];
    assert_eq!(untyped["ReplicationState"], "1");
    assert_eq!(untyped["OperationalStatus"], "2");
}

#[tokio::test]
async fn a_projection_has_the_selected_properties_in_their_order() {
    let host = Simulator::start().await.unwrap();
    let wql = "SELECT ReplicationState, OtherEnabledState, ElementName FROM Msvm_ComputerSystem WHERE ElementName = 'web01'";
    let outcome = run(&host, &["query", wql]).await;
    assert_eq!(
        outcome.stdout.trim_end(),
        r#"{"ReplicationState":1,"OtherEnabledState":null,"ElementName":"web01"}"#
    );
    let some = [
        "enumerate",
        "Msvm_ComputerSystem",
        "--where",
        "ElementName=web01",
    ];
    let some = [
        &some[..],
        &["--properties", "OnTimeInMilliseconds,ElementName"],
    ]
    .concat();
    let row = &run(&host, &some).await.events()[0];
    assert!(row["OnTimeInMilliseconds"].is_u64(), "{row}");
}

/// A page with two instances of a class that is not built in.
fn page() -> String {
    let uri = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/V_Meter";
    let meter = |name: &str, value: &str| {
        format!("<p:V_Meter xmlns:p=\"{uri}\"><p:Name>{name}</p:Name>{value}</p:V_Meter>")
    };
    let (one, other) = (meter("a", "<p:Level>7</p:Level>"), meter("b", ""));
    envelope(&format!(
        "<n:EnumerateResponse xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\">\
         <n:Items>{one}{other}</n:Items><n:EndOfSequence/></n:EnumerateResponse>"
    ))
}

fn envelope(body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>{body}</s:Body></s:Envelope>"
    )
}

async fn meters(answers: [String; 2]) -> Outcome {
    let host = Host::scripted(answers).await;
    let basic = [
        "--auth",
        "basic",
        "--dangerously-send-password-in-the-clear",
        "-o",
        "json",
    ];
    let program = Program::at(&host.url, "operator", "c0rrect-h0rse").arguments(&basic);
    program
        .run(&["enumerate", "root/x:V_Meter"])
        .await
        .expect(0)
}

#[tokio::test]
async fn the_host_is_asked_once_for_a_class_that_is_not_built_in() {
    let class = "<CLASS NAME=\"V_Meter\"><PROPERTY NAME=\"Level\" TYPE=\"uint16\"></PROPERTY>\
                 <PROPERTY NAME=\"Name\" TYPE=\"string\"></PROPERTY></CLASS>";
    let outcome = meters([page(), envelope(class)]).await;
    assert_eq!(
        outcome.stdout,
        "{\"__CLASS\":\"V_Meter\",\"Level\":7,\"Name\":\"a\"}\n{\"__CLASS\":\"V_Meter\",\"Level\":null,\"Name\":\"b\"}\n"
    );
}

#[tokio::test]
async fn without_a_declaration_values_stay_text_and_a_note_says_so_once() {
    let fault = "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason>\
                 <s:Text xml:lang=\"en\">no</s:Text></s:Reason></s:Fault>";
    let outcome = meters([page(), envelope(fault)]).await;
    assert_eq!(
        outcome.events()[0],
        json!({"__CLASS": "V_Meter", "Name": "a", "Level": "7"})
    );
    assert_eq!(outcome.events().len(), 2);
    let said = outcome.all_said();
    let notes: Vec<_> = said
        .iter()
        .filter(|line| line.starts_with("note: "))
        .collect();
    assert_eq!(notes.len(), 1, "{said:?}");
    let expected =
        "note: the values of root/x:V_Meter stay text: its declaration could not be read: ";
    assert!(notes[0].starts_with(expected), "{}", notes[0]);
}

#[tokio::test]
async fn an_output_has_the_types_that_the_method_declares() {
    let host = Simulator::start().await.unwrap();
    let create = [
        "invoke",
        "Win32_Process",
        "Create",
        "CommandLine=notepad.exe",
    ];
    let typed = &run(&host, &create).await.events()[0];
    assert!(typed["output"]["ProcessId"].is_u64(), "{typed}");
    assert_eq!(typed["return_value"], 0);
    let untyped = [&create[..], &["--untyped"]].concat();
    let untyped = &run(&host, &untyped).await.events()[0];
    assert!(untyped["output"]["ProcessId"].is_string(), "{untyped}");
}
