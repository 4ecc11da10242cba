//! Sealed messages in HTTP bodies (MS-WSMV 2.2.9.1), read as strictly as they are written.
//!
//! Written apart from the client's framing, so each finds errors of the other.

use crate::auth::Sealed;

/// A sealed message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SealedBody<'a> {
    /// The charset of the plain text.
    pub(crate) charset: Option<&'a str>,
    /// The signature.
    pub(crate) header: &'a [u8],
    /// The cipher text.
    pub(crate) data: &'a [u8],
}

/// The content type of a body that [`write`] has made.
pub(crate) const CONTENT_TYPE: &str = "multipart/encrypted;\
    protocol=\"application/HTTP-SPNEGO-session-encrypted\";boundary=\"Encrypted Boundary\"";

/// Reports whether a content type announces a sealed message of the kind that goes with Negotiate.
pub(crate) fn is_sealed(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    media_type.eq_ignore_ascii_case("multipart/encrypted")
        && parts.any(|part| {
            let protocol = strip_prefix_ignoring_case(part, "protocol=");
            protocol.is_some_and(|name| name.trim_matches('"').eq_ignore_ascii_case(PROTOCOL))
        })
}

/// Reads a body. Returns `None` if it is not in the format.
///
/// Windows accepts the headers of a part with and without the tab before them. The sealed part is measured by `Length`,
/// never searched.
pub(crate) fn read(body: &[u8]) -> Option<SealedBody<'_>> {
    let mut rest = body;
    take(&mut rest, DELIMITER)?;
    let protocol = header(line(&mut rest)?, "Content-Type")?;
    if !protocol.eq_ignore_ascii_case(PROTOCOL) {
        return None;
    }
    let original = header(line(&mut rest)?, "OriginalContent")?;
    let (charset, length) = original_content(original)?;
    take(&mut rest, DELIMITER)?;
    let kind = header(line(&mut rest)?, "Content-Type")?;
    if kind != "application/octet-stream" {
        return None;
    }
    let (header_length, after) = rest.split_first_chunk()?;
    let header_length = usize::try_from(u32::from_le_bytes(*header_length)).ok()?;
    let (header, after) = after.split_at_checked(header_length)?;
    let (data, end) = after.split_at_checked(length)?;
    matches!(
        end,
        b"--Encrypted Boundary--\r\n" | b"--Encrypted Boundary--"
    )
    .then_some(SealedBody {
        charset,
        header,
        data,
    })
}

/// Drops the zero bytes with which Microsoft's libmi fills up a plain text to a multiple of 16.
pub(crate) fn drop_padding(text: &mut Vec<u8>) {
    // In UTF-16 with the low byte first, the zero byte after the last character's low byte belongs to it.
    let is_wide = text.starts_with(b"\xFF\xFE") || text.starts_with(b"<\0");
    while text.last() == Some(&0) {
        let is_half =
            is_wide && text.len().is_multiple_of(2) && text.iter().nth_back(1) != Some(&0);
        if is_half {
            return;
        }
        text.pop();
    }
}

/// Frames a sealed message. `length` is that of the plain text.
pub(crate) fn write(length: usize, sealed: &Sealed) -> Option<Vec<u8>> {
    let head = format!(
        "--Encrypted Boundary\r\n\tContent-Type: {PROTOCOL}\r\n\
         \tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={length}\r\n\
         --Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n"
    );
    let header_length = u32::try_from(sealed.header.len()).ok()?.to_le_bytes();
    let parts = [
        head.as_bytes(),
        &header_length,
        &sealed.header,
        &sealed.data,
        b"--Encrypted Boundary--\r\n",
    ];
    Some(parts.concat())
}

/// Reads the charset and the length of `type=application/soap+xml;charset=UTF-8;Length=2162`.
fn original_content(text: &str) -> Option<(Option<&str>, usize)> {
    let (mut charset, mut length, mut is_soap) = (None, None, false);
    for part in text.split(';') {
        match part.trim().split_once('=')? {
            ("type", kind) => is_soap = kind.eq_ignore_ascii_case("application/soap+xml"),
            ("charset", name) => charset = Some(name.trim_matches('"')),
            ("Length", number) => length = Some(number.parse().ok()?),
            _ => {}
        }
    }
    Some((charset, length.filter(|_| is_soap)?))
}

fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let window = rest.get(..MAX_LINE).unwrap_or(rest);
    let end = window.windows(2).position(|pair| pair == b"\r\n")?;
    let (line, after) = rest.split_at_checked(end)?;
    *rest = after.get(2..)?;
    std::str::from_utf8(line).ok()
}

fn header<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (found, value) = line.trim_start().split_once(':')?;
    found.eq_ignore_ascii_case(name).then(|| value.trim())
}

fn take(rest: &mut &[u8], expected: &[u8]) -> Option<()> {
    *rest = rest.strip_prefix(expected)?;
    Some(())
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| text.get(prefix.len()..))
        .flatten()
}

const PROTOCOL: &str = "application/HTTP-SPNEGO-session-encrypted";
const DELIMITER: &[u8] = b"--Encrypted Boundary\r\n";
/// The maximum length of a line. The longest of the format has some 80 bytes.
const MAX_LINE: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn framed() -> Vec<u8> {
        let sealed = Sealed {
            header: b"signature-of-16-".to_vec(),
            data: b"--Encrypted Boundary--\r\n".to_vec(),
        };
        write(24, &sealed).unwrap()
    }

    #[test]
    fn what_is_written_is_as_specified_and_is_read() {
        let body = framed();
        let expected = "--Encrypted Boundary\r\n\
            \tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n\
            \tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=24\r\n\
            --Encrypted Boundary\r\n\
            \tContent-Type: application/octet-stream\r\n\
            \x10\0\0\0signature-of-16---Encrypted Boundary--\r\n--Encrypted Boundary--\r\n";
        assert_eq!(String::from_utf8(body.clone()).unwrap(), expected);
        let message = read(&body).unwrap();
        assert_eq!(message.charset, Some("UTF-8"));
        assert_eq!(message.header, b"signature-of-16-");
        assert_eq!(message.data, b"--Encrypted Boundary--\r\n");
        let untabbed = expected.replace('\t', "");
        assert!(read(untabbed.as_bytes()).is_some());
    }

    #[test]
    fn padding_is_dropped_and_no_half_of_a_character() {
        for (padded, text) in [
            (&b"<a/>\0\0\0\0\0\0\0\0\0\0\0\0"[..], &b"<a/>"[..]),
            (b"<a/>", b"<a/>"),
            (b"<\0a\0/\0>\0\0\0\0\0", b"<\0a\0/\0>\0"),
            (b"\xFF\xFE<\0/\0>\0\0\0", b"\xFF\xFE<\0/\0>\0"),
            (b"\xFE\xFF\0<\0/\0>\0\0", b"\xFE\xFF\0<\0/\0>"),
            (b"\0\0", b""),
        ] {
            let mut dropped = padded.to_vec();
            drop_padding(&mut dropped);
            assert_eq!(dropped, text);
        }
    }

    #[test]
    fn every_truncation_is_refused() {
        let body = framed();
        // The last line end may be missing.
        for length in 0..body.len() - 2 {
            assert_eq!(read(&body[..length]), None, "{length}");
        }
    }

    #[test]
    fn what_is_not_in_the_format() {
        let body = String::from_utf8(framed()).unwrap();
        for (from, to) in [
            ("SPNEGO", "CredSSP"),
            ("soap+xml", "xml"),
            ("Length=24", "Length=23"),
            ("Length=24", "Length=25"),
            ("Length=24", "Length=18446744073709551615"),
            ("Length=24", "Length=-1"),
            (";Length=24", ""),
            ("\x10\0\0\0", "\u{7f}\u{7f}\u{7f}\u{7f}"),
            ("octet-stream", "other"),
        ] {
            assert!(body.contains(from), "{from}");
            assert_eq!(read(body.replace(from, to).as_bytes()), None, "{from} {to}");
        }
    }

    #[test]
    fn content_types() {
        assert!(is_sealed(CONTENT_TYPE));
        let spaced = "Multipart/Encrypted; boundary=\"x\"; Protocol=application/http-spnego-session-encrypted";
        assert!(is_sealed(spaced));
        for other in [
            "",
            "application/soap+xml;charset=UTF-8",
            "multipart/encrypted",
            "multipart/encrypted;protocol=\"application/HTTP-CredSSP-session-encrypted\"",
            "multipart/x-multi-encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\"",
        ] {
            assert!(!is_sealed(other), "{other}");
        }
    }
}
