//! Responses with items, cut to the number that may be sent and to the size of the envelope.

use crate::xml::{Error, Writer};

use super::super::fault::{self, Refusal};
use super::super::limits::MAX_BATCH;
use super::super::output;
use super::super::request::Head;
use super::super::response::{envelope, insert};
use super::contexts::{Enumeration, Item, Mode, new_context};

/// The form of a response with items.
pub(crate) struct Page<'a> {
    head: &'a Head,
    name: &'static str,
    /// The prefix of the elements around the items, which differs between the responses to Enumerate and to Pull.
    prefix: &'static str,
    /// The expiration time, if the request has one.
    expires: Option<&'a str>,
    /// True if the sequence stays open when there are no more items.
    is_endless: bool,
}

impl<'a> Page<'a> {
    pub(crate) fn new(head: &'a Head, name: &'static str, prefix: &'static str) -> Self {
        Self {
            head,
            name,
            prefix,
            expires: None,
            is_endless: false,
        }
    }

    /// Adds the expiration time of the request.
    pub(crate) fn expiring(mut self, expires: Option<&'a str>) -> Self {
        self.expires = expires;
        self
    }

    /// Leaves the sequence open when there are no more items.
    pub(crate) fn endless(mut self) -> Self {
        self.is_endless = true;
        self
    }

    /// Takes as many items as may be sent and fit into the envelope. Returns the response and the context for the rest.
    pub(crate) fn fill(
        &self,
        enumeration: &mut Enumeration,
        max_elements: usize,
    ) -> Result<(String, Option<String>), Refusal> {
        let context = new_context();
        let frame = self.write(Some(&context), true)?;
        let room = self.head.max_envelope_size.saturating_sub(frame.len());
        let mut page = String::new();
        for _ in 0..max_elements.min(MAX_BATCH) {
            let Some(item) = enumeration.items.peek() else {
                break;
            };
            let item = self.item(item, enumeration.mode)?;
            if page.len() + item.len() > room {
                if page.is_empty() {
                    return Err(fault::TOO_LARGE);
                }
                break;
            }
            page.push_str(&item);
            enumeration.items.next();
        }
        let is_over = !self.is_endless && enumeration.items.peek().is_none();
        let frame = if is_over {
            self.write(None, true)?
        } else {
            frame
        };
        let document = insert(frame, &format!("{}:Items", self.prefix), &page);
        Ok((document, (!is_over).then_some(context)))
    }

    pub(crate) fn without_items(&self, context: &str) -> Result<String, Error> {
        self.write(Some(context), false)
    }

    /// Writes the response around its items. The end of a sequence has no context, except for an empty one in the
    /// response to an Enumerate.
    fn write(&self, context: Option<&str>, has_items: bool) -> Result<String, Error> {
        let action = format!("{ENUMERATION}/{}", self.name);
        envelope(&action, Some(&self.head.message_id), |writer| {
            writer.start(&format!("n:{}", self.name), &[])?;
            if let Some(expires) = self.expires {
                writer.element("n:Expires", &[], expires)?;
            }
            match context {
                Some(context) => writer.element("n:EnumerationContext", &[], context)?,
                None if self.name == "EnumerateResponse" => {
                    writer.empty("n:EnumerationContext", &[])?;
                }
                None => {}
            }
            if has_items {
                writer.element(&format!("{}:Items", self.prefix), &[], "")?;
            }
            if context.is_none() {
                writer.empty(&format!("{}:EndOfSequence", self.prefix), &[])?;
            }
            writer.end()
        })
    }

    fn item(&self, item: &Item, mode: Mode) -> Result<String, Error> {
        let resource = &self.head.resource;
        let mut writer = Writer::new();
        match mode {
            Mode::Object => output::instance(&mut writer, &item.instance, resource)?,
            Mode::Reference => output::reference_item(&mut writer, &item.reference, resource)?,
            Mode::ObjectAndReference => {
                writer.start("w:Item", &[])?;
                output::instance(&mut writer, &item.instance, resource)?;
                output::reference_item(&mut writer, &item.reference, resource)?;
                writer.end()?;
            }
        }
        writer.finish()
    }
}

const ENUMERATION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
