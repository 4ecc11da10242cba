//! `replica import`: imports an exported initial copy on the replica host.

use cimwire::hyperv::{Action, Outcome, ReplicationState, VirtualMachine};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::confirm::{Confirmation, Risk};
use super::host::Host;
use super::vm_verb::{Seen, VmOptions, VmVerb};
use crate::output::change::Words;
use crate::output::report::Failure;

/// Import an initial copy that was exported on the primary host, on the replica host
#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(flatten)]
    options: VmOptions,

    /// The directory with the export of the virtual machine, as the replica host sees it: D:\export\web01_<GUID>
    #[arg(long = "from", value_name = "DIR", value_parser = NonEmptyStringValueParser::new())]
    directory: String,

    #[command(flatten)]
    confirmation: Confirmation,
}

impl VmVerb for Import {
    fn words(&self) -> Words {
        Words {
            doing: "Importing the initial copy of",
            event: "imported",
            done: "initial copy imported",
            ..Words::CHANGE
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn risk(&self) -> Option<Risk> {
        Some(Risk {
            confirmation: self.confirmation,
            doing: "Import the initial copy of",
            loss: "It replaces the disks of the replica.",
        })
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        Some(Action::Import)
    }

    fn is_done_in(&self, seen: Seen) -> bool {
        seen.is_in(&[ReplicationState::Replicating])
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        host.change(host.service.import_initial_replica(vm, &self.directory))
            .await
    }
}
