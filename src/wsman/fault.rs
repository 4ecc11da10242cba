//! SOAP faults, with the details that each layer of the server adds.

use std::fmt;

use crate::cim::Instance;
use crate::printable::shortened;
use crate::xml::{Content, Element, Error, Ns, Reader};

use super::decode::Decoder;
use super::fault_kind::{self, FaultKind};

/// A SOAP fault, with the details of WS-Management, WinRM, WMI and CIM (MS-WSMV 2.2.4.43, DSP0226 14).
///
/// Texts are in the language of the host. Decide on [`kind`](Self::kind) and the codes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fault {
    code: String,
    subcode: Option<(Ns, String)>,
    reason: String,
    detail: Option<String>,
    wsman_code: Option<u32>,
    message: String,
    provider: Option<ProviderFault>,
    cim_error: Option<Instance>,
}

/// The error of the provider behind WinRM.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProviderFault {
    provider: String,
    code: Option<u32>,
    message: String,
    extended_status: Option<Instance>,
}

impl ProviderFault {
    /// Returns the name of the provider, such as `WMI Provider`.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Returns the provider's code: a WS-Management code, a WMI status or an HRESULT.
    pub fn code(&self) -> Option<u32> {
        self.code
    }

    /// Returns the provider's message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the `__ExtendedStatus` or `Msvm_Error` instance of the provider.
    pub fn extended_status(&self) -> Option<&Instance> {
        self.extended_status.as_ref()
    }
}

impl Fault {
    /// Returns the meaning of the fault, as far as its codes tell.
    pub fn kind(&self) -> FaultKind {
        fault_kind::kind(self)
    }

    /// Returns true if the service refused the operation because of a quota before it ran. A provider's quota fault may
    /// be about something that the provider did itself.
    pub(crate) fn is_quota_at_the_door(&self) -> bool {
        self.kind() == FaultKind::Quota && self.provider.is_none()
    }

    /// Returns the fault code, usually `Sender` or `Receiver`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the subcode without its prefix, such as `InvalidSelectors`.
    pub fn subcode(&self) -> Option<&str> {
        self.subcode.as_ref().map(|(_, local)| local.as_str())
    }

    /// Returns the namespace URI of the subcode.
    pub fn subcode_namespace(&self) -> Option<&str> {
        self.subcode.as_ref().map(|(ns, _)| ns.uri())
    }

    /// Returns the reason, in the language of the host.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Returns the last segment of the WS-Management fault detail URI, such as `UnexpectedSelectors`.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Returns the code of the WSManFault: a WsmError number, a Win32 error or an HRESULT.
    pub fn wsman_code(&self) -> Option<u32> {
        self.wsman_code
    }

    /// Returns the error of the provider, if the provider refused the operation.
    pub fn provider_fault(&self) -> Option<&ProviderFault> {
        self.provider.as_ref()
    }

    /// Returns the CIM error instance: `MSFT_WmiError` on Windows, `OMI_Error` on OMI.
    pub fn cim_error(&self) -> Option<&Instance> {
        self.cim_error.as_ref()
    }

    /// Returns the most specific text that the server sent, or an empty string.
    pub fn message(&self) -> &str {
        let provider = self
            .provider
            .as_ref()
            .map_or("", |provider| &provider.message);
        let texts = [provider, &self.message, &self.reason];
        texts
            .into_iter()
            .map(str::trim)
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }
}

/// Formats the fault in one line: the server's message, then the codes.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self
            .message()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let message = shortened(&message, LONGEST_MESSAGE);
        f.write_str(if message.is_empty() {
            "the server refused without a reason"
        } else {
            message.trim_end_matches('.')
        })?;
        let name = self
            .subcode()
            .or(Some(&self.code))
            .filter(|name| !name.is_empty());
        let name = shortened(name.unwrap_or("fault"), LONGEST_NAME);
        write!(f, " ({name}")?;
        if let Some(code) = self.wsman_code {
            match fault_kind::name(code) {
                Some(name) => write!(f, ", {name} {code:#010x}")?,
                None => write!(f, ", code {code:#010x}")?,
            }
        }
        if let Some(code) = self
            .provider
            .as_ref()
            .and_then(ProviderFault::code)
            .filter(|code| Some(*code) != self.wsman_code)
        {
            match fault_kind::name(code) {
                Some(name) => write!(f, ", provider {name} {code:#010x}")?,
                None => write!(f, ", provider code {code:#010x}")?,
            }
        }
        f.write_str(")")
    }
}

