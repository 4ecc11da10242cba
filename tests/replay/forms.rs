//! Which forms of datetime parameters a host takes, asked for without an effect.

use std::sync::Arc;

use cimwire::hyperv::{self, DatetimeForms, FormAnswer};
use cimwire::{DatetimeForm, Error, ErrorKind};

use super::outcomes::{Script, envelope, instance, page, property, returned, scripted};

const NO_VM: &str = "00000000-0000-0000-0000-000000000000";

fn service() -> String {
    let keys = property("CreationClassName", "Msvm_ReplicationService");
    page(&instance("Msvm_ReplicationService", &keys))
}

/// The host's own object, which is of the class of virtual machines.
fn host() -> String {
    instance("Msvm_ComputerSystem", &property("Name", "HV01"))
}

fn code(code: u32) -> String {
    let output = property("ReturnValue", &code.to_string());
    returned("Msvm_ReplicationService", "StartReplication", &output)
}

fn fault(subcode: &str, code: u32) -> String {
    let body = format!(
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>\
         <s:Reason><s:Text>no</s:Text></s:Reason><s:Detail>\
         <f:WSManFault xmlns:f='http://schemas.microsoft.com/wbem/wsman/1/wsmanfault' Code='{code}'/></s:Detail></s:Fault>"
    );
    envelope("http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", &body)
}

/// Asks a host that gives these answers.
async fn ask(
    answers: impl IntoIterator<Item = Option<String>>,
) -> (Result<DatetimeForms, Error>, Arc<Script>) {
    let (client, script) = scripted(answers);
    (hyperv::datetime_forms(&client).await, script)
}

/// The starts among what a host was sent.
fn starts(script: &Script) -> Vec<String> {
    let asked = script.asked.lock().expect("no panic before");
    let starts = asked
        .iter()
        .filter(|sent| sent.contains("StartReplication_INPUT"));
    starts.cloned().collect()
}

#[tokio::test]
async fn a_schema_fault_refuses_a_form_and_any_other_answer_has_read_it() {
    for (answers, expected) in [
        (
            [
                fault("w:SchemaValidationError", 2_150_858_817),
                fault("w:InternalError", 0x8033_8054),
                code(32_773),
                fault("a:DestinationUnreachable", 2_150_858_752),
            ],
            ["rejected", "rejected", "accepted", "accepted"],
        ),
        (
            [
                code(32_775),
                fault("w:InternalError", 0x8004_1002),
                fault("w:InternalError", 0x8033_8056),
                fault("w:InternalError", 0x8004_1001),
            ],
            ["accepted", "accepted", "rejected", "inconclusive"],
        ),
    ] {
        let answers = [&[service(), page(&host())], &answers[..]].concat();
        let (forms, script) = ask(answers.into_iter().map(Some)).await;
        let forms = forms.unwrap();
        let told: Vec<_> = forms.iter().map(|(_, answer)| answer.to_string()).collect();
        assert_eq!(told, expected);
        let asked: Vec<_> = forms.iter().map(|(form, _)| form).collect();
        let (typed, text) = (DatetimeForm::Typed, DatetimeForm::Text);
        assert_eq!(
            asked,
            [
                typed,
                DatetimeForm::CimDateTime,
                DatetimeForm::XmlSchema,
                text
            ]
        );
        // Each start is for the virtual machine that is not there, in a form of its own.
        let starts = starts(&script);
        let time = |start: &String| {
            let (_, rest) = start.split_once("StartTime").unwrap();
            rest.split_once("StartTime>").unwrap().0.to_owned()
        };
        let mut times: Vec<_> = starts.iter().map(time).collect();
        times.sort();
        times.dedup();
        assert_eq!(times.len(), 4, "{times:?}");
        assert!(starts.iter().all(|start| start.contains(NO_VM)));
        let accepted: Vec<_> = forms.accepted().collect();
        let is_accepted =
            |(_, answer): &(DatetimeForm, &FormAnswer)| matches!(answer, FormAnswer::Accepted);
        assert_eq!(accepted.len(), forms.iter().filter(is_accepted).count());
    }
}

#[tokio::test]
async fn nothing_is_started_unless_the_host_says_that_there_is_no_such_virtual_machine() {
    let there =
        |id: &str| page(&(host() + &instance("Msvm_ComputerSystem", &property("Name", id))));
    let nameless = page(&instance(
        "Msvm_ComputerSystem",
        &property("ElementName", "x"),
    ));
    for (what, answers) in [
        ("no service", vec![Some(page(""))]),
        (
            "no namespace",
            vec![Some(fault("w:InternalError", 0x8004_100E))],
        ),
        ("it is there", vec![Some(service()), Some(there(NO_VM))]),
        (
            "in braces",
            vec![Some(service()), Some(there(&format!("{{{NO_VM}}}")))],
        ),
        (
            "a row without a name",
            vec![Some(service()), Some(nameless)],
        ),
        (
            "asking is denied",
            vec![Some(service()), Some(fault("w:AccessDenied", 5))],
        ),
        ("the connection breaks", vec![Some(service()), None]),
        (
            "the answer is cut off",
            vec![Some(service()), Some(page("").replace("</s:Body>", ""))],
        ),
    ] {
        let (forms, script) = ask(answers).await;
        assert!(forms.is_err(), "{what}");
        assert_eq!(starts(&script), [""; 0], "{what}");
    }
}

#[tokio::test]
async fn no_more_is_sent_where_the_host_denies_the_call_or_claims_a_start() {
    for (answer, kind) in [
        (fault("w:AccessDenied", 5), ErrorKind::Fault),
        (code(0), ErrorKind::OutcomeUnknown),
        (code(4096), ErrorKind::OutcomeUnknown),
    ] {
        let answers = [service(), page(""), answer].map(Some);
        let (forms, script) = ask(answers).await;
        assert_eq!(forms.unwrap_err().kind(), kind);
        assert_eq!(starts(&script).len(), 1);
    }
    let (forms, script) = ask([Some(service()), Some(page("")), None]).await;
    assert_eq!(forms.unwrap_err().kind(), ErrorKind::Connection);
    assert_eq!(starts(&script).len(), 1);
}
