//! The polling interval, and the rule for giving up on a job.

use std::time::Duration;

use super::status::{JobState, JobStatus};

/// The polling interval: short at the start, longer while there is no progress, short again after progress.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    pause: Duration,
}

impl Schedule {
    pub(super) fn new() -> Self {
        Self {
            pause: Duration::ZERO,
        }
    }

    /// Returns the pause before the next poll. `moved` tells whether the last poll found progress.
    pub(super) fn next(&mut self, moved: bool) -> Duration {
        let longer = if moved {
            Duration::ZERO
        } else {
            self.pause * 3 / 2
        };
        self.pause = longer.clamp(FIRST, LONGEST);
        self.pause
    }

    /// Returns the current pause.
    pub(super) fn pause(&self) -> Duration {
        self.pause
    }
}

/// The state of a job between polls.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
    last: Option<(JobState, Option<u16>)>,
    /// The time without progress, as the sum of the pauses.
    still: Duration,
}

impl Observed {
    /// Records a status that was read after a pause. Returns true if the job has progressed since the previous one.
    pub(super) fn record(&mut self, status: &JobStatus, pause: Duration) -> bool {
        let now = Some((status.state, status.percent_complete));
        let moved = self.last.is_some() && self.last != now;
        self.still = if moved {
            Duration::ZERO
        } else {
            self.still + pause
        };
        self.last = now;
        moved
    }

    /// Returns true if the job has been seen.
    pub(super) fn is_seen(&self) -> bool {
        self.last.is_some()
    }

    /// Returns true if the job is to be given up: its state is undocumented, and it has not progressed for a minute.
    pub(super) fn is_stalled(&self) -> bool {
        self.still > PATIENCE && self.last.is_some_and(|(state, _)| state.is_undefined())
    }
}

/// The first pause, short enough for a job that completes at once.
const FIRST: Duration = Duration::from_millis(200);
/// The longest pause. A transfer takes hours, and each poll costs the host a query.
const LONGEST: Duration = Duration::from_secs(5);
/// The longest time without progress in an undocumented state.
const PATIENCE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cim::{ClassPath, Instance};

    fn status(state: u16, percent: u16) -> JobStatus {
        let class = ClassPath::new("root/x", "C");
        let row = Instance::new(class.clone())
            .with("InstanceID", "A")
            .with("JobState", state);
        JobStatus::read(&row.with("PercentComplete", percent), &class).unwrap()
    }

    #[test]
    fn backs_off_and_comes_back() {
        let mut schedule = Schedule::new();
        let pauses: Vec<_> = (0..12).map(|_| schedule.next(false).as_millis()).collect();
        assert_eq!(pauses[..3], [200, 300, 450]);
        assert_eq!(pauses[9..], [5000, 5000, 5000]);
        assert_eq!(schedule.next(true).as_millis(), 200);
        assert_eq!(schedule.next(false).as_millis(), 300);
    }

    #[test]
    fn movement_is_a_change_of_state_or_percent() {
        let mut observed = Observed::default();
        let seen = [(4, 0), (4, 0), (4, 1), (5, 1), (5, 1)];
        let moved =
            seen.map(|(state, percent)| observed.record(&status(state, percent), Duration::ZERO));
        assert_eq!(moved, [false, false, true, true, false]);
    }

    #[test]
    fn an_unknown_state_is_given_a_minute_in_which_nothing_moves() {
        let stalled_after = |pauses: &[u64]| {
            let mut observed = Observed::default();
            observed.record(&status(13, 0), Duration::ZERO);
            for pause in pauses {
                observed.record(&status(13, 0), Duration::from_secs(*pause));
            }
            observed.is_stalled()
        };
        assert!(!stalled_after(&[59]));
        assert!(!stalled_after(&[5; 12]), "a minute, and not more");
        assert!(stalled_after(&[61]));
        assert!(stalled_after(&[5; 13]));
    }

    #[test]
    fn only_an_unknown_state_gets_stalled() {
        let stalled_after = |state, minutes: u64| {
            let mut observed = Observed::default();
            observed.record(&status(state, 0), Duration::ZERO);
            observed.record(&status(state, 0), Duration::from_secs(minutes * 60 + 1));
            observed.is_stalled()
        };
        assert_eq!([4, 5, 6].map(|state| stalled_after(state, 60)), [false; 3]);
        assert_eq!(
            [11, 12, 13, 40_000].map(|state| stalled_after(state, 1)),
            [true; 4]
        );
        assert!(!stalled_after(13, 0));
    }
}
