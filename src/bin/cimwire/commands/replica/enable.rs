//! `replica enable`, `replica extend`: enable the replication of virtual machines to another host.

use cimwire::hyperv::{
    Action, Outcome, Relationship, ReplicationAuthentication, ReplicationMode, ReplicationState,
    VirtualMachine,
};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::change::How;
use super::host::Host;
use super::settings::{self, SettingOptions};
use super::vm_verb::{Seen, VmOptions, VmVerb};
use crate::output::change::Words;
use crate::output::report::Failure;

/// Enable the replication of virtual machines, on the primary host
///
/// The first copy begins with `replica start`. All disks are replicated.
#[derive(Debug, Args)]
pub(crate) struct Enable {
    #[command(flatten)]
    options: VmOptions,

    /// DNS name of the replica server, or of the Replica Broker of a cluster
    #[arg(long, value_name = "NAME", required_unless_present = "as_replica", value_parser = NonEmptyStringValueParser::new())]
    replica_server: Option<String>,

    /// Make the virtual machine a replica instead, on the replica host; it has to be off
    #[arg(long, conflicts_with_all = ["replica_server"])]
    as_replica: bool,

    #[command(flatten)]
    settings: SettingOptions,
}

/// Extend the replication of replica virtual machines to a third host, on the replica host
#[derive(Debug, Args)]
pub(crate) struct Extend {
    #[command(flatten)]
    options: VmOptions,

    /// DNS name of the third host, or of the Replica Broker of a cluster
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    replica_server: String,

    #[command(flatten)]
    settings: SettingOptions,
}

impl VmVerb for Enable {
    fn words(&self) -> Words {
        Words {
            doing: "Enabling the replication of",
            event: "enabled",
            done: "replication enabled; start the initial replication",
            ..Words::CHANGE
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        Some(if self.as_replica {
            Action::MakeReplica
        } else {
            Action::Enable
        })
    }

    fn is_done_in(&self, seen: Seen) -> bool {
        if self.as_replica {
            seen.mode == Some(ReplicationMode::Replica)
        } else {
            seen.state.is_some() && !seen.is_in(&[ReplicationState::Disabled])
        }
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        match &self.replica_server {
            Some(server) => {
                create(
                    host,
                    vm,
                    Relationship::Primary,
                    server,
                    &self.settings,
                    self.options.how,
                )
                .await
            }
            None => host.change(host.service.make_replica(vm)).await,
        }
    }
}

impl VmVerb for Extend {
    fn words(&self) -> Words {
        Words {
            doing: "Extending the replication of",
            event: "extended",
            done: "replication extended; start the initial replication",
            ..Words::CHANGE
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn relationship(&self) -> Relationship {
        Relationship::Extended
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        Some(Action::Enable)
    }

    fn is_done_in(&self, seen: Seen) -> bool {
        seen.state.is_some() && !seen.is_in(&[ReplicationState::Disabled])
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        let server = &self.replica_server;
        create(
            host,
            vm,
            Relationship::Extended,
            server,
            &self.settings,
            self.options.how,
        )
        .await
    }
}

/// Enables a relationship with the settings that exist before, changed as asked for.
async fn create(
    host: &Host<'_>,
    vm: &VirtualMachine,
    which: Relationship,
    server: &str,
    options: &SettingOptions,
    how: How,
) -> Result<Outcome, Failure> {
    let mut settings = host
        .read(host.service.replication_settings(vm, which))
        .await?;
    let kerberos = ReplicationAuthentication::Kerberos;
    let authentication = options.server.authentication().unwrap_or(kerberos);
    settings.recovery_connection_point = Some(server.to_owned());
    settings.authentication_type = Some(authentication);
    settings.recovery_server_port_number = Some(options.server.port(authentication));
    options.apply(&mut settings);
    if settings.included_disks.as_ref().is_none_or(Vec::is_empty) {
        let disks = host.read(host.service.disks(vm)).await?;
        settings.included_disks = Some(disks.into_iter().map(|disk| disk.path).collect());
    }
    settings::check(&settings, how)?;
    host.change(host.service.create_relationship(vm, &settings))
        .await
}
