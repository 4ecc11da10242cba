//! How a sealed message is framed in an HTTP body (\[MS-WSMV\] 2.2.9.1).
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
//! It looks like MIME and is not: no blank line follows the part headers, and the sealed bytes may well look like a
//! boundary. So the sealed part is measured by `Length` and by the length of its header, and never searched. What
//! servers vary is tolerated: the tabs, a space after the dashes, line ends after the closing boundary.

use std::fmt;

use crate::auth::Sealed;

/// The content type of a body framed by [`frame`].
pub(crate) fn content_type(protocol: &str) -> String {
    format!("{ENCRYPTED};protocol=\"{protocol}\";boundary=\"{BOUNDARY}\"")
}

/// Frames a sealed message whose plain text was an envelope of `length` bytes in UTF-8.
pub(crate) fn frame(protocol: &str, length: usize, sealed: &Sealed) -> Result<Vec<u8>, Error> {
    let header_length = u32::try_from(sealed.header.len()).map_err(|_| Error::HeaderLength)?;
    let mut body = format!(
        "--{BOUNDARY}\r\n\
         \tContent-Type: {protocol}\r\n\
         \tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={length}\r\n\
         --{BOUNDARY}\r\n\
         \tContent-Type: application/octet-stream\r\n"
    )
    .into_bytes();
    body.reserve_exact(4 + sealed.header.len() + sealed.data.len() + BOUNDARY.len() + 6);
    body.extend_from_slice(&header_length.to_le_bytes());
    body.extend_from_slice(&sealed.header);
    body.extend_from_slice(&sealed.data);
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    Ok(body)
}

/// A sealed message as it came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    /// The charset of the plain text.
    pub(crate) charset: Option<String>,
    /// The signature or token header.
    pub(crate) header: &'a [u8],
    /// The cipher text, as long as the plain text.
    pub(crate) data: &'a [u8],
}

/// Whether this content type promises sealed messages, of the kind that [`read`] reads or of another.
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

/// The value of `name=value` in a header field, without its quotes.
pub(crate) fn parameter<'a>(field: &'a str, name: &str) -> Option<&'a str> {
    field.split(';').find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        key.trim().eq_ignore_ascii_case(name).then_some(value)
    })
}

/// The part of a content type in front of its parameters.
pub(crate) fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// What is wrong with a framed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// It ends too early.
    Truncated,
    /// A boundary is not where it belongs.
    Boundary,
    /// A part's header is not the one that belongs there, or is no header.
    PartHeader,
    /// `OriginalContent` gives no proper length.
    Length,
    /// The signature or token header is larger than any known one.
    HeaderLength,
    /// The body holds several sealed parts, as CredSSP frames them.
    SeveralParts,
    /// Something follows the closing boundary.
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

/// Walks through a framed message from its front.
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

    /// One line of text, without its end.
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

    /// Reads the first part, which has headers only, through the delimiter that ends it.
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

    /// Reads the closing boundary, which follows the sealed bytes at once, and the line ends after it.
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
        self.expect(b"\r\n")?;
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

/// Whether a line is `--boundary`, or `-- boundary` as Exchange and MS-WSMV 4.5 write it.
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

