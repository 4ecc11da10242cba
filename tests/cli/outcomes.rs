//! Answers that do not tell whether something was done, or how a job stands: exit code 8, and a way to go on.

use std::fmt::Write as _;

use serde_json::json;

use crate::hosts::Host;
use crate::program::{Outcome, Program};

const V2: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2";
const VM: &str = "0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001";
pub(crate) const ID: &str = "B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E101";
const OTHER: &str = "B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E999";

fn envelope(action: &str, body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' \
         xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing' \
         xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration' \
         xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd' \
         xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>\
         <s:Header><a:Action>{action}</a:Action></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
}

pub(crate) fn page(rows: &str) -> String {
    let body = format!(
        "<n:EnumerateResponse><n:EnumerationContext/><w:Items>{rows}</w:Items><w:EndOfSequence/></n:EnumerateResponse>"
    );
    envelope(
        "http://schemas.xmlsoap.org/ws/2004/09/enumeration/EnumerateResponse",
        &body,
    )
}

/// A page after which there are more.
pub(crate) fn first_page() -> String {
    page("")
        .replace(
            "<n:EnumerationContext/>",
            "<n:EnumerationContext>1</n:EnumerationContext>",
        )
        .replace("<w:EndOfSequence/>", "")
}

fn got(instance: &str) -> String {
    envelope(
        "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse",
        instance,
    )
}

/// An instance of a class, with these properties.
pub(crate) fn instance(class: &str, properties: &[(&str, &str)]) -> String {
    let mut text = format!("<p:{class} xmlns:p='{V2}/{class}'>");
    for (name, value) in properties {
        write!(text, "<p:{name}>{value}</p:{name}>").expect("a text");
    }
    text + &format!("</p:{class}>")
}

pub(crate) fn job(id: &str, state: &str) -> String {
    instance(
        "Msvm_ConcreteJob",
        &[("InstanceID", id), ("JobState", state)],
    )
}

pub(crate) fn vm() -> String {
    let properties = [
        ("Name", VM),
        ("ElementName", "web01"),
        ("ReplicationState", "1"),
    ];
    page(&instance("Msvm_ComputerSystem", &properties))
}

pub(crate) fn started(output: &str) -> String {
    let class = "Msvm_ReplicationService";
    let body = format!(
        "<p:StartReplication_OUTPUT xmlns:p='{V2}/{class}'>{output}</p:StartReplication_OUTPUT>"
    );
    envelope(&format!("{V2}/{class}/StartReplicationResponse"), &body)
}

pub(crate) fn job_output(class: &str, id: &str) -> String {
    format!(
        "<p:Job><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>{V2}/{class}</w:ResourceURI><w:SelectorSet>\
         <w:Selector Name='InstanceID'>{id}</w:Selector></w:SelectorSet></a:ReferenceParameters></p:Job>\
         <p:ReturnValue>4096</p:ReturnValue>"
    )
}

async fn run(answers: impl IntoIterator<Item = String>, arguments: &[&str]) -> Outcome {
    let host = Host::scripted(answers).await;
    let program = Program::at(&host.url, "operator", "c0rrect-h0rse");
    program
        .arguments(&[
            "--auth",
            "basic",
            "--dangerously-send-password-in-the-clear",
        ])
        .env("CIMWIRE_OUTPUT", "json")
        .run(arguments)
        .await
}

/// Starts the replication of a host that answers the start with this output, and goes on with these answers.
async fn start(output: &str, then: &[String], arguments: &[&str]) -> Outcome {
    let service = instance(
        "Msvm_ReplicationService",
        &[("CreationClassName", "Msvm_ReplicationService")],
    );
    let mut answers = vec![page(&service), vm(), started(output)];
    answers.extend_from_slice(then);
    run(
        answers,
        &[&["replica", "start", "web01"], arguments].concat(),
    )
    .await
}

/// The error among the lines of stderr.
fn error(outcome: &Outcome) -> serde_json::Value {
    let mut lines = outcome.stderr.lines();
    let line = lines
        .find(|line| line.starts_with("{\"error\""))
        .expect("an error");
    serde_json::from_str::<serde_json::Value>(line).expect("JSON")["error"].clone()
}

#[track_caller]
fn expect_unknown(outcome: &Outcome, what: &str) {
    let error = error(outcome);
    assert_eq!(error["kind"], "outcome_unknown", "{what}: {error}");
    assert_eq!(error["exit_code"], 8, "{what}: {error}");
    assert_eq!(error["delivery"], "unknown", "{what}: {error}");
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("may have"), "{what}: {hint}");
}

const NO_RETURN_VALUES: [(&str, &str); 4] = [
    ("absent", ""),
    ("nil", "<p:ReturnValue xsi:nil='true'/>"),
    ("text", "<p:ReturnValue>done</p:ReturnValue>"),
    (
        "twice",
        "<p:ReturnValue>0</p:ReturnValue><p:ReturnValue>0</p:ReturnValue>",
    ),
];

