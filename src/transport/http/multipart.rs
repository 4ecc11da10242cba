//! The framing of a sealed message in an HTTP body (\[MS-WSMV\] 2.2.9.1).
//!
//! ```text
//! --Encrypted Boundary\r\n
//! \tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n
//! \tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=1442\r\n
//! --Encrypted Boundary\r\n
//! \tContent-Type: application/octet-stream\r\n
//! <u32, little-endian: length of the header><header><sealed bytes>--Encrypted Boundary--\r\n
//! ```
//!
//! It resembles MIME and is not MIME: the part headers are not followed by a blank line, and the sealed bytes may
//! contain the boundary. The sealed part is therefore measured by `Length` and by the length of its header, and never
//! searched. Differences between servers are tolerated: the tabs, a space after the dashes, line ends after the closing
//! boundary.

use std::fmt;

use crate::auth::Sealed;
use crate::part_headers::PartHeaders;

/// Returns the content type of a body framed by [`frame`].
pub(crate) fn content_type(protocol: &str) -> String {
    format!("{ENCRYPTED};protocol=\"{protocol}\";boundary=\"{BOUNDARY}\"")
}

/// Frames a sealed message whose plain text is an envelope of `length` bytes in UTF-8.
pub(crate) fn frame(
    protocol: &str,
    length: usize,
    sealed: &Sealed,
    part_headers: PartHeaders,
) -> Result<Vec<u8>, Error> {
    let header_length = u32::try_from(sealed.header.len()).map_err(|_| Error::HeaderLength)?;
    let tab = match part_headers {
        PartHeaders::Tabs => "\t",
        PartHeaders::NoTabs => "",
    };
    let mut body = format!(
        "--{BOUNDARY}\r\n\
         {tab}Content-Type: {protocol}\r\n\
         {tab}OriginalContent: type=application/soap+xml;charset=UTF-8;Length={length}\r\n\
         --{BOUNDARY}\r\n\
         {tab}Content-Type: application/octet-stream\r\n"
    )
    .into_bytes();
    body.reserve_exact(4 + sealed.header.len() + sealed.data.len() + BOUNDARY.len() + 6);
    body.extend_from_slice(&header_length.to_le_bytes());
    body.extend_from_slice(&sealed.header);
    body.extend_from_slice(&sealed.data);
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    Ok(body)
}

/// A sealed message as received.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    /// The charset of the plain text.
    pub(crate) charset: Option<String>,
    /// The signature or token header.
    pub(crate) header: &'a [u8],
    /// The cipher text, as long as the plain text.
    pub(crate) data: &'a [u8],
}

/// Reports whether a content type announces sealed messages, of the kind that [`read`] reads or of another.
pub(crate) fn is_sealed(content_type: &str) -> bool {
    let media_type = media_type(content_type);
    media_type.eq_ignore_ascii_case(ENCRYPTED) || media_type.eq_ignore_ascii_case(MULTI_ENCRYPTED)
}

/// Reads the one sealed message of a body.
pub(crate) fn read<'a>(content_type: &str, body: &'a [u8]) -> Result<Message<'a>, Error> {
    if media_type(content_type).eq_ignore_ascii_case(MULTI_ENCRYPTED) {
        return Err(Error::SeveralParts);
    }
    let boundary = parameter(content_type, "boundary").unwrap_or(BOUNDARY);
    let mut reader = Reader { rest: body };

    reader.delimiter(boundary)?;
    let original = reader.original_content(boundary)?;
    let length: usize = parameter(original, "length")
        .and_then(|length| length.parse().ok())
        .ok_or(Error::Length)?;
    let charset = parameter(original, "charset").map(str::to_owned);

    let (name, _) = header_field(reader.line()?)?;
    if !name.eq_ignore_ascii_case("content-type") {
        return Err(Error::PartHeader);
    }
    let header_length = reader.little_endian()?;
    if header_length > MAX_HEADER {
        return Err(Error::HeaderLength);
    }
    let header = reader.take(header_length)?;
    let data = reader.take(length)?;
    reader.end(boundary)?;
    Ok(Message {
        charset,
        header,
        data,
    })
}

/// Returns the value of `name=value` in a header field, without its quotes.
pub(crate) fn parameter<'a>(field: &'a str, name: &str) -> Option<&'a str> {
    field.split(';').find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        key.trim().eq_ignore_ascii_case(name).then_some(value)
    })
}

