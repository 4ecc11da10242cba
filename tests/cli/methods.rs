//! `invoke` and `schema`.

use std::time::Duration;

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

/// The object path of a virtual machine.
async fn path(host: &Simulator, vm: &str) -> String {
    let wql = format!("SELECT * FROM Msvm_ComputerSystem WHERE ElementName = '{vm}'");
    let rows = run(host, &["query", &wql]).await.expect(0).events();
    let id = rows[0]["Name"].as_str().expect("a text");
    format!("Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",Name=\"{id}\"")
}

/// A process of the host, by what `Create` returned.
async fn process(host: &Simulator, returned: &Value) -> Value {
    let id = returned["output"]["ProcessId"].as_u64().expect("a number");
    let key = format!("Handle={id}");
    let rows = run(host, &["get", "Win32_Process", "-k", &key])
        .await
        .expect(0)
        .events();
    rows[0].clone()
}

const SERVICE: [&str; 4] = [
    "Msvm_ReplicationService",
    "StartReplication",
    "--key",
    "CreationClassName=Msvm_ReplicationService",
];

/// Over the network.
const NETWORK: &[&str] = &["InitialReplicationType=1"];

async fn start(host: &Simulator, arguments: &[&str]) -> Outcome {
    let arguments = [&["invoke"], &SERVICE[..], NETWORK, arguments].concat();
    run(host, &arguments).await
}

#[tokio::test]
async fn a_method_of_a_class() {
    let host = Simulator::start().await.unwrap();
    let create = [
        "invoke",
        "win32_process",
        "create",
        "commandline=cmd.exe /c dir",
        "CurrentDirectory=C:\\",
    ];
    let outcome = run(&host, &create).await.expect(0);
    assert_eq!(outcome.stderr, "");
    let returned = &outcome.events()[0];
    assert_eq!(returned["event"], "returned");
    assert_eq!(returned["method"], "Create");
    assert_eq!(returned["return_value"], 0);
    assert_eq!(returned["reference"], "root/cimv2:win32_process=@");
    let process = process(&host, returned).await;
    assert_eq!(process["CommandLine"], "cmd.exe /c dir");

    let key = format!("Handle={}", process["Handle"].as_str().unwrap());
    let end = [
        "invoke",
        "Win32_Process",
        "Terminate",
        "-k",
        &key,
        "Reason=3",
    ];
    let outcome = Program::on(&host).run(&end).await.expect(0);
    assert_eq!(outcome.stdout, "ReturnValue  0, Successful completion\n");
    // It is no more.
    run(&host, &["get", "Win32_Process", "-k", &key])
        .await
        .expect(5);
}

#[tokio::test]
async fn what_a_method_returns_is_shown() {
    let host = Simulator::start().await.unwrap();
    let owner = ["invoke", "Win32_Process.Handle=\"4\"", "GetOwner"];
    let outcome = Program::on(&host).run(&owner).await.expect(0);
    assert_eq!(
        outcome.stdout,
        "ReturnValue  0, Successful completion\nUser         SYSTEM\nDomain       NT AUTHORITY\n"
    );
    let returned = &run(&host, &owner).await.expect(0).events()[0];
    assert_eq!(
        *returned,
        json!({
            "event": "returned",
            "time": returned["time"],
            "host": name_of(&host),
            "reference": "root/cimv2:Win32_Process.Handle=\"4\"",
            "method": "GetOwner",
            "return_value": 0,
            "return_name": "Successful completion",
            "output": {"Domain": "NT AUTHORITY", "User": "SYSTEM"},
        })
    );
}

