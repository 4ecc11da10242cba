//! `replica test-failover`: a test virtual machine of a replica.

use cimwire::hyperv::{Action, Outcome, RecoveryPoint, VirtualMachine};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::confirm::{Confirmation, Risk};
use super::host::Host;
use super::vm_verb::{Seen, VmOptions, VmVerb};
use crate::exit::Exit;
use crate::output::change::Words;
use crate::output::report::{Failure, Problem};
use crate::output::short;

/// Create a test virtual machine from a recovery point, on the replica host, or destroy it
///
/// Its name is that of the replica with " - Test". It is off, and its network adapters are not connected. The replication
/// goes on meanwhile.
#[derive(Debug, Args)]
pub(crate) struct TestFailover {
    #[command(flatten)]
    options: VmOptions,

    /// The recovery point, by the id that `replica recovery-points` shows [default: the newest]
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    recovery_point: Option<String>,

    /// Destroy the test virtual machine; the virtual machines that are named are the replicas
    #[arg(long, conflicts_with = "recovery_point")]
    stop: bool,

    #[command(flatten)]
    confirmation: Confirmation,
}

impl VmVerb for TestFailover {
    fn words(&self) -> Words {
        if self.stop {
            return Words {
                doing: "Destroying the test virtual machine of",
                event: "test_stopped",
                done: "test virtual machine destroyed",
                ..Words::CHANGE
            };
        }
        Words {
            doing: "Creating a test virtual machine of",
            event: "test_started",
            done: "test virtual machine created; destroy it with --stop after the test",
            ..Words::CHANGE
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn risk(&self) -> Option<Risk> {
        self.stop.then_some(Risk {
            confirmation: self.confirmation,
            doing: "Destroy the test virtual machine of",
            loss: "What was done in the test is lost.",
        })
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        (!self.stop).then_some(Action::TestFailover)
    }

    fn is_done_in(&self, _: Seen) -> bool {
        false
    }

    async fn is_done(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<bool, Failure> {
        let test = host.read(host.service.test_vm(vm)).await?;
        Ok(test.is_some() != self.stop)
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        if !self.stop {
            let point = self.recovery_point.as_deref();
            let point = point.map(RecoveryPoint::reference_to);
            return host
                .change(host.service.test_failover(vm, point.as_ref()))
                .await;
        }
        match host.read(host.service.test_vm(vm)).await? {
            Some(test) => host.change(host.service.destroy_vm(&test)).await,
            None => {
                let what = format!("{:?} has no test virtual machine", short(&vm.name));
                Err(Problem::new(Exit::Failure, what).into())
            }
        }
    }
}
