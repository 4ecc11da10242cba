//! Requests as envelopes, checked as Windows checks them (MS-WSMV 3.1.4.1).

use crate::cim::Interval;
use crate::wsman::server_side::{Decoder, uris};
use crate::xml::{Element, Error, Ns, Reader};

use super::fault::{self, Refusal};
use super::resource::{Resource, Selectors};

/// What came in.
pub(crate) enum Incoming<'a> {
    /// Which product answers? This alone needs no header.
    Identify,
    /// Everything else.
    Request(Box<Request<'a>>),
}

/// A request whose headers have been checked; its body is still to be read.
pub(crate) struct Request<'a> {
    pub(crate) head: Head,
    pub(crate) body: Body<'a>,
}

/// What the headers say.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) message_id: String,
    pub(crate) action: Action,
    pub(crate) resource: Resource,
    /// The keys that the request gives.
    pub(crate) selectors: Selectors,
    /// How large the answer may be, in bytes.
    pub(crate) max_envelope_size: usize,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Get,
    Enumerate,
    Pull,
    Release,
    Invoke(String),
}

/// A request that is refused before anything is done, and its message id where that was readable.
pub(crate) struct Rejected {
    pub(crate) relates_to: Option<String>,
    pub(crate) refusal: Refusal,
}

/// The open body, at its first element if it has one.
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
                    refusal,
                });
            }
        };
        let identify = body.first.as_ref();
        if identify.is_some_and(|first| first.is(&Ns::Identity, "Identify")) {
            return match body.pass_over() {
                Ok(()) => Ok(Self::Identify),
                Err(refusal) => Err(Rejected {
                    relates_to: None,
                    refusal,
                }),
            };
        }
        let request = headers.into_request(body)?;
        Ok(Self::Request(Box::new(request)))
    }
}

impl Body<'_> {
    /// Reads the body, which must be one element, or none, and the rest of the document, so that nothing is done for
    /// half an envelope.
    ///
    /// `parse` is handed the open element, and reads it to its end.
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

    /// Reads a body that says nothing more than the headers do.
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

/// The headers that matter here, before they are checked.
#[derive(Default)]
struct Headers {
    message_id: Option<String>,
    reply_to: Option<String>,
    action: Option<String>,
    resource_uri: Option<String>,
    max_envelope_size: Option<String>,
    operation_timeout: Option<String>,
    selectors: Option<Selectors>,
    /// What is wrong with the headers as such.
    problem: Option<Refusal>,
}

impl Headers {
    /// Reads the open header, to its end.
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), Refusal> {
        while let Some(header) = next(reader)? {
            self.read_one(reader, &header).map_err(malformed)?;
        }
        Ok(())
    }

    fn read_one(&mut self, reader: &mut Reader<'_>, header: &Element<'_>) -> Result<(), Error> {
        let must_be_understood = reader.attribute(header, &Ns::Soap, "mustUnderstand")?;
        let must_be_understood =
            must_be_understood.is_some_and(|value| matches!(value.trim(), "true" | "1"));
        let text = match (header.ns(), header.local()) {
            (Ns::Addressing, "MessageID") => &mut self.message_id,
            (Ns::Addressing, "Action") => &mut self.action,
            (Ns::Wsman, "ResourceURI") => &mut self.resource_uri,
            (Ns::Wsman, "MaxEnvelopeSize") => &mut self.max_envelope_size,
            (Ns::Wsman, "OperationTimeout") => &mut self.operation_timeout,
            (Ns::Addressing, "ReplyTo") => {
                let address = read_address(reader)?;
                set_once(&mut self.reply_to, address, &mut self.problem);
                return Ok(());
            }
            (Ns::Wsman, "SelectorSet") => {
                let selectors = Decoder::new("").selectors(reader)?;
                set_once(&mut self.selectors, selectors, &mut self.problem);
                return Ok(());
            }
            (Ns::Wsman, "Locale") | (Ns::Winrm, "DataLocale") => {
                if must_be_understood {
                    self.problem.get_or_insert(fault::LOCALE);
                }
                return reader.skip();
            }
            (ns, local) => {
                if must_be_understood && !is_known(ns, local) {
                    self.problem.get_or_insert(fault::NOT_UNDERSTOOD);
                }
                return reader.skip();
            }
        };
        let value = reader.text()?.trim().to_owned();
        set_once(text, value, &mut self.problem);
        Ok(())
    }

    fn into_request(mut self, body: Body<'_>) -> Result<Request<'_>, Rejected> {
        let message_id = self.message_id.take();
        match self.check(message_id.clone()) {
            Ok(head) => Ok(Request { head, body }),
            Err(refusal) => Err(Rejected {
                relates_to: echo(message_id),
                refusal,
            }),
        }
    }

    fn check(self, message_id: Option<String>) -> Result<Head, Refusal> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        let message_id = message_id.ok_or(fault::HEADER_REQUIRED)?;
        let message_id = echo(Some(message_id)).ok_or(fault::INVALID_HEADER)?;
        match self.reply_to.as_deref() {
            None => return Err(fault::HEADER_REQUIRED),
            Some(uris::ANONYMOUS) => {}
            Some(_) => return Err(fault::ADDRESSING_MODE),
        }
        let max_envelope_size = envelope_size(self.max_envelope_size.as_deref())?;
        if let Some(timeout) = &self.operation_timeout {
            // A negative one is no interval.
            let timeout = timeout.parse::<Interval>();
            timeout.map_err(|_| fault::INVALID_HEADER)?;
        }
        let action = self.action.ok_or(fault::HEADER_REQUIRED)?;
        let uri = self.resource_uri.ok_or(fault::INVALID_RESOURCE)?;
        let mut selectors = self.selectors.unwrap_or_default();
        let resource = Resource::read(uri, &mut selectors)?;
        Ok(Head {
            message_id,
            action: Action::read(&action, &resource)?,
            resource,
            selectors,
            max_envelope_size,
        })
    }
}

