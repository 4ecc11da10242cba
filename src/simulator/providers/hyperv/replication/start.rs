//! StartReplication, the copy that it begins, and ImportInitialReplica.

use std::time::Duration;

use crate::cim::{DateTime, Value};

use super::super::super::{Call, Moment};
use super::super::codes::{INVALID_PARAMETER, INVALID_STATE, state};
use super::super::job::{Ending, JobState};
use super::super::state::{Hyperv, Work};
use super::link::Which;
use super::request::{Refusal, Started, vm_of};
use super::trouble::Trouble;

/// The types of the jobs that start an initial replication: network, seeded, export.
pub(in super::super) const START_JOBS: [u16; 3] = [94, 117, 118];

/// Starts the initial replication of a virtual machine, now or later.
///
/// The parameters are checked before the state of the machine. A second call while a scheduled start is pending
/// reschedules it, as `Set-VMReplication` relies on, and terminates the pending job. A time in the past means now; the
/// behavior of Windows is not documented.
pub(super) fn start(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let start = Start::read(call).ok_or(INVALID_PARAMETER)?;
    let id = vm_of(hyperv, call, "ComputerSystem")?;
    let vm = hyperv.vm(&id, call.now).ok_or(INVALID_PARAMETER)?;
    let which = vm.sends(call.now).ok_or(INVALID_STATE)?;
    hyperv.require(call, &id, which, &[state::READY])?;
    hyperv.cancel_start(call, &id, which, JobState::Terminated);
    let ending = hyperv.start_ending(call, &id, which)?;
    let (begins, pace) = (start.begins, hyperv.pace);
    let started = begins.plus(pace);
    let has_failed = matches!(ending, Some(Ending::Failed(_)));
    hyperv.change_link(&id, which, |link| {
        link.state.set(begins, state::COPYING);
        link.is_exported = start.kind == EXPORT;
        if has_failed {
            link.state.set(started, state::READY);
        }
    });
    if !has_failed {
        let length = hyperv.copy_length(&id, which)?;
        hyperv.copy(call, &id, which, started, length);
    }
    let Some(ending) = ending else {
        return Ok(None);
    };
    let work = Work {
        begins,
        ending,
        ..hyperv.work(start.kind, &id, call.now)
    };
    Ok(Some(hyperv.begin_job(work, call)))
}

/// Imports a copy that was exported. The other end shows the copy as complete then.
pub(super) fn import(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let location: Option<String> = call
        .input
        .get("InitialReplicationImportLocation")
        .ok()
        .flatten();
    let location = location.filter(|path| is_absolute(path));
    location.ok_or(INVALID_PARAMETER)?;
    let id = vm_of(hyperv, call, "ComputerSystem")?;
    let which = hyperv.receiving(call, &id)?;
    hyperv.require(call, &id, which, &[state::COPYING])?;
    let mut is_exported = false;
    hyperv.change_other(call, &id, which, |link| {
        is_exported = link.is_exported && link.left(call.now) == Some(Duration::ZERO);
    });
    let mut work = hyperv.work(95, &id, call.now);
    if is_exported {
        let end = call.now.plus(hyperv.pace);
        hyperv.change_both(call, &id, which, |link| {
            link.state.set(end, state::REPLICATING);
            link.flow.set(end, true);
        });
    } else {
        work.ending = hyperv.failure(Trouble::NoFile, &work, "");
    }
    Ok(Some(hyperv.begin_job(work, call)))
}

/// The parameters of a start.
struct Start {
    kind: u16,
    begins: Moment,
}

impl Start {
    /// Reads the parameters. Returns `None` if one of them is invalid.
    fn read(call: &Call<'_>) -> Option<Self> {
        let location: Option<String> = call.input.get("InitialReplicationExportLocation").ok()?;
        let kind = match call.input.get::<u16>("InitialReplicationType").ok()? {
            1 => 94,
            2 if is_absolute(&location.unwrap_or_default()) => EXPORT,
            3 => 117,
            _ => return None,
        };
        // StartTime is ignored for an export.
        let begins = if kind == EXPORT {
            None
        } else {
            start_time(call)?
        };
        Some(Self {
            kind,
            begins: begins.unwrap_or(call.now),
        })
    }
}

