//! Envelopes as WinRM writes them: one line, no declaration, its own prefixes (MS-WSMV 2.2.1).

use uuid::Uuid;

use crate::wsman::server_side::uris;
use crate::xml::{Error, Writer, uri};

use super::fault::Refusal;
use super::request::Head;

/// Writes the response to a request with this action.
pub(crate) fn respond(
    head: &Head,
    action: &str,
    body: impl FnOnce(&mut Writer) -> Result<(), Error>,
) -> Result<String, Refusal> {
    let action = format!("{action}Response");
    Ok(envelope(&action, Some(&head.message_id), body)?)
}

/// Writes a response. `relates_to` is the id of the request, if it is known.
pub(crate) fn envelope(
    action: &str,
    relates_to: Option<&str>,
    body: impl FnOnce(&mut Writer) -> Result<(), Error>,
) -> Result<String, Error> {
    let mut writer = Writer::new();
    writer.start("s:Envelope", &NAMESPACES)?;
    writer.start("s:Header", &[])?;
    writer.element("a:Action", &[], action)?;
    writer.element("a:MessageID", &[], &new_id())?;
    writer.element("a:To", &[], uris::ANONYMOUS)?;
    if let Some(relates_to) = relates_to {
        writer.element("a:RelatesTo", &[], relates_to)?;
    }
    writer.end()?;
    writer.start("s:Body", &[])?;
    body(&mut writer)?;
    writer.end()?;
    writer.end()?;
    writer.finish()
}

/// Inserts markup at the end of the element of that name, which occurs once in the document.
///
/// A page of an enumeration is cut by its size, so its items are written before the envelope around them. Values are
/// escaped, so the end tag occurs once.
pub(crate) fn insert(mut document: String, element: &str, markup: &str) -> String {
    if let Some(at) = document.find(&format!("</{element}>")) {
        document.insert_str(at, markup);
    }
    document
}

/// Writes the response to Identify (DSP0226 11). An unauthenticated client does not get the version.
pub(crate) fn identify(is_known: bool) -> Result<String, Error> {
    let mut writer = Writer::new();
    let namespaces = [
        ("xml:lang", LANGUAGE),
        ("xmlns:s", uri::SOAP),
        ("xmlns:wsmid", uri::IDENTITY),
    ];
    writer.start("s:Envelope", &namespaces)?;
    writer.empty("s:Header", &[])?;
    writer.start("s:Body", &[])?;
    writer.start("wsmid:IdentifyResponse", &[])?;
    writer.element("wsmid:ProtocolVersion", &[], uri::WSMAN)?;
    writer.element("wsmid:ProductVendor", &[], "Microsoft Corporation")?;
    let version = if is_known { VERSION } else { NO_VERSION };
    writer.element("wsmid:ProductVersion", &[], version)?;
    (0..3).try_for_each(|_| writer.end())?;
    writer.finish()
}

/// Returns a new id for a message, a context or a job, as WinRM spells it.
pub(crate) fn new_id() -> String {
    let id = Uuid::new_v4().as_hyphenated().to_string();
    format!("uuid:{}", id.to_uppercase())
}

const NAMESPACES: [(&str, &str); 9] = [
    ("xml:lang", LANGUAGE),
    ("xmlns:s", uri::SOAP),
    ("xmlns:a", uri::ADDRESSING),
    ("xmlns:x", uri::TRANSFER),
    ("xmlns:e", uri::EVENTING),
    ("xmlns:n", uri::ENUMERATION),
    ("xmlns:w", uri::WSMAN),
    ("xmlns:p", uri::WINRM),
    ("xmlns:b", uri::CIM_BINDING),
];

/// The language of the host.
const LANGUAGE: &str = "en-US";
/// The version in the form of Windows, marked as simulated.
const VERSION: &str = "OS: 10.0.20348 SP: 0.0 Stack: 3.0 (simulated)";
const NO_VERSION: &str = "OS: 0.0.0 SP: 0.0 Stack: 3.0 (simulated)";