/// Returns the part of a content type in front of its parameters.
pub(crate) fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// An error in a framed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// The message ends too early.
    Truncated,
    /// A boundary is missing from its place.
    Boundary,
    /// A part header is malformed, or not the expected one.
    PartHeader,
    /// `OriginalContent` does not give a valid length.
    Length,
    /// The signature or token header is larger than any known one.
    HeaderLength,
    /// The body holds several sealed parts, as CredSSP frames them.
    SeveralParts,
    /// Data follows the closing boundary.
    Trailing,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the sealed message ends too early",
            Self::Boundary => "the sealed message has no boundary where one belongs",
            Self::PartHeader => "a part of the sealed message has a malformed header",
            Self::Length => "the sealed message does not tell its length",
            Self::HeaderLength => "the sealed message has an oversized signature",
            Self::SeveralParts => {
                "the message is sealed in several parts, which CredSSP alone does"
            }
            Self::Trailing => "something follows the end of the sealed message",
        })
    }
}

impl std::error::Error for Error {}

/// A reader of a framed message, from its front.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Error::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn little_endian(&mut self) -> Result<usize, Error> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Error::Truncated)?;
        self.rest = rest;
        usize::try_from(u32::from_le_bytes(*bytes)).map_err(|_| Error::HeaderLength)
    }

    /// Reads one line of text, without its line end.
    fn line(&mut self) -> Result<&'a str, Error> {
        let window = self.rest.get(..MAX_LINE).unwrap_or(self.rest);
        let end = window.windows(2).position(|pair| pair == b"\r\n");
        let Some(end) = end else {
            return Err(if window.len() < MAX_LINE {
                Error::Truncated
            } else {
                Error::PartHeader
            });
        };
        let line = self.take(end)?;
        self.take(2)?;
        std::str::from_utf8(line).map_err(|_| Error::PartHeader)
    }

    fn delimiter(&mut self, boundary: &str) -> Result<(), Error> {
        if is_delimiter(self.line()?, boundary) {
            Ok(())
        } else {
            Err(Error::Boundary)
        }
    }

    /// Reads the first part, which consists of headers only, up to and including the delimiter that ends it.
    fn original_content(&mut self, boundary: &str) -> Result<&'a str, Error> {
        let mut original = None;
        for _ in 0..MAX_PART_HEADERS {
            let line = self.line()?;
            if is_delimiter(line, boundary) {
                return original.ok_or(Error::Length);
            }
            if line.trim().is_empty() {
                continue;
            }
            let (name, value) = header_field(line)?;
            if name.eq_ignore_ascii_case("originalcontent") {
                original = Some(value);
            }
        }
        Err(Error::PartHeader)
    }

    /// Reads the closing boundary, which immediately follows the sealed bytes, and the line ends after it.
    fn end(&mut self, boundary: &str) -> Result<(), Error> {
        self.expect(b"--")?;
        if self.rest.first() == Some(&b' ') {
            self.take(1)?;
        }
        self.expect(boundary.as_bytes())?;
        if self.rest.starts_with(b"\r\n") {
            return Err(Error::SeveralParts);
        }
        self.expect(b"--")?;
        if self.rest.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            Ok(())
        } else {
            Err(Error::Trailing)
        }
    }

    fn expect(&mut self, expected: &[u8]) -> Result<(), Error> {
        let found = self.rest.get(..expected.len()).unwrap_or(self.rest);
        if found == expected {
            self.take(expected.len())?;
            Ok(())
        } else if expected.starts_with(found) {
            Err(Error::Truncated)
        } else {
            Err(Error::Boundary)
        }
    }
}

/// Reports whether a line is `--boundary`, or `-- boundary` as Exchange and MS-WSMV 4.5 write it.
fn is_delimiter(line: &str, boundary: &str) -> bool {
    let rest = line.strip_prefix("--");
    rest.map(|rest| rest.strip_prefix(' ').unwrap_or(rest)) == Some(boundary)
}

fn header_field(line: &str) -> Result<(&str, &str), Error> {
    let (name, value) = line.split_once(':').ok_or(Error::PartHeader)?;
    Ok((name.trim(), value.trim()))
}

const ENCRYPTED: &str = "multipart/encrypted";
const MULTI_ENCRYPTED: &str = "multipart/x-multi-encrypted";
const BOUNDARY: &str = "Encrypted Boundary";

/// The longest signature or token header. A signature of NTLM has 16 bytes and a token header of Kerberos 60; no
/// mechanism comes near this.
const MAX_HEADER: usize = 4096;
/// The longest line. That of the format is `OriginalContent`, with some 80 bytes.
const MAX_LINE: usize = 1024;
/// The most lines of the first part. The format has two headers there; a body with more lines than this is not in the
/// format.
const MAX_PART_HEADERS: usize = 16;

#[cfg(test)]
mod tests;
