//! Responses that do not answer their request: each is an error, and the outcome of a change is unknown.

use super::script::Host;
use super::{envelope, fault};
use crate::cim::{ClassPath, Instance, Properties, Reference, Value};
use crate::client::{Client, Output};
use crate::error::{Error, ErrorKind};
use crate::transport::Delivery;
use crate::wsman::{Dialect, PutUpdates, ServerProfile, Wql};

use self::asked::Asked;

mod asked;
mod instances;
mod pages;

const WMI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/";
const DMTF: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
const TRANSFER: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
const ENUMERATION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
const EVENTING: &str = "http://schemas.xmlsoap.org/ws/2004/08/eventing";

/// Returns an envelope with WS-Addressing headers, whose prefix is `a`.
fn with_headers(headers: &str, body: &str) -> String {
    let bound = "<s:Envelope xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"";
    let answer = envelope(body).replacen("<s:Envelope", bound, 1);
    answer.replacen(
        "<s:Body>",
        &format!("<s:Header>{headers}</s:Header><s:Body>"),
        1,
    )
}

fn with_action(action: &str, body: &str) -> String {
    with_headers(&format!("<a:Action>{action}</a:Action>"), body)
}

/// Returns an instance of the class X with these properties.
fn x(properties: &str) -> String {
    format!("<X xmlns=\"{WMI}X\">{properties}</X>")
}

fn target() -> Reference {
    Reference::new("root/x", "X").with_key("Name", "web01")
}

async fn invoke_by(client: Client) -> Result<Output, Error> {
    client.invoke(&target(), "Do", Properties::new()).await
}

async fn invoke(answer: String) -> Result<Output, Error> {
    invoke_by(super::client([answer])).await
}

async fn get(answer: String) -> Result<Instance, Error> {
    super::client([answer]).get(&target()).await
}

/// Returns the client with a profile in which a put takes one exchange.
fn sends_partial_puts(client: &Client) -> Client {
    let mut profile = client.profile();
    profile.put = PutUpdates::Partial;
    client.with_profile(profile)
}

async fn enumerate(answers: impl IntoIterator<Item = String>) -> Result<Vec<Instance>, Error> {
    let client = super::client(answers);
    client.namespace("root/x").enumerate("X").collect().await
}

/// Returns the reason why an error rejects a response.
fn reason(error: &Error) -> String {
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        reason = error.to_string();
        cause = error.source();
    }
    reason
}

#[tokio::test]
async fn an_answer_as_windows_gives_it_is_the_answer() {
    for asked in Asked::ALL {
        let (body, action) = asked.answer();
        asked.of(envelope(&body)).await.unwrap();
        asked.of(with_action(&action, &body)).await.unwrap();
    }
}

#[tokio::test]
async fn a_body_in_a_foreign_namespace_is_an_error() {
    for asked in Asked::ALL {
        let (body, _) = asked.answer();
        let foreign = match asked {
            Asked::Release => "<ReleaseResponse xmlns=\"urn:foreign\"/>".to_owned(),
            Asked::Unsubscribe => "<UnsubscribeResponse xmlns=\"urn:foreign\"/>".to_owned(),
            Asked::Delete => "<DeleteResponse xmlns=\"urn:foreign\"/>".to_owned(),
            Asked::Enumerate => body.replace("n:EnumerateResponse", "g:EnumerateResponse"),
            Asked::Pull => body.replace("n:PullResponse", "g:PullResponse"),
            Asked::GetProperty => body.replace("w:XmlFragment", "g:XmlFragment"),
            // Some services put the declaration of a class into a namespace, others do not.
            Asked::GetClass => body.replace("CLASS", "w:CLASS"),
            Asked::Get | Asked::Put | Asked::Invoke => {
                body.replace(&format!("{WMI}X"), "urn:foreign")
            }
            _ => body
                .replace(EVENTING, "urn:foreign")
                .replace(TRANSFER, "urn:foreign")
                .replace(
                    "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd",
                    "urn:foreign",
                ),
        };
        let foreign =
            envelope(&foreign).replacen("<s:Envelope", "<s:Envelope xmlns:g=\"urn:foreign\"", 1);
        let error = asked.is_not_answered_by(foreign).await;
        let reason = reason(&error);
        assert!(reason.starts_with("the answer is "), "{reason}");
    }
}

#[tokio::test]
async fn a_foreign_action_is_an_error() {
    for asked in Asked::ALL {
        let (body, action) = asked.answer();
        if let Asked::Identify = asked {
            // Identify has no addressing headers.
            continue;
        }
        for foreign in [
            "http://schemas.xmlsoap.org/ws/2004/09/transfer/RenewResponse",
            "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
            &action.replace("Response", "Request"),
            "",
        ] {
            let error = asked.is_not_answered_by(with_action(foreign, &body)).await;
            let reason = reason(&error);
            assert!(
                reason.starts_with("the action of the answer is "),
                "{reason}"
            );
        }
        // Two Action headers are ambiguous.
        let two = format!("<a:Action>{action}</a:Action><a:Action>urn:other</a:Action>");
        asked.is_not_answered_by(with_headers(&two, &body)).await;
    }
    let (body, _) = Asked::Invoke.answer();
    for foreign in [
        "X/UndoResponse",
        "Y/DoResponse",
        "X/DoResponseResponse",
        "X/",
    ] {
        let answer = with_action(&format!("{WMI}{foreign}"), &body);
        Asked::Invoke.is_not_answered_by(answer).await;
    }
}

