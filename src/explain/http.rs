//! HTTP messages, as saved or written down.
//!
//! Three notations are read: the wire format (`HTTP/1.1 200 OK`, `POST /wsman HTTP/1.1`); a status and headers alone
//! (`HTTP 500`); and a dialogue of both sides, with `>>> ` or `<<< ` before each message and its length in
//! `Content-Length`. Lines end with LF or CRLF.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::auth::{AuthToken, NtlmToken};
use crate::printable::excerpt;
use crate::wsman::{Fields, Node, ReplyError};

use super::{envelope, multipart};

/// The first line of an HTTP message.
enum StartLine<'a> {
    Request { method: &'a str, target: &'a str },
    Status(u16),
}

/// Returns the error of a message whose content is not an envelope.
pub(super) fn problem_of(message: &Node) -> Option<&str> {
    let Node::Fields(message) = message else {
        return None;
    };
    match message.get("content")? {
        Node::Fields(content) => match content.get("problem")? {
            Node::Text(problem) => Some(problem),
            _ => None,
        },
        _ => None,
    }
}

/// Describes a sealed envelope, which cannot be read without the session that sealed it.
pub(super) fn sealed_body(content_type: &str, body: &[u8]) -> Result<Fields, String> {
    let message = multipart::read(content_type, body).map_err(|error| error.to_string())?;
    let title = format!(
        "a sealed envelope of {} bytes, readable only within its session",
        message.data.len()
    );
    Ok(Fields::new(title)
        .with("protocol", multipart::parameter(content_type, "protocol"))
        .with("header_length", message.header.len())
        .with("length", message.data.len())
        .with("charset", message.charset))
}

/// Reports whether bytes begin like an HTTP message.
pub(super) fn is_http(bytes: &[u8]) -> bool {
    let line = bytes.trim_ascii_start().split(|byte| *byte == b'\n').next();
    let line = line.and_then(|line| str::from_utf8(line).ok());
    line.is_some_and(|line| start_line(line).is_some())
}

/// Reads all messages.
pub(super) fn read(bytes: &[u8]) -> Result<Fields, ReplyError> {
    let mut rest = bytes.trim_ascii_start();
    let mut messages = Vec::new();
    while !rest.is_empty() {
        if messages.len() == MAX_MESSAGES {
            let what = format!("more than {MAX_MESSAGES} HTTP messages");
            return Err(ReplyError::Unexpected(what));
        }
        let message = read_one(&mut rest).map_err(|what| {
            let number = messages.len() + 1;
            ReplyError::Unexpected(format!("HTTP message {number} {what}"))
        })?;
        messages.push(Node::Fields(message));
        rest = rest.trim_ascii_start();
    }
    Ok(Fields::new("HTTP")
        .with("messages", messages)
        .with_hidden("is", "http"))
}

/// Reads one message and advances past it.
fn read_one(rest: &mut &[u8]) -> Result<Fields, String> {
    let line = take_line(rest)?;
    let start = start_line(line)
        .ok_or_else(|| format!("begins with {:?}, which is not HTTP", excerpt(line)))?;
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
                logins.push(Node::Fields(login(value)));
            }
            _ => {}
        }
    }
    let content = content(rest, content_type.as_deref(), length);
    let logins = Some(logins).filter(|logins| !logins.is_empty());
    let message = match start {
        StartLine::Request { method, target } => {
            Fields::new(format!("> {method} {target}: {}", content.title()))
                .with_hidden("method", method)
                .with_hidden("target", target)
        }
        StartLine::Status(status) => Fields::new(format!("< {status}: {}", content.title()))
            .with_hidden("status", usize::from(status)),
    };
    Ok(message
        .with_hidden("content_type", content_type)
        .with("logins", logins)
        .with("content", content.untitled()))
}

