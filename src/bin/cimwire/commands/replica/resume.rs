//! `replica resume`: resume the replication of virtual machines.

use cimwire::hyperv::{Action, Outcome, Relationship, ReplicationState, VirtualMachine};
use clap::Args;

use super::host::Host;
use super::vm_verb::{Seen, VmOptions, VmVerb, Which};
use crate::output::change::Words;
use crate::output::report::Failure;

/// Resume the replication of virtual machines
#[derive(Debug, Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    options: VmOptions,

    #[command(flatten)]
    which: Which,
}

impl VmVerb for Resume {
    fn words(&self) -> Words {
        Words {
            doing: "Resuming the replication of",
            event: "resumed",
            done: "replication resumed",
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
        Some(Action::Resume)
    }

    fn is_done_in(&self, seen: Seen) -> bool {
        seen.is_in(&[ReplicationState::Replicating])
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        host.change(host.service.resume(vm, self.which.relationship()))
            .await
    }
}
