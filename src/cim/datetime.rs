//! Points in time in the forms of DSP0004.

use std::cmp::Ordering;
use std::fmt::{self, Write as _};
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::civil::{civil_from_days, days_from_civil, days_in_month};
use super::fraction::{Fraction, field, number, write_field};

/// A CIM timestamp: a point in time to the microsecond, with an offset from UTC in minutes, and wildcards for unknown
/// fields.
///
/// Parsing accepts the 25-character form of DSP0004 (`yyyymmddHHMMSS.mmmmmmsUUU`), `xs:dateTime`, `xs:date` and
/// `xs:time` of DSP0230, and RFC 3339. [`Display`](fmt::Display) writes the 25 characters, which parse to the same
/// value. Digits below a microsecond are truncated, since CIM has no room for them.
///
/// Values are compared and ordered by their instant, whatever their offsets. Values without an instant (a field is a
/// wildcard) are equal if their text is equal, and are otherwise not ordered.
///
/// Windows writes 1601-01-01T00:00:00Z for "never"; see [`is_never`](Self::is_never).
///
/// ```
/// use cimwire::cim::DateTime;
///
/// let start: DateTime = "2030-01-15T21:00:00Z".parse()?;
/// assert_eq!(start.to_string(), "20300115210000.000000+000");
/// assert_eq!(start, "20300115220000.000000+060".parse::<DateTime>()?);
///
/// let some_day: DateTime = "203001********.******+000".parse()?;
/// assert_eq!(some_day.instant(), None);
/// # Ok::<(), cimwire::cim::ParseDateTimeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct DateTime {
    year: Option<u16>,
    month: Option<u8>,
    day: Option<u8>,
    hour: Option<u8>,
    minute: Option<u8>,
    second: Option<u8>,
    fraction: Fraction,
    offset: Option<i16>,
}

impl DateTime {
    /// 1601-01-01T00:00:00Z, which Windows writes for "never".
    pub const NEVER: Self = Self {
        year: Some(1601),
        month: Some(1),
        day: Some(1),
        hour: Some(0),
        minute: Some(0),
        second: Some(0),
        fraction: Fraction::ZERO,
        offset: Some(0),
    };

    /// Returns the UTC time `micros` microseconds after 1970-01-01T00:00:00Z. Negative values lie before it.
    ///
    /// Returns `None` outside the years 0 to 9999.
    pub fn from_unix_micros(micros: i64) -> Option<Self> {
        let seconds = micros.div_euclid(MICROS_PER_SECOND);
        let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
        let time = seconds.rem_euclid(SECONDS_PER_DAY);
        let small = |number: i64| u8::try_from(number).ok();
        let year = u16::try_from(year).ok().filter(|year| *year <= 9999)?;
        Some(Self {
            year: Some(year),
            month: Some(small(month)?),
            day: Some(small(day)?),
            hour: Some(small(time / 3600)?),
            minute: Some(small(time / 60 % 60)?),
            second: Some(small(time % 60)?),
            fraction: Fraction::exact(u32::try_from(micros.rem_euclid(MICROS_PER_SECOND)).ok()?)?,
            offset: Some(0),
        })
    }

    /// Returns the microseconds since 1970-01-01T00:00:00Z, or `None` if a field is a wildcard.
    pub fn instant(&self) -> Option<i64> {
        let days = days_from_civil(self.year?.into(), self.month?.into(), self.day?.into());
        let minutes =
            i64::from(self.hour?) * 60 + i64::from(self.minute?) - i64::from(self.offset?);
        let seconds = days * SECONDS_PER_DAY + minutes * 60 + i64::from(self.second?);
        Some(seconds * MICROS_PER_SECOND + i64::from(self.fraction.micros()?))
    }

    /// Returns the same instant with offset zero. A value without an instant is returned unchanged.
    #[must_use]
    pub fn to_utc(self) -> Self {
        self.instant()
            .and_then(Self::from_unix_micros)
            .unwrap_or(self)
    }

    /// Returns the offset in minutes east of UTC, if it is known.
    pub fn offset_minutes(&self) -> Option<i16> {
        self.offset
    }

