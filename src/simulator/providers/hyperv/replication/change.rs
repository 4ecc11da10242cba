//! RequestReplicationStateChange and its newer form, which names the relationship, of Msvm_ComputerSystem.

use super::super::super::Call;
use super::super::codes::{INVALID_PARAMETER, INVALID_STATE, mode, state::*};
use super::super::job::JobState;
use super::super::power::OFF;
use super::super::state::Hyperv;
use super::super::timeline::Timeline;
use super::link::{Link, Which};
use super::remove::relationship;
use super::request::{Refusal, Started};
use super::trouble::Trouble;

/// Changes the state of a relationship. It reads as the new one while the job is in progress (hyperv-replica, 1.6).
pub(in super::super) fn request(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let id = call.target.get::<String>("Name").unwrap_or_default();
    let which = relationship(call, &id)?;
    let requested = call
        .input
        .get::<Option<u16>>("RequestedState")
        .ok()
        .flatten();
    let vm = hyperv.vm(&id, call.now).ok_or(INVALID_PARAMETER)?;
    let is_sender = vm.sends(call.now) == Some(which);
    let is_receiver = which == Which::Primary && vm.is_replica(call.now);
    let is_off = vm.power.state(call.now) == OFF;
    let link = vm.link(which);
    let has_replicated = link.last_replication(call.now).is_some();
    let change = match (requested, link.state.at(call.now)) {
        (Some(READY), COPYING | SUSPENDED | CRITICAL | DISKS_UPDATING | DISKS_CRITICAL)
            if is_sender && !has_replicated =>
        {
            Change::CancelCopy
        }
        (Some(COPYING), DISABLED) if vm.mode.at(call.now) == mode::NONE && is_off => {
            Change::BecomeReplica
        }
        (Some(COPYING), DISKS_UPDATING | DISKS_CRITICAL) if is_receiver && !has_replicated => {
            Change::Plain(COPYING, 96)
        }
        (Some(REPLICATING), SUSPENDED | CRITICAL | DISKS_UPDATING | DISKS_CRITICAL) => {
            Change::Resume
        }
        (Some(REPLICATING), WAITS_TO_RESYNC | RESYNC_SUSPENDED) => Change::ResumeResync,
        (Some(REPLICATING), RESYNCING) if is_receiver => Change::CancelResync,
        (Some(PREPARED), REPLICATING) if is_sender && is_off && which == Which::Primary => {
            Change::Prepare
        }
        (Some(SUSPENDED), COPYING | REPLICATING) => Change::Suspend,
        (Some(SUSPENDED), RESYNCING) => Change::SuspendResync,
        (Some(WAITS_TO_RESYNC), RESYNCING) if is_sender => Change::CancelResync,
        (Some(DISKS_UPDATING), DISKS_CRITICAL) => Change::UpdateDisks,
        (Some(requested), _) if REQUESTABLE.contains(&requested) => {
            return Err(INVALID_STATE.into());
        }
        _ => return Err(INVALID_PARAMETER.into()),
    };
    hyperv.require(call, &id, which, &[link.state.at(call.now)])?;
    hyperv.make(call, &id, which, change)
}

/// A change of the state of a relationship.
#[derive(Clone, Copy)]
enum Change {
    /// To a state, by a job of a type.
    Plain(u16, u16),
    CancelCopy,
    BecomeReplica,
    Resume,
    Suspend,
    Prepare,
    ResumeResync,
    SuspendResync,
    CancelResync,
    UpdateDisks,
}