#[tokio::test]
async fn a_start_whose_return_value_is_no_number_exits_with_8() {
    for (what, output) in NO_RETURN_VALUES {
        // The virtual machine is looked at once more.
        let outcome = start(output, &[vm()], &[]).await.expect(8);
        expect_unknown(&outcome, what);
        let events = outcome.events();
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(events[0]["event"], "outcome_unknown");
        assert_eq!(
            events[0]["replication_state"],
            "ready for initial replication"
        );
    }
}

#[tokio::test]
async fn a_start_whose_job_cannot_be_asked_for_exits_with_8() {
    for (class, id) in [
        ("Msvm_ConcreteJob", "A&#1;B"),
        ("Msvm_ConcreteJob", ""),
        ("Msvm Job", ID),
        ("9", ID),
    ] {
        let what = format!("{class} {id}");
        let outcome = start(&job_output(class, id), &[vm()], &[]).await.expect(8);
        expect_unknown(&outcome, &what);
    }
}

#[tokio::test]
async fn a_job_whose_state_cannot_be_told_exits_with_8_and_says_how_to_go_on() {
    let nameless = instance("Msvm_ConcreteJob", &[("InstanceID", ID)]);
    for (what, polls) in [
        ("missing", vec![page(&nameless)]),
        ("out of range", vec![page(&job(ID, "65536"))]),
        ("a word", vec![page(&job(ID, "Completed"))]),
        (
            "another job's",
            vec![page(&job(OTHER, "7")), got(&job(OTHER, "7"))],
        ),
    ] {
        let mut then = polls.clone();
        then.push(vm());
        let outcome = start(&job_output("Msvm_ConcreteJob", ID), &then, &[])
            .await
            .expect(8);
        let told = error(&outcome);
        assert_eq!(told["kind"], "outcome_unknown", "{what}: {told}");
        let note = outcome.said("note: the job continues on the host; to watch on: cimwire ");
        assert!(
            note.ends_with(&format!(" job watch {ID}")),
            "{what}: {note}"
        );

        for (command, before) in [("show", None), ("watch", Some(unknown_class()))] {
            let answers: Vec<_> = before.into_iter().chain(polls.clone()).collect();
            let outcome = run(answers, &["job", command, ID]).await.expect(8);
            assert_eq!(error(&outcome)["kind"], "outcome_unknown", "{what}");
            let note = outcome.said("note: the job continues on the host; to watch on: cimwire ");
            assert!(
                note.ends_with(&format!(" job watch {ID}")),
                "{what}: {note}"
            );
        }
    }
}

/// The answer of a host that does not know a class, such as the one that tells the virtual machines of jobs.
fn unknown_class() -> String {
    envelope(
        "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>a:DestinationUnreachable</s:Value>\
         </s:Subcode></s:Code><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault>",
    )
}

/// The output of StopService, of a host that tells no declaration or this one.
async fn stop(declaration: Option<&str>, output: &str) -> Outcome {
    let first = match declaration {
        Some(kind) => envelope(
            "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse",
            &format!("<CLASS NAME='Win32_Service'><METHOD NAME='StopService'{kind}/></CLASS>"),
        ),
        None => unknown_class(),
    };
    let uri = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service";
    let body = format!("<p:StopService_OUTPUT xmlns:p='{uri}'>{output}</p:StopService_OUTPUT>");
    let second = envelope(&format!("{uri}/StopServiceResponse"), &body);
    let arguments = [
        "invoke",
        "Win32_Service",
        "StopService",
        "-k",
        "Name=Spooler",
    ];
    run([first, second], &arguments).await
}

#[tokio::test]
async fn an_invoked_method_whose_return_value_is_not_readable_exits_with_8() {
    for declaration in [None, Some(" TYPE='uint32'")] {
        for (what, output) in &NO_RETURN_VALUES[1..] {
            let outcome = stop(declaration, output).await.expect(8);
            expect_unknown(&outcome, what);
            // What came is shown all the same.
            assert_eq!(outcome.events()[0]["event"], "returned");
        }
    }
    // Declared to return a number, it has to.
    expect_unknown(&stop(Some(" TYPE='uint32'"), "").await.expect(8), "absent");
}

#[tokio::test]
async fn an_invoked_method_that_returns_nothing_is_done() {
    // A method without a type is void (DSP0004), and where nothing is declared it may be.
    for declaration in [None, Some("")] {
        let outcome = stop(declaration, "").await.expect(0);
        assert_eq!(outcome.events()[0]["return_value"], json!(null));
    }
    // A text is what a method may be declared to return, as often as once.
    let text = "<p:ReturnValue>done</p:ReturnValue>";
    stop(Some(" TYPE='string'"), text).await.expect(0);
    let outcome = stop(Some(" TYPE='string'"), &text.repeat(2))
        .await
        .expect(8);
    expect_unknown(&outcome, "twice");
}