impl Action {
    fn read(action: &str, resource: &Resource) -> Result<Self, Refusal> {
        Ok(match action {
            uris::GET => Self::Get,
            uris::ENUMERATE => Self::Enumerate,
            uris::PULL => Self::Pull,
            uris::RELEASE => Self::Release,
            _ => {
                let method = resource.method_of(action);
                Self::Invoke(method.ok_or(fault::ACTION_NOT_SUPPORTED)?.to_owned())
            }
        })
    }
}

/// Sets what a header says; a header that comes twice is a problem.
fn set_once<T>(header: &mut Option<T>, value: T, problem: &mut Option<Refusal>) {
    if header.replace(value).is_some() {
        problem.get_or_insert(fault::INVALID_HEADER);
    }
}

/// A message id that an answer may name: Windows takes any text up to a length.
fn echo(message_id: Option<String>) -> Option<String> {
    message_id.filter(|id| (1..=MAX_MESSAGE_ID).contains(&id.len()))
}

/// Reads the address in the open endpoint reference, to its end.
fn read_address(reader: &mut Reader<'_>) -> Result<String, Error> {
    let mut address = String::new();
    while let Some(part) = reader.next_child()? {
        if part.is(&Ns::Addressing, "Address") {
            address = reader.text()?.trim().to_owned();
        } else {
            reader.skip()?;
        }
    }
    Ok(address)
}

fn envelope_size(text: Option<&str>) -> Result<usize, Refusal> {
    let Some(text) = text else {
        return Ok(MAX_ENVELOPE_SIZE);
    };
    let size: u64 = text.parse().map_err(|_| fault::INVALID_HEADER)?;
    if size < MIN_ENVELOPE_SIZE {
        return Err(fault::MINIMUM_ENVELOPE);
    }
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    Ok(size.min(MAX_ENVELOPE_SIZE))
}

/// Headers that are understood and change nothing.
fn is_known(ns: &Ns, local: &str) -> bool {
    match ns {
        Ns::Addressing => matches!(local, "To" | "From" | "FaultTo" | "RelatesTo"),
        Ns::Wsman => matches!(local, "OptionSet" | "RequestEPR"),
        Ns::Winrm => matches!(
            local,
            "SessionId" | "OperationID" | "SequenceId" | "ActivityId"
        ),
        _ => false,
    }
}

fn next<'a>(reader: &mut Reader<'a>) -> Result<Option<Element<'a>>, Refusal> {
    reader.next_child().map_err(malformed)
}

pub(crate) fn malformed(_: Error) -> Refusal {
    fault::MALFORMED
}

/// The envelope size of the service, which WinRM calls `MaxEnvelopeSizekb`: 500.
pub(crate) const MAX_ENVELOPE_SIZE: usize = 512_000;
/// The smallest size that a request may ask for (MS-WSMV 3.1.4.1.7).
const MIN_ENVELOPE_SIZE: u64 = 8_192;
/// The longest id of a message (MS-WSMV 3.1.4.1.5).
const MAX_MESSAGE_ID: usize = 2_048;

#[cfg(test)]
mod tests;
