//! Explanation of envelopes from either side: requests and responses.
//!
//! A client knows its request and reads the response accordingly. Here only the envelope is known: its headers and the
//! first element of its body identify it, and the readers of [`reply`] do the rest. The result is a [tree](tree).

mod answer;
mod headers;
mod outline;
mod request;
mod tree;

use crate::cim::{Instance, Properties, Value};
use crate::xml::{Element, Ns, Reader};

use super::error::ReplyError;
use super::reply;
use super::{Fault, cim_xml, uris};

use headers::Headers;

pub(crate) use tree::{Fields, Node};

/// Explains an envelope. Its field `is` is `request`, `answer` or `fault`.
pub(crate) fn envelope(text: &str) -> Result<Fields, ReplyError> {
    let mut reader = Reader::new(text);
    let root = reader.root()?;
    if !root.is(&Ns::Soap, "Envelope") {
        return Err(unlike(&root));
    }
    let mut headers = Headers::default();
    let mut part = reader.next_child()?;
    if let Some(header) = &part
        && header.is(&Ns::Soap, "Header")
    {
        headers.read(&mut reader)?;
        part = reader.next_child()?;
    }
    let is_body = part.is_some_and(|part| part.is(&Ns::Soap, "Body"));
    if !is_body {
        let what = "the envelope has no body".to_owned();
        return Err(ReplyError::Unexpected(what));
    }
    let first = reader.next_child()?;
    let (kind, body) = if is_request(&headers, first.as_ref()) {
        let request = request::read(reader, text, &headers, first)?;
        ("request", request)
    } else {
        match answer::read(text, &headers, first.as_ref()) {
            Ok(answer) => ("answer", answer),
            Err(ReplyError::Fault(fault)) => ("fault", fault_fields(&fault)),
            Err(error) => return Err(error),
        }
    };
    Ok(body
        .with("headers", headers.fields())
        .with_hidden("is", kind))
}

fn fault_fields(fault: &Fault) -> Fields {
    let code = |code: Option<u32>| code.map(Node::Code);
    let provider = fault.provider_fault().map(|provider| {
        Fields::default()
            .with("provider", provider.provider())
            .with("code", code(provider.code()))
            .with("message", provider.message())
            .with("extended_status", provider.extended_status().cloned())
    });
    Fields::new(format!("fault, {fault}"))
        .with("hint", fault.kind().hint())
        .with_hidden("summary", fault.to_string())
        .with("kind", format!("{:?}", fault.kind()))
        .with("code", fault.code())
        .with("subcode", fault.subcode())
        .with_hidden("subcode_namespace", fault.subcode_namespace())
        .with("detail", fault.detail())
        .with("reason", fault.reason())
        .with_hidden("message", fault.message())
        .with("wsman_code", code(fault.wsman_code()))
        .with("provider", provider)
        .with("cim_error", fault.cim_error().cloned())
}

/// Returns the same values, with CIM-XML text of embedded instances replaced by instances.
fn opened(values: &Properties, depth: usize) -> Properties {
    let opened = values.iter().map(|(name, value)| {
        let value = match value {
            Value::Array(values) => {
                Value::Array(values.iter().map(|value| open(value, depth)).collect())
            }
            value => open(value, depth),
        };
        (name, value)
    });
    opened.collect()
}

fn open(value: &Value, depth: usize) -> Value {
    let text = value.as_str().map(str::trim_start).unwrap_or_default();
    let may_be = text.starts_with("<INSTANCE") || text.starts_with("<?xml");
    match may_be.then(|| cim_xml::read(text)) {
        Some(Ok(instance)) if depth > 0 => {
            let class = instance.shared_class().cloned();
            let properties = opened(instance.properties(), depth - 1);
            Instance::from_parts(class, properties).into()
        }
        _ => value.clone(),
    }
}

/// The maximum depth to which instances in instances are read. Hyper-V nests them two deep; deeper ones are left as
/// text.
const EMBEDDED: usize = 8;

/// Returns true if the envelope is a request. Responses have no header with the resource URI, and their actions end in
/// `Response` or `fault`, except those of OMI for methods. Without these headers the body decides.
fn is_request(headers: &Headers, first: Option<&Element<'_>>) -> bool {
    let by_body = match first {
        Some(first) if first.is(&Ns::Soap, "Fault") => return false,
        Some(first) => match first.ns() {
            Ns::Identity => first.local() == "Identify",
            Ns::Enumeration => matches!(first.local(), "Enumerate" | "Pull" | "Release"),
            Ns::Eventing => !first.local().ends_with("Response"),
            _ => headers.action.is_none() && first.local().ends_with(request::INPUT),
        },
        None => false,
    };
    let asks = |action: &String| {
        [uris::GET, uris::PUT, uris::CREATE, uris::DELETE].contains(&action.as_str())
    };
    by_body || headers.resource_uri.is_some() || headers.action.as_ref().is_some_and(asks)
}

fn unlike(root: &Element<'_>) -> ReplyError {
    let found = reply::shown_name(root.local());
    ReplyError::Unexpected(match (root.local(), root.ns()) {
        ("Envelope", ns) => format!(
            "it is an envelope of {}, and WS-Management has SOAP 1.2",
            reply::shown_name(ns.uri())
        ),
        _ => format!("it is XML, but {found} and no SOAP envelope"),
    })
}