/// A signature of NTLM has 16 bytes and a token header of Kerberos 60; no mechanism comes near this.
const MAX_HEADER: usize = 4096;
/// The longest line of the format is `OriginalContent`, with some 80 bytes.
const MAX_LINE: usize = 1024;
/// The format has two headers in the first part; beyond this many lines a body is not in the format.
const MAX_PART_HEADERS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    const SPNEGO: &str = "application/HTTP-SPNEGO-session-encrypted";

    /// Recorded for this project from OMI: an NTLM login and two sealed exchanges, the second of them asked twice.
    const OMI: &[u8] = include_bytes!("../../auth/ntlm/testdata/omi-transcript.bin");

    /// The content type and the body of each sealed message in [`OMI`].
    fn recorded() -> Vec<(&'static str, &'static [u8])> {
        let mut found = Vec::new();
        let mut rest = OMI;
        while let Some(at) = find(rest, b"\n\n--Encrypted Boundary\r\n") {
            let head = std::str::from_utf8(&rest[rest[..at].rfind_message()..at]).unwrap();
            let field = |name| {
                head.lines()
                    .find_map(|line| line.strip_prefix(name))
                    .unwrap()
            };
            let length: usize = field("Content-Length: ").parse().unwrap();
            rest = &rest[at + 2..];
            found.push((field("Content-Type: "), &rest[..length]));
            rest = &rest[length..];
        }
        found
    }

    trait RfindMessage {
        fn rfind_message(&self) -> usize;
    }

    impl RfindMessage for [u8] {
        fn rfind_message(&self) -> usize {
            self.windows(4)
                .rposition(|window| window == b">>> " || window == b"<<< ")
                .unwrap()
        }
    }

    fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
        haystack
            .windows(needle.len())
            .position(|window| window == needle)
    }

    fn hand_made(delimiter: &str, indent: &str, end: &str) -> Vec<u8> {
        let mut body = format!(
            "{delimiter}\r\n{indent}Content-Type: {SPNEGO}\r\n\
             {indent}OriginalContent: type=application/soap+xml;charset=UTF-16;Length=5\r\n\
             {delimiter}\r\n{indent}Content-Type: application/octet-stream\r\n"
        )
        .into_bytes();
        body.extend_from_slice(b"\x03\0\0\0SIGhello");
        body.extend_from_slice(format!("{delimiter}--{end}").as_bytes());
        body
    }

    fn hello() -> Message<'static> {
        Message {
            charset: Some("UTF-16".to_owned()),
            header: b"SIG",
            data: b"hello",
        }
    }

    #[test]
    fn frames_as_the_specification_draws_it() {
        let sealed = Sealed {
            header: b"SIG".to_vec(),
            data: b"hello".to_vec(),
        };
        assert_eq!(
            String::from_utf8(frame(SPNEGO, 5, &sealed).unwrap()).unwrap(),
            "--Encrypted Boundary\r\n\
             \tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n\
             \tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=5\r\n\
             --Encrypted Boundary\r\n\
             \tContent-Type: application/octet-stream\r\n\
             \x03\0\0\0SIGhello--Encrypted Boundary--\r\n"
        );
        assert_eq!(
            content_type(SPNEGO),
            "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";\
             boundary=\"Encrypted Boundary\""
        );
    }

    #[test]
    fn frames_what_a_client_that_omi_accepted_framed() {
        let (recorded_type, recorded_body) = recorded()[0];
        let message = read(recorded_type, recorded_body).unwrap();
        let sealed = Sealed {
            header: message.header.to_vec(),
            data: message.data.to_vec(),
        };
        assert_eq!(content_type(SPNEGO), recorded_type);
        assert_eq!(frame(SPNEGO, 1442, &sealed).unwrap(), recorded_body);
    }

    #[test]
    fn reads_what_omi_sent_and_was_sent() {
        // Lengths, charset and signatures as a hex viewer shows them: version 1, checksum, sequence number.
        let expected: [(usize, [u8; 8], u8); 5] = [
            (1442, [0x41, 0x8b, 0xbe, 0xad, 0xf4, 0x2c, 0x3c, 0x0d], 0),
            (1765, [0xba, 0x8d, 0x85, 0xcb, 0x32, 0xde, 0x62, 0x8c], 0),
            (2135, [0xf1, 0xaf, 0x3d, 0xf3, 0xaa, 0x30, 0xb1, 0x30], 1),
            (1742, [0xb4, 0x65, 0xa3, 0xb9, 0xbf, 0x96, 0x5a, 0x2d], 1),
            (1765, [0xf4, 0xa4, 0xa2, 0xa0, 0x16, 0x65, 0x56, 0x57], 2),
        ];
        let recorded = recorded();
        assert_eq!(recorded.len(), expected.len());
        for ((content_type, body), (length, checksum, sequence)) in recorded.iter().zip(expected) {
            let message = read(content_type, body).unwrap();
            assert_eq!(message.charset.as_deref(), Some("UTF-8"));
            assert_eq!(message.data.len(), length);
            assert_eq!(message.header[..4], [1, 0, 0, 0]);
            assert_eq!(message.header[4..12], checksum);
            assert_eq!(message.header[12..], [sequence, 0, 0, 0]);
        }
    }

    #[test]
    fn every_truncation_of_a_recorded_message_is_an_error() {
        for (content_type, body) in recorded() {
            let whole = body.trim_ascii_end().len() + 2;
            for length in 0..whole {
                assert_eq!(
                    read(content_type, &body[..length]),
                    Err(Error::Truncated),
                    "{length}"
                );
            }
            assert!(read(content_type, &body[..whole]).is_ok());
        }
    }

    #[test]
    fn tolerates_what_servers_vary() {
        for (delimiter, indent, end) in [
            ("--Encrypted Boundary", "\t", "\r\n"),
            ("--Encrypted Boundary", "", "\r\n\r\n"),
            ("-- Encrypted Boundary", "\t", "\r\n"),
            ("-- Encrypted Boundary", " ", "\r\n"),
        ] {
            let body = hand_made(delimiter, indent, end);
            assert_eq!(
                read(&content_type(SPNEGO), &body),
                Ok(hello()),
                "{delimiter:?}"
            );
        }
        let body = hand_made("--b=1", "\t", "\r\n");
        let odd = "Multipart/Encrypted; Protocol=x; BOUNDARY=b=1";
        assert_eq!(read(odd, &body), Ok(hello()));
        let body = hand_made("--Encrypted Boundary", "\t", "\r\n");
        assert_eq!(read("multipart/encrypted", &body), Ok(hello()));
        let lower = String::from_utf8(body)
            .unwrap()
            .replace("charset", "CharSet");
        assert_eq!(read("multipart/encrypted", lower.as_bytes()), Ok(hello()));
    }

    #[test]
    fn never_looks_for_the_boundary_in_sealed_bytes() {
        let sealed = Sealed {
            header: b"--Encrypted Boundary--\r\n".to_vec(),
            data: b"--Encrypted Boundary--\r\n--Encrypted Boundary\r\n".to_vec(),
        };
        let body = frame(SPNEGO, sealed.data.len(), &sealed).unwrap();
        let message = read(&content_type(SPNEGO), &body).unwrap();
        assert_eq!(message.header, sealed.header);
        assert_eq!(message.data, sealed.data);
    }

    #[test]
    fn refuses_what_is_not_in_the_format() {
        let good = String::from_utf8(hand_made("--Encrypted Boundary", "\t", "\r\n")).unwrap();
        for (from, to, error) in [
            ("Length=5", "Length=4", Error::Boundary),
            ("Length=5", "Length=6", Error::Boundary),
            ("Length=5", "Length=18446744073709551615", Error::Truncated),
            ("Length=5", "Length=99999999999999999999", Error::Length),
            ("Length=5", "Length=-5", Error::Length),
            (";Length=5", "", Error::Length),
            ("\tOriginalContent", "\tOther", Error::Length),
            ("OriginalContent:", "OriginalContent", Error::PartHeader),
            (
                "\tContent-Type: application/octet-stream",
                "\tA: b",
                Error::PartHeader,
            ),
            ("\x03\0\0\0", "\x02\0\0\0", Error::Boundary),
            ("\x03\0\0\0", "\x01\x10\0\0", Error::HeaderLength),
            ("\x03\0\0\0", "\x7f\x7f\x7f\x7f", Error::HeaderLength),
            (
                "hello--Encrypted Boundary--",
                "hello--Encrypted Boundary",
                Error::SeveralParts,
            ),
            (
                "hello--Encrypted Boundary--",
                "hello--Encrypted Boundary-.",
                Error::Boundary,
            ),
            (
                "hello--Encrypted Boundary--",
                "hello\r\n--Encrypted Boundary--",
                Error::Boundary,
            ),
            ("Boundary--\r\n", "Boundary--\r\nmore", Error::Trailing),
            (
                "--Encrypted Boundary\r\n\tContent-Type: application/octet",
                "--Other\r\n\tA",
                Error::PartHeader,
            ),
        ] {
            assert!(good.contains(from), "{from:?}");
            let bad = good.replace(from, to);
            assert_eq!(
                read(&content_type(SPNEGO), bad.as_bytes()),
                Err(error),
                "{from:?} to {to:?}"
            );
        }
        let good = good.as_bytes();
        assert_eq!(
            read("multipart/encrypted;boundary=other", good),
            Err(Error::Boundary)
        );
        assert_eq!(
            read(
                "multipart/x-multi-encrypted;boundary=\"Encrypted Boundary\"",
                good
            ),
            Err(Error::SeveralParts)
        );
    }

    #[test]
    fn bounds_its_lines_and_headers() {
        let endless = format!("--Encrypted Boundary\r\n{}", "a".repeat(10_000));
        assert_eq!(
            read("multipart/encrypted", endless.as_bytes()),
            Err(Error::PartHeader)
        );
        let many = format!("--Encrypted Boundary\r\n{}", "a: b\r\n".repeat(1_000));
        assert_eq!(
            read("multipart/encrypted", many.as_bytes()),
            Err(Error::PartHeader)
        );
    }

    #[test]
    fn knows_its_content_types() {
        assert!(is_sealed("Multipart/Encrypted;protocol=\"x\""));
        assert!(is_sealed("multipart/x-multi-encrypted"));
        assert!(!is_sealed("application/soap+xml;charset=UTF-8"));
        assert!(!is_sealed("multipart/encrypted-not"));
    }
}
