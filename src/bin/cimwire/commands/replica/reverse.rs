//! `replica reverse`: reverses a replication after a failover.

use cimwire::hyperv::{
    Action, Outcome, Relationship, ReplicationMode, ReplicationState, VirtualMachine,
};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::confirm::{Confirmation, Risk};
use super::host::Host;
use super::settings::{self, ServerOptions};
use super::vm_verb::{Seen, VmOptions, VmVerb};
use crate::output::change::Words;
use crate::output::report::{Failure, Problem};

/// Reverse the replication after a failover, on the host that has the virtual machine now
///
/// The old primary host becomes the replica host.
#[derive(Debug, Args)]
pub(crate) struct Reverse {
    #[command(flatten)]
    options: VmOptions,

    /// DNS name of the host to replicate to [default: the old primary host]
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    replica_server: Option<String>,

    #[command(flatten)]
    server: ServerOptions,

    #[command(flatten)]
    confirmation: Confirmation,
}

impl VmVerb for Reverse {
    fn words(&self) -> Words {
        Words {
            doing: "Reversing the replication of",
            event: "reversed",
            done: "replication reversed; this host is the primary host now",
            ..Words::CHANGE
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn risk(&self) -> Option<Risk> {
        Some(Risk {
            confirmation: self.confirmation,
            doing: "Reverse the replication of",
            loss: "The disks of the old primary virtual machine are overwritten.",
        })
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        Some(Action::Reverse)
    }

    fn is_done_in(&self, seen: Seen) -> bool {
        seen.mode == Some(ReplicationMode::Primary) && seen.is_in(&[ReplicationState::Replicating])
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        let settings = host.service.replication_settings(vm, Relationship::Primary);
        let mut settings = host.read(settings).await?;
        let old = settings.primary_connection_point.clone();
        let server = self.replica_server.clone().or(old);
        let Some(server) = server.filter(|server| !server.is_empty()) else {
            let what = "the host does not say from which host the virtual machine was replicated";
            return Err(Problem::usage(what)
                .hint("name it with --replica-server")
                .into());
        };
        settings.recovery_connection_point = Some(server);
        self.server.apply(&mut settings);
        settings::check(&settings, self.options.how)?;
        host.change(host.service.reverse(vm, &settings)).await
    }
}
