//! `replica reset-stats`: reset the replication statistics of virtual machines.

use cimwire::hyperv::{Action, Outcome, Relationship, VirtualMachine};
use clap::Args;

use super::host::Host;
use super::vm_verb::{Seen, VmOptions, VmVerb, Which};
use crate::output::change::Words;
use crate::output::report::Failure;

/// Reset the replication statistics of virtual machines
#[derive(Debug, Args)]
pub(crate) struct ResetStats {
    #[command(flatten)]
    options: VmOptions,

    #[command(flatten)]
    which: Which,
}

impl VmVerb for ResetStats {
    fn words(&self) -> Words {
        Words {
            doing: "Resetting the replication statistics of",
            event: "statistics_reset",
            done: "replication statistics reset",
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
        None
    }

    fn is_done_in(&self, _: Seen) -> bool {
        false
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        host.change(host.service.reset_statistics(vm, self.which.relationship()))
            .await
    }
}
