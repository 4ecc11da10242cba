//! Explanation of envelopes from either side: requests and responses.
//!
//! A client knows its request and reads the response accordingly. Here only the envelope is known: its headers and the
//! first element of its body identify it, and the readers of [`reply`] do the rest.

mod answer;
mod headers;
mod request;

use crate::cim::{ClassPath, ClassSchema, Instance, Properties, Reference, Value};
use crate::xml::{Element, Ns, Reader};

use super::error::ReplyError;
use super::operation::{Association, Mode};
use super::reply::{self, Identity};
use super::{Fault, cim_xml, uris};

pub use headers::Headers;

/// An envelope, explained.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Envelope {
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: Body,
}

/// The body of an envelope.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Body {
    /// A request of a client.
    Request(Box<Request>),
    /// A response of a service.
    Answer(Answer),
    /// A fault of a service.
    Fault(Box<Fault>),
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// The addressed object or class, from the resource URI and the selectors. Identify has none.
    pub target: Option<Reference>,
    /// The requested operation.
    pub operation: Requested,
}

/// An operation that a request asks for.
///
/// Parameters and properties have the types that the request names. Most requests name none; then a value is text, a
/// time, a reference or an instance, depending on its form. The CIM-XML text of an embedded instance is read as an
/// instance.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Requested {
    /// An Identify.
    Identify,
    /// A Get of an instance or of a fragment of one.
    Get {
        /// The name of the property, if only one is requested.
        fragment: Option<String>,
    },
    /// A Get of the declaration of a class.
    GetClass(ClassPath),
    /// A Put with the new instance.
    Put(Instance),
    /// A Create with the new instance.
    Create(Instance),
    /// A Delete.
    Delete,
    /// An Enumerate, which begins an enumeration.
    Enumerate {
        /// The filter of the items.
        filter: Option<RequestedFilter>,
        /// The kind of the items.
        mode: Mode,
        /// The requested treatment of subclasses, as written in the request.
        polymorphism: Option<String>,
        /// The most items in the first response; `None` if it is to contain no items.
        max_elements: Option<String>,
    },
    /// A Pull of more items of an enumeration.
    Pull {
        /// The enumeration context.
        context: String,
        /// The most items in the response. `None` means one, the default of the protocol.
        max_elements: Option<String>,
    },
    /// A Release, which ends an enumeration.
    Release {
        /// The enumeration context.
        context: String,
    },
    /// A Subscribe to indications.
    Subscribe {
        /// The filter of the indications.
        filter: Option<RequestedFilter>,
    },
    /// An Unsubscribe.
    Unsubscribe,
    /// A method call.
    Invoke {
        /// The name of the method.
        method: String,
        /// The input parameters.
        parameters: Properties,
    },
    /// An operation that this crate does not know; the action names it.
    Other,
}

/// A filter of an enumeration or a subscription.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RequestedFilter {
    /// A WQL query.
    Wql(String),
    /// The values of selectors: the keys of a reference without a class.
    Selectors(Reference),
    /// The objects that associations lead to, or the associations themselves.
    Association(Association),
    /// A filter of another dialect.
    Other {
        /// The URI of the dialect.
        dialect: String,
        /// The text of the filter; empty if it consists of elements.
        text: String,
    },
}

/// The body of a response.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// The product that answers.
    Identity(Identity),
    /// An instance: the response to Get or Put.
    Instance(Instance),
    /// A fragment of an instance: its requested properties.
    Fragment(Properties),
    /// Some items of an enumeration.
    Page(Page),
    /// The output of a method.
    Output {
        /// The name of the method.
        method: String,
        /// The output parameters, including `ReturnValue`.
        parameters: Properties,
    },
    /// A new subscription.
    Subscribed {
        /// The context to pull its indications with.
        context: String,
        /// The id that later requests use for it.
        identifier: Option<String>,
    },
    /// The declaration of a class.
    Class(ClassSchema),
    /// The reference of a new instance.
    Created(Reference),
    /// An empty body, which confirms that the operation was carried out.
    Empty,
    /// An element of the protocol that this crate does not read.
    Other {
        /// The name of the element in the body.
        element: String,
    },
}

/// Some items of an enumeration.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// The items, up to the first that cannot be read.
    pub items: Vec<PageItem>,
    /// The error of the item after the last one in `items`.
    pub broken: Option<String>,
    /// The enumeration context; `None` at the end.
    pub context: Option<String>,
}

/// An item of an enumeration: an object, a reference, or both.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PageItem {
    /// The object.
    pub instance: Option<Instance>,
    /// Its reference.
    pub reference: Option<Reference>,
}

impl Envelope {
    /// Reads an envelope from either side.
    pub(crate) fn read(text: &str) -> Result<Self, ReplyError> {
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
        let body = if is_request(&headers, first.as_ref()) {
            Body::Request(Box::new(request::read(reader, text, &headers, first)?))
        } else {
            match answer::read(text, &headers, first.as_ref()) {
                Ok(answer) => Body::Answer(answer),
                Err(ReplyError::Fault(fault)) => Body::Fault(fault),
                Err(error) => return Err(error),
            }
        };
        Ok(Self { headers, body })
    }
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
