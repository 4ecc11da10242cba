//! Readers of responses.

mod frame;
mod page;

use std::borrow::Cow;

use crate::cim::{ClassSchema, Instance, Properties, Reference, Value};
use crate::printable::shortened;
use crate::xml::{Element, Ns, Reader};

use super::cim_xml;
use super::decode::Decoder;
use super::error::ReplyError;
use frame::close_empty;

pub(crate) use frame::{Envelope, OpenEnvelope};
pub(super) use frame::{close, open_with};
pub(crate) use page::{events, page};

/// The product that answers (DSP0226 11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The protocol version: the namespace of WS-Management.
    pub protocol_version: String,
    /// The vendor of the product: `Microsoft Corporation`.
    pub product_vendor: String,
    /// The version of the product: `OS: 10.0.20348 SP: 0.0 Stack: 3.0`.
    pub product_version: String,
    /// The security profiles that the service names.
    pub security_profiles: Vec<String>,
}

/// One response of an enumeration.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The items, up to the first that could not be read.
    pub(crate) items: Vec<Item>,
    /// The error of the item after the last one in `items`.
    pub(crate) broken: Option<ReplyError>,
    /// The enumeration context; `None` at the end.
    pub(crate) context: Option<String>,
}

/// An item of an enumeration: an object, a reference, or both.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Item {
    /// The object.
    pub(crate) instance: Option<Instance>,
    /// Its reference.
    pub(crate) reference: Option<Reference>,
}

/// A subscription to indications.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Subscription {
    /// The identifier of the subscription at the service, if it sent one.
    pub(crate) identifier: Option<String>,
    /// The context to pull events with.
    pub(crate) context: String,
}

/// Reads the response to Identify. OMI puts it into the namespace of SOAP.
pub(crate) fn identity<'t>(envelope: impl Envelope<'t>) -> Result<Identity, ReplyError> {
    let (mut reader, body) = envelope.open()?;
    if !body.as_ref().is_some_and(is_identity) {
        return Err(unlike(body.as_ref(), "IdentifyResponse"));
    }
    let mut identity = Identity::default();
    while let Some(child) = reader.next_child()? {
        match child.local() {
            "ProtocolVersion" => identity.protocol_version = reader.text()?.into_owned(),
            "ProductVendor" => identity.product_vendor = reader.text()?.into_owned(),
            "ProductVersion" => identity.product_version = reader.text()?.into_owned(),
            "SecurityProfiles" => {
                while reader.next_child()?.is_some() {
                    identity.security_profiles.push(reader.text()?.into_owned());
                }
            }
            _ => reader.skip()?,
        }
    }
    close(reader)?;
    Ok(identity)
}

pub(super) fn is_identity(body: &Element<'_>) -> bool {
    matches!(body.ns(), Ns::Identity | Ns::Soap) && body.local() == "IdentifyResponse"
}

/// Reads the response to Get.
pub(crate) fn instance<'t>(
    envelope: impl Envelope<'t>,
    namespace: &str,
) -> Result<Instance, ReplyError> {
    let (reader, body) = envelope.open()?;
    let body = body.ok_or_else(|| ReplyError::Unexpected(EMPTY.to_owned()))?;
    whole_instance(reader, &body, namespace)
}

/// Reads an instance that is the only content of a response.
fn whole_instance(
    mut reader: Reader<'_>,
    body: &Element<'_>,
    namespace: &str,
) -> Result<Instance, ReplyError> {
    if !may_be_an_instance(body) {
        return Err(unlike(Some(body), "an instance"));
    }
    let instance = Decoder::new(namespace).instance(&mut reader, body)?;
    close(reader)?;
    Ok(instance)
}

/// Returns true if an element can be an instance. Elements in a namespace of the protocol cannot.
pub(super) fn may_be_an_instance(element: &Element<'_>) -> bool {
    matches!(element.ns(), Ns::None | Ns::Other(_))
}