#[tokio::test]
async fn an_embedded_instance() {
    let host = Simulator::start().await.unwrap();
    let vm = path(&host, "web01").await;
    let (_, id) = vm.rsplit_once("Name=").unwrap();
    let id = format!("Microsoft:{}", id.trim_matches('"'));
    let modify = async |settings: &str| {
        let method = [
            "invoke",
            "Msvm_VirtualSystemManagementService",
            "ModifySystemSettings",
        ];
        let key = [
            "-k",
            "CreationClassName=Msvm_VirtualSystemManagementService",
        ];
        let arguments = [&method[..], &key, &[settings]].concat();
        run(&host, &arguments).await
    };
    let settings = async || {
        let wql = format!("SELECT * FROM Msvm_VirtualSystemSettingData WHERE InstanceID = '{id}'");
        run(&host, &["query", &wql]).await.expect(0).events()[0].clone()
    };
    // The class declares what each is: the host takes no number, and no interval, for a string.
    let json = json!({
        "__CLASS": "Msvm_VirtualSystemSettingData", "instanceid": id, "ElementName": "a & <b>",
        "AutomaticStartupAction": 4, "AutomaticShutdownAction": "2", "AutomaticStartupActionDelay": "PT30S",
        "Notes": ["one", "two"],
    });
    modify(&format!("systemsettings:={json}")).await.expect(0);
    let now = settings().await;
    assert_eq!(now["ElementName"], "a & <b>");
    assert_eq!(now["AutomaticStartupAction"], 4);
    assert_eq!(now["AutomaticShutdownAction"], 2);
    assert_eq!(now["AutomaticStartupActionDelay"], 30);
    assert_eq!(now["Notes"], json!(["one", "two"]));

    let xml = format!(
        "SystemSettings=<INSTANCE CLASSNAME=\"Msvm_VirtualSystemSettingData\"><PROPERTY NAME=\"InstanceID\" \
         TYPE=\"string\"><VALUE>{id}</VALUE></PROPERTY><PROPERTY NAME=\"ElementName\" TYPE=\"string\">\
         <VALUE>web02</VALUE></PROPERTY></INSTANCE>"
    );
    modify(&xml).await.expect(0);
    assert_eq!(settings().await["ElementName"], "web02");

    let wrong = r#"SystemSettings:={"__CLASS": "Msvm_VirtualSystemSettingData", "Name": "x"}"#;
    modify(wrong).await.expect_error(
        2,
        "Name of Msvm_VirtualSystemSettingData is not a property; declared: ",
        "cimwire schema root/virtualization/v2:Msvm_VirtualSystemSettingData",
    );
    let process = ["invoke", "Win32_Process", "Create", "CommandLine:={}"];
    run(&host, &process).await.expect_error(
        2,
        "an embedded instance does not say what it is",
        "name its class",
    );
}

#[tokio::test]
async fn an_embedded_instance_in_the_form_that_the_class_takes() {
    let host = Simulator::start().await.unwrap();
    // Of Win32_ProcessStartup: idle is 64, of which the base priority is 4; it is 8 unless said.
    let create = [
        "invoke",
        "Win32_Process",
        "Create",
        "CommandLine=notepad.exe",
        "ProcessStartupInformation:={\"__CLASS\": \"Win32_ProcessStartup\", \"PriorityClass\": 64}",
    ];
    let elements = [&create[..], &["--embedded-form", "elements"]].concat();
    let by_option = run(&host, &elements).await.expect(0);
    let program = Program::on(&host).env("CIMWIRE_EMBEDDED_FORM", "elements");
    let program = program.env("CIMWIRE_OUTPUT", "json");
    let by_environment = program.run(&create).await.expect(0);
    for outcome in [by_option, by_environment] {
        let process = process(&host, &outcome.events()[0]).await;
        assert_eq!(process["CommandLine"], "notepad.exe");
        assert_eq!(process["Priority"], 4);
    }
    // As Hyper-V takes it, and this class does not.
    let error = "could not invoke Create of root/cimv2:Win32_Process";
    run(&host, &create).await.expect_error(
        5,
        error,
        "try another form of embedded instances (--embedded-form)",
    );
}

