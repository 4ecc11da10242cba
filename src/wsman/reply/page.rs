//! Pages of enumerations and of events.

use crate::wsman::decode::Decoder;
use crate::wsman::error::ReplyError;
use crate::xml::{Element, Ns, Reader};

use super::frame::{Envelope, close};
use super::{Item, Page, may_be_an_instance, shown_name, shown_uri, unlike};

/// Reads the response to Enumerate or Pull.
///
/// Items and the end of the sequence are in the namespace of WS-Management in one response and of WS-Enumeration in the
/// other, before or after the context (sfcb); either is accepted. The end takes precedence over a context beside it
/// (OMI). A page with neither is incomplete, which is an error, as is any element that the specifications do not have
/// there.
pub(crate) fn page<'t>(envelope: impl Envelope<'t>, namespace: &str) -> Result<Page, ReplyError> {
    read(envelope, namespace, Direct::Refused)
}

/// Reads the response to a Pull of events, which may be direct children of it (openwsman).
pub(crate) fn events<'t>(envelope: impl Envelope<'t>, namespace: &str) -> Result<Page, ReplyError> {
    read(envelope, namespace, Direct::Events)
}

/// The treatment of an object that is a direct child of a page, without `Items` around it.
#[derive(Clone, Copy, PartialEq)]
enum Direct {
    Refused,
    Events,
}

fn read<'t>(
    envelope: impl Envelope<'t>,
    namespace: &str,
    direct: Direct,
) -> Result<Page, ReplyError> {
    let (mut reader, body) = envelope.open()?;
    let is_page = body.as_ref().is_some_and(|body| {
        *body.ns() == Ns::Enumeration
            && matches!(body.local(), "EnumerateResponse" | "PullResponse")
    });
    if !is_page {
        return Err(unlike(
            body.as_ref(),
            "an EnumerateResponse or PullResponse",
        ));
    }
    let mut page = Page::default();
    let read = match read_page(&mut reader, namespace, direct, &mut page) {
        Ok(ended) => close(reader).and_then(|()| finished(ended, &page)),
        Err(error) => Err(error),
    };
    // Items read before an error are kept.
    page.broken = read.err();
    Ok(page)
}

/// Reads a page and returns true if it is the last one.
fn read_page(
    reader: &mut Reader<'_>,
    namespace: &str,
    direct: Direct,
    page: &mut Page,
) -> Result<bool, ReplyError> {
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
            (ns, local) if PASSED_OVER.contains(&(ns, local)) => reader.skip()?,
            _ if direct == Direct::Events && is_event(&child) => {
                let mut decoder = Decoder::new(namespace);
                item(reader, &mut decoder, &child, &mut page.items)?;
            }
            _ => return Err(stray(&child)),
        }
    }
    if ended {
        page.context = None;
    }
    Ok(ended)
}

fn finished(ended: bool, page: &Page) -> Result<(), ReplyError> {
    if ended || page.context.is_some() {
        return Ok(());
    }
    let what = "the page has neither EnumerationContext nor EndOfSequence";
    Err(ReplyError::Unexpected(what.to_owned()))
}

fn is_event(child: &Element<'_>) -> bool {
    may_be_an_instance(child) || child.is(&Ns::Wsman, "Event")
}

fn stray(child: &Element<'_>) -> ReplyError {
    let (local, ns) = (shown_name(child.local()), shown_uri(child.ns().uri()));
    ReplyError::Unexpected(format!(
        "unexpected element {local} of the namespace {ns} in a page"
    ))
}

fn items(
    reader: &mut Reader<'_>,
    namespace: &str,
    items: &mut Vec<Item>,
) -> Result<(), ReplyError> {
    let mut decoder = Decoder::new(namespace);
    while let Some(element) = reader.next_child()? {
        item(reader, &mut decoder, &element, items)?;
    }
    Ok(())
}

/// Reads the item whose start tag has just been read, to its end.
fn item(
    reader: &mut Reader<'_>,
    decoder: &mut Decoder<'_>,
    element: &Element<'_>,
    items: &mut Vec<Item>,
) -> Result<(), ReplyError> {
    let mut item = Item::default();
    match (element.ns(), element.local()) {
        // An event may be wrapped, and an empty wrapper is a heartbeat (DSP0226, heartbeats).
        (Ns::Wsman, "Item" | "Event") => {
            while let Some(part) = reader.next_child()? {
                item.read(reader, decoder, &part)?;
            }
        }
        _ => item.read(reader, decoder, element)?,
    }
    let is_sign_of_life = element.is(&Ns::Wsman, "Event") && item == Item::default();
    if !is_sign_of_life {
        items.push(item);
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
        } else if may_be_an_instance(part) || part.is(&Ns::Wsman, "XmlFragment") {
            // A projection is sent as a fragment (MS-WSMV 3.1.4.1.18).
            self.instance = Some(decoder.instance(reader, part)?);
        } else {
            let found = shown_name(part.local());
            let what = format!("it is {found}, not an instance or a reference");
            return Err(ReplyError::Unexpected(what));
        }
        Ok(())
    }
}

/// The elements that the specifications allow in a page beside items, context and end (WS-Enumeration 3.1, DSP0226 8
/// and 10).
const PASSED_OVER: [(&Ns, &str); 3] = [
    (&Ns::Enumeration, "Expires"),
    (&Ns::Wsman, "TotalItemsCountEstimate"),
    (&Ns::Wsman, "Bookmark"),
];
