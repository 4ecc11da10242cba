//! HTTP messages, as saved or written down.
//!
//! Three notations are read: the wire format (`HTTP/1.1 200 OK`, `POST /wsman HTTP/1.1`); a status and headers alone
//! (`HTTP 500`); and a dialogue of both sides, with `>>> ` or `<<< ` before each message and its length in
//! `Content-Length`. Lines end with LF or CRLF.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::auth::AuthToken;
use crate::printable::excerpt;
use crate::wsman::{Envelope, ReplyError};

use super::{envelope, multipart};

/// An HTTP message.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct HttpMessage {
    /// The first line.
    pub start: StartLine,
    /// The content type, as the message gives it.
    pub content_type: Option<String>,
    /// The logins in its headers: the credentials of a client, or the offers or answers of a server.
    pub logins: Vec<Login>,
    /// The content.
    pub content: Content,
}

/// The first line of an HTTP message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartLine {
    /// A request of a client.
    Request {
        /// The method: `POST`.
        method: String,
        /// The target: `/wsman`.
        target: String,
    },
    /// The status of a server's response.
    Status(u16),
}

/// A header about a login.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Login {
    /// The scheme: `Negotiate`.
    pub scheme: String,
    /// The token, if there is one. The credentials of Basic are not read.
    pub token: Option<AuthToken>,
}

/// The content of an HTTP message.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// No content.
    Nothing,
    /// The number of bytes that were announced and not written down.
    Missing(usize),
    /// An envelope.
    Envelope(Box<Envelope>),
    /// A sealed envelope.
    Sealed(SealedBody),
    /// Bytes that are not an envelope.
    Other {
        /// The number of bytes.
        length: usize,
        /// The problem with them.
        problem: String,
    },
}

/// A sealed envelope. Its text cannot be read without the session that sealed it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SealedBody {
    /// The protocol of the seal: `application/HTTP-SPNEGO-session-encrypted`.
    pub protocol: Option<String>,
    /// The length of the signature or the token header, in bytes.
    pub header_length: usize,
    /// The length of the envelope, in bytes.
    pub length: usize,
    /// The charset of the envelope.
    pub charset: Option<String>,
}

impl SealedBody {
    pub(super) fn read(content_type: &str, body: &[u8]) -> Result<Self, String> {
        let message = multipart::read(content_type, body).map_err(|error| error.to_string())?;
        Ok(Self {
            protocol: multipart::parameter(content_type, "protocol").map(str::to_owned),
            header_length: message.header.len(),
            length: message.data.len(),
            charset: message.charset,
        })
    }
}

/// Reports whether bytes begin like an HTTP message.
pub(super) fn is_http(bytes: &[u8]) -> bool {
    let line = bytes.trim_ascii_start().split(|byte| *byte == b'\n').next();
    let line = line.and_then(|line| str::from_utf8(line).ok());
    line.is_some_and(|line| start_line(line).is_some())
}

/// Reads all messages.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<HttpMessage>, ReplyError> {
    let mut rest = bytes.trim_ascii_start();
    let mut messages = Vec::new();
    while !rest.is_empty() {
        if messages.len() == MAX_MESSAGES {
            let what = format!("more than {MAX_MESSAGES} HTTP messages");
            return Err(ReplyError::Unexpected(what));
        }
        messages.push(read_one(&mut rest).map_err(|what| {
            let number = messages.len() + 1;
            ReplyError::Unexpected(format!("HTTP message {number} {what}"))
        })?);
        rest = rest.trim_ascii_start();
    }
    Ok(messages)
}

