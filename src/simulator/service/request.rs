//! Requests as envelopes, checked as Windows checks them (MS-WSMV 3.1.4.1).

mod head;
mod headers;

use crate::xml::{Element, Ns, Reader};

pub(crate) use self::head::{Action, Head};
use self::headers::{Headers, echo};
use super::fault::{self, FaultDialect, Refusal};
use super::reading::{malformed, next};

/// A message, read as far as its body.
pub(crate) enum Incoming<'a> {
    /// Asks for the product. This message alone needs no header.
    Identify,
    /// Any other request.
    Request(Box<Request<'a>>),
}

/// A request whose headers have been checked; its body is still to be read.
pub(crate) struct Request<'a> {
    pub(crate) head: Head,
    pub(crate) body: Body<'a>,
}

/// A refused request, with its message id if that was readable.
pub(crate) struct Rejected {
    pub(crate) relates_to: Option<String>,
    pub(crate) dialect: FaultDialect,
    pub(crate) refusal: Refusal,
}

impl Rejected {
    /// Refuses a message whose id is not known.
    pub(crate) fn unread(refusal: Refusal) -> Self {
        Self {
            relates_to: None,
            dialect: FaultDialect::default(),
            refusal,
        }
    }
}

/// The open body, at its first element if there is one.
pub(crate) struct Body<'a> {
    reader: Reader<'a>,
    first: Option<Element<'a>>,
}

impl<'a> Incoming<'a> {
    /// Reads the head of an envelope.
    pub(crate) fn read(text: &'a str) -> Result<Self, Rejected> {
        let mut headers = Headers::default();
        let body = match read_head(text, &mut headers) {
            Ok(body) => body,
            Err(refusal) => {
                return Err(Rejected {
                    relates_to: echo(headers.message_id.take()),
                    dialect: headers.dialect,
                    refusal,
                });
            }
        };
        let identify = body.first.as_ref();
        if identify.is_some_and(|first| first.is(&Ns::Identity, "Identify")) {
            let passed = body.pass_over().map(|()| Self::Identify);
            return passed.map_err(Rejected::unread);
        }
        let message_id = headers.message_id.take();
        let dialect = headers.dialect;
        match headers.check(message_id.clone()) {
            Ok(head) => Ok(Self::Request(Box::new(Request { head, body }))),
            Err(refusal) => Err(Rejected {
                relates_to: echo(message_id),
                dialect,
                refusal,
            }),
        }
    }
}

impl Body<'_> {
    /// Reads the body, which may have one element, and the rest of the document. Nothing is done for an envelope that
    /// is cut short.
    ///
    /// `parse` gets the open element and must read it to its end.
    pub(crate) fn read<T>(
        mut self,
        parse: impl FnOnce(&mut Reader<'_>, Option<&Element<'_>>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let parsed = parse(&mut self.reader, self.first.as_ref())?;
        if self.first.is_some() && next(&mut self.reader)?.is_some() {
            return Err(fault::SCHEMA);
        }
        // The end of the envelope.
        if next(&mut self.reader)?.is_some() {
            return Err(fault::SCHEMA);
        }
        self.reader.end().map_err(malformed)?;
        Ok(parsed)
    }

    /// Reads a body that adds nothing to the headers.
    pub(crate) fn pass_over(self) -> Result<(), Refusal> {
        self.read(|reader, first| match first {
            Some(_) => reader.skip().map_err(malformed),
            None => Ok(()),
        })
    }
}

/// Reads the headers, and the body up to its first element.
fn read_head<'a>(text: &'a str, headers: &mut Headers) -> Result<Body<'a>, Refusal> {
    let mut reader = Reader::new(text);
    let root = reader.root().map_err(malformed)?;
    if !root.is(&Ns::Soap, "Envelope") {
        return Err(fault::SOAP_VERSION);
    }
    let mut part = next(&mut reader)?;
    if part
        .as_ref()
        .is_some_and(|part| part.is(&Ns::Soap, "Header"))
    {
        headers.read(&mut reader)?;
        part = next(&mut reader)?;
    }
    if !part.is_some_and(|part| part.is(&Ns::Soap, "Body")) {
        return Err(fault::SCHEMA);
    }
    let first = next(&mut reader)?;
    Ok(Body { reader, first })
}

#[cfg(test)]
mod tests;
