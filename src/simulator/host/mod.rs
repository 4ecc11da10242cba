//! The host behind the service: virtual machines, jobs, replication; pure, with time as an argument.
//!
//! Nothing happens by itself. What a job or a virtual machine is like at a moment is computed from what was asked of it
//! and when, so that a test can look at any moment it likes.
//!
//! A class is one constant of type [`Class`]: its place, its keys and properties, where its instances come from, and
//! what its methods do. To add one, write its constant and name it in [`CLASSES`].

mod base;
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
pub(crate) use self::class::{Addressing, Call, CallError, Class, Kind, Method, Output, Property};
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

/// Whether there is such a namespace.
pub(crate) fn has_namespace(namespace: &str) -> bool {
    CLASSES.iter().any(|class| class.is_in(namespace))
}

/// The class of that name, in any case.
pub(crate) fn class(namespace: &str, name: &str) -> Option<&'static Class> {
    CLASSES
        .iter()
        .find(|class| class.is_in(namespace) && class.is_named(name))
        .copied()
}

/// The class of that name, or all that derive from it where it has no instances of its own.
pub(crate) fn family(namespace: &str, name: &str) -> Vec<&'static Class> {
    let members = CLASSES.iter().copied();
    members
        .filter(|class| class.is_in(namespace) && class.is_a(name))
        .collect()
}

/// The associations of a namespace.
pub(crate) fn associations(namespace: &str) -> impl Iterator<Item = &'static Class> {
    let classes = CLASSES.iter().copied();
    classes.filter(move |class| class.is_in(namespace) && class.is_association())
}

const CLASSES: &[&Class] = &[
    &vm_class::COMPUTER_SYSTEM,
    &job_class::CONCRETE_JOB,
    &replication::REPLICATION_SERVICE,
    &relationship::REPLICATION_RELATIONSHIP,
    &windows::OPERATING_SYSTEM,
    &windows::SERVICE,
    &process::PROCESS,
    &environment::ENVIRONMENT,
    &setting_data::SETTING_DATA,
    &management_service::MANAGEMENT_SERVICE,
    &links::SETTINGS_DEFINE_STATE,
    &links::AFFECTED_JOB_ELEMENT,
    &links::DEPENDENT_SERVICE,
    &synthetic::SYNTHETIC,
    &base::MANAGED_ELEMENT,
    &base::MANAGED_SYSTEM_ELEMENT,
    &base::CONCRETE_JOB,
    &base::SYSTEM_ELEMENT,
    &base::LOGICAL_ELEMENT,
];

const V2: &str = "root/virtualization/v2";
const CIMV2: &str = "root/cimv2";
