//! Explanations of recorded bytes: envelopes, the HTTP messages around them, and the tokens of a login.

mod http;

use std::fmt;

use serde::ser::{Serialize, Serializer};

use crate::cim::{Properties, Reference};
use crate::error::{Error, ErrorKind};
use crate::transport::http::multipart;
use crate::wsman::{self, Fields, Node, ReplyError};
use crate::xml;

/// The content of a recorded message. [`explain`] makes it.
///
/// It is displayed as an outline, and serialized as an object. The field `is` of the object is `request`, `answer`,
/// `fault`, `http` or `sealed`. Fields without a value are missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation(Fields);

impl Explanation {
    /// Returns the object or class that a request addresses.
    pub fn target(&self) -> Option<&Reference> {
        match self.0.get("target")? {
            Node::Reference(target) => Some(target),
            _ => None,
        }
    }

    /// Returns the method that a request calls, or whose output a response contains.
    pub fn method(&self) -> Option<&str> {
        match self.0.get("method")? {
            Node::Text(method) => Some(method),
            _ => None,
        }
    }

    /// Returns the parameters of a method call or of its output.
    ///
    /// They have the types that the message names. Most messages name none; then a value is text, a time, a reference
    /// or an instance, depending on its form. The CIM-XML text of an embedded instance is read as an instance.
    pub fn parameters(&self) -> Option<&Properties> {
        match self.0.get("parameters")? {
            Node::Values(parameters) => Some(parameters),
            _ => None,
        }
    }

    /// Returns the errors of HTTP messages whose content is cut off, or is not an envelope. Content that was left out
    /// altogether is not an error.
    pub fn problems(&self) -> Vec<String> {
        let Some(Node::List(messages)) = self.0.get("messages") else {
            return Vec::new();
        };
        let problems = messages.iter().enumerate().filter_map(|(index, message)| {
            let problem = http::problem_of(message)?;
            Some(format!("the content of message {}: {problem}", index + 1))
        });
        problems.collect()
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Explanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Explains the content of a file: an envelope, HTTP messages, or a sealed body.
///
/// It needs no host. It reads an envelope of either side, of any WS-Management service, in UTF-8 or UTF-16; HTTP messages
/// with their heads, one or many in a row, as saved from a server or written down as a dialogue; and sealed bodies, as
/// far as they can be read without the session. The challenges and responses of logins are left out, so that a password
/// cannot be guessed from the explanation.
///
/// ```
/// let request = std::fs::read("xml-fixtures/replication-network/03-request.xml")?;
/// let request = cimwire::explain(&request)?;
/// assert_eq!(request.method(), Some("StartReplication"));
/// println!("{request}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Returns an error of [`ErrorKind::Answer`] if the bytes are not one of these, or if the envelope is malformed. The
/// [source](std::error::Error::source) describes the problem and its position. HTTP messages whose content is not an
/// envelope are explained; see [`Explanation::problems`].
pub fn explain(bytes: &[u8]) -> Result<Explanation, Error> {
    let refuse = |error| {
        let doing = "could not explain it as WS-Management";
        Error::from_reply(doing.to_owned(), error)
    };
    if bytes.len() > MAX_LENGTH {
        let what = format!("more than {} MiB are not an envelope", MAX_LENGTH >> 20);
        return Err(Error::new(ErrorKind::Answer, what));
    }
    let fields = if http::is_http(bytes) {
        http::read(bytes)
    } else if bytes.trim_ascii_start().starts_with(b"--") {
        let sealed = http::sealed_body("multipart/encrypted", bytes.trim_ascii_start());
        let sealed = sealed.map_err(ReplyError::Unexpected);
        sealed.map(|sealed| {
            Fields::new(sealed.title())
                .with("sealed", sealed.untitled())
                .with_hidden("is", "sealed")
        })
    } else {
        envelope(bytes, None)
    };
    fields.map(Explanation).map_err(refuse)
}

/// Reads an envelope in the encoding that its first bytes or its charset indicate.
fn envelope(bytes: &[u8], charset: Option<&str>) -> Result<Fields, ReplyError> {
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
    wsman::explain(&text)
}

/// The longest input, in bytes: ample for a recorded dialogue, and for any envelope, which services limit to a few MiB.
const MAX_LENGTH: usize = 64 << 20;

#[cfg(test)]
mod tests;
