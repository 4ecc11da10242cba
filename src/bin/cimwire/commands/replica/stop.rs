//! `replica stop`: stops what is in progress: an initial replication, a resynchronization, or an update of the disks.

use cimwire::hyperv::{Action, Outcome, Relationship, ReplicationState, VirtualMachine};
use clap::Args;

use super::host::Host;
use super::vm_verb::{Seen, VmOptions, VmVerb, Which};
use crate::output::change::Words;
use crate::output::report::Failure;

/// Stop the initial replication, the resynchronization or the disk update of virtual machines
///
/// A start that is scheduled is cancelled, and so is a copy in progress. The replication itself stays enabled; see `replica
/// suspend` and `replica remove`.
#[derive(Debug, Args)]
pub(crate) struct Stop {
    #[command(flatten)]
    options: VmOptions,

    #[command(flatten)]
    which: Which,
}

impl VmVerb for Stop {
    fn words(&self) -> Words {
        Words {
            doing: "Stopping the initial replication or resynchronization of",
            event: "stopped",
            done: "initial replication or resynchronization stopped",
            ..Words::CHANGE
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn relationship(&self) -> Relationship {
        self.which.relationship()
    }

    fn action(&self, vm: &VirtualMachine) -> Option<Action> {
        Some(match resynchronizes(vm) {
            true => Action::Stop,
            false => Action::CancelStart,
        })
    }

    fn is_done_in(&self, seen: Seen) -> bool {
        use ReplicationState::{Disabled, Replicating, WaitingToStartResynchronize};
        seen.is_in(&[Disabled, Replicating, WaitingToStartResynchronize])
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        let which = self.which.relationship();
        if resynchronizes(vm) {
            return host.change(host.service.stop(vm, which)).await;
        }
        let call = host.service.cancel_initial_replication(vm, which);
        host.change(call).await
    }
}

/// Reports whether a virtual machine is past its initial replication, with something to stop.
fn resynchronizes(vm: &VirtualMachine) -> bool {
    use ReplicationState::{DiskUpdateCritical, DiskUpdateInProgress, Resynchronizing};
    matches!(
        vm.replication_state,
        Some(Resynchronizing | DiskUpdateInProgress | DiskUpdateCritical)
    )
}
