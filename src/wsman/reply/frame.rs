//! The frame of a response: the envelope, its headers, and the one element in its body.

use crate::wsman::error::ReplyError;
use crate::wsman::fault;
use crate::xml::{self, Content, Element, Ns, Reader};

use super::shown_name;

/// An envelope that is open up to the content of its body.
pub(crate) struct OpenEnvelope<'t> {
    pub(in crate::wsman) reader: Reader<'t>,
    pub(in crate::wsman) body: Content<'t>,
}

/// An envelope to read: its text, or one that is open already.
pub(crate) trait Envelope<'t> {
    /// Opens it up to the first element of its body.
    ///
    /// # Errors
    ///
    /// Returns an error if it is malformed, or holds a fault.
    fn open(self) -> Result<(Reader<'t>, Option<Element<'t>>), ReplyError>;
}

impl<'t, T: AsRef<str> + ?Sized> Envelope<'t> for &'t T {
    fn open(self) -> Result<(Reader<'t>, Option<Element<'t>>), ReplyError> {
        open_with(self.as_ref(), |reader, _| reader.skip())?.open()
    }
}

impl<'t> Envelope<'t> for OpenEnvelope<'t> {
    fn open(self) -> Result<(Reader<'t>, Option<Element<'t>>), ReplyError> {
        let Self { mut reader, body } = self;
        let first = match body {
            Content::Element(first) => first,
            Content::Text(_) => return Ok((reader, None)),
        };
        if !first.is(&Ns::Soap, "Fault") {
            return Ok((reader, Some(first)));
        }
        let fault = fault::read(&mut reader)?;
        // An element beside the fault may say the opposite.
        close(reader)?;
        Err(ReplyError::Fault(Box::new(fault)))
    }
}

/// Opens an envelope up to the content of its body. Calls `header` for each header, which it must read to its end.
pub(in crate::wsman) fn open_with<'t>(
    text: &'t str,
    mut header: impl FnMut(&mut Reader<'t>, &Element<'t>) -> Result<(), xml::Error>,
) -> Result<OpenEnvelope<'t>, ReplyError> {
    let mut reader = Reader::new(text);
    let root = reader.root()?;
    if !root.is(&Ns::Soap, "Envelope") {
        return Err(super::unlike(Some(&root), "a SOAP envelope"));
    }
    let mut part = reader.next_child()?;
    if let Some(headers) = &part
        && headers.is(&Ns::Soap, "Header")
    {
        while let Some(one) = reader.next_child()? {
            header(&mut reader, &one)?;
        }
        part = reader.next_child()?;
    }
    match part {
        Some(part) if part.is(&Ns::Soap, "Body") => {}
        Some(part) => {
            let found = shown_name(part.local());
            let what = format!("the envelope has {found} in the place of its body");
            return Err(ReplyError::Unexpected(what));
        }
        None => {
            let what = "the envelope has no body".to_owned();
            return Err(ReplyError::Unexpected(what));
        }
    }
    let body = reader.content()?;
    Ok(OpenEnvelope { reader, body })
}

/// Reads on from the end of the body's first element to the end of the document, which detects a truncated response. A
/// response has one body with one element (SOAP 1.2 5.1, DSP0226).
pub(in crate::wsman) fn close(mut reader: Reader<'_>) -> Result<(), ReplyError> {
    let second = pass(&mut reader)?;
    close_empty(reader)?;
    match second {
        None => Ok(()),
        Some(name) => {
            let what = format!("the body of the answer holds a second element, {name}");
            Err(ReplyError::Unexpected(what))
        }
    }
}

/// Reads on from the end of the body to the end of the document.
pub(super) fn close_empty(mut reader: Reader<'_>) -> Result<(), ReplyError> {
    let after = pass(&mut reader)?;
    reader.end()?;
    match after {
        None => Ok(()),
        Some(name) => {
            let what = format!("the envelope holds {name} after its body");
            Err(ReplyError::Unexpected(what))
        }
    }
}

/// Skips the rest of the open element. Returns the name of the first element in it.
fn pass(reader: &mut Reader<'_>) -> Result<Option<String>, ReplyError> {
    let mut first = None;
    while let Some(element) = reader.next_child()? {
        first.get_or_insert_with(|| shown_name(element.local()).into_owned());
        reader.skip()?;
    }
    Ok(first)
}