/// Reads one message and advances past it.
fn read_one(rest: &mut &[u8]) -> Result<HttpMessage, String> {
    let line = take_line(rest)?;
    let start = start_line(line)
        .ok_or_else(|| format!("begins with {:?}, which is no HTTP", excerpt(line)))?;
    // In a dialogue, a message without Content-Length has no content: the next message follows.
    let is_dialogue = [">>> ", "<<< "].iter().any(|lead| line.starts_with(lead));
    let (mut content_type, mut length) = (None, is_dialogue.then_some(0));
    let mut logins = Vec::new();
    for count in 0.. {
        let line = if rest.is_empty() {
            ""
        } else {
            take_line(rest)?
        };
        if line.is_empty() {
            break;
        }
        if count == MAX_HEADERS {
            return Err(format!("has more than {MAX_HEADERS} headers"));
        }
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| format!("has a header without a colon: {:?}", excerpt(line)))?;
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "content-type" => content_type = Some(value.to_owned()),
            "content-length" => {
                let number = value.parse::<usize>();
                length = Some(number.map_err(|_| "has no proper Content-Length".to_owned())?);
            }
            "authorization" | "www-authenticate" | "proxy-authorization" | "proxy-authenticate" => {
                logins.push(login(value))
            }
            _ => {}
        }
    }
    let content = content(rest, content_type.as_deref(), length);
    Ok(HttpMessage {
        start,
        content_type,
        logins,
        content,
    })
}

fn start_line(line: &str) -> Option<StartLine> {
    let line = line.trim_end();
    let line = line
        .strip_prefix(">>> ")
        .or_else(|| line.strip_prefix("<<< "))
        .unwrap_or(line);
    let mut words = line.split(' ');
    let first = words.next()?;
    let status = |word: &str| {
        let is_status = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
        is_status.then(|| word.parse().ok()).flatten()
    };
    if first == "HTTP" || first.starts_with("HTTP/") {
        return status(words.next()?).map(StartLine::Status);
    }
    if let Some(status) = status(first) {
        return Some(StartLine::Status(status));
    }
    let target = words.next()?;
    let is_method = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_target = target.starts_with(['/', '*']) || target.contains("://");
    (is_method && is_target).then(|| StartLine::Request {
        method: first.to_owned(),
        target: target.to_owned(),
    })
}

/// Reads one line, without its line end, and advances past it.
fn take_line<'a>(rest: &mut &'a [u8]) -> Result<&'a str, String> {
    let end = rest.iter().take(MAX_LINE).position(|byte| *byte == b'\n');
    let (line, after) = match end {
        Some(end) => (rest.get(..end), rest.get(end + 1..)),
        None if rest.len() < MAX_LINE => (Some(*rest), None),
        None => return Err(format!("has a line of more than {MAX_LINE} bytes")),
    };
    *rest = after.unwrap_or_default();
    let line = line.unwrap_or_default();
    let line = str::from_utf8(line).map_err(|_| "has a line that is no text".to_owned())?;
    Ok(line.trim_end_matches('\r'))
}

fn login(value: &str) -> Login {
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let rest = rest.trim();
    let has_token = !rest.is_empty()
        && ["Negotiate", "Kerberos", "NTLM"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known));
    let token = has_token.then(|| match BASE64_STANDARD.decode(rest) {
        Ok(token) => AuthToken::read(&token),
        Err(_) => AuthToken::Other(rest.len()),
    });
    Login {
        scheme: scheme.to_owned(),
        token,
    }
}

/// Reads the content and advances past it: as many bytes as the head announces, otherwise all that are left.
fn content(rest: &mut &[u8], content_type: Option<&str>, length: Option<usize>) -> Content {
    let wanted = length.unwrap_or(rest.len());
    let (body, after) = rest.split_at(wanted.min(rest.len()));
    *rest = after;
    if body.is_empty() {
        return if wanted == 0 {
            Content::Nothing
        } else {
            Content::Missing(wanted)
        };
    }
    let other = |problem| Content::Other {
        length: body.len(),
        problem,
    };
    if body.len() < wanted {
        let length = body.len();
        return other(format!("it ends after {length} of {wanted} bytes"));
    }
    let content_type = content_type.unwrap_or_default();
    if multipart::is_sealed(content_type) {
        return SealedBody::read(content_type, body).map_or_else(other, Content::Sealed);
    }
    match envelope(body, multipart::parameter(content_type, "charset")) {
        Ok(envelope) => Content::Envelope(Box::new(envelope)),
        Err(error) => other(error.to_string()),
    }
}

/// The longest line, in bytes. A token in `Authorization` may have 64 KiB before it is encoded.
const MAX_LINE: usize = 128 * 1024;
/// The most headers of a message: more than any server sends.
const MAX_HEADERS: usize = 200;
/// The most messages of an input: more than a user reads.
const MAX_MESSAGES: usize = 10_000;
