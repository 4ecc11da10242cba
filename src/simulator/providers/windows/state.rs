//! The state of Windows on a host.

use std::collections::BTreeSet;

use super::super::Moment;
use super::processes::Processes;
use super::service;
use super::variables::Variables;

/// The operating system with its processes and environment variables.
#[derive(Debug)]
pub(in super::super) struct Windows {
    /// The name of the host.
    pub(super) machine: String,
    pub(super) booted: Moment,
    /// The description of the operating system, which Put changes.
    pub(super) description: Option<String>,
    pub(super) processes: Processes,
    pub(super) variables: Variables,
    /// The names of the services that run.
    pub(super) running_services: BTreeSet<&'static str>,
}

impl Windows {
    pub(in super::super) fn new(machine: &str, now: Moment) -> Self {
        Self {
            machine: machine.to_owned(),
            booted: now,
            description: Some(String::new()),
            processes: Processes::new(now),
            variables: Variables::new(),
            running_services: service::running_at_start(),
        }
    }
}

/// The version of Windows.
pub(super) const VERSION: &str = "10.0.20348";