/// Reads the response to a Get of one property: a fragment that contains the property once for each of its values.
pub(crate) fn property<'t>(
    envelope: impl Envelope<'t>,
    namespace: &str,
    name: &str,
) -> Result<Value, ReplyError> {
    let fragment = fragment(envelope, namespace)?;
    match (fragment.value(name), fragment.iter().next()) {
        (Some(value), _) => Ok(value.clone()),
        (None, None) => Ok(Value::Null),
        (None, Some((other, _))) => {
            let (found, name) = (shown_name(other), shown_name(name));
            let what = format!("the answer holds {found}, not {name}");
            Err(ReplyError::Unexpected(what))
        }
    }
}

/// Reads a response that is a fragment of an instance.
pub(super) fn fragment<'t>(
    envelope: impl Envelope<'t>,
    namespace: &str,
) -> Result<Properties, ReplyError> {
    let (mut reader, body) = envelope.open()?;
    expect(&body, &Ns::Wsman, "XmlFragment")?;
    let properties = Decoder::new(namespace).properties(&mut reader)?;
    close(reader)?;
    Ok(properties)
}

/// Reads the response to a Get of a class.
pub(crate) fn class<'t>(envelope: impl Envelope<'t>) -> Result<ClassSchema, ReplyError> {
    let (mut reader, body) = envelope.open()?;
    let is_class = |body: &Element<'_>| may_be_an_instance(body) && body.local() == "CLASS";
    let body = match body {
        Some(body) if is_class(&body) => body,
        other => return Err(unlike(other.as_ref(), "CLASS")),
    };
    let class = cim_xml::read_class(&mut reader, &body)?;
    close(reader)?;
    Ok(class)
}

/// Reads the response to Create: the reference of the new instance.
pub(crate) fn created<'t>(
    envelope: impl Envelope<'t>,
    namespace: &str,
) -> Result<Reference, ReplyError> {
    let (mut reader, body) = envelope.open()?;
    expect(&body, &Ns::Transfer, "ResourceCreated")?;
    let reference = Decoder::new(namespace).endpoint(&mut reader, None)?;
    close(reader)?;
    Ok(reference)
}

/// Reads the response to Put: the instance after the change, if the service sends it.
pub(crate) fn replaced<'t>(
    envelope: impl Envelope<'t>,
    namespace: &str,
) -> Result<Option<Instance>, ReplyError> {
    let (reader, body) = envelope.open()?;
    match body {
        None => close_empty(reader).map(|()| None),
        Some(body) => whole_instance(reader, &body, namespace).map(Some),
    }
}

/// Reads the response to Invoke: output parameters and `ReturnValue`. The caller has checked the name of its element
/// ([`SentRequest`](super::SentRequest)): Windows names it `Method_OUTPUT`, OMI `Method` or `Class_OUTPUT`.
pub(crate) fn output<'t>(
    envelope: impl Envelope<'t>,
    namespace: &str,
) -> Result<Properties, ReplyError> {
    let (mut reader, body) = envelope.open()?;
    let body = body.ok_or_else(|| ReplyError::Unexpected(EMPTY.to_owned()))?;
    if !may_be_an_instance(&body) {
        return Err(unlike(Some(&body), "the output of a method"));
    }
    let output = Decoder::new(namespace).properties(&mut reader)?;
    close(reader)?;
    Ok(output)
}

/// Returns true if an element is named as the output of a method. The case may differ from the caller's: a server may
/// return the repository's spelling.
pub(super) fn is_output_of(body: &Element<'_>, method: &str) -> bool {
    let named = body.local();
    let named = named.strip_suffix(OUTPUT).unwrap_or(named);
    may_be_an_instance(body) && named.eq_ignore_ascii_case(method)
}

/// Reads the response to Subscribe (DSP0226, MS-WSMV 3.1.4.6).
pub(crate) fn subscription<'t>(envelope: impl Envelope<'t>) -> Result<Subscription, ReplyError> {
    let (mut reader, body) = envelope.open()?;
    expect(&body, &Ns::Eventing, "SubscribeResponse")?;
    let (mut identifier, mut context) = (None, None);
    while let Some(child) = reader.next_child()? {
        match (child.ns(), child.local()) {
            (Ns::Eventing, "SubscriptionManager") => identifier = manager(&mut reader)?,
            (Ns::Enumeration, "EnumerationContext") => {
                context = Some(reader.text()?.into_owned());
            }
            _ => reader.skip()?,
        }
    }
    close(reader)?;
    let context = context.filter(|context| !context.trim().is_empty());
    let missing = "the response does not contain the enumeration context of the subscription";
    Ok(Subscription {
        identifier,
        context: context.ok_or_else(|| ReplyError::Unexpected(missing.to_owned()))?,
    })
}

