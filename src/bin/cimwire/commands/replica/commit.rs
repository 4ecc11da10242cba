//! `replica commit`: commit the failover of replica virtual machines.

use cimwire::hyperv::{Action, Outcome, ReplicationState, VirtualMachine};
use clap::Args;

use super::confirm::{Confirmation, Risk};
use super::host::Host;
use super::vm_verb::{Seen, VmOptions, VmVerb};
use crate::output::change::Words;
use crate::output::report::Failure;

/// Commit the failover of replica virtual machines
///
/// The recovery points are merged and deleted; the failover cannot be undone.
#[derive(Debug, Args)]
pub(crate) struct Commit {
    #[command(flatten)]
    options: VmOptions,

    #[command(flatten)]
    confirmation: Confirmation,
}

impl VmVerb for Commit {
    fn words(&self) -> Words {
        Words {
            doing: "Committing the failover of",
            event: "committed",
            done: "failover committed; reverse the replication or remove it",
            ..Words::CHANGE
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn risk(&self) -> Option<Risk> {
        Some(Risk {
            confirmation: self.confirmation,
            doing: "Commit the failover of",
            loss: "The recovery points are merged and deleted, and the failover cannot be undone.",
        })
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        Some(Action::CommitFailover)
    }

    fn is_done_in(&self, seen: Seen) -> bool {
        seen.is_in(&[ReplicationState::Committed])
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        host.change(host.service.commit_failover(vm)).await
    }
}
