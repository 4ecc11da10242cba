//! Explanations of bytes from anywhere: envelopes, HTTP messages around them, and the tokens of a login.
//!
//! [`explain`] takes what a file holds, wherever it comes from, and needs no host. It reads an envelope of either side,
//! of any WS-Management service, in UTF-8 or UTF-16; HTTP messages with their heads, one or many in a row, as a server's
//! answer was saved or a dialogue was written down; and sealed bodies, as far as they can be read without the session.
//! No password can be guessed from what it shows: the challenges and responses of logins are left out.
//!
//! ```
//! use cimwire::explain::{Answer, Body, Explanation, explain};
//!
//! let answer = std::fs::read("xml-fixtures/client-get/01-response.xml")?;
//! let Explanation::Envelope(envelope) = explain(&answer)? else {
//!     panic!("it is an envelope");
//! };
//! let Body::Answer(Answer::Instance(vm)) = envelope.body else {
//!     panic!("it is the answer to a Get");
//! };
//! assert_eq!(vm.class_name(), "Msvm_ComputerSystem");
//! assert_eq!(vm.get::<u16>("ReplicationState")?, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod http;

use crate::error::{Error, ErrorKind};
use crate::transport::http::multipart;
use crate::wsman::ReplyError;
use crate::xml;

pub use crate::auth::{AuthToken, NtlmToken};
pub use crate::wsman::{
    Answer, Association, Body, Envelope, Headers, Mode, PageExplained as Page, PageItem, Request,
    Requested, RequestedFilter,
};
pub use http::{Content, HttpMessage, Login, SealedBody, StartLine};

/// The meaning of some bytes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Explanation {
    /// An envelope.
    Envelope(Box<Envelope>),
    /// HTTP messages, in order.
    Http(Vec<HttpMessage>),
    /// The body of an HTTP message whose envelope is sealed.
    Sealed(SealedBody),
}

/// Explains what a file holds: an envelope, HTTP messages, or a sealed body.
///
/// A fault is an explanation like any other. So is an HTTP message whose body is none of these; its
/// [`Content`] says what is wrong with it.
///
/// # Errors
///
/// With [`ErrorKind::Answer`], where the bytes are none of these, or an envelope that is broken; what is wrong, and
/// where, is the [source](std::error::Error::source).
pub fn explain(bytes: &[u8]) -> Result<Explanation, Error> {
    let refuse = |what| {
        let doing = "could not explain it as WS-Management";
        Error::from_reply(doing.to_owned(), what)
    };
    if bytes.len() > MAX_LENGTH {
        let what = format!("more than {} MiB are no envelope", MAX_LENGTH >> 20);
        return Err(Error::new(ErrorKind::Answer, what));
    }
    if http::is_http(bytes) {
        return http::read(bytes).map(Explanation::Http).map_err(refuse);
    }
    if bytes.trim_ascii_start().starts_with(b"--") {
        let sealed = SealedBody::read("multipart/encrypted", bytes.trim_ascii_start());
        return sealed
            .map(Explanation::Sealed)
            .map_err(|error| refuse(ReplyError::Unexpected(error)));
    }
    let envelope = envelope(bytes, None).map_err(refuse)?;
    Ok(Explanation::Envelope(Box::new(envelope)))
}

/// Reads an envelope in the encoding that its first bytes tell, or its charset.
fn envelope(bytes: &[u8], charset: Option<&str>) -> Result<Envelope, ReplyError> {
    if bytes.trim_ascii().is_empty() {
        return Err(ReplyError::Unexpected("there is nothing in it".to_owned()));
    }
    let text = xml::decode(bytes.trim_ascii_start(), charset)?;
    if !text
        .trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n'])
        .starts_with('<')
    {
        let what = "it is neither XML nor HTTP".to_owned();
        return Err(ReplyError::Unexpected(what));
    }
    Envelope::read(&text)
}

/// Ample for a recorded dialogue, and for any envelope, which services bound at a few MiB.
const MAX_LENGTH: usize = 64 << 20;

#[cfg(test)]
mod tests;
