//! `replica revert`: undo a failover that is not committed, or cancel a prepared one.

use cimwire::hyperv::{Action, Outcome, ReplicationState, VirtualMachine};
use clap::Args;

use super::confirm::{Confirmation, Risk};
use super::host::Host;
use super::vm_verb::{Seen, VmOptions, VmVerb};
use crate::output::change::Words;
use crate::output::report::Failure;

/// Undo a failover that is not committed, or cancel a prepared one
#[derive(Debug, Args)]
pub(crate) struct Revert {
    #[command(flatten)]
    options: VmOptions,

    #[command(flatten)]
    confirmation: Confirmation,
}

impl VmVerb for Revert {
    fn words(&self) -> Words {
        Words {
            doing: "Reverting the failover of",
            event: "reverted",
            done: "failover reverted",
            ..Words::CHANGE
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn risk(&self) -> Option<Risk> {
        Some(Risk {
            confirmation: self.confirmation,
            doing: "Revert the failover of",
            loss: "Changes that the replica has made since the failover are lost.",
        })
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        Some(Action::RevertFailover)
    }

    fn is_done_in(&self, seen: Seen) -> bool {
        seen.is_in(&[ReplicationState::Replicating])
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        host.change(host.service.revert_failover(vm)).await
    }
}