fn start_line(line: &str) -> Option<StartLine<'_>> {
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
    (is_method && is_target).then_some(StartLine::Request {
        method: first,
        target,
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
    let line = str::from_utf8(line).map_err(|_| "has a line that is not text".to_owned())?;
    Ok(line.trim_end_matches('\r'))
}

fn login(value: &str) -> Fields {
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let rest = rest.trim();
    // The credentials of Basic are not read.
    let has_token = !rest.is_empty()
        && ["Negotiate", "Kerberos", "NTLM"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known));
    let token = has_token.then(|| match BASE64_STANDARD.decode(rest) {
        Ok(token) => AuthToken::read(&token),
        Err(_) => AuthToken::Other(rest.len()),
    });
    Fields::new(format!("Login by {scheme}"))
        .with_hidden("scheme", scheme)
        .with("token", token.map(token_fields))
}

fn token_fields(token: AuthToken) -> Fields {
    let named = |name: &str| Fields::new(name).with_hidden("is", name);
    match token {
        AuthToken::Ntlm(message) => ntlm_fields(message),
        AuthToken::Spnego {
            mechanisms,
            state,
            inside,
        } => named("SPNEGO")
            .with("mechanisms", mechanisms)
            .with("state", state)
            .with("inside", inside.map(|inside| token_fields(*inside))),
        AuthToken::Kerberos { message, service } => {
            named(&format!("Kerberos {message}")).with("service", service)
        }
        AuthToken::Other(length) => named("other").with("length", length),
    }
}

fn ntlm_fields(message: NtlmToken) -> Fields {
    let named = |name: &str| Fields::new(name).with_hidden("is", name);
    match message {
        NtlmToken::Negotiate { flags } => named("NTLM NEGOTIATE").with("flags", flags),
        NtlmToken::Challenge { target, flags } => named("NTLM CHALLENGE")
            .with("target", target)
            .with("flags", flags),
        NtlmToken::Authenticate {
            domain,
            user,
            target,
            flags,
        } => named("NTLM AUTHENTICATE")
            .with("domain", domain)
            .with("user", user)
            .with("target", target)
            .with("flags", flags),
    }
}

/// Reads the content and advances past it: as many bytes as the head announces, otherwise all that are left.
fn content(rest: &mut &[u8], content_type: Option<&str>, length: Option<usize>) -> Fields {
    let wanted = length.unwrap_or(rest.len());
    let (body, after) = rest.split_at(wanted.min(rest.len()));
    *rest = after;
    if body.is_empty() {
        return match wanted {
            0 => Fields::new("no content").with_hidden("is", "nothing"),
            _ => Fields::new(format!("{wanted} bytes, which are missing"))
                .with_hidden("length", wanted)
                .with_hidden("is", "missing"),
        };
    }
    let other = |problem: String| {
        Fields::new(format!("{} bytes that are not an envelope", body.len()))
            .with_hidden("length", body.len())
            .with("problem", problem)
            .with_hidden("is", "other")
    };
    if body.len() < wanted {
        let length = body.len();
        return other(format!("it ends after {length} of {wanted} bytes"));
    }
    let content_type = content_type.unwrap_or_default();
    if multipart::is_sealed(content_type) {
        let sealed = sealed_body(content_type, body);
        return sealed.map_or_else(other, |sealed| {
            Fields::new(sealed.title())
                .with("sealed", sealed.untitled())
                .with_hidden("is", "sealed")
        });
    }
    match envelope(body, multipart::parameter(content_type, "charset")) {
        Ok(envelope) => envelope
            .renamed("is", "envelope")
            .with_hidden("is", "envelope"),
        Err(error) => other(error.to_string()),
    }
}

/// The longest line, in bytes. A token in `Authorization` may have 64 KiB before it is encoded.
const MAX_LINE: usize = 128 * 1024;
/// The most headers of a message: more than any server sends.
const MAX_HEADERS: usize = 200;
/// The most messages of an input: more than a user reads.
const MAX_MESSAGES: usize = 10_000;
