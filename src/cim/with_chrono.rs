//! Conversions of times for the crate `chrono`.

use chrono::{TimeDelta, Utc};

use super::{DateTime, Interval, ParseDateTimeError, ParseIntervalError};

/// Converts the instant; the offset is lost. Returns an error if a field is a wildcard.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use cimwire::cim::DateTime;
///
/// let start: DateTime = "20300115220000.000000+060".parse()?;
/// let expected = Utc.with_ymd_and_hms(2030, 1, 15, 21, 0, 0).single();
/// assert_eq!(chrono::DateTime::try_from(start).ok(), expected);
/// # Ok::<(), cimwire::cim::ParseDateTimeError>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl TryFrom<DateTime> for chrono::DateTime<Utc> {
    type Error = ParseDateTimeError;

    fn try_from(time: DateTime) -> Result<Self, Self::Error> {
        let time = time.instant().and_then(Self::from_timestamp_micros);
        time.ok_or(ParseDateTimeError::NONE)
    }
}

/// Converts the instant to UTC, truncated to microseconds. Returns an error outside the years 0 to 9999.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use cimwire::cim::DateTime;
///
/// let start = Utc.with_ymd_and_hms(2030, 1, 15, 21, 0, 0).single().ok_or("no such time")?;
/// assert_eq!(DateTime::try_from(start)?.to_string(), "20300115210000.000000+000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl TryFrom<chrono::DateTime<Utc>> for DateTime {
    type Error = ParseDateTimeError;

    fn try_from(time: chrono::DateTime<Utc>) -> Result<Self, Self::Error> {
        let time = Self::from_unix_micros(time.timestamp_micros());
        time.ok_or(ParseDateTimeError::NONE)
    }
}

/// Converts the length. Returns an error if a field is a wildcard.
///
/// ```
/// use chrono::TimeDelta;
/// use cimwire::cim::Interval;
///
/// let kept: Interval = "P1DT0H5M0S".parse()?;
/// assert_eq!(TimeDelta::try_from(kept)?, TimeDelta::minutes(24 * 60 + 5));
/// # Ok::<(), cimwire::cim::ParseIntervalError>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl TryFrom<Interval> for TimeDelta {
    type Error = ParseIntervalError;

    fn try_from(interval: Interval) -> Result<Self, Self::Error> {
        let micros = interval
            .micros()
            .and_then(|micros| i64::try_from(micros).ok());
        micros
            .map(Self::microseconds)
            .ok_or(ParseIntervalError::NONE)
    }
}

/// Converts the length, truncated to microseconds. Returns an error if it is negative or beyond 99,999,999 days.
///
/// ```
/// use chrono::TimeDelta;
/// use cimwire::cim::Interval;
///
/// let interval = Interval::try_from(TimeDelta::minutes(5))?;
/// assert_eq!(interval.to_string(), "00000000000500.000000:000");
/// assert!(Interval::try_from(TimeDelta::minutes(-5)).is_err());
/// # Ok::<(), cimwire::cim::ParseIntervalError>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl TryFrom<TimeDelta> for Interval {
    type Error = ParseIntervalError;

    fn try_from(delta: TimeDelta) -> Result<Self, Self::Error> {
        let duration = delta.to_std().map_err(|_| ParseIntervalError::NONE)?;
        duration.try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Time = chrono::DateTime<Utc>;

    #[test]
    fn instants_both_ways() {
        // FILETIME begins 11,644,473,600 s before the Unix epoch.
        let never = Time::from_timestamp(-11_644_473_600, 0).unwrap();
        assert_eq!(Time::try_from(DateTime::NEVER), Ok(never));
        assert!(DateTime::try_from(never).unwrap().is_never());
        // Half a microsecond before 1970: times are rounded down to the microsecond, before 1970 too.
        let before = Time::from_timestamp(-1, 999_999_500).unwrap();
        let text = DateTime::try_from(before).map(|time| time.to_string());
        assert_eq!(text.as_deref(), Ok("19691231235959.999999+000"));
    }

    #[test]
    fn what_the_other_cannot_say() {
        let someday: DateTime = "203001********.******+000".parse().unwrap();
        assert!(Time::try_from(someday).is_err());
        assert!(DateTime::try_from(Time::MIN_UTC).is_err());
        assert!(DateTime::try_from(Time::MAX_UTC).is_err());
        let open: Interval = "000000010203**.******:000".parse().unwrap();
        assert!(TimeDelta::try_from(open).is_err());
        assert!(Interval::try_from(TimeDelta::MAX).is_err());
        assert!(Interval::try_from(TimeDelta::nanoseconds(-1)).is_err());
    }

    #[test]
    fn the_longest_interval() {
        let longest: Interval = "99999999235959.999999:000".parse().unwrap();
        let delta = TimeDelta::try_from(longest).unwrap();
        // 10^8 days of 86,400 s, less a microsecond.
        assert_eq!(TimeDelta::new(8_639_999_999_999, 999_999_000), Some(delta));
        assert_eq!(Interval::try_from(delta), Ok(longest));
    }
}
