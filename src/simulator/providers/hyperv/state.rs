//! The state of Hyper-V on a host.

use std::time::Duration;

use super::super::Moment;
use super::job::{JobState, Jobs};
use super::settings::Settings;
use super::vm::{self, Vm};

/// Virtual machines, jobs and settings.
#[derive(Debug)]
pub(in super::super) struct Hyperv {
    /// The name of the host.
    pub(super) machine: String,
    pub(super) booted: Moment,
    pub(super) vms: Vec<Vm>,
    pub(super) jobs: Jobs,
    pub(super) settings: Settings,
    /// The duration of a job.
    pub(super) pace: Duration,
}

impl Hyperv {
    pub(in super::super) fn new(machine: &str, pace: Duration, now: Moment) -> Self {
        Self {
            machine: machine.to_owned(),
            booted: now,
            vms: vm::all(),
            jobs: Jobs::default(),
            settings: Settings::default(),
            pace,
        }
    }

    /// Returns the display name of a virtual machine, which its settings can change.
    pub(super) fn display_name<'h>(&'h self, vm: &'h Vm) -> &'h str {
        let changed = self.settings.of(vm);
        let name = changed.and_then(|changed| changed.value("ElementName")?.as_str());
        name.unwrap_or(vm.name)
    }

    /// Stops a job. Returns `false` if the job does not exist or has ended.
    pub(super) fn stop_job(&mut self, id: &str, state: JobState, now: Moment) -> bool {
        let Some(job) = self.jobs.find_mut(id) else {
            return false;
        };
        if job.status(now).state.is_final() {
            return false;
        }
        job.stopped = Some((now, state));
        if let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == job.vm) {
            vm.cancel_start();
        }
        true
    }
}
