//! Times and durations as they are typed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cimwire::cim::DateTime;
use jiff::fmt::friendly::SpanParser;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, SpanRelativeTo, Timestamp, ZonedDateTime, civil};

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

/// When something is to begin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Start {
    At(DateTime),
    In(Duration),
}

impl Start {
    /// Reads RFC 3339, `+2h` from now, or a local time: `22:00`, which is the next one, `today 22:00`, `tomorrow 03:00`,
    /// `2030-01-15 22:00`.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        Self::read_at(text, &ZonedDateTime::now())
    }

    fn read_at(text: &str, now: &ZonedDateTime) -> Result<Self, String> {
        if let Some(ahead) = text.strip_prefix('+') {
            let ahead = units(ahead).ok_or("write it like +90m, +2h or +1d12h")?;
            return within_a_year(ahead).map(Self::In);
        }
        match local(text, now) {
            Some(time) => instant(time, now.time_zone()).map(Self::At),
            None => text.parse().map(Self::At).map_err(|_| {
                "write it like 22:00, tomorrow 03:00, 2030-01-15T21:00:00Z, or +2h from now"
                    .to_owned()
            }),
        }
    }

    /// The point in time; `None` where the clock cannot say it.
    pub(crate) fn after(self, now: SystemTime) -> Option<DateTime> {
        match self {
            Self::At(time) => Some(time),
            Self::In(ahead) => DateTime::try_from(now.checked_add(ahead)?).ok(),
        }
    }
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

/// Returns the time for people, as [`text`] does.
pub(crate) fn now_text() -> String {
    DateTime::try_from(SystemTime::now()).map_or_else(|_| String::new(), text)
}

/// Returns a point in time for programs: RFC 3339 in UTC.
pub(crate) fn utc(time: DateTime) -> String {
    let utc = time.to_utc().to_rfc3339();
    utc.unwrap_or_else(|| time.to_string())
}

/// Returns a point in time for people: in the local time zone, to the second, with the offset from UTC.
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

/// Reports whether a text is a time from now, or of the local clock, which a host cannot read.
pub(crate) fn is_of_the_clock(text: &str) -> bool {
    text.starts_with('+') || local(text, &ZonedDateTime::now()).is_some()
}

/// Reads a time of the local clock, with or without a day before it.
fn local(text: &str, now: &ZonedDateTime) -> Option<civil::DateTime> {
    let (day, clock) = text.rsplit_once(' ').unwrap_or(("", text));
    let is_clock = clock.len() >= 4 && clock.contains(':');
    let mut digits = clock
        .chars()
        .chain(day.chars().filter(|_| day.contains('-')));
    if !is_clock || !digits.all(|c| c.is_ascii_digit() || c == ':' || c == '-') {
        return None;
    }
    let time: civil::Time = format!("{clock:0>5}").parse().ok()?;
    let date = match day.trim().to_ascii_lowercase().as_str() {
        "" if time > now.time() => now.date(),
        "today" => now.date(),
        "" | "tomorrow" => now.date().tomorrow().ok()?,
        day => day.parse().ok()?,
    };
    Some(date.to_datetime(time))
}

