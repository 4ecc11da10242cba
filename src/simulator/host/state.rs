//! The state of the host.

use std::time::Duration;

use super::clock::Moment;
use super::job::Jobs;
use super::processes::Processes;
use super::settings::Settings;
use super::variables::Environment;
use super::vm::Vm;

/// The state of the host.
#[derive(Debug)]
pub(crate) struct Host {
    pub(super) name: String,
    pub(super) booted: Moment,
    pub(super) vms: Vec<Vm>,
    pub(super) jobs: Jobs,
    pub(super) environment: Environment,
    pub(super) processes: Processes,
    pub(super) settings: Settings,
    /// How many instances the class has that is as large as one likes.
    pub(super) synthetic: u32,
    /// What an operator has written about the operating system.
    pub(super) description: Option<String>,
    /// How long a job takes.
    pub(super) pace: Duration,
}

impl Host {
    pub(crate) fn new(name: &str, pace: Duration, now: Moment) -> Self {
        Self {
            name: name.to_owned(),
            booted: now,
            vms: super::vm::all(),
            jobs: Jobs::default(),
            environment: Environment::new(),
            processes: Processes::new(now),
            settings: Settings::default(),
            synthetic: 0,
            description: Some(String::new()),
            pace,
        }
    }

    /// Sets how many instances the class has that is as large as one likes.
    pub(crate) fn set_synthetic(&mut self, instances: u32) {
        self.synthetic = instances;
    }
}
