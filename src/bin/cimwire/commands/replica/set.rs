//! `replica set`: changes the settings of a replication.

use cimwire::hyperv::{Action, Outcome, Relationship, VirtualMachine};
use clap::{ArgGroup, Args};

use super::host::Host;
use super::settings::{self, SettingOptions};
use super::vm_verb::{VmOptions, VmVerb, Which};
use crate::output::change::Words;
use crate::output::report::Failure;

/// Change the settings of the replication of virtual machines
///
/// Settings without an option stay as they are. The replica server itself cannot be changed: remove the replication and
/// enable it anew.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("change").required(true).multiple(true).args([
    "replica_auth", "certificate", "port", "bypass_proxy", "compression", "interval", "recovery_history", "vss_hours",
    "kvp_items", "auto_resync",
])))]
pub(crate) struct Set {
    #[command(flatten)]
    options: VmOptions,

    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    settings: SettingOptions,
}

impl VmVerb for Set {
    fn words(&self) -> Words {
        Words {
            doing: "Changing the replication settings of",
            event: "settings_changed",
            done: "replication settings changed",
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
        Some(Action::ModifySettings)
    }

    async fn is_done(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<bool, Failure> {
        let settings = host.service.replication_settings(vm, self.relationship());
        let before = host.read(settings).await?;
        let mut after = before.clone();
        self.settings.apply(&mut after);
        Ok(after == before)
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        let settings = host.service.replication_settings(vm, self.relationship());
        let mut settings = host.read(settings).await?;
        self.settings.apply(&mut settings);
        settings::check(&settings, self.options.how)?;
        host.change(host.service.modify_settings(vm, &settings))
            .await
    }
}
