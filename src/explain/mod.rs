//! Explanations of recorded bytes: envelopes, the HTTP messages around them, and the tokens of a login.
//!
//! [`explain`] takes the contents of a file from any source, and needs no host. It reads an envelope of either side, of
//! any WS-Management service, in UTF-8 or UTF-16; HTTP messages with their heads, one or many in a row, as saved from a
//! server or written down as a dialogue; and sealed bodies, as far as they can be read without the session. A password
//! cannot be guessed from the explanation: the challenges and responses of logins are left out.
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

/// Explains the contents of a file: an envelope, HTTP messages, or a sealed body.
///
/// A fault is explained like any other envelope. An HTTP message whose body is neither an envelope nor a sealed body is
/// explained too; its [`Content`] describes the problem.
///
/// # Errors
///
/// Returns an error of [`ErrorKind::Answer`] if the bytes are not one of these, or if the envelope is malformed. The
/// [source](std::error::Error::source) describes the problem and its position.
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

/// Reads an envelope in the encoding that its first bytes or its charset indicate.
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

/// The longest input, in bytes: ample for a recorded dialogue, and for any envelope, which services limit to a few MiB.
const MAX_LENGTH: usize = 64 << 20;

#[cfg(test)]
mod tests;
