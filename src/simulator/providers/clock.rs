//! Simulated time: real, faster than real, or driven by hand.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::cim::{DateTime, Interval};

/// A point in simulated time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    unix_micros: i64,
}

impl Moment {
    /// Returns the moment that a CIM time names, or `None` for a time with wildcards.
    pub(crate) fn of(time: &DateTime) -> Option<Self> {
        time.instant().map(|unix_micros| Self { unix_micros })
    }

    /// Returns the moment after a duration.
    pub(crate) fn plus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self {
            unix_micros: self.unix_micros.saturating_add(micros),
        }
    }

    /// Returns the duration since another moment, or zero if that is later.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        let micros = self.unix_micros.saturating_sub(earlier.unix_micros);
        Duration::from_micros(u64::try_from(micros).unwrap_or_default())
    }

    /// Returns the moment as a FILETIME: steps of 100 ns since the beginning of 1601, in UTC.
    pub(crate) fn to_file_time(self) -> u64 {
        let steps = (i128::from(self.unix_micros) + UNIX_SINCE_1601) * 10;
        u64::try_from(steps).unwrap_or_default()
    }

    /// Returns the moment as a CIM time in UTC.
    pub(crate) fn to_datetime(self) -> DateTime {
        DateTime::from_unix_micros(self.unix_micros).unwrap_or(DateTime::NEVER)
    }
}

impl From<Moment> for SystemTime {
    fn from(moment: Moment) -> Self {
        let since = u64::try_from(moment.unix_micros).unwrap_or_default();
        UNIX_EPOCH + Duration::from_micros(since)
    }
}

/// Returns a duration as a CIM interval.
pub(crate) fn interval(duration: Duration) -> Option<Interval> {
    Interval::try_from(duration).ok()
}

/// The clock of a host.
#[derive(Debug)]
pub(crate) struct Clock {
    origin: Moment,
    started: Instant,
    speed: f64,
    /// The sum of all calls of [`advance`](Self::advance), in microseconds.
    advanced: AtomicU64,
}

impl Clock {
    /// Returns a clock that starts at the system time and runs `speed` times as fast as real time. At speed 0 it stands
    /// still until it is [advanced](Self::advance).
    pub(crate) fn new(speed: f64) -> Self {
        let now = DateTime::try_from(SystemTime::now()).unwrap_or(DateTime::NEVER);
        Self {
            origin: Moment {
                unix_micros: now.instant().unwrap_or_default(),
            },
            started: Instant::now(),
            speed: if speed.is_finite() {
                speed.clamp(0.0, MAX_SPEED)
            } else {
                1.0
            },
            advanced: AtomicU64::new(0),
        }
    }

    /// Returns the time now.
    pub(crate) fn now(&self) -> Moment {
        let elapsed = self.started.elapsed().as_secs_f64() * self.speed;
        let elapsed = Duration::try_from_secs_f64(elapsed).unwrap_or(Duration::MAX);
        let advanced = Duration::from_micros(self.advanced.load(Ordering::SeqCst));
        self.origin.plus(elapsed).plus(advanced)
    }

    /// Moves the time forward.
    pub(crate) fn advance(&self, by: Duration) {
        let micros = u64::try_from(by.as_micros()).unwrap_or(u64::MAX);
        let _ = self
            .advanced
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |sum| {
                Some(sum.saturating_add(micros))
            });
    }
}

/// From the beginning of 1601 to that of 1970, in microseconds.
const UNIX_SINCE_1601: i128 = 11_644_473_600_000_000;
/// An hour passes in a few milliseconds at least.
const MAX_SPEED: f64 = 1e6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_at_speed_nothing_is_driven_by_hand() {
        let clock = Clock::new(0.0);
        let before = clock.now();
        assert_eq!(clock.now(), before);
        clock.advance(Duration::from_secs(3600));
        assert_eq!(clock.now().since(before), Duration::from_secs(3600));
        assert_eq!(before.since(clock.now()), Duration::ZERO);
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(clock.now() > before);
    }

    #[test]
    fn moments_and_cim_times() {
        let time: DateTime = "20300115230000.000000+120".parse().unwrap();
        let moment = Moment::of(&time).unwrap();
        assert_eq!(
            moment.to_datetime().to_rfc3339().as_deref(),
            Some("2030-01-15T21:00:00Z")
        );
        assert_eq!(
            moment
                .plus(Duration::from_millis(1500))
                .to_datetime()
                .to_string(),
            "20300115210001.500000+000"
        );
        // 2,208,988,800 s from 1900 to 1970, and 109,207 days from 1601 to 1900.
        let unix: DateTime = "19700101000000.000001+000".parse().unwrap();
        let file_time = Moment::of(&unix).unwrap().to_file_time();
        assert_eq!(
            file_time,
            (2_208_988_800 + 109_207 * 86_400) * 10_000_000 + 10
        );
        assert_eq!(
            Moment::of(&"203001**210000.000000+000".parse().unwrap()),
            None
        );
    }
}
