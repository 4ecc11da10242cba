//! The virtual machines of the host, and the state of the replication of each.

use std::time::Duration;

use crate::cim::{Properties, Value};

use super::super::Moment;
use super::job::{Ending, JobError};
use super::power::{OFF, Power, RUNNING};

/// A virtual machine.
#[derive(Clone, Debug)]
pub(crate) struct Vm {
    /// Its GUID, in upper case as Hyper-V has it.
    pub(super) id: String,
    /// Its first display name. Several machines can have the same.
    pub(super) name: &'static str,
    /// The id of its worker process while it has one.
    pub(super) process: u32,
    pub(super) power: Power,
    pub(super) script: Script,
    pub(super) replication: Replication,
    /// The settings that a client has changed.
    pub(super) changed_settings: Properties,
}

/// The course of an initial replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// A job runs to its end.
    Completes,
    /// A job ends with warnings.
    Warns,
    /// A job fails.
    Fails,
    /// A job vanishes before its end is seen.
    Vanishes,
    /// The call is done when it returns, without a job.
    AtOnce,
}

/// The state of the primary replication of a virtual machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replication {
    /// Not enabled.
    Disabled,
    /// Enabled; the initial replication was not started.
    Ready,
    /// The initial replication was started, or will begin at its time.
    Started {
        begins: Moment,
        /// The time at which the copy is complete; absent if it waits for an import on the replica server.
        replicates: Option<Moment>,
    },
    /// The initial replication was started and will fail.
    Failing { begins: Moment, fails: Moment },
}

impl Vm {
    /// Returns its display name, which its settings can change.
    pub(super) fn display_name(&self) -> &str {
        let changed = self.changed_settings.value("ElementName");
        changed.and_then(Value::as_str).unwrap_or(self.name)
    }

    /// Returns `ReplicationState` of Msvm_ComputerSystem and Msvm_ReplicationRelationship.
    pub(super) fn replication_state(&self, now: Moment) -> u16 {
        match self.replication {
            Replication::Disabled => DISABLED,
            Replication::Started { begins, .. } | Replication::Failing { begins, .. }
                if now < begins =>
            {
                READY
            }
            Replication::Started { .. } if self.replicates_since(now).is_some() => REPLICATING,
            Replication::Failing { fails, .. } if now >= fails => READY,
            Replication::Started { .. } | Replication::Failing { .. } => COPYING,
            Replication::Ready => READY,
        }
    }

    /// Returns the time at which its initial replication was completed, if it is.
    pub(super) fn replicates_since(&self, now: Moment) -> Option<Moment> {
        match self.replication {
            Replication::Started { replicates, .. } => replicates.filter(|since| *since <= now),
            _ => None,
        }
    }

    /// Reports whether its replication is enabled.
    pub(super) fn is_replicated(&self, now: Moment) -> bool {
        self.replication_state(now) != DISABLED
    }

    /// Resets its replication to the state before the start.
    pub(super) fn cancel_start(&mut self) {
        self.replication = Replication::Ready;
    }

    /// Returns the end of a job that starts its initial replication, or `None` if the start needs no job.
    pub(super) fn start_ending(&self) -> Option<Ending> {
        let name = self.name;
        match self.script {
            Script::Completes => Some(Ending::Completed),
            Script::Vanishes => Some(Ending::Vanishes),
            Script::AtOnce => None,
            Script::Warns => Some(Ending::CompletedWithWarnings(JobError {
                summary: format!("'{name}' started its initial replication with warnings."),
                description: format!(
                    "'{name}' started its initial replication, but the replica server has less than 10 % of its disk \
                     space free. (Virtual machine ID {})",
                    self.id
                ),
                advice: "Free disk space on the replica server before the copy ends.",
            })),
            Script::Fails => Some(Ending::Failed(JobError {
                summary: format!("'{name}' failed to start its initial replication."),
                description: format!(
                    "'{name}' failed to start its initial replication: no connection to the replica server \
                     'replica.sim.example' on port 80. (0x00002EFD, virtual machine ID {})",
                    self.id
                ),
                advice: "Check that the replica server accepts replication on this port, and that a firewall lets it \
                         through.",
            })),
        }
    }

    /// Starts its initial replication. The start takes `length`, and the copy after it takes `length` too.
    pub(super) fn start(&mut self, begins: Moment, length: Duration, waits_for_import: bool) {
        let started = begins.plus(length);
        self.replication = if self.script == Script::Fails {
            Replication::Failing {
                begins,
                fails: started,
            }
        } else {
            let replicates = (!waits_for_import).then(|| started.plus(length));
            Replication::Started { begins, replicates }
        };
    }
}

/// Returns the virtual machines that a host starts with.
pub(super) fn all(booted: Moment) -> Vec<Vm> {
    use Replication::{Disabled, Ready};
    use Script::{AtOnce, Completes, Fails, Vanishes, Warns};
    let machines = [
        ("web01", RUNNING, Completes, Ready),
        ("db01", RUNNING, Warns, Ready),
        ("fail01", RUNNING, Fails, Ready),
        ("cold01", OFF, Completes, Disabled),
        ("fast01", RUNNING, AtOnce, Ready),
        ("gone01", RUNNING, Vanishes, Ready),
        ("web & <db> \"01\"", RUNNING, Completes, Ready),
        ("fünf", RUNNING, Completes, Ready),
        ("twin", RUNNING, Completes, Ready),
        ("twin", OFF, Completes, Ready),
    ];
    let vm = |((name, power, script, replication), number): (_, u32)| Vm {
        id: format!("5C0F8C2E-6F57-4D2B-9F61-5A1E{number:08X}"),
        name,
        process: 6_000 + 4 * number,
        power: Power::constant(power, booted),
        script,
        replication,
        changed_settings: Properties::new(),
    };
    machines.into_iter().zip(1u32..).map(vm).collect()
}

/// The memory of a running machine, and its number of processors.
pub(super) const MEMORY_MEGABYTES: u64 = 1_024;
pub(super) const PROCESSORS: u16 = 2;
/// The generation and the version of the configuration of all machines.
pub(super) const SUBTYPE: &str = "Microsoft:Hyper-V:SubType:2";
pub(super) const VERSION: &str = "10.0";

/// Values of `ReplicationState`.
pub(super) const DISABLED: u16 = 0;
pub(super) const READY: u16 = 1;
pub(super) const COPYING: u16 = 2;
pub(super) const REPLICATING: u16 = 3;
