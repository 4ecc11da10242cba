//! Decoding of bytes into text, and the characters that XML allows.

use std::borrow::Cow;

use super::Error;

/// Decodes a document by its byte order mark, else by its first bytes, else by `charset`.
///
/// WinRM responds in the encoding of the request. The Windows client itself uses UTF-16, and so do other services
/// (MS-WSMV 2.2.9.1).
pub(crate) fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Result<Cow<'a, str>, Error> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // A document begins with `<` and another ASCII character.
        [b'<', 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => utf16(bytes, u16::from_be_bytes),
        _ => match charset {
            None => utf8(bytes),
            Some(name)
                if ["utf-8", "utf8", "us-ascii"]
                    .iter()
                    .any(|known| name.eq_ignore_ascii_case(known)) =>
            {
                utf8(bytes)
            }
            // Some services declare UTF-16 and send UTF-8; documents in UTF-16 were detected above.
            Some(name) if name.to_ascii_lowercase().starts_with("utf-16") => utf8(bytes),
            Some(name) => Err(Error::new(format!("the encoding {name:?} is not known"))),
        },
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|error| {
            Error::at(
                "not UTF-8",
                u64::try_from(error.valid_up_to()).unwrap_or(u64::MAX),
            )
        })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, Error> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> =
        char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(Cow::Owned(text)),
        _ => Err(Error::new("not UTF-16")),
    }
}

/// Reports whether XML 1.0 (section 2.2) allows a character.
pub(super) fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_bytes(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn encodings() {
        let text = "<a>fünf 仮想 \u{1F600}</a>";
        let little = utf16_bytes(text, u16::to_le_bytes);
        let big = utf16_bytes(text, u16::to_be_bytes);
        for (bytes, charset) in [
            (text.as_bytes().to_vec(), None),
            (text.as_bytes().to_vec(), Some("UTF-8")),
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), Some("utf-8")),
            (little.clone(), Some("UTF-16")),
            (big.clone(), None),
            ([&b"\xFF\xFE"[..], &little].concat(), Some("UTF-8")),
            ([&b"\xFE\xFF"[..], &big].concat(), None),
        ] {
            assert_eq!(decode(&bytes, charset).as_deref(), Ok(text), "{charset:?}");
        }
    }

    #[test]
    fn broken_encodings() {
        assert!(decode(b"<a>\xFF</a>", None).is_err());
        assert!(decode(b"<\0a", None).is_err());
        assert!(decode(b"<\0\0\xD8", None).is_err());
        assert!(decode(b"<a/>", Some("EBCDIC")).is_err());
    }
}
