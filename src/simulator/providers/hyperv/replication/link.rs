//! One end of a replication relationship as a function of time.

use std::time::Duration;

use crate::cim::Properties;

use super::super::super::Moment;
use super::super::timeline::Timeline;

/// Which of the two relationships that a virtual machine can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Which {
    /// Between the primary host and the replica host: `\HVR\0`.
    Primary,
    /// Between the replica host and a third host, seen from the replica host: `\HVR\1`.
    Extended,
}

impl Which {
    /// Returns the `InstanceID` of the relationship, and of its settings.
    pub(in super::super) fn instance_id(self, vm: &str) -> String {
        let number = match self {
            Self::Primary => 0,
            Self::Extended => 1,
        };
        format!(r"Microsoft:{vm}\HVR\{number}")
    }
}

/// The other end of a relationship: a relationship of the machine with the same id on another host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct End {
    pub(in super::super) host: String,
    pub(in super::super) which: Which,
}

/// One end of a relationship.
#[derive(Clone, Debug)]
pub(in super::super) struct Link {
    /// `ReplicationState`.
    pub(in super::super) state: Timeline<u16>,
    /// True while changes are replicated. A change to true is itself a replication: the copy, a resynchronization.
    pub(in super::super) flow: Timeline<bool>,
    /// The health that was ordered, in place of that of the state.
    pub(in super::super) health: Timeline<Option<u16>>,
    /// `FailedOverReplicationType`.
    pub(in super::super) failed_over: Timeline<u16>,
    /// True while a planned failover is prepared.
    pub(in super::super) planned: Timeline<bool>,
    /// The settings that were passed when it was created or changed.
    pub(in super::super) settings: Properties,
    /// Absent if the other host is the imaginary one.
    pub(in super::super) other: Option<End>,
    /// The begin of the last copy or resynchronization, absent while it is suspended, and what was left of it then.
    pub(in super::super) transfer: Option<(Option<Moment>, Duration)>,
    /// True if the copy was exported, and has to be imported.
    pub(in super::super) is_exported: bool,
    /// The time from which statistics count.
    pub(in super::super) counted_from: Option<Moment>,
    /// The time of the last test failover.
    pub(in super::super) tested: Option<Moment>,
    /// The time from which recovery points are kept.
    pub(in super::super) points_from: Option<Moment>,
}

impl Link {
    /// Returns a relationship that has been in a state forever.
    pub(in super::super) fn new(state: u16) -> Self {
        Self {
            state: Timeline::new(state),
            flow: Timeline::new(false),
            health: Timeline::new(None),
            failed_over: Timeline::new(0),
            planned: Timeline::new(false),
            settings: Properties::new(),
            other: None,
            transfer: None,
            is_exported: false,
            counted_from: None,
            tested: None,
            points_from: None,
        }
    }

    /// Returns the time between two replications.
    pub(in super::super) fn interval(&self) -> Duration {
        let seconds = self.settings.get::<u16>("ReplicationInterval");
        Duration::from_secs(seconds.unwrap_or(DEFAULT_INTERVAL).max(1).into())
    }

    /// Returns the time of the last replication, if there was one.
    pub(in super::super) fn last_replication(&self, now: Moment) -> Option<Moment> {
        let (from, to) = self.flows(now).last()?;
        let cycles = count(to.since(from), self.interval());
        Some(from.plus(self.interval().saturating_mul(cycles)))
    }

    /// Returns the number of replications since a moment, without those that are copies and resynchronizations.
    pub(in super::super) fn cycles(&self, since: Option<Moment>, now: Moment) -> u32 {
        let interval = self.interval();
        let of_span = |(from, to): (Moment, Moment)| {
            let before = since.map_or(0, |since| count(since.since(from), interval));
            count(to.since(from), interval).saturating_sub(before)
        };
        self.flows(now).map(of_span).sum()
    }

    /// Returns the time that is left of the copy or the resynchronization, if it has begun.
    pub(in super::super) fn left(&self, now: Moment) -> Option<Duration> {
        let (begins, length) = self.transfer?;
        let passed = begins.map(|begins| now.since(begins));
        Some(length.saturating_sub(passed.unwrap_or_default()))
    }

    /// Returns the spans in which changes were replicated.
    pub(in super::super) fn flows(&self, now: Moment) -> impl Iterator<Item = (Moment, Moment)> {
        let spans = self.flow.spans(now).filter(|(flows, ..)| *flows);
        spans.map(|(_, from, to)| (from, to))
    }
}

/// Returns the number of intervals that a time has.
pub(super) fn count(time: Duration, interval: Duration) -> u32 {
    u32::try_from(time.as_micros() / interval.as_micros().max(1)).unwrap_or(u32::MAX)
}

/// `ReplicationInterval` unless it is set.
pub(super) const DEFAULT_INTERVAL: u16 = 300;
