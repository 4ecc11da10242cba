//! Times at which something is to begin, as they are typed.

use std::time::{Duration, SystemTime};

use cimwire::cim::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{ZonedDateTime, civil};

use super::{units, within_a_year};

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

#[cfg(test)]
mod tests {
    use super::super::{duration_text, utc};
    use super::*;
    use jiff::Timestamp;

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
