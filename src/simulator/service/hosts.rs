//! The hosts of a site: one clock, and one lock over the states of all of them.
//!
//! The lock is the site's, since a change on one host can be a change on another (a replica appears on the replica
//! server): with a single lock there is no order in which two could be taken wrongly. The time is read under the lock,
//! so that it does not go backwards from one request to the next, on any host.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::simulator::providers::{Clock, Host, Moment, OtherHosts};

use super::state::State;

/// The states of the hosts of a site.
pub(crate) struct Hosts {
    clock: Clock,
    states: Mutex<BTreeMap<HostId, State>>,
    next_id: AtomicU64,
}

/// The number of a host, which no later host of that name gets.
pub(super) type HostId = u64;

impl Hosts {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            states: Mutex::default(),
            next_id: AtomicU64::new(0),
        }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Locks the states of all hosts, and reads the clock.
    pub(super) fn lock(&self) -> (MutexGuard<'_, BTreeMap<HostId, State>>, Moment) {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        (states, self.clock.now())
    }

    /// Adds a host. Returns `None` if the site has a host of that name.
    pub(super) fn add(&self, name: &str, state: impl FnOnce(Moment) -> State) -> Option<HostId> {
        let (mut states, now) = self.lock();
        let mut others = states.values();
        if others.any(|other| other.name.eq_ignore_ascii_case(name)) {
            return None;
        }
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        states.insert(id, state(now));
        Some(id)
    }

    /// Removes a host, which the others can no longer reach. Its name is free from now on.
    pub(super) fn remove(&self, id: HostId) {
        let (mut states, now) = self.lock();
        if let Some((own, others)) = split(&mut states, id) {
            own.host.set_reachable(false, &others, now);
        }
        states.remove(&id);
    }
}

/// Returns the state of a host, and access to the other hosts.
pub(super) fn split(
    states: &mut BTreeMap<HostId, State>,
    id: HostId,
) -> Option<(&mut State, OtherHosts<'_>)> {
    let (mut own, mut others) = (None, Vec::new());
    for (other, state) in states {
        match *other == id {
            true => own = Some(state),
            false => others.push(&mut state.host),
        }
    }
    let others = OtherHosts::new(others.into_iter().flat_map(Host::states));
    Some((own?, others))
}
