//! The microsecond field, whose last digits may be wildcards, and the parsers shared by timestamps and intervals.

use std::fmt;

/// Microseconds of which the first `digits` decimal digits are known (the precision of a value in DSP0004).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Fraction {
    micros: u32,
    digits: u8,
}

impl Fraction {
    /// Returns a value with all six digits known, or `None` if `micros` is a second or more.
    pub(super) fn exact(micros: u32) -> Option<Self> {
        (micros < 1_000_000).then_some(Self { micros, digits: 6 })
    }

    /// A whole second, with all digits known.
    pub(super) const ZERO: Self = Self {
        micros: 0,
        digits: 6,
    };

    /// A value with no known digits.
    pub(super) const UNKNOWN: Self = Self {
        micros: 0,
        digits: 0,
    };

    /// Returns the microseconds, if all six digits are known.
    pub(super) fn micros(self) -> Option<u32> {
        (self.digits == 6).then_some(self.micros)
    }

    /// Parses the six characters of the CIM form: digits, then asterisks.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let known = text.trim_end_matches('*');
        if text.len() != 6 || !known.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = u8::try_from(known.len()).ok()?;
        let micros = if known.is_empty() {
            0
        } else {
            known.parse::<u32>().ok()? * 10u32.pow(6 - u32::from(digits))
        };
        Some(Self { micros, digits })
    }

    /// Parses the digits after the decimal point of a second in XML Schema.
    ///
    /// Digits below a microsecond are truncated, since CIM has no room for them.
    pub(super) fn parse_decimals(text: &str) -> Option<Self> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let kept = text.get(..6).unwrap_or(text);
        let scale = 10u32.pow(6 - u32::try_from(kept.len()).ok()?);
        Self::exact(kept.parse::<u32>().ok()? * scale)
    }

    /// Writes `.123456` without trailing zeros, or nothing for a whole second.
    pub(super) fn write_decimals(self, out: &mut impl fmt::Write) -> fmt::Result {
        if self.micros == 0 {
            return Ok(());
        }
        let digits = format!("{:06}", self.micros);
        write!(out, ".{}", digits.trim_end_matches('0'))
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:06}", self.micros);
        let known = digits.get(..usize::from(self.digits)).unwrap_or(&digits);
        write!(f, "{known:*<6}")
    }
}

/// Parses a field of fixed width. Returns `Some(None)` for asterisks, and `None` for anything but digits or asterisks.
pub(super) fn field<T: std::str::FromStr>(
    text: &str,
    range: std::ops::Range<usize>,
) -> Option<Option<T>> {
    let field = text.get(range)?;
    if field.bytes().all(|byte| byte == b'*') {
        return Some(None);
    }
    number(field).map(Some)
}

/// Parses a number of decimal digits only, without sign or space.
pub(super) fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Writes a field, or asterisks if it is unknown.
pub(super) fn write_field<T: fmt::Display>(
    out: &mut impl fmt::Write,
    value: Option<T>,
    width: usize,
) -> fmt::Result {
    match value {
        Some(value) => write!(out, "{value:0width$}"),
        None => write!(out, "{:*<width$}", ""),
    }
}