#[tokio::test]
async fn what_is_not_declared_is_not_sent() {
    let host = Simulator::start().await.unwrap();
    let hint =
        "nothing was sent; see what is declared with: cimwire schema root/cimv2:Win32_Process";
    for (arguments, error) in [
        (
            &["Start"][..],
            "Start of Win32_Process is not a method; declared: AttachDebugger, Create, GetAvailableVirtualSize, GetOwner, GetOwnerSid, SetPriority, Terminate",
        ),
        (
            &["Create", "Command=x"],
            "Command of Create is not an input parameter; declared: CommandLine, CurrentDirectory, ProcessStartupInformation",
        ),
        (
            &["Create", "ProcessId=1"],
            "ProcessId of Create is not an input parameter; declared: ",
        ),
        (
            &["Terminate", "-k", "Handle=2796", "Reason=often"],
            "Reason of Terminate is not a uint32: \"often\"",
        ),
        (
            &["Terminate", "-k", "Handle=2796", "Reason=4294967296"],
            "Reason of Terminate is not a uint32: \"4294967296\"",
        ),
        (
            &["Terminate", "-k", "Handle=2796", "Reason=1", "reason=2"],
            "Reason of Terminate is not a uint32: an array of 2",
        ),
    ] {
        let arguments = [&["invoke", "Win32_Process"], arguments].concat();
        let outcome = run(&host, &arguments).await.expect_error(2, error, hint);
        assert_eq!(outcome.error()["kind"], "usage");
    }
    let twice = ["invoke", "Win32_Process", "Create", "A=1", "A:=2"];
    run(&host, &twice)
        .await
        .expect_error(2, "A is given more than once", "NAME:=[…]");

    // With the option it is sent all the same, and the host decides.
    let unchecked = [
        "invoke",
        "Win32_Process",
        "Create",
        "Command=x",
        "--unchecked",
    ];
    run(&host, &unchecked).await.expect(5);
}

#[tokio::test]
async fn times_references_and_jobs() {
    let host = Simulator::builder().clock_speed(0.0).start().await.unwrap();
    let vm = format!("computersystem={}", path(&host, "web01").await);
    let outcome = start(&host, &[&vm, "StartTime=+2h"]).await.expect(0);
    let returned = &outcome.events()[0];
    assert_eq!(
        (&returned["return_value"], &returned["return_name"]),
        (
            &json!(4096),
            &json!("Method Parameters Checked - Job Started")
        )
    );
    let id = returned["job"]["id"].as_str().unwrap();
    assert_eq!(returned["job"]["reference"], returned["output"]["Job"]);
    let watch = returned["watch"].as_str().unwrap();
    assert!(watch.ends_with(&format!(" job watch {id}")), "{watch}");
    let job = &run(&host, &["job", "show", id]).await.expect(0).events()[0];
    assert_eq!(job["start_time"], Value::Null, "it begins in two hours");

    let other = format!("ComputerSystem={}", path(&host, "db01").await);
    let local = [&other, "StartTime=tomorrow 03:00"];
    let returned = &start(&host, &local).await.expect(0).events()[0];
    let id = returned["job"]["id"].as_str().unwrap();
    let job = &run(&host, &["job", "show", id]).await.expect(0).events()[0];
    let at = job["scheduled_start_time"].as_str().unwrap();
    assert!(at.ends_with("T03:00:00Z"), "the tests run in UTC: {at}");

    let outcome = start(&host, &[&vm, "StartTime=+soon"]).await.expect(2);
    assert_eq!(
        outcome.said("error: "),
        "\"+soon\" is not a time: write it like +90m, +2h or +1d12h"
    );
    let outcome = start(&host, &[&vm, "StartTime=tomorrow"]).await;
    outcome.expect_error(
        2,
        "StartTime of StartReplication is not a point in time: \"tomorrow\"",
        "nothing was sent",
    );
    let outcome = start(&host, &["ComputerSystem=web 01"]).await;
    outcome.expect_error(
        2,
        "ComputerSystem of StartReplication is not a reference: \"web 01\"",
        "",
    );
}

#[tokio::test]
async fn a_job_is_followed() {
    let host = Simulator::start().await.unwrap();
    let vm = format!("ComputerSystem={}", path(&host, "web01").await);
    let events = start(&host, &[&vm, "--wait"]).await.expect(0).events();
    assert_eq!(events[0]["event"], "returned");
    let last = events.last().unwrap();
    assert_eq!(last["event"], "completed");
    assert_eq!(last["job"]["id"], events[0]["job"]["id"]);

    let vm = format!("ComputerSystem={}", path(&host, "fail01").await);
    let outcome = start(&host, &[&vm, "--wait"]).await.expect(6);
    assert_eq!(outcome.events().last().unwrap()["event"], "failed");
    assert_eq!(outcome.error()["kind"], "job_failed");

    let vm = format!("ComputerSystem={}", path(&host, "db01").await);
    let arguments = [&["invoke"], &SERVICE[..], NETWORK, &[&vm]].concat();
    let outcome = Program::on(&host).run(&arguments).await.expect(0);
    let lines: Vec<_> = outcome.stdout.lines().collect();
    assert_eq!(
        lines[0],
        "ReturnValue  4096, Method Parameters Checked - Job Started"
    );
    assert!(
        lines[1].starts_with("Job          root/virtualization/v2:Msvm_ConcreteJob.InstanceID=\""),
        "{lines:?}"
    );
    let watch = lines[2].strip_prefix("To watch it: ").unwrap();
    host.advance(Duration::from_secs(60));
    Program::shell(watch)
        .password(host.password())
        .run(&[])
        .await
        .expect(0);
}

