//! Times and durations as they are typed and shown.

mod start;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cimwire::cim::DateTime;
use jiff::fmt::friendly::SpanParser;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, SpanRelativeTo, Timestamp, ZonedDateTime};

pub(crate) use self::start::{Start, is_of_the_clock};

/// Reads `500ms`, `90s`, `1h30m`, `1d12h`; a number alone counts seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let read = if is_number {
        units(&format!("{text}s"))
    } else {
        units(text)
    };
    match read.ok_or("write it like 500ms, 90s, 1h30m or 1d12h")? {
        short if short < SHORTEST => Err("it has to be 1ms at least".to_owned()),
        duration => within_a_year(duration),
    }
}

/// Returns a duration as it may be typed: `1h 30m`.
pub(crate) fn duration_text(duration: Duration) -> String {
    let signed = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    format!("{signed:#}")
}

/// The time, in whole seconds: `+2h` needs no microseconds.
pub(crate) fn now() -> SystemTime {
    let now = SystemTime::now();
    let elapsed = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(elapsed.as_secs())
}

/// Returns the time as RFC 3339 in UTC, to the microsecond.
pub(crate) fn stamp() -> String {
    DateTime::try_from(SystemTime::now()).map_or_else(|_| String::new(), utc)
}

/// Returns the current time, as [`text`] does.
pub(crate) fn now_text() -> String {
    DateTime::try_from(SystemTime::now()).map_or_else(|_| String::new(), text)
}

/// Returns a point in time for programs: RFC 3339 in UTC.
pub(crate) fn utc(time: DateTime) -> String {
    let utc = time.to_utc().to_rfc3339();
    utc.unwrap_or_else(|| time.to_string())
}

/// Returns a point in time as text: in the local time zone, to the second, with the offset from UTC.
pub(crate) fn text(time: DateTime) -> String {
    text_in(time, TimeZone::system())
}

/// Returns a point in time for a narrow table: in the local time zone, to the minute, with the date unless it is today.
pub(crate) fn brief(time: DateTime) -> String {
    brief_at(time, &ZonedDateTime::now())
}

fn brief_at(time: DateTime, now: &ZonedDateTime) -> String {
    let Ok(instant) = Timestamp::try_from(time) else {
        return time.to_string();
    };
    let time = instant.to_zoned_datetime(now.time_zone().clone());
    let form = match (time.date() == now.date(), time.year() == now.year()) {
        (true, _) => "%H:%M %:::z",
        (false, true) => "%m-%d %H:%M %:::z",
        (false, false) => "%F %H:%M %:::z",
    };
    time.strftime(form).to_string()
}

fn text_in(time: DateTime, zone: TimeZone) -> String {
    match Timestamp::try_from(time) {
        _ if time.is_never() => "never".to_owned(),
        Ok(instant) => instant
            .to_zoned_datetime(zone)
            .strftime("%F %T %:z")
            .to_string(),
        Err(_) => time.to_string(),
    }
}

/// Reads a duration in the friendly format of jiff. A day has 24 hours.
fn units(text: &str) -> Option<Duration> {
    // Neither a sign nor a blank comes first.
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let span = SpanParser::new().parse_span(text).ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    duration.try_into().ok()
}

fn within_a_year(duration: Duration) -> Result<Duration, String> {
    match duration {
        long if long > LONGEST => Err("it is longer than a year".to_owned()),
        duration => Ok(duration),
    }
}

/// The resolution of operation timeouts and of the clock of a wait.
const SHORTEST: Duration = Duration::from_millis(1);
/// Longer than anything waits, and short enough to be added to any time.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("5m", 300),
            ("2h", 7_200),
            ("1d12h", 129_600),
            ("1d0h0m1s", 86_401),
            ("1.5h", 5_400),
            ("1 h", 3_600),
            ("366d", 31_622_400),
            ("1h30m", 5_400),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1ms"), Ok(Duration::from_millis(1)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1_500)));
        for wrong in [
            "",
            "s",
            "h2",
            "1x",
            "-1s",
            "+1s",
            "1h ago",
            "999us",
            "0ms",
            "1mo",
            "+5",
            "2h1d",
            "1h1h",
            "1h5",
            "0",
            "0s",
            "0h0s",
            "367d",
            "99999999999999999999",
            "99999999999999999999d",
            "１h",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_are_local_for_people_and_utc_for_programs() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        for (time, local, universal) in [
            (
                "20300115220000.123456+060",
                "2030-01-15 22:00:00 +01:00",
                "2030-01-15T21:00:00.123456Z",
            ),
            (
                "20300715200000.000000+000",
                "2030-07-15 22:00:00 +02:00",
                "2030-07-15T20:00:00Z",
            ),
            // Windows writes it for "never".
            ("16010101000000.000000+000", "never", "1601-01-01T00:00:00Z"),
            (
                "2030**********.******+060",
                "2030**********.******+060",
                "2030**********.******+060",
            ),
        ] {
            let time: DateTime = time.parse().unwrap();
            assert_eq!(text_in(time, berlin.clone()), local);
            assert_eq!(utc(time), universal);
        }
    }

    #[test]
    fn times_are_brief_in_a_narrow_table() {
        let zone = |text| TimeZone::posix(text).unwrap();
        for (time, zone, expected) in [
            ("20300115205959.000000+000", zone("CET-1"), "21:59 +01"),
            (
                "20300115230000.000000+000",
                zone("CET-1"),
                "01-16 00:00 +01",
            ),
            (
                "20300115180000.000000+000",
                zone("IST-5:30"),
                "23:30 +05:30",
            ),
            (
                "20291231220000.000000+000",
                zone("CET-1"),
                "2029-12-31 23:00 +01",
            ),
            (
                "2030**********.******+060",
                zone("CET-1"),
                "2030**********.******+060",
            ),
        ] {
            let now: Timestamp = "2030-01-15T12:00:00Z".parse().unwrap();
            let now = now.to_zoned_datetime(zone);
            assert_eq!(brief_at(time.parse().unwrap(), &now), expected);
        }
    }
}
