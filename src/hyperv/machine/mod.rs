//! `Msvm_ComputerSystem`: the virtual machines of a host, and the host itself.

mod cluster;
mod codes;
mod disks;
mod find;
mod list;
mod state;
mod summary;
mod test_vm;

use std::time::Duration;

use crate::cim::{DateTime, DecodeError, FromValue, Instance, Reference};
use crate::error::Error;

use super::{
    NAMESPACE, ReplicationHealth, ReplicationMode, ReplicationState, ReplicationType, ReturnCode,
};

pub use cluster::ClusterGroup;
pub use codes::{EnabledState, HealthState, OperationalStatus};
pub use disks::VirtualDisk;
pub use state::RequestedState;
pub use summary::VmSummary;

/// A virtual machine of a host (`Msvm_ComputerSystem`).
///
/// A property that the host did not return is `None`. A time in 1601, which means never, is `None` as well.
///
/// Source: [Msvm_ComputerSystem](https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-computersystem)
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct VirtualMachine {
    /// The display name, which need not be unique.
    pub name: String,
    /// The id, a GUID in capitals.
    pub id: String,
    /// The state: running, off, saved, paused, or a transition.
    pub enabled_state: Option<EnabledState>,
    /// The health.
    pub health_state: Option<HealthState>,
    /// The status; the second element is the operation in progress.
    pub operational_status: Vec<OperationalStatus>,
    /// The time since the start.
    pub uptime: Option<Duration>,
    /// The id of the worker process on the host.
    pub process_id: Option<u32>,
    /// The time of the creation.
    pub install_date: Option<DateTime>,
    /// The time of the last change of the state.
    pub last_state_change: Option<DateTime>,
    /// The time of the last change of the settings.
    pub last_configuration_change: Option<DateTime>,
    /// The replication role.
    pub replication_mode: Option<ReplicationMode>,
    /// The replication state of the primary relationship. Deprecated since Windows 8.1: the
    /// [relationship](super::ReplicationRelationship) has it too, as it has the following properties.
    pub replication_state: Option<ReplicationState>,
    /// The replication health.
    pub replication_health: Option<ReplicationHealth>,
    /// The kind of the last replication.
    pub last_replication_type: Option<ReplicationType>,
    /// The kind of the recovery point that a failover used.
    pub failed_over_replication_type: Option<ReplicationType>,
    /// The time of the last replication.
    pub last_replication_time: Option<DateTime>,
    /// The time of the last application-consistent replication.
    pub last_application_consistent_replication_time: Option<DateTime>,
}

impl VirtualMachine {
    /// The class of virtual machines, and of the host itself.
    pub const CLASS: &str = "Msvm_ComputerSystem";

    /// Reads an instance. Returns `None` for the instance of the host itself, which has the host name in place of a
    /// GUID.
    ///
    /// # Errors
    ///
    /// Returns an error if the instance has no name.
    pub fn read(instance: &Instance) -> Result<Option<Self>, DecodeError> {
        let id: String = instance.get("Name")?;
        if !is_guid(&id) {
            return Ok(None);
        }
        let time = |name| get::<DateTime>(instance, name).filter(|time| !time.is_never());
        Ok(Some(Self {
            name: get(instance, "ElementName").unwrap_or_default(),
            id,
            enabled_state: get(instance, "EnabledState"),
            health_state: get(instance, "HealthState"),
            operational_status: get(instance, "OperationalStatus").unwrap_or_default(),
            uptime: get(instance, "OnTimeInMilliseconds").map(Duration::from_millis),
            process_id: get(instance, "ProcessID"),
            install_date: time("InstallDate"),
            last_state_change: time("TimeOfLastStateChange"),
            last_configuration_change: time("TimeOfLastConfigurationChange"),
            replication_mode: get(instance, "ReplicationMode"),
            replication_state: get(instance, "ReplicationState"),
            replication_health: get(instance, "ReplicationHealth"),
            last_replication_type: get(instance, "LastReplicationType"),
            failed_over_replication_type: get(instance, "FailedOverReplicationType"),
            last_replication_time: time("LastReplicationTime"),
            last_application_consistent_replication_time: time(
                "LastApplicationConsistentReplicationTime",
            ),
        }))
    }

    /// Returns the reference, with both keys: some hosts do not accept the id alone.
    pub fn reference(&self) -> Reference {
        Reference::new(NAMESPACE, Self::CLASS)
            .with_key("CreationClassName", Self::CLASS)
            .with_key("Name", self.id.as_str())
    }
}

impl VirtualMachine {
    /// Adds the state of the virtual machine to the hint of an error, if the host refused because of the state.
    pub(super) fn explain(&self, error: Error) -> Error {
        match (error.cause(), error.hint()) {
            (Some(ReturnCode::InvalidState), Some(hint)) => {
                let state = self.replication_state.map(|state| state.to_string());
                let state = state.as_deref().unwrap_or("not known");
                let hint = format!("{hint}; its state is: {state}");
                error.with_hint(hint)
            }
            _ => error,
        }
    }
}

/// Returns a property. One that is missing or unreadable must not hide the virtual machine.
fn get<T: FromValue>(instance: &Instance, name: &str) -> Option<T> {
    instance.get(name).ok().flatten()
}

/// Returns true if a text is a GUID in the form of Hyper-V's virtual machine ids.
fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}
