//! The virtual machines of the host.

use crate::cim::{Properties, Value};

use super::super::Moment;
use super::codes::{mode, state};
use super::job::{Ending, JobError};
use super::power::{OFF, Power, RUNNING};
use super::replication::{Link, Which};
use super::timeline::Timeline;

/// A virtual machine.
#[derive(Clone, Debug)]
pub(crate) struct Vm {
    /// Its GUID, in upper case as Hyper-V has it.
    pub(super) id: String,
    /// Its first display name. Several machines can have the same.
    pub(super) name: String,
    /// The id of its worker process while it has one.
    pub(super) process: u32,
    pub(super) power: Power,
    pub(super) script: Script,
    /// False before it appears, and after it was destroyed.
    pub(super) exists: Timeline<bool>,
    /// `ReplicationMode`.
    pub(super) mode: Timeline<u16>,
    pub(super) primary: Link,
    pub(super) extended: Link,
    /// The settings that a client has changed.
    pub(super) changed_settings: Properties,
    /// The settings of its network after a failover.
    pub(super) network: Properties,
    /// The id of the replica that it tests.
    pub(super) tested: Option<String>,
}

/// The course of an initial replication to the imaginary replica server.
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

impl Vm {
    /// Returns a machine that appears at a moment and is not replicated.
    pub(super) fn new(id: String, name: &str, process: u32, power: u16, from: Moment) -> Self {
        let mut exists = Timeline::new(false);
        exists.set(from, true);
        Self {
            id,
            name: name.to_owned(),
            process,
            power: Power::constant(power, from),
            script: Script::Completes,
            exists,
            mode: Timeline::new(mode::NONE),
            primary: Link::new(state::DISABLED),
            extended: Link::new(state::DISABLED),
            changed_settings: Properties::new(),
            network: Properties::new(),
            tested: None,
        }
    }

    /// Returns its display name, which its settings can change.
    pub(super) fn display_name(&self) -> &str {
        let changed = self.changed_settings.value("ElementName");
        changed.and_then(Value::as_str).unwrap_or(&self.name)
    }

    pub(super) fn link(&self, which: Which) -> &Link {
        match which {
            Which::Primary => &self.primary,
            Which::Extended => &self.extended,
        }
    }

    pub(super) fn link_mut(&mut self, which: Which) -> &mut Link {
        match which {
            Which::Primary => &mut self.primary,
            Which::Extended => &mut self.extended,
        }
    }

    /// Returns the relationships that it has, and that could be enabled next.
    pub(super) fn links(&self, now: Moment) -> impl Iterator<Item = Which> {
        let has_second = self.mode.at(now) == mode::REPLICA;
        let second = has_second.then_some(Which::Extended);
        std::iter::once(Which::Primary).chain(second)
    }

    /// Returns the relationship in which it is the source of the changes.
    pub(super) fn sends(&self, now: Moment) -> Option<Which> {
        match self.mode.at(now) {
            mode::PRIMARY => Some(Which::Primary),
            mode::REPLICA => Some(Which::Extended),
            _ => None,
        }
    }

    /// Reports whether it is the target of the changes of its primary relationship.
    pub(super) fn is_replica(&self, now: Moment) -> bool {
        matches!(self.mode.at(now), mode::REPLICA | mode::EXTENDED)
    }

    /// Returns `ReplicationState` of Msvm_ComputerSystem, that of the primary relationship.
    pub(super) fn replication_state(&self, now: Moment) -> u16 {
        self.primary.state.at(now)
    }

    /// Returns the end of a job that starts its initial replication to the imaginary replica server, or `None` if the
    /// start needs no job.
    pub(super) fn start_ending(&self) -> Option<Ending> {
        let name = &self.name;
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
}

/// Returns the virtual machines that a host starts with.
pub(super) fn all(booted: Moment) -> Vec<Vm> {
    use Script::{AtOnce, Completes, Fails, Vanishes, Warns};
    let machines = [
        ("web01", RUNNING, Completes, state::READY),
        ("db01", RUNNING, Warns, state::READY),
        ("fail01", RUNNING, Fails, state::READY),
        ("cold01", OFF, Completes, state::DISABLED),
        ("fast01", RUNNING, AtOnce, state::READY),
        ("gone01", RUNNING, Vanishes, state::READY),
        ("web & <db> \"01\"", RUNNING, Completes, state::READY),
        ("fünf", RUNNING, Completes, state::READY),
        ("twin", RUNNING, Completes, state::READY),
        ("twin", OFF, Completes, state::READY),
    ];
    let vm = |((name, power, script, state), number): (_, u32)| {
        let id = format!("5C0F8C2E-6F57-4D2B-9F61-5A1E{number:08X}");
        let mut vm = Vm::new(id, name, process(number), power, booted);
        vm.script = script;
        vm.primary.state = Timeline::new(state);
        if state != state::DISABLED {
            vm.mode = Timeline::new(mode::PRIMARY);
            vm.primary.settings = Properties::new()
                .with("RecoveryConnectionPoint", IMAGINARY)
                .with("RecoveryServerPortNumber", 80u16);
        }
        vm
    };
    machines.into_iter().zip(1u32..).map(vm).collect()
}

/// Returns machines with these names, which run and are not replicated. Their ids differ from host to host.
pub(super) fn named(machine: &str, names: &[String], booted: Moment) -> Vec<Vm> {
    let digest = machine.bytes().fold(0u16, |sum, byte| {
        sum.wrapping_mul(31)
            .wrapping_add(byte.to_ascii_uppercase().into())
    });
    let vm = |(name, number): (&String, u32)| {
        let id = format!("5C0F8C2E-6F57-4D2B-{digest:04X}-5A1E{number:08X}");
        Vm::new(id, name, process(number), RUNNING, booted)
    };
    names.iter().zip(1u32..).map(vm).collect()
}

/// Returns the id of the worker process of the machine with a number.
pub(super) fn process(number: u32) -> u32 {
    6_000 + 4 * number
}

/// A replica server that is not part of the site, and accepts everything.
pub(super) const IMAGINARY: &str = "replica.sim.example";
/// The memory of a running machine, and its number of processors.
pub(super) const MEMORY_MEGABYTES: u64 = 1_024;
pub(super) const PROCESSORS: u16 = 2;
/// The generation and the version of the configuration of all machines.
pub(super) const SUBTYPE: &str = "Microsoft:Hyper-V:SubType:2";
pub(super) const VERSION: &str = "10.0";
