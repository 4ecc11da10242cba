//! The microsecond field, of which the last digits may be wildcards, and the small parsers that both times share.

use std::fmt;

/// Microseconds of which the first `digits` decimal digits are known (DSP0004: the precision of a value).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Fraction {
    micros: u32,
    digits: u8,
}

impl Fraction {
    /// All six digits known, or `None` where `micros` is a second or more.
    pub(super) fn exact(micros: u32) -> Option<Self> {
        (micros < 1_000_000).then_some(Self { micros, digits: 6 })
    }

    /// A whole second.
    pub(super) const ZERO: Self = Self {
        micros: 0,
        digits: 6,
    };

    /// Nothing known.
    pub(super) const UNKNOWN: Self = Self {
        micros: 0,
        digits: 0,
    };

    /// The microseconds, where all six digits are known.
    pub(super) fn micros(self) -> Option<u32> {
        (self.digits == 6).then_some(self.micros)
    }

    /// Reads the six characters of the CIM form: digits, then asterisks.
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

    /// Reads the digits after the decimal point of a second in XML Schema.
    ///
    /// Parts of a microsecond are cut off, since CIM cannot say them.
    pub(super) fn parse_decimals(text: &str) -> Option<Self> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let kept = text.get(..6).unwrap_or(text);
        let scale = 10u32.pow(6 - u32::try_from(kept.len()).ok()?);
        Self::exact(kept.parse::<u32>().ok()? * scale)
    }

    /// Writes `.123456` without its trailing zeros, or nothing for a whole second.
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

/// Reads a field of fixed width: `Some(None)` for asterisks, `None` for what is neither digits nor asterisks.
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

/// Reads a number of decimal digits alone: no sign, no space.
pub(super) fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Writes a field, or asterisks where it is not known.
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
