//! The host behind the service: virtual machines, jobs, replication; pure, with time as an argument.
//!
//! Nothing happens by itself. What a job or a virtual machine is like at a moment is computed from what was asked of it
//! and when, so that a test can look at any moment it likes.
//!
//! A class is declared in `xml-fixtures/classes`. A [`Provider`](class::Provider) makes its instances and runs its
//! methods. To add one, write its declaration and its provider, and name the provider in `class.rs`.

mod change;
mod class;
mod clock;
mod environment;
mod events;
mod job;
mod job_class;
mod links;
mod management_service;
mod process;
mod relationship;
mod replication;
mod rows;
mod setting_data;
mod synthetic;
#[cfg(test)]
mod tests;
mod vm;
mod vm_class;
mod windows;

use std::time::Duration;

pub(crate) use self::change::{ChangeError, Write};
pub(crate) use self::class::{
    Addressing, Call, CallError, Class, Output, associations, class, family, has_namespace,
    is_object,
};
pub(crate) use self::clock::{Clock, Moment};
use self::environment::Environment;
pub(crate) use self::events::{EventKind, Rhythm, Watch};
use self::job::Jobs;
use self::process::Processes;
use self::setting_data::Settings;
use self::vm::Vm;

/// The state of the host.
#[derive(Debug)]
pub(crate) struct Host {
    name: String,
    booted: Moment,
    vms: Vec<Vm>,
    jobs: Jobs,
    environment: Environment,
    processes: Processes,
    settings: Settings,
    /// How many instances the class has that is as large as one likes.
    synthetic: u32,
    /// What an operator has written about the operating system.
    description: Option<String>,
    /// How long a job takes.
    pace: Duration,
}

impl Host {
    pub(crate) fn new(name: &str, pace: Duration, now: Moment) -> Self {
        Self {
            name: name.to_owned(),
            booted: now,
            vms: vm::all(),
            jobs: Jobs::default(),
            environment: Environment::new(),
            processes: Processes::new(now),
            settings: Settings::default(),
            synthetic: 0,
            description: Some(String::new()),
            pace,
        }
    }
}

impl Host {
    /// Sets how many instances the class has that is as large as one likes.
    pub(crate) fn set_synthetic(&mut self, instances: u32) {
        self.synthetic = instances;
    }
}

const V2: &str = "root/virtualization/v2";
const CIMV2: &str = "root/cimv2";
