//! Envelopes of either side, explained: what a request asks for, what an answer says.
//!
//! A client knows what it asked, and reads an answer as that. Here nothing is known but the envelope: which it is,
//! follows from its headers and from the first element of its body, and the readers of [`reply`](super::reply) do the
//! rest.

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

/// The kinds of envelopes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Body {
    /// A request.
    Request(Box<Request>),
    /// A service answers.
    Answer(Answer),
    /// A service refuses.
    Fault(Box<Fault>),
}

/// The content of a request.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// The object or class that it goes to: the resource URI and the selectors. Identify has none.
    pub target: Option<Reference>,
    /// The operation.
    pub operation: Requested,
}

/// The operation of a request.
///
/// Parameters and properties have the types that the request names; most name none, and then a value is text, a time,
/// a reference or an instance, as its form shows. The CIM-XML text of an embedded instance is read as the instance.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Requested {
    /// Which product answers?
    Identify,
    /// Read an instance, or a fragment of one.
    Get {
        /// The name of the property, where only that is wanted.
        fragment: Option<String>,
    },
    /// Read the declaration of a class.
    GetClass(ClassPath),
    /// Put this in the place of an instance.
    Put(Instance),
    /// Make a new instance.
    Create(Instance),
    /// Delete an instance.
    Delete,
    /// Begin an enumeration.
    Enumerate {
        /// Which items.
        filter: Option<RequestedFilter>,
        /// The items that are wanted.
        mode: Mode,
        /// The wish for subclasses, as the request has it.
        polymorphism: Option<String>,
        /// The number of items that the first answer may hold; `None` if it is to hold none.
        max_elements: Option<String>,
    },
    /// Bring more items of an enumeration.
    Pull {
        /// The context.
        context: String,
        /// The number of items at most; `None` leaves it to the protocol, which has it be one.
        max_elements: Option<String>,
    },
    /// End an enumeration.
    Release {
        /// The context.
        context: String,
    },
    /// Begin a subscription to indications.
    Subscribe {
        /// Which indications.
        filter: Option<RequestedFilter>,
    },
    /// End a subscription.
    Unsubscribe,
    /// Call a method.
    Invoke {
        /// Its name.
        method: String,
        /// The input parameters.
        parameters: Properties,
    },
    /// Something that this crate has no name for; the action says what.
    Other,
}

/// Which items an enumeration is to have.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RequestedFilter {
    /// Those that a query finds.
    Wql(String),
    /// Those with these values: the keys of a reference to no class.
    Selectors(Reference),
    /// Those that associations lead to, or the associations.
    Association(Association),
    /// Those of another kind of filter.
    Other {
        /// The URI of its dialect.
        dialect: String,
        /// Its text; empty where it is made of elements.
        text: String,
    },
}

/// The content of an answer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// Which product answers.
    Identity(Identity),
    /// An instance: of Get, or of Put.
    Instance(Instance),
    /// A fragment of an instance: its properties that were asked for.
    Fragment(Properties),
    /// Some items of an enumeration.
    Page(Page),
    /// The output of a method.
    Output {
        /// The name of the method.
        method: String,
        /// The output parameters, `ReturnValue` among them.
        parameters: Properties,
    },
    /// A subscription has begun.
    Subscribed {
        /// The context of its indications.
        context: String,
        /// The id by which a later request names it.
        identifier: Option<String>,
    },
    /// The declaration of a class.
    Class(ClassSchema),
    /// The reference of an instance that was made.
    Created(Reference),
    /// Nothing: it was done.
    Empty,
    /// Something of the protocol that this crate does not read.
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
    /// The problem with the item after the last.
    pub broken: Option<String>,
    /// The context of the enumeration; `None` at its end.
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
    /// Reads an envelope of either side.
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

/// The same values, with embedded instances in the place of the CIM-XML text that bears them.
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

/// The depth to which instances in instances are opened. Hyper-V has them two deep; deeper ones are shown as text.
const EMBEDDED: usize = 8;

/// Reports whether it is a request. A service names the resource in no header, and its actions end in `Response` or
/// `fault`, save those of OMI for methods. Where headers are left out, the body tells.
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