    /// Reports whether this is 1601-01-01T00:00:00Z, which Windows writes for "never" (a zero FILETIME).
    pub fn is_never(&self) -> bool {
        *self == Self::NEVER
    }

    /// Writes an `xs:dateTime`, which is also RFC 3339: `2030-01-15T21:00:00.5Z`. Returns `None` if a field is a
    /// wildcard.
    pub fn to_rfc3339(&self) -> Option<String> {
        self.instant()?;
        let (year, month, day) = (self.year?, self.month?, self.day?);
        let (hour, minute, second) = (self.hour?, self.minute?, self.second?);
        let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        self.fraction.write_decimals(&mut text).ok()?;
        match self.offset? {
            0 => text.push('Z'),
            offset => {
                let sign = if offset < 0 { '-' } else { '+' };
                write!(
                    text,
                    "{sign}{:02}:{:02}",
                    offset.abs() / 60,
                    offset.abs() % 60
                )
                .ok()?;
            }
        }
        Some(text)
    }

    fn parse_cim(text: &str) -> Option<Self> {
        if text.len() != CIM_LENGTH || text.get(14..15)? != "." {
            return None;
        }
        let offset = match (text.get(21..22)?, field::<i16>(text, 22..25)?) {
            ("+", offset) => offset,
            ("-", offset) => offset.map(|offset| -offset),
            _ => return None,
        };
        Self {
            year: field(text, 0..4)?,
            month: field(text, 4..6)?,
            day: field(text, 6..8)?,
            hour: field(text, 8..10)?,
            minute: field(text, 10..12)?,
            second: field(text, 12..14)?,
            fraction: Fraction::parse(text.get(15..21)?)?,
            offset,
        }
        .checked()
    }

    fn parse_xml_schema(text: &str) -> Option<Self> {
        let (text, offset) = split_zone(text)?;
        // RFC 3339 allows a lower-case letter or a space between date and time.
        let (date, time) = match text.find(['T', 't', ' ']) {
            Some(at) => (Some(text.get(..at)?), Some(text.get(at + 1..)?)),
            None if text.contains(':') => (None, Some(text)),
            None => (Some(text), None),
        };
        let mut value = Self {
            offset,
            ..Self::UNKNOWN
        };
        if let Some(date) = date {
            let mut parts = date.split('-');
            value.year = Some(fixed(parts.next()?, 4)?);
            value.month = Some(fixed(parts.next()?, 2)?);
            value.day = Some(fixed(parts.next()?, 2)?);
            parts.next().is_none().then_some(())?;
        }
        if let Some(time) = time {
            let (time, decimals) = time
                .split_once('.')
                .map_or((time, None), |(time, decimals)| (time, Some(decimals)));
            let mut parts = time.split(':');
            value.hour = Some(fixed(parts.next()?, 2)?);
            value.minute = Some(fixed(parts.next()?, 2)?);
            value.second = Some(fixed(parts.next()?, 2)?);
            parts.next().is_none().then_some(())?;
            value.fraction = decimals.map_or(Some(Fraction::ZERO), Fraction::parse_decimals)?;
        }
        value.checked()
    }

    fn checked(self) -> Option<Self> {
        let within = |value: Option<u8>, low: u8, high: u8| {
            value.is_none_or(|value| (low..=high).contains(&value))
        };
        // An unknown year counts as a leap year and an unknown month as January, so that no possible day is rejected.
        let last = days_in_month(self.year.unwrap_or(2000), self.month.unwrap_or(1));
        let fits = within(self.month, 1, 12)
            && within(self.day, 1, last)
            && within(self.hour, 0, 23)
            && within(self.minute, 0, 59)
            && within(self.second, 0, 59);
        fits.then_some(self)
    }

    const UNKNOWN: Self = Self {
        year: None,
        month: None,
        day: None,
        hour: None,
        minute: None,
        second: None,
        fraction: Fraction::UNKNOWN,
        offset: None,
    };
}

