//! `replica list`, `replica status`: the replications of virtual machines.

use cimwire::hyperv::{
    Relationship, Replication, ReplicationHealth, ReplicationMode, ReplicationState,
};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::host::Host;
use super::selection::{self, Selection, matches};
use super::vm_verb::RelationshipName;
use crate::connect;
use crate::exit::Exit;
use crate::output::list::{List, columns};
use crate::output::replica::{Statuses, primary_server};
use crate::output::report::{Failure, Problem};
use crate::output::short;
use crate::session::Session;

/// List the replications of the host
///
/// The columns are those of Get-VMReplication. A virtual machine that is extended to a third host has two rows.
#[derive(Debug, Args)]
pub(crate) struct ListReplications {
    /// Only these virtual machines: names, patterns with * and ?, or GUIDs
    #[arg(value_name = "VM", value_parser = NonEmptyStringValueParser::new())]
    vms: Vec<String>,

    #[command(flatten)]
    filter: Filter,

    /// Only these columns, in this order; json has all fields
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', ignore_case = true, value_parser = columns::<Replication>())]
    columns: Vec<String>,
}

/// The filters of Get-VMReplication and Measure-VMReplication.
#[derive(Debug, Args)]
pub(super) struct Filter {
    /// Only those of this primary server; a pattern with * and ? too
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    primary_server: Option<String>,

    /// Only those to this replica server; a pattern with * and ? too
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    replica_server: Option<String>,

    /// Only those in this state, once for each: Replicating, Suspended, Error, …, or its number in WMI
    #[arg(long = "state", value_name = "STATE", value_parser = state)]
    states: Vec<ReplicationState>,

    /// Only those in this health, once for each: Normal, Warning, Critical
    #[arg(long = "health", value_name = "HEALTH", value_parser = health)]
    healths: Vec<ReplicationHealth>,

    /// Only those in this role, once for each: Primary, Replica, TestReplica, ExtendedReplica
    #[arg(long = "mode", value_name = "MODE", value_parser = mode)]
    modes: Vec<ReplicationMode>,

    /// Only this relationship [default: both]
    #[arg(long, value_enum, value_name = "WHICH")]
    relationship: Option<RelationshipName>,
}

/// Show the replication of virtual machines in full
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    selection: Selection,
}

impl ListReplications {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let client = connect::client(session).await?;
        let host = Host::connect(session, &client).await?;
        let rows = self.filter.read(&host, &self.vms).await?;
        let columns = self.columns;
        session.output.show(&List { rows, columns })
    }
}

impl Status {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let client = connect::client(session).await?;
        let host = Host::connect(session, &client).await?;
        let vms = selection::resolve(&host, &self.selection.vms).await?;
        let mut replications = host.read(host.service.replications()).await?;
        replications.retain(|one| vms.iter().any(|vm| vm.id == one.vm.id));
        let is_replicated = |id: &str| replications.iter().any(|one| one.vm.id == id);
        if let Some(vm) = vms.iter().find(|vm| !is_replicated(&vm.id)) {
            let what = format!("{:?} is not replicated", short(&vm.name));
            let hint = "enable it with `cimwire replica enable`; a clustered virtual machine is found at the node \
                        that owns it";
            return Err(Problem::new(Exit::Failure, what).hint(hint).into());
        }
        session.output.show(&Statuses(replications))
    }
}

impl Filter {
    /// Reads the replications of the host that pass.
    pub(super) async fn read(
        &self,
        host: &Host<'_>,
        names: &[String],
    ) -> Result<Vec<Replication>, Failure> {
        let mut replications = host.read(host.service.replications()).await?;
        if !names.is_empty() {
            let vms = selection::resolve(host, names).await?;
            replications.retain(|one| vms.iter().any(|vm| vm.id == one.vm.id));
        }
        replications.retain(|one| self.passes(one));
        Ok(replications)
    }

    fn passes(&self, replication: &Replication) -> bool {
        let relationship = &replication.relationship;
        let settings = replication.settings.as_ref();
        let replica = settings.and_then(|one| one.recovery_connection_point.as_deref());
        let current = settings.and_then(|one| one.recovery_host_system.as_deref());
        named(
            self.primary_server.as_deref(),
            [settings.and_then(primary_server), None],
        ) && named(self.replica_server.as_deref(), [replica, current])
            && is_one_of(&self.states, relationship.replication_state)
            && is_one_of(&self.healths, relationship.replication_health)
            && is_one_of(&self.modes, replication.vm.replication_mode)
            && self
                .relationship
                .is_none_or(|which| Relationship::from(which) == replication.which)
    }
}

fn named(pattern: Option<&str>, names: [Option<&str>; 2]) -> bool {
    let mut names = names.into_iter().flatten();
    pattern.is_none_or(|pattern| names.any(|name| matches(pattern, name)))
}

fn is_one_of<T: PartialEq>(wanted: &[T], value: Option<T>) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.contains(&value))
}

/// Reads a state by its number, by its name in WMI or by one of its two names in PowerShell.
fn state(text: &str) -> Result<ReplicationState, String> {
    let sides = [ReplicationMode::Primary, ReplicationMode::Replica];
    let names = |state: ReplicationState| {
        let [primary, replica] = sides.map(|side| state.powershell_name(side).into_owned());
        vec![primary, replica, state.to_string()]
    };
    code(text, (0..=21).map(ReplicationState::from), names)
}

fn health(text: &str) -> Result<ReplicationHealth, String> {
    let names = |health: ReplicationHealth| vec![health.powershell_name().into_owned()];
    code(text, (0..=3).map(ReplicationHealth::from), names)
}

fn mode(text: &str) -> Result<ReplicationMode, String> {
    let names = |mode: ReplicationMode| vec![mode.powershell_name().into_owned()];
    code(text, (0..=4).map(ReplicationMode::from), names)
}

/// Finds the code with a number or a name, in any case.
fn code<T: Copy + From<u16> + PartialEq>(
    text: &str,
    known: impl Iterator<Item = T> + Clone,
    names: impl Fn(T) -> Vec<String>,
) -> Result<T, String> {
    if let Ok(number) = text.parse::<u16>() {
        return Ok(number.into());
    }
    let plain = |name: &str| name.to_lowercase().replace([' ', '-', '_'], "");
    let wanted = plain(text);
    let is_named = |one: &T| names(*one).iter().any(|name| plain(name) == wanted);
    if let Some(found) = known.clone().find(is_named) {
        return Ok(found);
    }
    let begins = |one: &T| {
        names(*one)
            .iter()
            .any(|name| plain(name).starts_with(&wanted))
    };
    let mut begun = known.clone().filter(begins);
    if let (false, Some(found), None) = (wanted.is_empty(), begun.next(), begun.next()) {
        return Ok(found);
    }
    let names: Vec<_> = known
        .filter_map(|one| names(one).into_iter().next())
        .collect();
    Err(format!("it is one of {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_named_as_powershell_or_wmi_names_them() {
        for (text, expected) in [
            ("replicating", 3),
            ("Error", 8),
            ("critical", 8),
            ("InitialReplicationInProgress", 2),
            ("waiting-for-initial-replication", 2),
            ("16", 16),
            // The beginning of one name only.
            ("ready", 1),
        ] {
            assert_eq!(state(text), Ok(expected.into()), "{text}");
        }
        for text in ["broken", "", "Resync"] {
            assert!(state(text).is_err(), "{text}");
        }
    }
}
