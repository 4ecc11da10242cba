//! Envelopes as answers.

use std::borrow::Cow;

use crate::cim::{ClassSchema, Instance, Properties, Reference, Value};
use crate::printable::shortened;
use crate::xml::{Element, Ns, Reader};

use super::cim_xml;
use super::decode::Decoder;
use super::error::ReplyError;
use super::fault;

/// Which product answers (DSP0226 11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The protocol: the namespace of WS-Management.
    pub protocol_version: String,
    /// Who made the product: `Microsoft Corporation`.
    pub product_vendor: String,
    /// The version: `OS: 10.0.20348 SP: 0.0 Stack: 3.0`.
    pub product_version: String,
    /// The security profiles that the service names.
    pub security_profiles: Vec<String>,
}

/// One answer of an enumeration.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The items, up to the first that could not be read.
    pub(crate) items: Vec<Item>,
    /// What was wrong with the item after the last.
    pub(crate) broken: Option<ReplyError>,
    /// Where the enumeration stands; `None` at its end.
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
    /// What the service calls it, where it has said so.
    pub(crate) identifier: Option<String>,
    /// Where its events stand, to pull them.
    pub(crate) context: String,
}

/// Reads the answer to Identify. OMI puts its answer into the namespace of SOAP.
pub(crate) fn identity(text: &str) -> Result<Identity, ReplyError> {
    let (mut reader, body) = open(text)?;
    expect(&body, "IdentifyResponse")?;
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

/// Reads the answer to Get.
pub(crate) fn instance(text: &str, namespace: &str) -> Result<Instance, ReplyError> {
    let (reader, body) = open(text)?;
    let body = body.ok_or_else(|| ReplyError::Unexpected(EMPTY.to_owned()))?;
    whole_instance(reader, &body, namespace)
}

/// Reads an instance that is all that an answer holds.
fn whole_instance(
    mut reader: Reader<'_>,
    body: &Element<'_>,
    namespace: &str,
) -> Result<Instance, ReplyError> {
    if !is_foreign_to_the_protocol(body) {
        return Err(unlike(Some(body), "an instance"));
    }
    let instance = Decoder::new(namespace).instance(&mut reader, body)?;
    close(reader)?;
    Ok(instance)
}

/// Whether an element is none of the protocol's own, which say something else than an instance.
fn is_foreign_to_the_protocol(element: &Element<'_>) -> bool {
    matches!(element.ns(), Ns::None | Ns::Other(_))
}

/// Reads the answer to a Get of one property: a fragment that holds it, as often as it has values.
pub(crate) fn property(text: &str, namespace: &str, name: &str) -> Result<Value, ReplyError> {
    Ok(fragment(text, namespace)?
        .value(name)
        .cloned()
        .unwrap_or_default())
}

/// Reads an answer that is a fragment of an instance.
pub(super) fn fragment(text: &str, namespace: &str) -> Result<Properties, ReplyError> {
    let (mut reader, body) = open(text)?;
    expect(&body, "XmlFragment")?;
    let properties = Decoder::new(namespace).properties(&mut reader)?;
    close(reader)?;
    Ok(properties)
}

/// Reads the answer to a Get of a class.
pub(crate) fn class(text: &str) -> Result<ClassSchema, ReplyError> {
    let (mut reader, body) = open(text)?;
    expect(&body, "CLASS")?;
    let body = body.ok_or_else(|| unlike(None, "CLASS"))?;
    let class = cim_xml::read_class(&mut reader, &body)?;
    close(reader)?;
    Ok(class)
}

/// Reads the answer to Create: the reference of the new instance.
pub(crate) fn created(text: &str, namespace: &str) -> Result<Reference, ReplyError> {
    let (mut reader, body) = open(text)?;
    expect(&body, "ResourceCreated")?;
    let reference = Decoder::new(namespace).endpoint(&mut reader, None)?;
    close(reader)?;
    Ok(reference)
}

/// Reads the answer to Put: the instance as it has become, where the service sends it.
pub(crate) fn replaced(text: &str, namespace: &str) -> Result<Option<Instance>, ReplyError> {
    let (reader, body) = open(text)?;
    match body {
        None => close_empty(reader).map(|()| None),
        Some(body) => whole_instance(reader, &body, namespace).map(Some),
    }
}

/// Reads the answer to Invoke: output parameters and `ReturnValue`.
///
/// Windows names the element `Method_OUTPUT`, OMI `Method`, each in a namespace of its own.
pub(crate) fn output(text: &str, namespace: &str, method: &str) -> Result<Properties, ReplyError> {
    let (mut reader, body) = open(text)?;
    let body = body.ok_or_else(|| ReplyError::Unexpected(EMPTY.to_owned()))?;
    let named = body.local();
    let named_method = named.strip_suffix("_OUTPUT").unwrap_or(named);
    // The repository's spelling may come back for another case of the caller's.
    if !named_method.eq_ignore_ascii_case(method) {
        return Err(unlike(Some(&body), &format!("that of {method}")));
    }
    let output = Decoder::new(namespace).properties(&mut reader)?;
    close(reader)?;
    Ok(output)
}

/// Reads the answer to Subscribe (DSP0226, MS-WSMV 3.1.4.6).
pub(crate) fn subscription(text: &str) -> Result<Subscription, ReplyError> {
    let (mut reader, body) = open(text)?;
    expect(&body, "SubscribeResponse")?;
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
    let missing = "the service does not say where the events of the subscription are to be pulled";
    Ok(Subscription {
        identifier,
        context: context.ok_or_else(|| ReplyError::Unexpected(missing.to_owned()))?,
    })
}

/// Reads the reference of the subscription. Its address never chooses where a request goes.
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

/// Reads the answer to a Delete, a Release or an Unsubscribe, which has nothing to say. Anything else, or half of it,
/// does not tell that it was done. Some services may wrap nothing in an element of the answer's name.
pub(crate) fn acknowledge(text: &str) -> Result<(), ReplyError> {
    let (mut reader, body) = open(text)?;
    let Some(body) = body else {
        return close_empty(reader);
    };
    if !ACKNOWLEDGEMENTS.contains(&body.local()) {
        return Err(unlike(Some(&body), "an empty body"));
    }
    reader.skip()?;
    close(reader)
}

/// Reads an answer of any kind to its end, so that it is known to be whole.
pub(super) fn anything(text: &str) -> Result<(), ReplyError> {
    let (mut reader, body) = open(text)?;
    if body.is_none() {
        return close_empty(reader);
    }
    reader.skip()?;
    close(reader)
}

/// Reads the answer to Enumerate or Pull.
///
/// Items and the end of the sequence stand in the namespace of WS-Management in the one and of WS-Enumeration in the
/// other, before or after the context (sfcb), and are taken from either. The end wins over a context beside it (OMI).
pub(crate) fn page(text: &str, namespace: &str) -> Result<Page, ReplyError> {
    let (mut reader, body) = open(text)?;
    if !body
        .as_ref()
        .is_some_and(|body| matches!(body.local(), "EnumerateResponse" | "PullResponse"))
    {
        return Err(unlike(
            body.as_ref(),
            "an EnumerateResponse or PullResponse",
        ));
    }
    let mut page = Page::default();
    let read = match read_page(&mut reader, namespace, &mut page) {
        Ok(()) => close(reader),
        Err(error) => Err(error),
    };
    // What came before a break is not lost.
    page.broken = read.err();
    Ok(page)
}

fn read_page(reader: &mut Reader<'_>, namespace: &str, page: &mut Page) -> Result<(), ReplyError> {
    let mut ended = false;
    while let Some(child) = reader.next_child()? {
        match (child.ns(), child.local()) {
            (Ns::Enumeration, "EnumerationContext") => {
                let context = reader.text()?.into_owned();
                page.context = Some(context).filter(|context| !context.trim().is_empty());
            }
            (Ns::Enumeration | Ns::Wsman, "EndOfSequence") => {
                ended = true;
                reader.skip()?;
            }
            (Ns::Enumeration | Ns::Wsman, "Items") => items(reader, namespace, &mut page.items)?,
            _ => reader.skip()?,
        }
    }
    if ended {
        page.context = None;
    }
    Ok(())
}

fn items(
    reader: &mut Reader<'_>,
    namespace: &str,
    items: &mut Vec<Item>,
) -> Result<(), ReplyError> {
    let mut decoder = Decoder::new(namespace);
    while let Some(element) = reader.next_child()? {
        let mut item = Item::default();
        match (element.ns(), element.local()) {
            // An event may be wrapped, and a wrapper with nothing in it is a sign of life (DSP0226, heartbeats).
            (Ns::Wsman, "Item" | "Event") => {
                while let Some(part) = reader.next_child()? {
                    item.read(reader, &mut decoder, &part)?;
                }
            }
            _ => item.read(reader, &mut decoder, &element)?,
        }
        let is_sign_of_life = element.is(&Ns::Wsman, "Event") && item == Item::default();
        if !is_sign_of_life {
            items.push(item);
        }
    }
    Ok(())
}

impl Item {
    /// Reads the open part of an item, to its end.
    fn read(
        &mut self,
        reader: &mut Reader<'_>,
        decoder: &mut Decoder<'_>,
        part: &Element<'_>,
    ) -> Result<(), ReplyError> {
        if part.is(&Ns::Addressing, "EndpointReference") {
            self.reference = Some(decoder.endpoint(reader, None)?);
        } else if is_foreign_to_the_protocol(part) || part.is(&Ns::Wsman, "XmlFragment") {
            self.instance = Some(decoder.instance(reader, part)?);
        } else {
            let found = shown_name(part.local());
            let what = format!("it is {found}, not an instance or a reference");
            return Err(ReplyError::Unexpected(what));
        }
        Ok(())
    }
}

/// Opens an envelope up to the first element of its body; a fault becomes an error.
fn open(text: &str) -> Result<(Reader<'_>, Option<Element<'_>>), ReplyError> {
    let mut reader = Reader::new(text);
    let root = reader.root()?;
    if !root.is(&Ns::Soap, "Envelope") {
        return Err(unlike(Some(&root), "a SOAP envelope"));
    }
    loop {
        let Some(part) = reader.next_child()? else {
            return Err(ReplyError::Unexpected(
                "the envelope has no body".to_owned(),
            ));
        };
        if part.is(&Ns::Soap, "Body") {
            break;
        }
        reader.skip()?;
    }
    let first = reader.next_child()?;
    if first
        .as_ref()
        .is_some_and(|first| first.is(&Ns::Soap, "Fault"))
    {
        return Err(ReplyError::Fault(Box::new(fault::read(&mut reader)?)));
    }
    Ok((reader, first))
}

/// Reads on from the end of the body's first element to the end of the document, so that an answer cut off is noticed.
pub(super) fn close(mut reader: Reader<'_>) -> Result<(), ReplyError> {
    pass(&mut reader)?;
    close_empty(reader)
}

/// Reads on from the end of the body, where that holds nothing, to the end of the document.
fn close_empty(mut reader: Reader<'_>) -> Result<(), ReplyError> {
    pass(&mut reader)?;
    Ok(reader.end()?)
}

/// Passes over what is left of the open element.
fn pass(reader: &mut Reader<'_>) -> Result<(), ReplyError> {
    while reader.next_child()?.is_some() {
        reader.skip()?;
    }
    Ok(())
}

fn expect(body: &Option<Element<'_>>, local: &str) -> Result<(), ReplyError> {
    match body {
        Some(element) if element.local() == local => Ok(()),
        other => Err(unlike(other.as_ref(), local)),
    }
}

fn unlike(body: Option<&Element<'_>>, expected: &str) -> ReplyError {
    let found = shown_name(body.map_or("an empty body", Element::local));
    ReplyError::Unexpected(format!("the answer is {found}, not {expected}"))
}

/// As much of a name as a message shows.
pub(super) fn shown_name(name: &str) -> Cow<'_, str> {
    shortened(name, LONGEST_NAME)
}

const EMPTY: &str = "the answer has an empty body";
/// What an element that says nothing but that something was done may be called.
const ACKNOWLEDGEMENTS: [&str; 3] = ["DeleteResponse", "ReleaseResponse", "UnsubscribeResponse"];
/// As much of an element's name as a message shows.
const LONGEST_NAME: usize = 60;

#[cfg(test)]
mod tests;
