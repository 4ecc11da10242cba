//! The state of Hyper-V on a host.

use std::time::Duration;

use uuid::Uuid;

use crate::cim::Reference;

use super::super::{Call, Moment, V2};
use super::job::{Ending, Job, JobState, Jobs, Task};
use super::vm::{self, Vm};

/// Virtual machines and jobs.
#[derive(Debug)]
pub(in super::super) struct Hyperv {
    /// The name of the host.
    pub(super) machine: String,
    pub(super) booted: Moment,
    pub(super) vms: Vec<Vm>,
    pub(super) jobs: Jobs,
    /// The duration of a job.
    pub(super) pace: Duration,
}

impl Hyperv {
    pub(in super::super) fn new(machine: &str, pace: Duration, now: Moment) -> Self {
        Self {
            machine: machine.to_owned(),
            booted: now,
            vms: vm::all(now),
            jobs: Jobs::default(),
            pace,
        }
    }

    /// Begins a job of the usual duration. Returns the reference to it.
    pub(super) fn begin_job(
        &mut self,
        task: Task,
        vm: String,
        begins: Moment,
        ending: Ending,
        call: &Call<'_>,
    ) -> Reference {
        let id = Uuid::new_v4().as_hyphenated().to_string().to_uppercase();
        let job = Job {
            id: id.clone(),
            task,
            vm,
            owner: call.caller.to_owned(),
            submitted: call.now,
            begins,
            length: self.pace,
            ending,
            stopped: None,
        };
        self.jobs.add(job, call.now);
        Reference::new(V2, "Msvm_ConcreteJob").with_key("InstanceID", id)
    }

    /// Stops a job. Returns `false` if the job does not exist, has ended, or cannot be cancelled.
    pub(super) fn stop_job(&mut self, id: &str, state: JobState, now: Moment) -> bool {
        let Some(job) = self.jobs.find_mut(id) else {
            return false;
        };
        if job.status(now).state.is_final() || !job.task.is_cancellable {
            return false;
        }
        job.stopped = Some((now, state));
        if let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == job.vm) {
            vm.cancel_start();
        }
        true
    }
}
