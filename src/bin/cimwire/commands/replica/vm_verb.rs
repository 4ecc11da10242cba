//! A verb that changes the replication of virtual machines.

use cimwire::cim::DateTime;
use cimwire::hyperv::{
    Action, Outcome, Relationship, ReplicationMode, ReplicationState, VirtualMachine,
};
use clap::{Args, ValueEnum};

use super::change::{How, Subject, Verb};
use super::confirm::Risk;
use super::host::Host;
use super::selection::{self, Selection};
use crate::output::change::Words;
use crate::output::report::Failure;

/// A verb that is called for each of some virtual machines.
pub(super) trait VmVerb {
    /// Returns the words for it.
    fn words(&self) -> Words;

    /// Returns the virtual machines, and how it is done.
    fn options(&self) -> &VmOptions;

    /// Finds the virtual machines.
    async fn vms(&self, host: &Host<'_>) -> Result<Vec<VirtualMachine>, Failure> {
        selection::resolve(host, &self.options().selection.vms).await
    }

    /// Returns the relationship that it is about.
    fn relationship(&self) -> Relationship {
        Relationship::Primary
    }

    /// Returns what it puts at risk, if it has to be confirmed.
    fn risk(&self) -> Option<Risk> {
        None
    }

    /// Returns the time at which the change begins, if it is scheduled.
    fn at(&self) -> Option<DateTime> {
        None
    }

    /// Returns the action whose states are checked before the call, if there are any.
    fn action(&self, _: &VirtualMachine) -> Option<Action>;

    /// Reports whether a virtual machine whose replication is seen like this needs no change.
    fn is_done_in(&self, _: Seen) -> bool {
        false
    }

    /// Reports whether a virtual machine needs no change.
    async fn is_done(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<bool, Failure> {
        let state = match self.relationship() {
            Relationship::Primary => vm.replication_state,
            which => {
                let relationship = host.service.relationship(vm, which);
                host.read(relationship).await?.replication_state
            }
        };
        let mode = vm.replication_mode;
        Ok(self.is_done_in(Seen { state, mode }))
    }

    /// Makes the change.
    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure>;
}

/// The replication of a virtual machine, as it was seen before the change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) state: Option<ReplicationState>,
    pub(super) mode: Option<ReplicationMode>,
}

impl Seen {
    pub(super) fn is_in(self, states: &[ReplicationState]) -> bool {
        self.state.is_some_and(|state| states.contains(&state))
    }
}

/// The options of a verb that changes virtual machines.
#[derive(Clone, Debug, Args)]
pub(super) struct VmOptions {
    #[command(flatten)]
    pub(super) selection: Selection,
    #[command(flatten)]
    pub(super) how: How,
}

impl VmOptions {
    pub(super) fn of(vms: Vec<String>, how: How) -> Self {
        let selection = Selection { vms };
        Self { selection, how }
    }
}

/// The option for the relationship.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Which {
    /// The relationship of the virtual machine
    #[arg(long, value_enum, value_name = "WHICH", default_value_t)]
    relationship: RelationshipName,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum RelationshipName {
    /// From the primary host to the replica host
    #[default]
    Primary,
    /// From the replica host to a third host
    Extended,
}

impl From<RelationshipName> for Relationship {
    fn from(name: RelationshipName) -> Self {
        match name {
            RelationshipName::Primary => Self::Primary,
            RelationshipName::Extended => Self::Extended,
        }
    }
}

impl Which {
    pub(super) fn relationship(self) -> Relationship {
        self.relationship.into()
    }
}

impl<V: VmVerb> Verb for V {
    fn words(&self) -> Words {
        VmVerb::words(self)
    }

    fn how(&self) -> How {
        self.options().how
    }

    fn risk(&self) -> Option<Risk> {
        VmVerb::risk(self)
    }

    fn at(&self) -> Option<DateTime> {
        VmVerb::at(self)
    }

    async fn subjects(&self, host: &Host<'_>) -> Result<Vec<Subject>, Failure> {
        let vms = self.vms(host).await?;
        Ok(vms.into_iter().map(Some).collect())
    }

    async fn is_done(&self, host: &Host<'_>, subject: &Subject) -> Result<bool, Failure> {
        match subject {
            Some(vm) => VmVerb::is_done(self, host, vm).await,
            None => Ok(false),
        }
    }

    async fn check(&self, host: &Host<'_>, subject: &Subject) -> Result<(), Failure> {
        match subject.as_ref().map(|vm| (vm, self.action(vm))) {
            Some((vm, Some(action))) => {
                let check = host.service.check(vm, self.relationship(), action);
                host.read(check).await
            }
            _ => Ok(()),
        }
    }

    async fn call(&self, host: &Host<'_>, subject: &Subject) -> Result<Outcome, Failure> {
        match subject {
            Some(vm) => VmVerb::call(self, host, vm).await,
            // A verb of virtual machines has no other subjects.
            None => Ok(Outcome::Completed),
        }
    }
}