#[tokio::test]
async fn a_refusal_has_a_name() {
    let host = Simulator::start().await.unwrap();
    let vm = format!("ComputerSystem={}", path(&host, "cold01").await);
    let outcome = start(&host, &[&vm]).await.expect(6);
    let returned = &outcome.events()[0];
    assert_eq!(
        (&returned["return_value"], &returned["return_name"]),
        (&json!(32775), &json!("Invalid state for this operation"))
    );
    let error = outcome.error();
    assert_eq!(
        (&error["kind"], &error["return_code"]),
        (&json!("refused"), &json!(32775))
    );
    assert_eq!(
        error["message"],
        "StartReplication of root/virtualization/v2:Msvm_ReplicationService returned 32775 (Invalid state for this operation)"
    );

    // A code of root/cimv2 is not one of Hyper-V; 2 is access denied.
    let end = ["invoke", "Win32_Process", "Terminate", "-k", "Handle=4"];
    let outcome = Program::on(&host).run(&end).await.expect(6);
    assert_eq!(outcome.stdout, "ReturnValue  2, Access denied\n");
    assert_eq!(
        outcome.all_said(),
        ["error: Terminate of root/cimv2:Win32_Process returned 2 (Access denied)"]
    );
}

#[tokio::test]
async fn a_declaration_is_shown() {
    let host = Simulator::start().await.unwrap();
    let outcome = Program::on(&host)
        .run(&["schema", "win32_process"])
        .await
        .expect(0);
    let lines: Vec<_> = outcome.stdout.lines().collect();
    assert_eq!(lines[0], "root/cimv2:Win32_Process : CIM_Process");
    for line in [
        "Properties:",
        "  key string Handle",
        "  datetime CreationDate",
        "  uint64 UserModeTime",
        "Methods:",
        "  static uint32 Create(string CommandLine, string CurrentDirectory, string ProcessStartupInformation \
         (Win32_ProcessStartup), out uint32 ProcessId)",
        "  uint32 Terminate(uint32 Reason)",
    ] {
        assert!(
            lines.contains(&line),
            "{line:?} is not in\n{}",
            outcome.stdout
        );
    }

    let schema = &run(&host, &["schema", "Msvm_ReplicationService"])
        .await
        .expect(0)
        .events()[0];
    assert_eq!(
        schema["class"],
        "root/virtualization/v2:Msvm_ReplicationService"
    );
    let methods = schema["methods"].as_array().unwrap();
    let method = methods
        .iter()
        .find(|method| method["name"] == "StartReplication")
        .unwrap();
    assert_eq!(
        (&method["static"], &method["return_type"]),
        (&json!(false), &json!("uint32"))
    );
    assert_eq!(
        method["parameters"][0],
        json!({
            "name": "ComputerSystem", "description": null, "type": "reference",
            "reference_class": "CIM_ComputerSystem", "embedded_class": null, "array": false, "key": false,
            "required": false, "values": [], "in": true, "out": false,
        })
    );
    let job = method["parameters"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&job["name"], &job["in"], &job["out"]),
        (&json!("Job"), &json!(false), &json!(true))
    );
    let keys = schema["properties"].as_array().unwrap().iter();
    let keys: Vec<_> = keys
        .filter(|property| property["key"] == true)
        .map(|property| &property["name"])
        .collect();
    assert_eq!(
        keys,
        [
            "CreationClassName",
            "Name",
            "SystemCreationClassName",
            "SystemName"
        ]
    );

    let outcome = run(&host, &["schema", "Msvm_Nothing"]).await.expect(5);
    let message = outcome.said("error: ");
    assert!(
        message
            .starts_with("could not get the declaration of root/virtualization/v2:Msvm_Nothing: "),
        "{message}"
    );
}

