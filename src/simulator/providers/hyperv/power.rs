//! The power of a virtual machine as a function of time, and the method RequestStateChange that changes it.

use std::time::Duration;

use crate::cim::Value;

use super::super::{Call, CallError, Moment, Output};
use super::codes::mode;
use super::codes::state::{COMMITTED, FAILED_OVER, PREPARED};
use super::codes::{INVALID_PARAMETER, INVALID_STATE, JOB_STARTED};
use super::state::Hyperv;
use super::vm::Vm;

/// The power of a virtual machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Power {
    before: PowerState,
    after: PowerState,
    /// The value with which the last change was requested, if there was one.
    requested: Option<u16>,
    /// The time at which the last change is done.
    done: Moment,
}

/// A state: the value of `EnabledState`.
pub(super) type PowerState = u16;

impl Power {
    /// Returns the power of a machine that has been in a state since a moment.
    pub(super) fn constant(state: PowerState, since: Moment) -> Self {
        Self {
            before: state,
            after: state,
            requested: None,
            done: since,
        }
    }

    /// Returns `EnabledState`. A change shows when its job is done, which is a guess.
    pub(super) fn state(&self, now: Moment) -> PowerState {
        if now < self.done {
            self.before
        } else {
            self.after
        }
    }

    /// Returns `RequestedState`, which shows a change while it is in progress.
    pub(super) fn requested_state(&self, now: Moment) -> u16 {
        let requested = self.requested.filter(|_| now < self.done);
        requested.unwrap_or(NO_CHANGE)
    }

    /// Reports whether the machine has a worker process.
    pub(super) fn has_process(&self, now: Moment) -> bool {
        matches!(self.state(now), RUNNING | PAUSED)
    }

    /// Returns the time since the last change to a machine with a worker process, which is its uptime.
    pub(super) fn uptime(&self, now: Moment) -> Duration {
        if self.has_process(now) {
            now.since(self.done)
        } else {
            Duration::ZERO
        }
    }

    /// Returns the time of the last change.
    pub(super) fn changed(&self) -> Moment {
        self.done
    }

    /// Requests a change that is done at a moment. Returns `None` if it is impossible, or another is in progress.
    fn request(&mut self, requested: u16, now: Moment, done: Moment) -> Option<()> {
        let state = self.state(now);
        let mut changes = CHANGES.iter();
        let (_, _, after) = changes
            .find(|(value, from, _)| *value == requested && from.contains(&state))
            .filter(|_| self.done <= now)?;
        *self = Self {
            before: state,
            after: *after,
            requested: Some(requested),
            done,
        };
        Some(())
    }
}

impl Vm {
    /// Reports whether replication allows a request: a primary machine that is prepared for a failover and a replica that
    /// has not failed over are not started.
    fn may_be(&self, requested: u16, now: Moment) -> bool {
        let starts = matches!(requested, 2 | 10 | 11);
        let state = self.replication_state(now);
        let is_locked = match self.mode.at(now) {
            mode::PRIMARY => state == PREPARED,
            mode::REPLICA | mode::EXTENDED => !matches!(state, FAILED_OVER | COMMITTED),
            _ => false,
        };
        !(starts && is_locked)
    }
}

/// Runs RequestStateChange of a virtual machine. `TimeoutPeriod` is not used, and the host itself takes no request
/// (Msvm_ComputerSystem).
pub(super) fn request_state_change(
    hyperv: &mut Hyperv,
    call: &Call<'_>,
) -> Result<Output, CallError> {
    let refused = Ok(Output::code(INVALID_STATE).with("Job", Value::Null));
    let id = call.target.get::<String>("Name").unwrap_or_default();
    let Ok(Some(requested)) = call.input.get::<Option<u16>>("RequestedState") else {
        return Ok(Output::code(INVALID_PARAMETER).with("Job", Value::Null));
    };
    let done = call.now.plus(hyperv.pace);
    let vm = hyperv
        .vm_mut(&id)
        .filter(|vm| vm.may_be(requested, call.now));
    let changed = vm.and_then(|vm| vm.power.request(requested, call.now, done));
    if changed.is_none() {
        return refused;
    }
    let work = hyperv.work(0, &id, call.now);
    let job = hyperv.begin_job(work, call);
    Ok(Output::code(JOB_STARTED).with("Job", job))
}

/// Values of `EnabledState`.
pub(super) const RUNNING: PowerState = 2;
pub(super) const OFF: PowerState = 3;
pub(super) const SAVED: PowerState = 6;
pub(super) const PAUSED: PowerState = 9;
/// `RequestedState` outside of a change: "not applicable".
pub(super) const NO_CHANGE: u16 = 12;

/// Values of the parameter RequestedState: Enabled, Disabled, Offline, Quiesce, Reboot and Reset. Each with the states
/// in which it is possible, and the state after it. Others are invalid (RequestStateChange of Msvm_ComputerSystem).
const CHANGES: [(u16, &[PowerState], PowerState); 6] = [
    (2, &[OFF, SAVED, PAUSED], RUNNING),
    (3, &[RUNNING, PAUSED, SAVED], OFF),
    (6, &[RUNNING, PAUSED], SAVED),
    (9, &[RUNNING], PAUSED),
    (10, &[OFF, SAVED], RUNNING),
    (11, &[RUNNING, PAUSED], RUNNING),
];
