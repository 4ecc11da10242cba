//! The resynchronization of both ends: the job spans it.

use std::time::Duration;

use super::super::super::{Call, Moment};
use super::super::codes::{INVALID_PARAMETER, INVALID_STATE, state::*};
use super::super::job::JobState;
use super::super::state::{Hyperv, Work};
use super::link::Which;
use super::request::{Started, vm_of};
use super::start::start_time;

/// The types of the jobs of a resynchronization.
pub(in super::super) const RESYNC_JOBS: [u16; 2] = [107, 121];

/// Resynchronizes a relationship in which this host sends, now or later.
pub(super) fn resynchronize(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let begins = start_time(call).ok_or(INVALID_PARAMETER)?;
    let id = vm_of(hyperv, call, "ComputerSystem")?;
    let vm = hyperv.vm(&id, call.now).ok_or(INVALID_PARAMETER)?;
    let which = vm.sends(call.now).ok_or(INVALID_STATE)?;
    hyperv.require(call, &id, which, &RESYNCHRONIZABLE)?;
    let reached = match vm.link(which).other {
        Some(_) => hyperv.reach(call, &vm.link(which).settings).map(|_| ()),
        None => Ok(()),
    };
    let begins = begins.unwrap_or(call.now);
    if let Err((trouble, server)) = reached {
        let work = hyperv.work(kind(which), &id, begins);
        let ending = hyperv.failure(trouble, &work, &server);
        return Ok(Some(hyperv.begin_job(Work { ending, ..work }, call)));
    }
    Ok(Some(hyperv.resynchronize(call, &id, which, begins, None)))
}

impl Hyperv {
    /// Begins a resynchronization of the usual length, or of the length that was left of it.
    pub(super) fn resynchronize(
        &mut self,
        call: &Call<'_>,
        id: &str,
        which: Which,
        begins: Moment,
        length: Option<Duration>,
    ) -> crate::cim::Reference {
        self.jobs
            .stop(id, &RESYNC_JOBS, call.now, JobState::Terminated);
        let length = length.unwrap_or_else(|| self.pace.saturating_mul(RESYNC_PACES));
        let end = begins.plus(length);
        self.change_both(call, id, which, |link| {
            link.state.set(begins, RESYNCING);
            link.state.set(end, REPLICATING);
            link.flow.set(begins, false);
            link.flow.set(end, true);
            link.transfer = Some((Some(begins), length));
            // A resynchronization deletes the recovery points.
            link.points_from = Some(end);
        });
        let work = Work {
            begins,
            length,
            ..self.work(kind(which), id, call.now)
        };
        self.begin_job(work, call)
    }

    /// Stops a resynchronization in progress. The sender is in a state after that, and the receiver replicates.
    pub(in super::super) fn stop_resync(
        &mut self,
        call: &Call<'_>,
        id: &str,
        which: Which,
        state: u16,
    ) {
        let is_sender = self.vm(id, call.now).and_then(|vm| vm.sends(call.now)) == Some(which);
        let (own, other) = match is_sender || state == RESYNC_SUSPENDED {
            true => (state, REPLICATING),
            false => (REPLICATING, state),
        };
        self.pause(call, id, which, own);
        self.change_other(call, id, which, |link| link.state.set(call.now, other));
        let stop = |host: &mut Self| {
            host.jobs
                .stop(id, &RESYNC_JOBS, call.now, JobState::Terminated);
        };
        let end = self
            .link(id, which)
            .ok()
            .and_then(|link| link.other.clone());
        if let Some(end) = end.filter(|_| !is_sender) {
            call.peers.with(&end.host, stop);
        }
        stop(self);
    }
}

fn kind(which: Which) -> u16 {
    match which {
        Which::Primary => 107,
        Which::Extended => 121,
    }
}

/// The states in which a resynchronization can be requested: those in which `Resume-VMReplication` works.
const RESYNCHRONIZABLE: [u16; 5] = [
    SUSPENDED,
    CRITICAL,
    WAITS_TO_RESYNC,
    RESYNC_SUSPENDED,
    DISKS_CRITICAL,
];
/// The duration of a resynchronization, in durations of a job.
const RESYNC_PACES: u32 = 4;