#[tokio::test]
async fn the_percentage_is_shown_within_0_and_100() {
    let row = instance(
        "Msvm_ConcreteJob",
        &[
            ("InstanceID", ID),
            ("JobState", "4"),
            ("PercentComplete", "65535"),
        ],
    );
    let table = ["job", "show", ID, "-o", "table"];
    let host = Host::scripted([page(&row)]).await;
    let basic = [
        "--auth",
        "basic",
        "--dangerously-send-password-in-the-clear",
    ];
    let program = Program::at(&host.url, "operator", "c0rrect-h0rse").arguments(&basic);
    let outcome = program.run(&table).await.expect(0);
    assert!(
        outcome.stdout.contains("Percent  100\n"),
        "{}",
        outcome.stdout
    );

    let host = Host::scripted([unknown_class(), page(&row), page(&job(ID, "7"))]).await;
    let program = Program::at(&host.url, "operator", "c0rrect-h0rse").arguments(&basic);
    let watch = ["job", "watch", ID, "--progress", "plain"];
    let outcome = program.run(&watch).await.expect(0);
    assert!(outcome.stderr.contains(": 100 %, "), "{}", outcome.stderr);
}

#[tokio::test]
async fn json_has_no_character_that_a_terminal_acts_on() {
    let name = "a\u{9B}31m\u{85}\u{61C}\u{200F}\u{202E}\u{2066}";
    let row = instance(
        "Msvm_ConcreteJob",
        &[
            ("InstanceID", ID),
            ("JobState", "10"),
            ("ElementName", name),
            ("ErrorDescription", name),
        ],
    );
    for arguments in [
        &["job", "show", ID][..],
        &["query", "SELECT * FROM Msvm_ConcreteJob"],
    ] {
        let outcome = run([page(&row)], arguments).await.expect(0);
        assert!(
            outcome
                .stdout
                .contains("a\\u009b31m\\u0085\\u061c\\u200f\\u202e\\u2066")
        );
        assert!(outcome.stdout.chars().all(|c| !c.is_control() || c == '\n'));
        assert!(outcome.events()[0].to_string().contains(name));
    }
    // On stderr too.
    let answers = [unknown_class(), page(&row)];
    let outcome = run(answers, &["job", "watch", ID]).await.expect(6);
    assert!(
        outcome.stderr.chars().all(|c| !c.is_control() || c == '\n'),
        "{}",
        outcome.stderr
    );
}

#[tokio::test]
async fn a_long_text_of_a_host_is_cut_in_messages() {
    let long = "x".repeat(3000);
    let row = instance(
        "Msvm_ConcreteJob",
        &[
            ("InstanceID", &long),
            ("JobState", "10"),
            ("ElementName", &long),
            ("ErrorDescription", &long),
            ("ErrorSummaryDescription", &format!("y{long}")),
        ],
    );
    let then = [page(&row)];
    let outcome = start(
        &job_output("Msvm_ConcreteJob", &long),
        &then,
        &["-o", "table"],
    )
    .await;
    let outcome = outcome.expect(6);
    for line in outcome.stdout.lines().chain(outcome.stderr.lines()) {
        assert!(line.len() < 1500, "{} bytes: {line:.200}", line.len());
    }
    // A job that no command could name is as good as not named.
    let longer = "x".repeat(5000);
    let outcome = start(&job_output("Msvm_ConcreteJob", &longer), &[vm()], &[])
        .await
        .expect(8);
    expect_unknown(&outcome, "an id of 5000 characters");
    assert!(outcome.stderr.len() < 3000, "{}", outcome.stderr);
}

#[tokio::test]
async fn a_virtual_machine_of_another_node_names_that_node() {
    let reference = |class: &str, name: &str| {
        let uri = format!("http://schemas.microsoft.com/wbem/wsman/1/wmi/root/MSCluster/{class}");
        format!(
            "<a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address><a:ReferenceParameters>\
             <w:ResourceURI>{uri}</w:ResourceURI><w:SelectorSet><w:Selector Name='Name'>{name}</w:Selector></w:SelectorSet>\
             </a:ReferenceParameters>"
        )
    };
    let class = "MSCluster_NodeToActiveGroup";
    let uri = format!("http://schemas.microsoft.com/wbem/wsman/1/wmi/root/MSCluster/{class}");
    let node = reference("MSCluster_Node", "HV03");
    let group = reference("MSCluster_ResourceGroup", "web09");
    let link = format!(
        "<p:{class} xmlns:p='{uri}'><p:GroupComponent>{node}</p:GroupComponent><p:PartComponent>{group}</p:PartComponent></p:{class}>"
    );
    let service = instance("Msvm_ReplicationService", &[("Name", "replicasvc")]);
    let answers = [page(&service), page(""), page(&link)];
    let outcome = run(answers, &["replica", "start", "web09"]).await.expect(1);
    assert!(
        outcome
            .said("error: ")
            .starts_with("the host has no virtual machine \"web09\"")
    );
    let hint = outcome.said("hint: ");
    assert!(
        hint.ends_with("is a node of a failover cluster; the virtual machine is owned by node HV03: use --host HV03"),
        "{hint}"
    );
}
