//! A value as a function of time.

use super::super::Moment;

/// A value that changes at known moments, in the past and in the future.
#[derive(Clone, Debug)]
pub(super) struct Timeline<T> {
    first: T,
    /// The changes, in the order of time.
    changes: Vec<(Moment, T)>,
}

impl<T: Copy> Timeline<T> {
    /// Returns a value that does not change.
    pub(super) fn new(first: T) -> Self {
        Self {
            first,
            changes: Vec::new(),
        }
    }

    pub(super) fn at(&self, now: Moment) -> T {
        self.past(now)
            .last()
            .map_or(self.first, |(_, value)| *value)
    }

    /// Changes the value at a moment, and drops the changes that were scheduled for later. A change at the same moment has
    /// happened before.
    pub(super) fn set(&mut self, at: Moment, value: T) {
        self.changes.retain(|(other, _)| *other <= at);
        self.changes.push((at, value));
    }

    /// Returns the changes until now: each value, and from when until when it has lasted.
    pub(super) fn spans(&self, now: Moment) -> impl Iterator<Item = (T, Moment, Moment)> {
        let ends = self.past(now).skip(1).map(|(end, _)| *end);
        let ends = ends.chain(std::iter::once(now));
        let spans = self.past(now).zip(ends);
        spans.map(|((from, value), end)| (*value, *from, end))
    }

    fn past(&self, now: Moment) -> impl Iterator<Item = &(Moment, T)> {
        self.changes.iter().take_while(move |(at, _)| *at <= now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::Clock;
    use super::*;

    #[test]
    fn a_change_drops_what_was_scheduled_for_later() {
        let begin = Clock::new(0.0).now();
        let at = |seconds| begin.plus(Duration::from_secs(seconds));
        let mut state = Timeline::new(1);
        state.set(at(10), 2);
        state.set(at(30), 3);
        let seen = |state: &Timeline<i32>| [9, 10, 29, 30, 99].map(|moment| state.at(at(moment)));
        assert_eq!(seen(&state), [1, 2, 2, 3, 3]);
        state.set(at(20), 7);
        assert_eq!(seen(&state), [1, 2, 7, 7, 7]);
        let spans: Vec<_> = state.spans(at(25)).collect();
        assert_eq!(spans, [(2, at(10), at(20)), (7, at(20), at(25))]);
        state.set(at(20), 8);
        assert_eq!(seen(&state), [1, 2, 8, 8, 8]);
        assert_eq!(state.spans(at(25)).count(), 3);
    }
}
