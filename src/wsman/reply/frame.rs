//! The frame of a response: the envelope, its headers, and the one element in its body.

use crate::wsman::error::ReplyError;
use crate::wsman::fault;
use crate::xml::{self, Content, Element, Ns, Reader};

use super::shown_name;

/// Opens an envelope up to the first element of its body; a fault becomes an error.
pub(super) fn open(text: &str) -> Result<(Reader<'_>, Option<Element<'_>>), ReplyError> {
    let (mut reader, content) = open_with(text, |reader, _| reader.skip())?;
    let first = match content {
        Content::Element(first) => Some(first),
        Content::Text(_) => None,
    };
    if first
        .as_ref()
        .is_some_and(|first| first.is(&Ns::Soap, "Fault"))
    {
        let fault = fault::read(&mut reader)?;
        // An element beside a fault may contradict it.
        close(reader)?;
        return Err(ReplyError::Fault(Box::new(fault)));
    }
    Ok((reader, first))
}

/// Opens an envelope up to the content of its body. Calls `header` for each header, which it must read to its end.
pub(in crate::wsman) fn open_with<'t>(
    text: &'t str,
    mut header: impl FnMut(&mut Reader<'t>, &Element<'t>) -> Result<(), xml::Error>,
) -> Result<(Reader<'t>, Content<'t>), ReplyError> {
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
    let content = reader.content()?;
    Ok((reader, content))
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