/// OMI sends the action of the request, without `Response`; services repeat the case of the request; and one vendor's
/// service was seen to answer requests for the base URI of the DMTF with its own base URI.
#[tokio::test]
async fn actions_of_methods_as_services_write_them() {
    let (body, _) = Asked::Invoke.answer();
    for action in [
        format!("{WMI}X/DoResponse"),
        format!("{WMI}X/Do"),
        format!("{WMI}x/DORESPONSE"),
        format!("{DMTF}X/Do"),
        format!(" {DMTF}X/DoResponse\n"),
    ] {
        invoke(with_action(&action, &body)).await.unwrap();
    }
}

#[tokio::test]
async fn two_bodies_are_an_error() {
    for asked in Asked::ALL {
        let (body, _) = asked.answer();
        let answer = envelope(&body);
        for two in [
            // A second element in the body, a second body, and a fault beside the response.
            envelope(&format!("{body}<More/>")).replacen(
                "<s:Body><More/>",
                "<s:Body><A/><More/>",
                1,
            ),
            answer.replace("</s:Body>", "</s:Body><s:Body/>"),
            answer.replace("</s:Body>", "<A/><s:Fault/></s:Body>"),
            answer.replace("<s:Body>", "<s:Body/><s:Body>"),
        ] {
            asked.is_not_answered_by(two).await;
        }
    }
    // The fault says that the change was not made, the element beside it that it was.
    let refused = fault("AccessDenied", 5);
    let (body, _) = Asked::Invoke.answer();
    let both = refused.replace("</s:Body>", &format!("{body}</s:Body>"));
    Asked::Invoke.is_not_answered_by(both).await;
}

#[tokio::test]
async fn text_in_the_body_does_not_say_that_it_was_done() {
    for asked in [Asked::Delete, Asked::Put, Asked::Release] {
        asked.is_not_answered_by(envelope("it failed")).await;
    }
}

#[tokio::test]
async fn an_answer_to_another_message_is_an_error() {
    let related = |id: &str| format!("<a:RelatesTo>{id}</a:RelatesTo>");
    let other = related("uuid:00000000-0000-0000-0000-000000000000");
    // Windows leaves it out of some faults; WS-Addressing defines a name for a message without an id.
    let unspecified = related("http://schemas.xmlsoap.org/ws/2004/08/addressing/id/unspecified");
    for asked in Asked::ALL {
        let (body, _) = asked.answer();
        if !matches!(asked, Asked::Identify) {
            let error = asked.is_not_answered_by(with_headers(&other, &body)).await;
            let reason = reason(&error);
            assert!(
                reason.starts_with("the answer is to the message "),
                "{reason}"
            );
        }
        for none in ["", &unspecified, &related(" ")] {
            asked.of(with_headers(none, &body)).await.unwrap();
        }
    }
    let refused = fault("AccessDenied", 5);
    let headers = with_headers(&other, "");
    let (start, _) = headers.split_once("<s:Body>").unwrap();
    let (_, end) = refused.split_once("<s:Body>").unwrap();
    Asked::Invoke
        .is_not_answered_by(format!("{start}<s:Body>{end}"))
        .await;
}

#[tokio::test]
async fn an_answer_to_another_operation_is_an_error() {
    for asked in Asked::ALL {
        for other in Asked::ALL {
            let (body, expected) = (other.answer().0, asked.answer().0);
            let alike = |asked| matches!(asked, Asked::Get | Asked::Put);
            // A Put may also be answered with an empty body.
            let is_empty = body.is_empty() && matches!(asked, Asked::Put);
            if body == expected || is_empty || (alike(asked) && alike(other)) {
                continue;
            }
            asked.is_not_answered_by(envelope(&body)).await;
        }
    }
}

/// OMI names the output of a C++ provider after the class that declares the method.
#[tokio::test]
async fn an_output_named_by_its_class_is_taken_in_the_dialect_of_the_dmtf() {
    let output = |class: &str| {
        format!(
            "<p:{class}_OUTPUT xmlns:p=\"{DMTF}{class}\"><p:ReturnValue>0</p:ReturnValue></p:{class}_OUTPUT>"
        )
    };
    let by = |dialect, answer: String| {
        let builder = Client::builder("replayed").profile(ServerProfile::of(dialect));
        invoke_by(builder.build_over(Host::answering([answer])))
    };
    let action = |class: &str| format!("{DMTF}{class}/Do");
    for answer in [
        envelope(&output("X")),
        with_action(&action("X"), &output("X")),
        // A superclass declares the method, and the action names the requested class.
        with_action(&action("X"), &output("CIM_X")),
    ] {
        let output = by(Dialect::Dmtf, answer.clone()).await.unwrap();
        assert_eq!(output.return_value().unwrap(), 0);
        let error = by(Dialect::Wmi, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    }
    for answer in [
        envelope(&output("CIM_X")),
        with_action(&action("CIM_X"), &output("CIM_X")),
        envelope(&output("X").replace(DMTF, "urn:foreign/Y")),
    ] {
        let error = by(Dialect::Dmtf, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    }
}

#[tokio::test]
async fn what_the_host_named_is_bounded_and_printable() {
    let long = format!("a\u{9b}{}", "b".repeat(100_000));
    let body = format!("<E xmlns=\"urn:{long}\"/>");
    for answer in [
        envelope(&body),
        with_action(&long, &x("<Name>web01</Name>")),
        with_headers(&format!("<a:RelatesTo>{long}</a:RelatesTo>"), &x("")),
        envelope(&x(&format!("<Name>{long}</Name>"))),
    ] {
        let error = get(answer).await.unwrap_err();
        let reason = reason(&error);
        assert!(reason.len() < 1_000, "{}", reason.len());
        assert!(!reason.contains(char::is_control), "{reason:?}");
    }
    let value = Value::from("web01");
    assert_eq!(
        get(envelope(&x("<Name>web01</Name>")))
            .await
            .unwrap()
            .value("Name"),
        Some(&value)
    );
}
