//! Conversions of times for the crate `jiff`.

use jiff::{SignedDuration, Timestamp};

use super::{DateTime, Interval, ParseDateTimeError, ParseIntervalError};

/// Converts the instant; the offset is lost. Returns an error if a field is a wildcard.
///
/// ```
/// use cimwire::cim::DateTime;
/// use jiff::Timestamp;
///
/// let start: DateTime = "20300115220000.000000+060".parse()?;
/// assert_eq!(Timestamp::try_from(start)?.to_string(), "2030-01-15T21:00:00Z");
/// # Ok::<(), cimwire::cim::ParseDateTimeError>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<DateTime> for Timestamp {
    type Error = ParseDateTimeError;

    fn try_from(time: DateTime) -> Result<Self, Self::Error> {
        let micros = time.instant();
        let timestamp = micros.and_then(|micros| Self::from_microsecond(micros).ok());
        timestamp.ok_or(ParseDateTimeError::NONE)
    }
}

/// Converts the instant to UTC, truncated to microseconds. Returns an error before the year 0.
///
/// ```
/// use cimwire::cim::DateTime;
/// use jiff::{SignedDuration, Timestamp};
///
/// let start = Timestamp::UNIX_EPOCH + SignedDuration::from_millis(500);
/// assert_eq!(DateTime::try_from(start)?.to_string(), "19700101000000.500000+000");
/// # Ok::<(), cimwire::cim::ParseDateTimeError>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<Timestamp> for DateTime {
    type Error = ParseDateTimeError;

    fn try_from(timestamp: Timestamp) -> Result<Self, Self::Error> {
        let micros = timestamp.as_nanosecond().div_euclid(1000);
        let time = i64::try_from(micros).ok().and_then(Self::from_unix_micros);
        time.ok_or(ParseDateTimeError::NONE)
    }
}

/// Converts the length. Returns an error if a field is a wildcard.
///
/// ```
/// use cimwire::cim::Interval;
/// use jiff::SignedDuration;
///
/// let kept: Interval = "P1DT0H5M0S".parse()?;
/// assert_eq!(SignedDuration::try_from(kept)?, SignedDuration::from_mins(24 * 60 + 5));
/// # Ok::<(), cimwire::cim::ParseIntervalError>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<Interval> for SignedDuration {
    type Error = ParseIntervalError;

    fn try_from(interval: Interval) -> Result<Self, Self::Error> {
        let micros = interval
            .micros()
            .and_then(|micros| i64::try_from(micros).ok());
        micros
            .map(Self::from_micros)
            .ok_or(ParseIntervalError::NONE)
    }
}

/// Converts the length, truncated to microseconds. Returns an error if it is negative or beyond 99,999,999 days.
///
/// ```
/// use cimwire::cim::Interval;
/// use jiff::SignedDuration;
///
/// let interval = Interval::try_from(SignedDuration::from_mins(5))?;
/// assert_eq!(interval.to_string(), "00000000000500.000000:000");
/// assert!(Interval::try_from(SignedDuration::from_mins(-5)).is_err());
/// # Ok::<(), cimwire::cim::ParseIntervalError>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<SignedDuration> for Interval {
    type Error = ParseIntervalError;

    fn try_from(duration: SignedDuration) -> Result<Self, Self::Error> {
        if duration.is_negative() {
            return Err(ParseIntervalError::NONE);
        }
        let micros = u64::try_from(duration.as_micros()).ok();
        micros
            .and_then(Self::from_micros)
            .ok_or(ParseIntervalError::NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_both_ways() {
        // FILETIME begins 11,644,473,600 s before the Unix epoch.
        let never = Timestamp::from_second(-11_644_473_600).unwrap();
        assert_eq!(Timestamp::try_from(DateTime::NEVER), Ok(never));
        assert!(DateTime::try_from(never).unwrap().is_never());
        // Half a microsecond before 1970: times are rounded down to the microsecond, before 1970 too.
        let before = Timestamp::from_nanosecond(-500).unwrap();
        let text = DateTime::try_from(before).map(|time| time.to_string());
        assert_eq!(text.as_deref(), Ok("19691231235959.999999+000"));
    }

    #[test]
    fn what_the_other_cannot_say() {
        let someday: DateTime = "203001********.******+000".parse().unwrap();
        assert!(Timestamp::try_from(someday).is_err());
        assert!(DateTime::try_from(Timestamp::MIN).is_err());
        assert_eq!(
            DateTime::try_from(Timestamp::MAX)
                .map(|time| time.to_string())
                .as_deref(),
            // The last instant of jiff leaves room for an offset of a day: 9999-12-30T22:00:00.999999999Z.
            Ok("99991230220000.999999+000")
        );
        let open: Interval = "000000010203**.******:000".parse().unwrap();
        assert!(SignedDuration::try_from(open).is_err());
        assert!(Interval::try_from(SignedDuration::MAX).is_err());
        assert!(Interval::try_from(SignedDuration::from_nanos(-1)).is_err());
    }

    #[test]
    fn the_longest_interval() {
        let longest: Interval = "99999999235959.999999:000".parse().unwrap();
        let duration = SignedDuration::try_from(longest).unwrap();
        // 10^8 days of 86,400 s, less a microsecond.
        assert_eq!(
            duration,
            SignedDuration::new(8_639_999_999_999, 999_999_000)
        );
        assert_eq!(Interval::try_from(duration), Ok(longest));
    }
}
