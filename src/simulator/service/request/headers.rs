//! The headers of a request.

use std::time::Duration;

use crate::cim::Interval;
use crate::wsman::server_side::{Decoder, uris};
use crate::xml::{Element, Error, Ns, Reader};

use super::super::fault::{self, FaultDialect, Refusal};
use super::super::limits::{MAX_ENVELOPE_SIZE, MAX_TIMEOUT};
use super::super::reading::{malformed, next};
use super::super::resource::{Resource, Selectors};
use super::head::{Action, Head};

/// The headers that the service uses, before they are checked.
#[derive(Default)]
pub(super) struct Headers {
    pub(super) message_id: Option<String>,
    reply_to: Option<String>,
    action: Option<String>,
    resource_uri: Option<String>,
    max_envelope_size: Option<String>,
    operation_timeout: Option<String>,
    selectors: Option<Selectors>,
    options: Vec<(String, String)>,
    fragment: Option<String>,
    identifier: Option<String>,
    pub(super) dialect: FaultDialect,
    /// The first problem of the headers as such.
    problem: Option<Refusal>,
}

impl Headers {
    /// Reads the open header, to its end.
    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), Refusal> {
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
            (Ns::Eventing, "Identifier") => &mut self.identifier,
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
            (Ns::Wsman, "OptionSet") => return self.read_options(reader),
            // Without mustUnderstand it is refused (MS-WSMV 3.1.4.1.18).
            (Ns::Wsman, "FragmentTransfer") => {
                if !must_be_understood {
                    self.problem.get_or_insert(fault::INVALID_HEADER);
                }
                &mut self.fragment
            }
            (Ns::Wsman, "Locale") | (Ns::Winrm, "DataLocale") => {
                if must_be_understood {
                    self.problem.get_or_insert(fault::LOCALE);
                }
                return reader.skip();
            }
            (Ns::Winrm, "OperationID") => {
                self.dialect = FaultDialect::ManagementInfrastructure;
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

    /// Reads the open option set, to its end.
    fn read_options(&mut self, reader: &mut Reader<'_>) -> Result<(), Error> {
        while let Some(option) = reader.next_child()? {
            let name = reader.attribute(&option, &Ns::None, "Name")?;
            let value = reader.text()?.trim().to_owned();
            if self.options.len() < MAX_OPTIONS {
                self.options.push((name.unwrap_or_default(), value));
            }
        }
        Ok(())
    }

    /// Checks the headers. The message id is passed apart, since a refusal names it too.
    pub(super) fn check(self, message_id: Option<String>) -> Result<Head, Refusal> {
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
        let operation_timeout = timeout(self.operation_timeout.as_deref())?;
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
            operation_timeout,
            options: self.options,
            fragment: self.fragment,
            dialect: self.dialect,
            identifier: self.identifier,
        })
    }
}

/// Sets the value of a header. A header that occurs twice is a problem.
fn set_once<T>(header: &mut Option<T>, value: T, problem: &mut Option<Refusal>) {
    if header.replace(value).is_some() {
        problem.get_or_insert(fault::INVALID_HEADER);
    }
}

/// Returns a message id that a response may name. Windows accepts any text up to a maximum length.
pub(super) fn echo(message_id: Option<String>) -> Option<String> {
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

fn timeout(text: Option<&str>) -> Result<Duration, Refusal> {
    let Some(text) = text else {
        return Ok(MAX_TIMEOUT);
    };
    // A negative duration is not an interval.
    let timeout: Interval = text.parse().map_err(|_| fault::INVALID_HEADER)?;
    Ok(timeout.micros().map_or(MAX_TIMEOUT, Duration::from_micros))
}

/// Reports whether a header is understood, although it changes nothing.
fn is_known(ns: &Ns, local: &str) -> bool {
    match ns {
        Ns::Addressing => matches!(local, "To" | "From" | "FaultTo" | "RelatesTo"),
        Ns::Wsman => local == "RequestEPR",
        Ns::Winrm => matches!(local, "SessionId" | "SequenceId" | "ActivityId"),
        _ => false,
    }
}

/// The smallest maximum size that a request may set (MS-WSMV 3.1.4.1.7).
const MIN_ENVELOPE_SIZE: u64 = 8_192;
/// The maximum length of a message id (MS-WSMV 3.1.4.1.5).
const MAX_MESSAGE_ID: usize = 2_048;
/// The number of options that are kept: more than any operation has.
const MAX_OPTIONS: usize = 64;