/// Reads the reference of the subscription. Its address is ignored: it never chooses the destination of a request.
fn manager(reader: &mut Reader<'_>) -> Result<Option<String>, ReplyError> {
    let mut identifier = None;
    while let Some(part) = reader.next_child()? {
        match (part.ns(), part.local()) {
            (Ns::Addressing, "ReferenceParameters" | "ReferenceProperties") => {
                while let Some(parameter) = reader.next_child()? {
                    if parameter.is(&Ns::Eventing, "Identifier") {
                        identifier = Some(reader.text()?.trim().to_owned());
                    } else {
                        reader.skip()?;
                    }
                }
            }
            _ => reader.skip()?,
        }
    }
    Ok(identifier)
}

/// Reads the response to Delete, Release or Unsubscribe, which is empty. Any other or truncated response does not
/// confirm the operation. Some services may send an empty element with the name of the response.
pub(crate) fn acknowledge<'t>(envelope: impl Envelope<'t>) -> Result<(), ReplyError> {
    let (mut reader, body) = envelope.open()?;
    let Some(body) = body else {
        return close_empty(reader);
    };
    if !ACKNOWLEDGEMENTS.contains(&(body.ns(), body.local())) {
        return Err(unlike(Some(&body), "an empty body"));
    }
    reader.skip()?;
    close(reader)
}

/// Reads a response of any kind to its end to check that it is complete.
pub(super) fn anything<'t>(envelope: impl Envelope<'t>) -> Result<(), ReplyError> {
    let (mut reader, body) = envelope.open()?;
    if body.is_none() {
        return close_empty(reader);
    }
    reader.skip()?;
    close(reader)
}

fn expect(body: &Option<Element<'_>>, ns: &Ns, local: &str) -> Result<(), ReplyError> {
    match body {
        Some(element) if element.is(ns, local) => Ok(()),
        other => Err(unlike(other.as_ref(), local)),
    }
}

/// Returns the error of an unexpected element in a response. If only the namespace differs, the error names it.
pub(super) fn unlike(body: Option<&Element<'_>>, expected: &str) -> ReplyError {
    let Some(body) = body else {
        return ReplyError::Unexpected(format!("the answer is an empty body, not {expected}"));
    };
    let found = shown_name(body.local());
    if body.local() == expected {
        let ns = shown_uri(body.ns().uri());
        let what = format!("the answer is {found} of the foreign namespace {ns}");
        return ReplyError::Unexpected(what);
    }
    ReplyError::Unexpected(format!("the answer is {found}, not {expected}"))
}

/// Shortens a name for a message.
pub(super) fn shown_name(name: &str) -> Cow<'_, str> {
    shortened(name, LONGEST_NAME)
}

/// Shortens a URI for a message.
pub(super) fn shown_uri(uri: &str) -> Cow<'_, str> {
    shortened(uri, LONGEST_URI)
}

pub(super) const EMPTY: &str = "the answer has an empty body";
/// The suffix of the element with the output of a method.
pub(super) const OUTPUT: &str = "_OUTPUT";
/// The elements that only confirm that something was done.
const ACKNOWLEDGEMENTS: [(&Ns, &str); 3] = [
    (&Ns::Transfer, "DeleteResponse"),
    (&Ns::Enumeration, "ReleaseResponse"),
    (&Ns::Eventing, "UnsubscribeResponse"),
];
/// The longest part of an element's name shown in a message.
const LONGEST_NAME: usize = 60;
/// The longest part of a URI shown in a message. Resource URIs of Windows have up to 130 characters.
const LONGEST_URI: usize = 200;

#[cfg(test)]
mod tests;