/// Returns the point in time that a local clock shows, if it shows it once.
fn instant(time: civil::DateTime, zone: &TimeZone) -> Result<DateTime, String> {
    let text = time.strftime("%F %T");
    let found = zone.to_ambiguous_zoned_datetime(time);
    match found.offset() {
        AmbiguousOffset::Unambiguous { .. } => {}
        AmbiguousOffset::Gap { .. } => {
            return Err(format!(
                "{text} does not exist in this time zone: the clocks are set forward then; write an earlier or a later time"
            ));
        }
        AmbiguousOffset::Fold { before, after } => {
            let with = |offset| {
                let time = TimeZone::fixed(offset).to_zoned_datetime(time);
                time.map_or_else(
                    |_| String::new(),
                    |time| time.strftime("%FT%T%:z").to_string(),
                )
            };
            return Err(format!(
                "{text} comes twice in this time zone: the clocks are set back then; write {} or {}",
                with(before),
                with(after)
            ));
        }
    }
    let instant = found.unambiguous().map_err(|error| error.to_string())?;
    DateTime::try_from(instant.timestamp()).map_err(|error| error.to_string())
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

    #[test]
    fn local_times_are_read_at_the_next_occasion() {
        // Berlin: forward on 31 March 2030 at 02:00, back on 27 October 2030 at 03:00.
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let at = |now: &str, text: &str| {
            let now: Timestamp = now.parse().unwrap();
            let start = Start::read_at(text, &now.to_zoned_datetime(berlin.clone()));
            start.map(|start| match start {
                Start::At(time) => utc(time),
                Start::In(ahead) => duration_text(ahead),
            })
        };
        // 13:00 in Berlin.
        let noon = "2030-01-15T12:00:00Z";
        for (text, expected) in [
            ("22:00", "2030-01-15T21:00:00Z"),
            ("22:00:30", "2030-01-15T21:00:30Z"),
            ("13:01", "2030-01-15T12:01:00Z"),
            ("13:00", "2030-01-16T12:00:00Z"),
            ("3:00", "2030-01-16T02:00:00Z"),
            ("today 03:00", "2030-01-15T02:00:00Z"),
            ("tomorrow 03:00", "2030-01-16T02:00:00Z"),
            ("Tomorrow 22:00", "2030-01-16T21:00:00Z"),
            ("2030-07-01 22:00", "2030-07-01T20:00:00Z"),
            ("2030-01-20 00:00:01", "2030-01-19T23:00:01Z"),
            // RFC 3339 says its offset.
            ("2030-01-15T22:00:00-05:00", "2030-01-16T03:00:00Z"),
            ("+1h30m", "1h 30m"),
        ] {
            assert_eq!(at(noon, text).as_deref(), Ok(expected), "{text}");
        }
        for wrong in [
            "24:00",
            "22",
            "22:",
            ":00",
            "22:60",
            "10pm",
            "tomorrow",
            "yesterday 22:00",
            "2030-02-30 22:00",
            "22:00 tomorrow",
            "tomorrow 22",
            "-22:00",
            "today  ",
            "1:2",
        ] {
            assert!(at(noon, wrong).is_err(), "{wrong}");
        }

        let spring = "2030-03-30T12:00:00Z";
        assert_eq!(
            at(spring, "tomorrow 01:59").as_deref(),
            Ok("2030-03-31T00:59:00Z")
        );
        let missing = at(spring, "02:30").unwrap_err();
        assert!(
            missing.starts_with("2030-03-31 02:30:00 does not exist"),
            "{missing}"
        );
        assert_eq!(
            at(spring, "tomorrow 03:00").as_deref(),
            Ok("2030-03-31T01:00:00Z")
        );

        let autumn = "2030-10-26T12:00:00Z";
        let twice = at(autumn, "02:30").unwrap_err();
        assert!(
            twice.ends_with("write 2030-10-27T02:30:00+02:00 or 2030-10-27T02:30:00+01:00"),
            "{twice}"
        );
        assert_eq!(at(autumn, "03:00").as_deref(), Ok("2030-10-27T02:00:00Z"));
    }

    #[test]
    fn starts() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_893_456_000);
        let start = |text: &str| {
            let start = Start::read(text).ok()?.after(now)?;
            Some(start.to_string())
        };
        assert_eq!(start("+2h").as_deref(), Some("20300101020000.000000+000"));
        assert_eq!(
            start("+1d12h").as_deref(),
            Some("20300102120000.000000+000")
        );
        assert_eq!(start("+0s").as_deref(), Some("20300101000000.000000+000"));
        assert_eq!(
            start("2030-01-15T22:00:00+01:00").as_deref(),
            Some("20300115220000.000000+060")
        );
        for wrong in [
            "",
            "+",
            "+2",
            "2h",
            "++2h",
            "tomorrow",
            "2030-13-01T00:00:00Z",
            "+400d",
        ] {
            assert!(Start::read(wrong).is_err(), "{wrong}");
        }
    }
}
