//! Lengths of time in the forms of DSP0004.

use std::cmp::Ordering;
use std::fmt::{self, Write as _};
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::time::Duration;

use super::fraction::{Fraction, field, number, write_field};

/// A CIM interval: days to microseconds, with wildcards for unknown fields.
///
/// Parsing accepts the 25-character form of DSP0004 (`ddddddddHHMMSS.mmmmmm:000`) and an `xs:duration` without years
/// and months, whose length varies. [`Display`](fmt::Display) writes the 25 characters.
///
/// Values are compared and ordered by their length. Values without a length (a field is a wildcard) are equal if their
/// text is equal, and are otherwise not ordered.
///
/// ```
/// use std::time::Duration;
/// use cimwire::cim::Interval;
///
/// let kept: Interval = "P0DT0H5M0S".parse()?;
/// assert_eq!(kept.to_string(), "00000000000500.000000:000");
/// assert_eq!(Duration::try_from(kept)?, Duration::from_secs(300));
/// # Ok::<(), cimwire::cim::ParseIntervalError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Interval {
    days: Option<u32>,
    hours: Option<u8>,
    minutes: Option<u8>,
    seconds: Option<u8>,
    fraction: Fraction,
}

impl Interval {
    /// Returns the length in microseconds, or `None` if a field is a wildcard.
    pub fn micros(&self) -> Option<u64> {
        let hours = u64::from(self.days?) * 24 + u64::from(self.hours?);
        let seconds = (hours * 60 + u64::from(self.minutes?)) * 60 + u64::from(self.seconds?);
        Some(seconds * MICROS_PER_SECOND + u64::from(self.fraction.micros()?))
    }

    /// Returns the interval of `micros` microseconds, or `None` beyond 99,999,999 days.
    pub fn from_micros(micros: u64) -> Option<Self> {
        let seconds = micros / MICROS_PER_SECOND;
        let small = |number: u64| u8::try_from(number).ok();
        Some(Self {
            days: Some(
                u32::try_from(seconds / 86_400)
                    .ok()
                    .filter(|days| *days <= MAX_DAYS)?,
            ),
            hours: Some(small(seconds / 3600 % 24)?),
            minutes: Some(small(seconds / 60 % 60)?),
            seconds: Some(small(seconds % 60)?),
            fraction: Fraction::exact(u32::try_from(micros % MICROS_PER_SECOND).ok()?)?,
        })
    }

    /// Writes an `xs:duration` with all four fields, as Windows does: `P0DT0H5M0S`. Returns `None` if a field is a
    /// wildcard.
    pub fn to_xs_duration(&self) -> Option<String> {
        self.micros()?;
        let (days, hours, minutes, seconds) =
            (self.days?, self.hours?, self.minutes?, self.seconds?);
        let mut text = format!("P{days}DT{hours}H{minutes}M{seconds}");
        self.fraction.write_decimals(&mut text).ok()?;
        text.push('S');
        Some(text)
    }

    fn parse_cim(text: &str) -> Option<Self> {
        if text.len() != 25 || text.get(14..15)? != "." || text.get(21..)? != ":000" {
            return None;
        }
        let value = Self {
            days: field(text, 0..8)?,
            hours: field(text, 8..10)?,
            minutes: field(text, 10..12)?,
            seconds: field(text, 12..14)?,
            fraction: Fraction::parse(text.get(15..21)?)?,
        };
        let below = |value: Option<u8>, limit: u8| value.is_none_or(|value| value < limit);
        (below(value.hours, 24) && below(value.minutes, 60) && below(value.seconds, 60))
            .then_some(value)
    }

    fn parse_xs_duration(text: &str) -> Option<Self> {
        let text = text.strip_prefix('P')?;
        let (date, time) = match text.split_once('T') {
            Some((_, "")) => return None,
            Some((date, time)) => (date, time),
            None if text.is_empty() => return None,
            None => (text, ""),
        };
        let days = if date.is_empty() {
            0
        } else {
            number::<u64>(date.strip_suffix('D')?)?
        };
        let mut rest = time;
        let hours = take(&mut rest, 'H')?;
        let minutes = take(&mut rest, 'M')?;
        let (seconds, micros) = match rest.strip_suffix('S') {
            None if rest.is_empty() => (0, 0),
            None => return None,
            Some(seconds) => match seconds.split_once('.') {
                None => (number::<u64>(seconds)?, 0),
                Some((whole, decimals)) => (
                    number(whole)?,
                    Fraction::parse_decimals(decimals)?.micros()?,
                ),
            },
        };
        let total = days
            .checked_mul(24)?
            .checked_add(hours)?
            .checked_mul(60)?
            .checked_add(minutes)?;
        let seconds = total.checked_mul(60)?.checked_add(seconds)?;
        Self::from_micros(
            seconds
                .checked_mul(MICROS_PER_SECOND)?
                .checked_add(u64::from(micros))?,
        )
    }

    fn fields(&self) -> impl PartialEq + Hash + use<> {
        (
            self.days,
            self.hours,
            self.minutes,
            self.seconds,
            self.fraction,
        )
    }
}

