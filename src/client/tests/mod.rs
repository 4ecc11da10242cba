//! Responses that are incomplete or never end.

use super::*;
use crate::cim::DateTime;
use crate::error::ErrorKind;
use crate::job::{Job, JobReference};
use crate::remedy::Remedy;
use crate::wsman::Dialect;

mod answers;
mod dialect;
mod filters;
mod hosts;
mod indications;
mod put;
mod retries;
mod script;
mod streams;
mod traces;
mod vendor;

use script::Host;

fn client(answers: impl IntoIterator<Item = String>) -> Client {
    Host::answering(answers).client()
}

fn envelope(body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" \
         xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\"><s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn fault(subcode: &str, code: u32) -> String {
    envelope(&format!(
        "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:{subcode}</s:Value></s:Subcode></s:Code>\
         <s:Reason><s:Text>no</s:Text></s:Reason><s:Detail><f:WSManFault Code=\"{code}\"/></s:Detail></s:Fault>"
    ))
}

fn row(state: u16) -> String {
    envelope(&format!(
        "<n:EnumerateResponse><w:Items><J xmlns=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/J\">\
         <InstanceID>A</InstanceID><JobState>{state}</JobState></J></w:Items><w:EndOfSequence/></n:EnumerateResponse>"
    ))
}

async fn invoke(answer: String) -> Result<Output, Error> {
    let target = Reference::new("root/x", "X");
    client([answer])
        .invoke(&target, "Do", Properties::new())
        .await
}

#[tokio::test]
async fn a_call_without_a_readable_answer_may_have_been_carried_out() {
    for answer in [
        envelope("<Do_OUTPUT>"),
        envelope(""),
        envelope("<Other_OUTPUT/>"),
        "no envelope".to_owned(),
    ] {
        let error = invoke(answer.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{answer}");
        let target = Reference::new("root/x", "X");
        let error = client([answer]).get(&target).await.err();
        // A read changes nothing, so its outcome is never unknown.
        assert!(error.is_none_or(|error| error.kind() == ErrorKind::Answer));
    }
    // 0x80338029: the host stopped waiting, but the provider behind it may not have.
    let error = invoke(fault("TimedOut", 2_150_858_793)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.fault_kind(), Some(FaultKind::TimedOut));
    let error = invoke(fault("AccessDenied", 5)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Fault);
}

#[tokio::test]
async fn the_hint_of_a_fault_has_its_remedy() {
    for (code, remedy) in [
        (2_150_858_793, Remedy::OperationTimeout),
        // 0x80338047.
        (2_150_858_823, Remedy::MaxEnvelopeSize),
    ] {
        let class = ClassPath::new("root/x", "X");
        let client = client([fault("InternalError", code)]);
        let error = client.schema(&class).await.unwrap_err();
        assert_eq!(error.remedy(), Some(remedy), "{error:?} {:?}", error.hint());
    }
}

#[tokio::test]
async fn a_schema_fault_means_another_thing_for_a_read() {
    // 0x80338041 means for a read that a property cannot be written; for a call it may mean that too.
    let fault = || fault("SchemaValidationError", 2_150_858_817);
    let error = invoke(fault()).await.unwrap_err();
    assert!(error.hint().unwrap().contains("with their case"));
    let error = client([fault()])
        .get(&Reference::new("root/x", "X"))
        .await
        .unwrap_err();
    assert_eq!(error.remedy(), None);
}

#[tokio::test]
async fn a_refused_form_is_told_by_what_was_sent() {
    let now = || DateTime::from_unix_micros(0).unwrap();
    let settings = || Instance::new(ClassPath::new("root/x", "S"));
    let text = Properties::new().with("Name", "a");
    for (input, remedy, values) in [
        (text.clone(), None, "the values"),
        (
            text.clone().with("Start", now()),
            Some(Remedy::DatetimeForm),
            "another form of datetimes",
        ),
        (
            text.clone().with("Settings", vec![settings()]),
            Some(Remedy::EmbeddedForm),
            "another form of embedded instances",
        ),
        (
            text.with("Start", now()).with("Settings", settings()),
            Some(Remedy::DatetimeOrEmbeddedForm),
            "another form of embedded instances or datetimes",
        ),
    ] {
        // 0x80338041 and 0x8033803A
        for answer in [
            fault("SchemaValidationError", 2_150_858_817),
            fault("InvalidParameter", 2_150_858_810),
        ] {
            let target = Reference::new("root/x", "X");
            let error = client([answer]).invoke(&target, "Do", input.clone()).await;
            let error = error.unwrap_err();
            let hint = error.hint().unwrap();
            assert!(hint.contains("with their case"), "{hint}");
            assert!(hint.ends_with(values), "{hint}");
            assert_eq!(error.remedy(), remedy, "{hint}");
        }
    }
}

#[tokio::test]
async fn the_name_of_a_method_comes_back_in_another_case() {
    let output = invoke(envelope(
        "<DO_OUTPUT><ReturnValue>0</ReturnValue></DO_OUTPUT>",
    ))
    .await;
    assert_eq!(output.unwrap().return_value().unwrap(), 0);
}

#[tokio::test]
async fn empty_pages_come_to_an_end() {
    let page = envelope("<n:Page><n:EnumerationContext>again</n:EnumerationContext></n:Page>");
    let error = client([page])
        .namespace("root/x")
        .enumerate("X")
        .collect()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
    assert!(error.to_string().contains("empty pages"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_busy_host_is_no_word_about_its_jobs() {
    let busy = fault("InternalError", 2_150_859_174);
    let answers = [row(4), busy.clone(), busy.clone(), row(4), row(7)];
    let job = Job::new(&client(answers), JobReference::new("root/x", "J", "A")).unwrap();
    assert_eq!(job.wait().await.unwrap().state.code(), 7);
    // A host that stays busy is an error in the end.
    let job = Job::new(
        &client([row(4), busy]),
        JobReference::new("root/x", "J", "A"),
    )
    .unwrap();
    assert_eq!(
        job.wait().await.unwrap_err().fault_kind(),
        Some(FaultKind::Quota)
    );
}