/// The body of an answer.
fn envelope(body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn returned(code: &str) -> String {
    envelope(&format!(
        "<p:StopService_OUTPUT xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service\">\
         <p:ReturnValue>{code}</p:ReturnValue></p:StopService_OUTPUT>"
    ))
}

/// Calls a method of a host that gives these answers, and brings what it was asked last.
async fn stop(answers: [String; 2], arguments: &[&str]) -> (Outcome, String) {
    let mut host = Host::scripted(answers).await;
    let outcome = Program::at(&host.url, "operator", "c0rrect-h0rse")
        .arguments(&[
            "--auth",
            "basic",
            "--dangerously-send-password-in-the-clear",
        ])
        .arguments(&[
            "invoke",
            "Win32_Service",
            "stopservice",
            "-k",
            "Name=Spooler",
        ])
        .run(arguments)
        .await;
    host.was_asked().await;
    let asked = String::from_utf8(host.was_asked().await).expect("a text");
    (outcome, asked)
}

#[tokio::test]
async fn a_host_that_tells_no_declaration_is_sent_texts() {
    let unreachable = envelope(
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">a:DestinationUnreachable</s:Value></s:Subcode>\
         </s:Code><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault>",
    );
    let answers = [
        unreachable,
        returned("0").replace("StopService", "stopservice"),
    ];
    let values = ["Reason=+2h", "Codes=1", "codes=2", "Force:=true"];
    let (outcome, asked) = stop(answers, &values).await;
    let outcome = outcome.expect(0);
    assert_eq!(outcome.stdout, "ReturnValue  0\n");
    assert!(
        !outcome.stderr.contains("error") && !outcome.stderr.contains("note"),
        "{}",
        outcome.stderr
    );
    for element in [
        "<r:Reason>+2h</r:Reason>",
        "<r:Codes>1</r:Codes><r:Codes>2</r:Codes>",
        "<r:Force>true</r:Force>",
        "<r:stopservice_INPUT",
    ] {
        assert!(asked.contains(element), "{element} is not in\n{asked}");
    }
}

#[tokio::test]
async fn a_code_that_is_declared_has_its_name() {
    let declared = |kind: &str| {
        envelope(&format!(
            "<CLASS NAME=\"Win32_Service\"><METHOD NAME=\"StopService\" TYPE=\"{kind}\">\
             <QUALIFIER NAME=\"ValueMap\" TYPE=\"string\"><VALUE.ARRAY><VALUE>0</VALUE><VALUE>5</VALUE>\
             <VALUE>..</VALUE></VALUE.ARRAY></QUALIFIER><QUALIFIER NAME=\"Values\" TYPE=\"string\"><VALUE.ARRAY>\
             <VALUE>Success</VALUE><VALUE>Cannot\u{202e} Stop</VALUE><VALUE>Other</VALUE></VALUE.ARRAY></QUALIFIER>\
             </METHOD></CLASS>"
        ))
    };
    let (outcome, asked) = stop([declared("uint32"), returned("0")], &[]).await;
    assert_eq!(outcome.expect(0).stdout, "ReturnValue  0, Success\n");
    assert!(asked.contains("<r:StopService_INPUT"), "{asked}");

    let (outcome, _) = stop([declared("uint32"), returned("5")], &[]).await;
    let outcome = outcome.expect(6);
    assert_eq!(outcome.stdout, "ReturnValue  5, Cannot\\u{202e} Stop\n");
    assert_eq!(
        outcome.said("error: "),
        "StopService of root/cimv2:Win32_Service returned 5 (Cannot\\u{202e} Stop)"
    );
    let (outcome, _) = stop([declared("uint32"), returned("77")], &[]).await;
    assert!(
        outcome
            .expect(6)
            .said("error: ")
            .ends_with("returned 77 (Other)")
    );

    // What is no number says nothing of how it went; nor does a text that looks like one.
    for (kind, value) in [("boolean", "true"), ("string", "5"), ("real64", "2.5")] {
        let (outcome, _) = stop([declared(kind), returned(value)], &[]).await;
        outcome.expect(0);
    }
}