/// Splits `Z` or `+hh:mm` off the end. Without either, the offset is unknown.
fn split_zone(text: &str) -> Option<(&str, Option<i16>)> {
    if let Some(text) = text.strip_suffix(['Z', 'z']) {
        return Some((text, Some(0)));
    }
    // The sign of a zone is six characters from the end; the hyphens of a date alone are elsewhere.
    let at = text.len().checked_sub(6)?;
    let Some(zone) = text
        .get(at..)
        .filter(|zone| zone.starts_with(['+', '-']) && zone.get(3..4) == Some(":"))
    else {
        return Some((text, None));
    };
    let minutes = fixed::<i16>(zone.get(1..3)?, 2)? * 60
        + fixed::<i16>(zone.get(4..6)?, 2).filter(|m| *m < 60)?;
    let offset = if zone.starts_with('-') {
        -minutes
    } else {
        minutes
    };
    // XML Schema allows 14 hours only. All offsets of the CIM form are accepted, since `to_rfc3339` writes them.
    (minutes <= MAX_OFFSET).then_some((text.get(..at)?, Some(offset)))
}

fn fixed<T: FromStr>(text: &str, width: usize) -> Option<T> {
    (text.len() == width).then(|| number(text)).flatten()
}

impl FromStr for DateTime {
    type Err = ParseDateTimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        Self::parse_cim(text)
            .or_else(|| Self::parse_xml_schema(text))
            .ok_or(ParseDateTimeError(()))
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(CIM_LENGTH);
        write_field(&mut text, self.year, 4)?;
        for part in [self.month, self.day, self.hour, self.minute, self.second] {
            write_field(&mut text, part, 2)?;
        }
        let sign = if self.offset.is_some_and(|offset| offset < 0) {
            '-'
        } else {
            '+'
        };
        write!(text, ".{}{sign}", self.fraction)?;
        write_field(&mut text, self.offset.map(i16::abs), 3)?;
        f.pad(&text)
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DateTime({self})")
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        match (self.instant(), other.instant()) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => self.fields() == other.fields(),
        }
    }
}

impl Eq for DateTime {}

impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.instant(), other.instant()) {
            (Some(ours), Some(theirs)) => Some(ours.cmp(&theirs)),
            _ => (self == other).then_some(Ordering::Equal),
        }
    }
}

impl Hash for DateTime {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.instant() {
            Some(instant) => instant.hash(state),
            None => self.fields().hash(state),
        }
    }
}

impl DateTime {
    fn fields(&self) -> impl PartialEq + Hash + use<> {
        let date = (self.year, self.month, self.day);
        (
            date,
            (self.hour, self.minute, self.second),
            self.fraction,
            self.offset,
        )
    }
}

/// Converts a time, truncated to microseconds. Returns an error outside the years 0 to 9999.
impl TryFrom<SystemTime> for DateTime {
    type Error = ParseDateTimeError;

    fn try_from(time: SystemTime) -> Result<Self, Self::Error> {
        let micros = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_micros()).ok(),
            Err(before) => i64::try_from(before.duration().as_micros())
                .ok()
                .map(|micros| -micros),
        };
        micros
            .and_then(Self::from_unix_micros)
            .ok_or(ParseDateTimeError(()))
    }
}

/// Converts the instant. Returns an error if a field is a wildcard.
impl TryFrom<DateTime> for SystemTime {
    type Error = ParseDateTimeError;

    fn try_from(time: DateTime) -> Result<Self, Self::Error> {
        let micros = time.instant().ok_or(ParseDateTimeError(()))?;
        let distance = Duration::from_micros(micros.unsigned_abs());
        let time = if micros < 0 {
            UNIX_EPOCH.checked_sub(distance)
        } else {
            UNIX_EPOCH.checked_add(distance)
        };
        time.ok_or(ParseDateTimeError(()))
    }
}

/// The error returned when parsing or converting to a CIM timestamp fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseDateTimeError(());

impl ParseDateTimeError {
    #[cfg(feature = "jiff")]
    pub(super) const NONE: Self = Self(());
}

impl fmt::Display for ParseDateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not a CIM datetime: neither yyyymmddHHMMSS.mmmmmm+UUU nor an ISO 8601 date and time",
        )
    }
}

impl std::error::Error for ParseDateTimeError {}

/// The largest offset, in minutes: the CIM form has three digits for it.
const MAX_OFFSET: i16 = 999;
const CIM_LENGTH: usize = 25;
const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

#[cfg(test)]
mod tests;
