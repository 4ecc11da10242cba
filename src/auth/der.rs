//! As much of DER as certificates and the tokens of SPNEGO and Kerberos need (X.690 section 8.1): definite lengths, one
//! byte a tag.

use super::Error;

/// The problem with an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

/// Most of what is read is a token.
impl From<Malformed> for Error {
    fn from(Malformed(why): Malformed) -> Self {
        Self::Token(why)
    }
}

/// Takes the element with this tag off the front: its contents, and what follows it.
pub(super) fn element(der: &[u8], tag: u8) -> Result<(&[u8], &[u8]), Malformed> {
    match optional(der, tag)? {
        (Some(contents), rest) => Ok((contents, rest)),
        (None, _) => Err(Malformed("an element of it is missing")),
    }
}

/// The same for an element that may be left out.
pub(super) fn optional(der: &[u8], tag: u8) -> Result<(Option<&[u8]>, &[u8]), Malformed> {
    match der.split_first() {
        Some((found, rest)) if *found == tag => {
            let (contents, rest) = contents(rest)?;
            Ok((Some(contents), rest))
        }
        _ => Ok((None, der)),
    }
}

/// Takes the one element that an explicit tag such as `[2]` wraps.
pub(super) fn only(der: &[u8], tag: u8) -> Result<&[u8], Malformed> {
    match element(der, tag)? {
        (contents, []) => Ok(contents),
        _ => Err(Malformed("something follows an element of it")),
    }
}

/// Writes an element that holds these parts, one after the other.
pub(super) fn write(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut element = vec![tag];
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => element.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let bytes = bytes.into_iter().skip_while(|byte| *byte == 0);
            // Eight bytes at most.
            element.push(0x80 | u8::try_from(bytes.clone().count()).unwrap_or_default());
            element.extend(bytes);
        }
    }
    for part in parts {
        element.extend_from_slice(part);
    }
    element
}

/// Reads what stands after a tag: the length, then the contents.
fn contents(der: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let cut_short = || Malformed("an element of it is cut short");
    let (&length, der) = der.split_first().ok_or_else(cut_short)?;
    // Up to 0x7f the byte is the length, from 0x80 on it says how many bytes hold the length. Four are more than
    // anything needs; none would be the indefinite length, which DER does not have. A length in more bytes than it needs
    // is not DER either, but written by some, and does no harm.
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
