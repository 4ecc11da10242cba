//! Explained messages, for people and as JSON.

mod json;
mod json_http;
mod text;
mod text_http;

use cimwire::cim::{DateTime, Interval, Value};
use cimwire::explain::{Answer, Body, Content, Explanation, Requested};

pub(crate) use json::json;
pub(crate) use text::text;

/// Returns what a message is, in a word.
fn name_of(explanation: &Explanation) -> &'static str {
    match explanation {
        Explanation::Envelope(envelope) => match &envelope.body {
            Body::Request(_) => "request",
            Body::Answer(_) => "answer",
            Body::Fault(_) => "fault",
            _ => "envelope",
        },
        Explanation::Http(_) => "http",
        Explanation::Sealed(_) => "sealed",
        _ => "message",
    }
}

/// Returns what a request asks for, in a word.
fn operation_name(operation: &Requested) -> &'static str {
    match operation {
        Requested::Identify => "Identify",
        Requested::Get { .. } => "Get",
        Requested::GetClass(_) => "GetClass",
        Requested::Put(_) => "Put",
        Requested::Create(_) => "Create",
        Requested::Delete => "Delete",
        Requested::Enumerate { .. } => "Enumerate",
        Requested::Pull { .. } => "Pull",
        Requested::Release { .. } => "Release",
        Requested::Subscribe { .. } => "Subscribe",
        Requested::Unsubscribe => "Unsubscribe",
        Requested::Invoke { .. } => "Invoke",
        _ => "other",
    }
}

/// Returns what an answer holds, in a word.
fn answer_name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Identity(_) => "identity",
        Answer::Instance(_) => "instance",
        Answer::Fragment(_) => "fragment",
        Answer::Page(_) => "page",
        Answer::Output { .. } => "output",
        Answer::Subscribed { .. } => "subscription",
        Answer::Class(_) => "class",
        Answer::Created(_) => "created",
        Answer::Empty => "empty",
        _ => "other",
    }
}

/// Returns what an HTTP message holds, in a word.
fn content_name(content: &Content) -> &'static str {
    match content {
        Content::Nothing => "nothing",
        Content::Missing(_) => "missing",
        Content::Envelope(_) => "envelope",
        Content::Sealed(_) => "sealed",
        _ => "other",
    }
}

/// The type of a value, as far as a message tells. Text that has the 25 characters of a time is one, wherever it stands.
fn type_of(value: &Value) -> String {
    match value {
        Value::Null => "null",
        Value::Boolean(_) => "boolean",
        Value::Uint8(_) => "uint8",
        Value::Uint16(_) => "uint16",
        Value::Uint32(_) => "uint32",
        Value::Uint64(_) => "uint64",
        Value::Sint8(_) => "sint8",
        Value::Sint16(_) => "sint16",
        Value::Sint32(_) => "sint32",
        Value::Sint64(_) => "sint64",
        Value::Real32(_) => "real32",
        Value::Real64(_) => "real64",
        Value::Char16(_) => "char16",
        Value::String(text) => type_of_text(text),
        Value::DateTime(_) => "datetime",
        Value::Interval(_) => "interval",
        Value::Reference(_) => "reference",
        Value::Instance(_) => "instance",
        Value::Array(values) => {
            let first = values.iter().find(|value| !value.is_null());
            return format!("{}[]", first.map_or_else(|| "null".to_owned(), type_of));
        }
        _ => "value",
    }
    .to_owned()
}

fn type_of_text(text: &str) -> &'static str {
    let has_form = text.len() == 25 && text.as_bytes().get(14) == Some(&b'.');
    if has_form && text.parse::<DateTime>().is_ok() {
        "datetime"
    } else if has_form && text.parse::<Interval>().is_ok() {
        "interval"
    } else {
        "text"
    }
}
