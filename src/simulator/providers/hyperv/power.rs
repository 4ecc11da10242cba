//! The power of a virtual machine as a function of time, and the method RequestStateChange that changes it.

use std::time::Duration;

use crate::cim::Value;

use super::super::{Call, CallError, Moment, Output};
use super::job::{Ending, Task};
use super::state::Hyperv;

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
    let vm = hyperv.vms.iter_mut().find(|vm| vm.id == id);
    let changed = vm.and_then(|vm| vm.power.request(requested, call.now, done));
    if changed.is_none() {
        return refused;
    }
    let task = Task {
        kind: 0,
        title: "Changing the state of a virtual machine",
        is_cancellable: false,
    };
    let job = hyperv.begin_job(task, id, call.now, Ending::Completed, call);
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
/// Return codes of RequestStateChange.
const JOB_STARTED: u32 = 4096;
const INVALID_PARAMETER: u32 = 32_773;
const INVALID_STATE: u32 = 32_775;