/// Reads the parameter StartTime. Returns `Some(None)` if it is null, and `None` if it is invalid.
pub(super) fn start_time(call: &Call<'_>) -> Option<Option<Moment>> {
    match call.input.value("StartTime") {
        None | Some(Value::Null) => Some(None),
        Some(Value::DateTime(time)) if *time != DateTime::NEVER => {
            Moment::of(time).map(|time| Some(time.max(call.now)))
        }
        Some(_) => None,
    }
}

/// Reports whether a directory is fully qualified, as seen from the host.
fn is_absolute(path: &str) -> bool {
    let drive = path.strip_prefix(|c: char| c.is_ascii_alphabetic());
    drive.is_some_and(|rest| rest.starts_with(":\\"))
        || path
            .strip_prefix(r"\\")
            .is_some_and(|rest| !rest.is_empty())
}

impl Hyperv {
    /// Returns the end of the job that starts an initial replication, or `None` if the start needs no job.
    fn start_ending(
        &self,
        call: &Call<'_>,
        id: &str,
        which: Which,
    ) -> Result<Option<Ending>, Refusal> {
        let vm = self.vm(id, call.now).ok_or(INVALID_PARAMETER)?;
        if vm.link(which).other.is_none() {
            return Ok(vm.start_ending());
        }
        let reached = self.reach(call, &vm.link(which).settings);
        let work = self.work(94, id, call.now);
        Ok(Some(match reached {
            Ok(_) => Ending::Completed,
            Err((trouble, server)) => self.failure(trouble, &work, &server),
        }))
    }

    /// Returns the duration of a copy. One to the imaginary replica server takes as long as a job.
    fn copy_length(&self, id: &str, which: Which) -> Result<Duration, Refusal> {
        let is_imaginary = self.link(id, which)?.other.is_none();
        let paces = if is_imaginary { 1 } else { COPY_PACES };
        Ok(self.pace.saturating_mul(paces))
    }

    /// Copies the disks to the other end, in a job of its own. Unless they are exported, both ends replicate after that.
    pub(super) fn copy(
        &mut self,
        call: &Call<'_>,
        id: &str,
        which: Which,
        begins: Moment,
        length: Duration,
    ) {
        let end = begins.plus(length);
        let is_exported = self.link(id, which).is_ok_and(|link| link.is_exported);
        self.change_link(id, which, |link| {
            link.transfer = Some((Some(begins), length))
        });
        if !is_exported {
            self.change_both(call, id, which, |link| {
                link.state.set(end, state::REPLICATING);
                link.flow.set(end, true);
            });
        }
        let work = Work {
            begins,
            length,
            ..self.work(116, id, call.now)
        };
        self.begin_job(work, call);
    }

    /// Cancels a start that is pending or in progress, with the copy after it.
    pub(in super::super) fn cancel_start(
        &mut self,
        call: &Call<'_>,
        id: &str,
        which: Which,
        state: JobState,
    ) {
        self.jobs.stop(id, &START_JOBS, call.now, state);
        self.jobs.stop(id, &[116], call.now, JobState::Terminated);
        self.change_other(call, id, which, |link| {
            link.state.set(call.now, state::COPYING);
            link.flow.set(call.now, false);
        });
        self.change_link(id, which, |link| {
            link.state.set(call.now, state::READY);
            link.flow.set(call.now, false);
            link.transfer = None;
            link.is_exported = false;
        });
    }
}

/// The type of the job of an export.
const EXPORT: u16 = 118;
/// The duration of a copy to another host of the site, in durations of a job.
const COPY_PACES: u32 = 8;