impl Hyperv {
    fn make(&mut self, call: &Call<'_>, id: &str, which: Which, change: Change) -> Started {
        let (now, end) = (call.now, call.now.plus(self.pace));
        let mut work = self.work(96, id, now);
        match change {
            Change::Plain(state, kind) => {
                work.kind = kind;
                self.change_link(id, which, |link| link.state.set(now, state));
            }
            Change::CancelCopy => {
                work.kind = 109;
                self.cancel_start(call, id, which, JobState::Terminated);
            }
            Change::BecomeReplica => {
                if let Some(vm) = self.vm_mut(id) {
                    vm.mode = Timeline::new(mode::REPLICA);
                    vm.primary = Link::new(COPYING);
                }
            }
            Change::Resume => {
                if let Err((trouble, server)) = self.reconnect(call, id, which) {
                    self.change_link(id, which, |link| link.state.set(now, CRITICAL));
                    work.ending = self.failure(trouble, &work, &server);
                } else {
                    self.resume(call, id, which)?;
                }
            }
            Change::Suspend => {
                self.jobs.stop(id, &[116], now, JobState::Terminated);
                self.pause(call, id, which, SUSPENDED);
            }
            Change::Prepare => {
                work.kind = 100;
                // The last changes are sent; nothing is after that.
                self.change_both(call, id, which, |link| {
                    link.flow.set(now, true);
                    link.flow.set(end, false);
                    link.planned.set(now, true);
                });
                self.change_link(id, which, |link| link.state.set(now, PREPARED));
            }
            Change::ResumeResync => {
                let left = self.link(id, which)?.left(now);
                let length = left.filter(|left| !left.is_zero());
                self.resynchronize(call, id, which, now, length);
            }
            Change::SuspendResync => self.stop_resync(call, id, which, RESYNC_SUSPENDED),
            Change::CancelResync => {
                work.kind = 110;
                self.stop_resync(call, id, which, WAITS_TO_RESYNC);
            }
            Change::UpdateDisks => {
                work.kind = 125;
                self.change_link(id, which, |link| {
                    link.state.set(now, DISKS_UPDATING);
                    link.state.set(end, REPLICATING);
                });
            }
        }
        Ok(Some(self.begin_job(work, call)))
    }

    /// Checks that the other end can be reached, if this end sends.
    fn reconnect(&self, call: &Call<'_>, id: &str, which: Which) -> Result<(), (Trouble, String)> {
        let Some(vm) = self.vm(id, call.now) else {
            return Ok(());
        };
        let sends = vm.sends(call.now) == Some(which) && vm.link(which).other.is_some();
        if sends {
            self.reach(call, &vm.link(which).settings)?;
        }
        Ok(())
    }

    /// Goes on with the copy, or with replicating.
    fn resume(&mut self, call: &Call<'_>, id: &str, which: Which) -> Result<(), Refusal> {
        let now = call.now;
        let link = self.link(id, which)?;
        let left = link.left(now);
        if link.last_replication(now).is_none() {
            self.change_link(id, which, |link| link.state.set(now, COPYING));
            if let Some(left) = left {
                self.copy(call, id, which, now, left);
            }
            return Ok(());
        }
        self.change_link(id, which, |link| link.state.set(now, REPLICATING));
        let mut other = REPLICATING;
        self.change_other(call, id, which, |link| other = link.state.at(now));
        if other == REPLICATING {
            self.change_both(call, id, which, |link| link.flow.set(now, true));
        }
        Ok(())
    }

    /// Drops what was scheduled for a relationship.
    pub(in super::super) fn pause_as_it_is(&mut self, call: &Call<'_>, id: &str, which: Which) {
        let state = self.link_state(id, which, call.now);
        self.pause(call, id, which, state);
    }

    /// Stops the flow of changes, and what was scheduled, with this end in a state.
    pub(in super::super) fn pause(&mut self, call: &Call<'_>, id: &str, which: Which, state: u16) {
        let now = call.now;
        self.change_both(call, id, which, |link| {
            let before = link.state.at(now);
            link.state.set(now, before);
            link.flow.set(now, false);
            link.transfer = link.left(now).map(|left| (None, left));
        });
        self.change_link(id, which, |link| link.state.set(now, state));
    }
}

/// The values of RequestedState that are known.
const REQUESTABLE: [u16; 7] = [
    READY,
    COPYING,
    REPLICATING,
    PREPARED,
    SUSPENDED,
    WAITS_TO_RESYNC,
    DISKS_UPDATING,
];
