//! The subset of DER in certificates and in tokens of SPNEGO and Kerberos (X.690 section 8.1): definite lengths, and
//! tags of one byte.

use super::Error;

/// The problem with an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

impl Malformed {
    /// Returns the error of a malformed certificate.
    pub(super) fn in_certificate(self) -> Error {
        Error::Certificate(self.0)
    }
}

/// Most callers read tokens.
impl From<Malformed> for Error {
    fn from(Malformed(why): Malformed) -> Self {
        Self::Token(why)
    }
}

/// Takes the element with this tag off the front. Returns its contents, and the rest.
pub(super) fn element(der: &[u8], tag: u8) -> Result<(&[u8], &[u8]), Malformed> {
    match optional(der, tag)? {
        (Some(contents), rest) => Ok((contents, rest)),
        (None, _) => Err(Malformed("an element of it is missing")),
    }
}

/// Takes an optional element with this tag off the front. Returns its contents, if it is present, and the rest.
pub(super) fn optional(der: &[u8], tag: u8) -> Result<(Option<&[u8]>, &[u8]), Malformed> {
    match der.split_first() {
        Some((found, rest)) if *found == tag => {
            let (contents, rest) = contents(rest)?;
            Ok((Some(contents), rest))
        }
        _ => Ok((None, der)),
    }
}

/// Returns the only element inside an explicit tag such as `[2]`.
pub(super) fn only(der: &[u8], tag: u8) -> Result<&[u8], Malformed> {
    match element(der, tag)? {
        (contents, []) => Ok(contents),
        _ => Err(Malformed("something follows an element of it")),
    }
}

/// Returns the contents of a sequence of elements with this tag.
pub(super) fn all(mut der: &[u8], tag: u8) -> Result<Vec<&[u8]>, Malformed> {
    let mut found = Vec::new();
    while !der.is_empty() {
        let (contents, rest) = element(der, tag)?;
        found.push(contents);
        der = rest;
    }
    Ok(found)
}

/// Writes an element that contains these parts, one after the other.
pub(super) fn write(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut element = vec![tag];
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => element.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let bytes = bytes.into_iter().skip_while(|byte| *byte == 0);
            // The length has at most eight bytes.
            element.push(0x80 | u8::try_from(bytes.clone().count()).unwrap_or_default());
            element.extend(bytes);
        }
    }
    for part in parts {
        element.extend_from_slice(part);
    }
    element
}

/// Reads the length and the contents after a tag. Returns the contents, and the rest.
fn contents(der: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let cut_short = || Malformed("an element of it is cut short");
    let (&length, der) = der.split_first().ok_or_else(cut_short)?;
    // A byte up to 0x7f is the length itself; from 0x80 on it is the number of length bytes. More than four are never
    // needed, and zero would be the indefinite length, which DER forbids. A length with more bytes than necessary is
    // not DER either, but some peers write it, and it is harmless.
    let (length, der) = match length {
        0..=0x7f => (usize::from(length), der),
        0x81..=0x84 => {
            let (bytes, der) = der
                .split_at_checked(usize::from(length & 0x7f))
                .ok_or_else(cut_short)?;
            let length = bytes
                .iter()
                .fold(0, |length: u32, byte| length << 8 | u32::from(*byte));
            (usize::try_from(length).unwrap_or(usize::MAX), der)
        }
        _ => return Err(Malformed("an element of it has no proper length")),
    };
    der.split_at_checked(length).ok_or_else(cut_short)
}

/// Returns the tag `[number]`, context-specific and constructed.
pub(super) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// The frame of a first token, `[APPLICATION 0]` (RFC 2743 section 3.1).
pub(super) const INITIAL_TOKEN: u8 = 0x60;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const SEQUENCE: u8 = 0x30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_as_x690_8_1_3_has_them() {
        for (length, head) in [
            (0, &[0x04, 0x00][..]),
            (0x7f, &[0x04, 0x7f]),
            (0x80, &[0x04, 0x81, 0x80]),
            (0xff, &[0x04, 0x81, 0xff]),
            (0x100, &[0x04, 0x82, 0x01, 0x00]),
            (0x1_0000, &[0x04, 0x83, 0x01, 0x00, 0x00]),
        ] {
            let contents = vec![7; length];
            let element = write(OCTET_STRING, &[&contents]);
            assert_eq!(element, [head, &contents].concat(), "{length}");
            assert_eq!(only(&element, OCTET_STRING), Ok(&contents[..]), "{length}");
        }
    }

    #[test]
    fn what_is_no_der_is_an_error() {
        let cut_short = Err(Malformed("an element of it is cut short"));
        let lengthless = Err(Malformed("an element of it has no proper length"));
        for (der, error) in [
            (&[0x04][..], &cut_short),
            (&[0x04, 1], &cut_short),
            (&[0x04, 0x82, 1], &cut_short),
            (&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff, 0], &cut_short),
            (&[0x04, 0x80, 0, 0], &lengthless),
            (&[0x04, 0x85, 0, 0, 0, 0, 0], &lengthless),
            (&[0x04, 0xff], &lengthless),
        ] {
            assert_eq!(element(der, OCTET_STRING), *error, "{der:x?}");
            assert_eq!(
                optional(der, OCTET_STRING).map(|_| (&[][..], &[][..])),
                *error
            );
        }
        let other = Err(Malformed("an element of it is missing"));
        assert_eq!(element(&[], OCTET_STRING), other);
        assert_eq!(element(&[0x05, 0], OCTET_STRING), other);
        assert_eq!(
            optional(&[0x05, 0], OCTET_STRING),
            Ok((None, &[0x05, 0][..]))
        );
        assert!(only(&[0x04, 0, 0], OCTET_STRING).is_err());
    }
}
