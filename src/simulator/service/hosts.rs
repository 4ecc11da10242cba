//! The hosts of a site: one clock, and one lock over the states of all of them.
//!
//! The lock is the site's, since a change on one host can be a change on another (a replica appears on the replica
//! server): with a single lock there is no order in which two could be taken wrongly. The time is read under the lock,
//! so that it does not go backwards from one request to the next, on any host.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::simulator::providers::{Clock, Moment};

use super::state::State;

/// The states of the hosts of a site, by their names in upper case.
pub(crate) struct Hosts {
    clock: Clock,
    states: Mutex<BTreeMap<String, State>>,
}

impl Hosts {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            states: Mutex::default(),
        }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Locks the states of all hosts, and reads the clock.
    pub(super) fn lock(&self) -> (MutexGuard<'_, BTreeMap<String, State>>, Moment) {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        (states, self.clock.now())
    }

    /// Adds a host. Returns `false` if the site has a host of that name.
    pub(super) fn add(&self, name: &str, state: impl FnOnce(Moment) -> State) -> bool {
        let (mut states, now) = self.lock();
        let key = name.to_ascii_uppercase();
        let is_new = !states.contains_key(&key);
        if is_new {
            states.insert(key, state(now));
        }
        is_new
    }

    pub(super) fn remove(&self, name: &str) {
        self.lock().0.remove(&name.to_ascii_uppercase());
    }
}
