//! `replica failover`: fails replica virtual machines over, or prepares it on the primary host.

use cimwire::hyperv::{
    Action, Outcome, RecoveryPoint, Relationship, ReplicationState, VirtualMachine,
};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::confirm::{Confirmation, Risk};
use super::host::Host;
use super::vm_verb::{Seen, VmOptions, VmVerb, Which};
use crate::output::change::Words;
use crate::output::report::Failure;

/// Fail replica virtual machines over, on the replica host
///
/// The virtual machine is off and stays off; start it to check it, then commit, revert or reverse. For a planned failover,
/// shut the primary virtual machine down, run this with --prepare on the primary host, then without on the replica host.
#[derive(Debug, Args)]
pub(crate) struct Failover {
    #[command(flatten)]
    options: VmOptions,

    #[command(flatten)]
    which: Which,

    /// Prepare a planned failover, on the primary host: the last changes are sent, and the virtual machine cannot be started
    #[arg(long, conflicts_with_all = ["recovery_point", "yes"])]
    prepare: bool,

    /// The recovery point, by the id that `replica recovery-points` shows [default: the newest]
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    recovery_point: Option<String>,

    #[command(flatten)]
    confirmation: Confirmation,
}

impl VmVerb for Failover {
    fn words(&self) -> Words {
        if self.prepare {
            return Words {
                doing: "Preparing the planned failover of",
                event: "prepared",
                done: "planned failover prepared; fail over on the replica host",
                ..Words::CHANGE
            };
        }
        Words {
            doing: "Failing over",
            event: "failed_over",
            done: "failed over; start it, then commit, revert or reverse",
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
        (!self.prepare).then_some(Risk {
            confirmation: self.confirmation,
            doing: "Fail over",
            loss: "Changes of the primary virtual machine that were not replicated are lost, unless the failover was \
                   prepared there.",
        })
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        Some(if self.prepare {
            Action::PrepareFailover
        } else {
            Action::FailOver
        })
    }

    fn is_done_in(&self, seen: Seen) -> bool {
        use ReplicationState::{Committed, Recovered, SyncedReplicationComplete};
        if self.prepare {
            seen.is_in(&[SyncedReplicationComplete])
        } else {
            seen.is_in(&[Recovered, Committed])
        }
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        if self.prepare {
            return host
                .change(host.service.prepare_failover(vm, self.which.relationship()))
                .await;
        }
        let point = self
            .recovery_point
            .as_deref()
            .map(RecoveryPoint::reference_to);
        host.change(host.service.fail_over(vm, point.as_ref()))
            .await
    }
}
