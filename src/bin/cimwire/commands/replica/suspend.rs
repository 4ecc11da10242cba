//! `replica suspend`: suspend the replication of virtual machines.

use cimwire::hyperv::{Action, Outcome, Relationship, ReplicationState, VirtualMachine};
use clap::Args;

use super::host::Host;
use super::vm_verb::{Seen, VmOptions, VmVerb, Which};
use crate::output::change::Words;
use crate::output::report::Failure;

/// Suspend the replication of virtual machines
#[derive(Debug, Args)]
pub(crate) struct Suspend {
    #[command(flatten)]
    options: VmOptions,

    #[command(flatten)]
    which: Which,
}

impl VmVerb for Suspend {
    fn words(&self) -> Words {
        Words {
            doing: "Suspending the replication of",
            event: "suspended",
            done: "replication suspended",
            ..Words::CHANGE
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn relationship(&self) -> Relationship {
        self.which.relationship()
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        Some(Action::Suspend)
    }

    fn is_done_in(&self, seen: Seen) -> bool {
        seen.is_in(&[
            ReplicationState::Suspended,
            ReplicationState::ResynchronizeSuspended,
        ])
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        host.change(host.service.suspend(vm, self.which.relationship()))
            .await
    }
}