/// Reads the `s:Fault` that has just been opened, to its end.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<Fault, Error> {
    let mut fault = Fault::default();
    while let Some(part) = reader.next_child()? {
        match part.local() {
            "Code" => read_code(reader, &mut fault)?,
            "Reason" => {
                while reader.next_child()?.is_some() {
                    let text = reader.text()?;
                    if fault.reason.trim().is_empty() {
                        fault.reason = text.into_owned();
                    }
                }
            }
            "Detail" => read_detail(reader, &mut fault)?,
            _ => reader.skip()?,
        }
    }
    Ok(fault)
}

fn read_code(reader: &mut Reader<'_>, fault: &mut Fault) -> Result<(), Error> {
    while let Some(part) = reader.next_child()? {
        match part.local() {
            "Value" => fault.code = read_name(reader)?.1,
            "Subcode" => {
                while let Some(part) = reader.next_child()? {
                    match part.local() {
                        "Value" => fault.subcode = Some(read_name(reader)?),
                        _ => reader.skip()?,
                    }
                }
            }
            _ => reader.skip()?,
        }
    }
    Ok(())
}

/// Reads a qualified name in text and resolves its prefix. If the prefix is not bound, returns the local name only.
fn read_name(reader: &mut Reader<'_>) -> Result<(Ns, String), Error> {
    let text = reader.text()?;
    Ok(reader.resolve(&text).unwrap_or_else(|| {
        let text = text.trim();
        (
            Ns::None,
            text.rsplit_once(':')
                .map_or(text, |(_, local)| local)
                .to_owned(),
        )
    }))
}

fn read_detail(reader: &mut Reader<'_>, fault: &mut Fault) -> Result<(), Error> {
    while let Some(part) = reader.next_child()? {
        match (part.ns(), part.local()) {
            (Ns::Wsman, "FaultDetail") => {
                let uri = reader.text()?;
                fault.detail = uri.trim().rsplit('/').next().map(str::to_owned);
            }
            (Ns::WsmanFault, "WSManFault") => read_wsman_fault(reader, &part, fault)?,
            // MSFT_WmiError, OMI_Error, CIM_Error: an instance of any class.
            (Ns::Other(_), _) => fault.cim_error = Some(Decoder::new("").instance(reader, &part)?),
            _ => reader.skip()?,
        }
    }
    Ok(())
}

fn read_wsman_fault(
    reader: &mut Reader<'_>,
    element: &Element<'_>,
    fault: &mut Fault,
) -> Result<(), Error> {
    fault.wsman_code = code_of(reader, element)?;
    while let Some(part) = reader.next_child()? {
        if part.local() != "Message" {
            reader.skip()?;
            continue;
        }
        match reader.content()? {
            Content::Text(text) => fault.message = text.into_owned(),
            Content::Element(first) => {
                let mut next = Some(first);
                while let Some(part) = next {
                    if part.is(&Ns::WsmanFault, "ProviderFault") {
                        fault.provider = Some(read_provider_fault(reader, &part)?);
                    } else {
                        reader.skip()?;
                    }
                    next = reader.next_child()?;
                }
            }
        }
    }
    Ok(())
}

fn read_provider_fault(
    reader: &mut Reader<'_>,
    element: &Element<'_>,
) -> Result<ProviderFault, Error> {
    let provider = reader
        .attribute(element, &Ns::None, "provider")?
        .unwrap_or_default();
    let mut fault = ProviderFault {
        provider: provider.trim().to_owned(),
        ..ProviderFault::default()
    };
    let mut next = match reader.content()? {
        Content::Text(text) => {
            fault.message = text.into_owned();
            return Ok(fault);
        }
        Content::Element(first) => Some(first),
    };
    while let Some(part) = next {
        match (part.ns(), part.local()) {
            (Ns::WsmanFault, "WSManFault") => {
                let mut inner = Fault::default();
                read_wsman_fault(reader, &part, &mut inner)?;
                fault.code = inner.wsman_code;
                fault.message = inner.message().to_owned();
            }
            (Ns::WsmanFault, "ExtendedError") => {
                while let Some(status) = reader.next_child()? {
                    fault.extended_status = Some(Decoder::new("").instance(reader, &status)?);
                }
            }
            _ => reader.skip()?,
        }
        next = reader.next_child()?;
    }
    Ok(fault)
}

/// Returns the attribute `Code`: an unsigned number, or an HRESULT that some servers write as a negative one.
fn code_of(reader: &Reader<'_>, element: &Element<'_>) -> Result<Option<u32>, Error> {
    let code = reader.attribute(element, &Ns::None, "Code")?;
    Ok(code.and_then(|code| fault_kind::parse(&code)))
}

/// The longest part of a server's message shown in one line; [`Fault::message`] returns all of it.
const LONGEST_MESSAGE: usize = 1000;
/// The longest subcode shown. Those of the specifications have up to 40 characters.
const LONGEST_NAME: usize = 60;

#[cfg(test)]
mod tests;
