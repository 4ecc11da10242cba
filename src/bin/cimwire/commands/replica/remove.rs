//! `replica remove`: remove the replication of virtual machines.

use cimwire::hyperv::{Action, Outcome, Relationship, ReplicationState, VirtualMachine};
use clap::Args;

use super::confirm::{Confirmation, Risk};
use super::host::Host;
use super::vm_verb::{Seen, VmOptions, VmVerb, Which};
use crate::output::change::Words;
use crate::output::report::Failure;

/// Remove the replication of virtual machines
///
/// Call it on both hosts. The replica stays as an ordinary virtual machine. On a replica host the extended
/// relationship has to be removed first.
#[derive(Debug, Args)]
pub(crate) struct Remove {
    #[command(flatten)]
    options: VmOptions,

    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    confirmation: Confirmation,
}

impl VmVerb for Remove {
    fn words(&self) -> Words {
        Words {
            doing: "Removing the replication of",
            event: "removed",
            done: "replication removed from this host",
            ..Words::CHANGE
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn relationship(&self) -> Relationship {
        self.which.relationship()
    }

    fn risk(&self) -> Option<Risk> {
        Some(Risk {
            confirmation: self.confirmation,
            doing: "Remove the replication of",
            loss: "The virtual machine is no longer protected, and a new replication begins with a full copy.",
        })
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        Some(Action::Remove)
    }

    fn is_done_in(&self, seen: Seen) -> bool {
        seen.is_in(&[ReplicationState::Disabled])
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        host.change(
            host.service
                .remove_relationship(vm, self.which.relationship()),
        )
        .await
    }
}