/// Takes a field such as `12H` off the front. A field that is absent is zero.
fn take(rest: &mut &str, unit: char) -> Option<u64> {
    let Some((digits, tail)) = rest.split_once(unit) else {
        return Some(0);
    };
    *rest = tail;
    number(digits)
}

impl FromStr for Interval {
    type Err = ParseIntervalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        Self::parse_cim(text)
            .or_else(|| Self::parse_xs_duration(text))
            .ok_or(ParseIntervalError(()))
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(25);
        write_field(&mut text, self.days, 8)?;
        for part in [self.hours, self.minutes, self.seconds] {
            write_field(&mut text, part, 2)?;
        }
        write!(text, ".{}:000", self.fraction)?;
        f.pad(&text)
    }
}

impl fmt::Debug for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interval({self})")
    }
}

impl PartialEq for Interval {
    fn eq(&self, other: &Self) -> bool {
        match (self.micros(), other.micros()) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => self.fields() == other.fields(),
        }
    }
}

impl Eq for Interval {}

impl PartialOrd for Interval {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.micros(), other.micros()) {
            (Some(ours), Some(theirs)) => Some(ours.cmp(&theirs)),
            _ => (self == other).then_some(Ordering::Equal),
        }
    }
}

impl Hash for Interval {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.micros() {
            Some(micros) => micros.hash(state),
            None => self.fields().hash(state),
        }
    }
}

/// Converts a duration, truncated to microseconds. Returns an error beyond 99,999,999 days.
impl TryFrom<Duration> for Interval {
    type Error = ParseIntervalError;

    fn try_from(duration: Duration) -> Result<Self, Self::Error> {
        let micros = u64::try_from(duration.as_micros()).ok();
        micros
            .and_then(Self::from_micros)
            .ok_or(ParseIntervalError(()))
    }
}

/// Converts the length. Returns an error if a field is a wildcard.
impl TryFrom<Interval> for Duration {
    type Error = ParseIntervalError;

    fn try_from(interval: Interval) -> Result<Self, Self::Error> {
        interval
            .micros()
            .map(Self::from_micros)
            .ok_or(ParseIntervalError(()))
    }
}

/// The error returned when parsing or converting to a CIM interval fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseIntervalError(());

impl ParseIntervalError {
    #[cfg(feature = "jiff")]
    pub(super) const NONE: Self = Self(());
}

impl fmt::Display for ParseIntervalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an interval: neither ddddddddHHMMSS.mmmmmm:000 nor an ISO 8601 duration of days and less")
    }
}

impl std::error::Error for ParseIntervalError {}

/// The largest number of days: the CIM form has eight digits for it.
const MAX_DAYS: u32 = 99_999_999;
const MICROS_PER_SECOND: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_servers_send() {
        for (text, cim) in [
            ("P0DT0H5M0S", "00000000000500.000000:000"),
            ("P0DT0H0M0.014947S", "00000000000000.014947:000"),
            ("P0DT0H0M1.00417S", "00000000000001.004170:000"),
            ("PT5M", "00000000000500.000000:000"),
            ("PT0.001090S", "00000000000000.001090:000"),
            ("P1DT2H3M4.5S", "00000001020304.500000:000"),
            ("P2D", "00000002000000.000000:000"),
            ("PT36H", "00000001120000.000000:000"),
            ("PT90S", "00000000000130.000000:000"),
            ("00000000000206.392300:000", "00000000000206.392300:000"),
            ("000000010203**.******:000", "000000010203**.******:000"),
            ("P99999999DT23H59M59.999999S", "99999999235959.999999:000"),
        ] {
            let interval: Interval = text
                .parse()
                .unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(interval.to_string(), cim, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_interval() {
        for text in [
            "",
            "P",
            "PT",
            "5M",
            "P1Y",
            "P1M",
            "P1DT",
            "-PT5M",
            "PT5",
            "PT5M3",
            "PT-5M",
            "PT1S2M",
            "PT1.S",
            "PT.5S",
            "P1W",
            "00000000000060.000000:000",
            "00000000240000.000000:000",
            "00000000000500.000000+000",
            "P100000000D",
            "P99999999999999999999D",
            "PT18446744073709551615H",
        ] {
            assert!(text.parse::<Interval>().is_err(), "{text}");
        }
    }

    #[test]
    fn durations_both_ways() {
        let interval: Interval = "PT36H0.5S".parse().unwrap();
        assert_eq!(
            Duration::try_from(interval),
            Ok(Duration::from_micros(129_600_500_000))
        );
        assert_eq!(
            Interval::try_from(Duration::from_micros(129_600_500_000)),
            Ok(interval)
        );
        assert_eq!(interval.to_xs_duration().as_deref(), Some("P1DT12H0M0.5S"));
        let open: Interval = "000000010203**.******:000".parse().unwrap();
        assert!(Duration::try_from(open).is_err());
        assert_eq!(open.to_xs_duration(), None);
        assert_eq!(open.partial_cmp(&interval), None);
        assert!(Interval::try_from(Duration::MAX).is_err());
    }
}
