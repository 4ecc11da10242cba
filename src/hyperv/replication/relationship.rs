//! The relationships of a virtual machine: `Msvm_ReplicationRelationship`.

use serde::{Deserialize, Serialize};

use crate::cim::{DateTime, Properties, Value};
use crate::error::{Error, ErrorKind};
use crate::hyperv::service::or_never;
use crate::hyperv::{
    Action, NAMESPACE, Outcome, ReplicationHealth, ReplicationMode, ReplicationService,
    ReplicationSettings, ReplicationState, ReplicationType, ReturnCode, VirtualMachine,
};
use crate::{FaultKind, Wql};

/// One of the two relationships that a virtual machine can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Relationship {
    /// From the primary host to the replica host (`\\HVR\\0`).
    #[default]
    Primary,
    /// From the replica host to a third host (`\\HVR\\1`).
    Extended,
}

impl Relationship {
    /// Returns the name that PowerShell has for it: `Simple` or `Extended`.
    pub fn powershell_name(self) -> &'static str {
        match self {
            Self::Primary => "Simple",
            Self::Extended => "Extended",
        }
    }

    /// Returns the role of a virtual machine in the relationship: a replica is the primary of its extended relationship.
    pub fn role_of(self, vm: &VirtualMachine) -> ReplicationMode {
        match (self, vm.replication_mode) {
            (Self::Extended, Some(ReplicationMode::Replica)) => ReplicationMode::Primary,
            (_, mode) => mode.unwrap_or(ReplicationMode::None),
        }
    }

    /// Returns the `InstanceID` of the relationship and of its settings.
    pub(super) fn instance_id(self, vm: &VirtualMachine) -> String {
        let number = match self {
            Self::Primary => 0,
            Self::Extended => 1,
        };
        format!("Microsoft:{}\\HVR\\{number}", vm.id)
    }
}

/// A replication relationship (`Msvm_ReplicationRelationship`, since Windows 8.1 and Server 2012 R2).
///
/// The properties of the same names of the virtual machine are deprecated since then. A time in 1601, which means never, is
/// read as `None`.
///
/// Source: [Msvm_ReplicationRelationship](https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-replicationrelationship)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ReplicationRelationship {
    /// The key: `Microsoft:<GUID>\\HVR\\0`, or `\\1` for the extended relationship.
    #[serde(rename = "InstanceID")]
    pub instance_id: String,
    /// The state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication_state: Option<ReplicationState>,
    /// The health.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication_health: Option<ReplicationHealth>,
    /// The kind of the recovery point that a failover used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_over_replication_type: Option<ReplicationType>,
    /// The kind of the last replication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_replication_type: Option<ReplicationType>,
    /// The time of the last application-consistent replication: `LastVSSSnapshotTime` of `Measure-VMReplication`.
    #[serde(
        default,
        deserialize_with = "or_never",
        skip_serializing_if = "Option::is_none"
    )]
    pub last_application_consistent_replication_time: Option<DateTime>,
    /// The time of the last replication.
    #[serde(
        default,
        deserialize_with = "or_never",
        skip_serializing_if = "Option::is_none"
    )]
    pub last_replication_time: Option<DateTime>,
    /// The time at which the replica host applied the last changes.
    #[serde(
        default,
        deserialize_with = "or_never",
        skip_serializing_if = "Option::is_none"
    )]
    pub last_apply_time: Option<DateTime>,
}

crate::cim_class!(ReplicationRelationship: NAMESPACE, "Msvm_ReplicationRelationship");

impl ReplicationRelationship {
    /// Returns the GUID of the virtual machine, and which relationship it is.
    pub fn of(&self) -> Option<(&str, Relationship)> {
        let (vm, number) = self
            .instance_id
            .strip_prefix("Microsoft:")?
            .rsplit_once("\\HVR\\")?;
        match number {
            "0" => Some((vm, Relationship::Primary)),
            "1" => Some((vm, Relationship::Extended)),
            _ => None,
        }
    }
}

impl ReplicationService {
    /// Reads a relationship of a virtual machine, in one round trip.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::NotFound`] if the virtual machine does not have the relationship.
    pub async fn relationship(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<ReplicationRelationship, Error> {
        let wql =
            Wql::select("Msvm_ReplicationRelationship").equals("InstanceID", which.instance_id(vm));
        self.only(wql, || missing(vm, which, "relationship")).await
    }

    /// Reads the relationships of all virtual machines of the host, in one enumeration.
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses, or if a relationship cannot be read.
    pub async fn relationships(&self) -> Result<Vec<ReplicationRelationship>, Error> {
        self.client().enumerate().collect().await
    }

    /// Enables the replication of a virtual machine (`CreateReplicationRelationship`): on the primary host, or on the
    /// replica host to extend it to a third.
    ///
    /// Read the settings with [`replication_settings`](Self::replication_settings), change them, and pass them here.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [CreateReplicationRelationship](https://learn.microsoft.com/windows/win32/hyperv_v2/createreplicationrelationship-msvm-replicationservice)
    pub async fn create_relationship(
        &self,
        vm: &VirtualMachine,
        settings: &ReplicationSettings,
    ) -> Result<Outcome, Error> {
        self.call_with_settings(vm, "CreateReplicationRelationship", settings)
            .await
    }

    /// Changes the settings of a replication (`ModifyReplicationSettings`): on the primary host, or on the replica host for
    /// the extended relationship.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [ModifyReplicationSettings](https://learn.microsoft.com/windows/win32/hyperv_v2/modifyreplicationsettings-msvm-replicationservice)
    pub async fn modify_settings(
        &self,
        vm: &VirtualMachine,
        settings: &ReplicationSettings,
    ) -> Result<Outcome, Error> {
        self.call_with_settings(vm, "ModifyReplicationSettings", settings)
            .await
    }

    /// Removes a relationship (`RemoveReplicationRelationshipEx`). Call it on both hosts: the replica virtual machine stays,
    /// as an ordinary one. On a replica host the primary relationship cannot be removed while the extended one exists.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication), and of [`ErrorKind::NotFound`] if
    /// the virtual machine does not have the relationship.
    ///
    /// Source: [RemoveReplicationRelationshipEx](https://learn.microsoft.com/windows/win32/hyperv_v2/removereplicationrelationshipex-msvm-replicationservice)
    pub async fn remove_relationship(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<Outcome, Error> {
        let methods = [
            "RemoveReplicationRelationshipEx",
            "RemoveReplicationRelationship",
        ];
        self.call_for_relationship(vm, which, methods).await
    }

    /// Makes the extended relationship of a failed over replica its primary one (`ChangeReplicationModeToPrimary`). The
    /// virtual machine has to be in the state [`Committed`](ReplicationState::Committed).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`remove_relationship`](Self::remove_relationship).
    ///
    /// Source: [ChangeReplicationModeToPrimary](https://learn.microsoft.com/windows/win32/hyperv_v2/changereplicationmodetoprimary-msvm-replicationservice)
    pub async fn change_mode_to_primary(&self, vm: &VirtualMachine) -> Result<Outcome, Error> {
        let relationship = self.relationship(vm, Relationship::Extended).await?;
        let input = [(RELATIONSHIP, self.embedded(&relationship)?)];
        self.call_for(vm, "ChangeReplicationModeToPrimary", input)
            .await
    }

    /// Asks for another state of a relationship (`RequestReplicationStateChangeEx` of the virtual machine).
    pub(super) async fn request_state(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
        state: u16,
    ) -> Result<Outcome, Error> {
        let relationship = self.known_relationship(vm, which).await?;
        self.request_state_of(vm, which, relationship.as_ref(), state)
            .await
    }

    /// Asks for another state of a relationship that was read, or of the only one that an older host has.
    pub(super) async fn request_state_of(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
        relationship: Option<&ReplicationRelationship>,
        state: u16,
    ) -> Result<Outcome, Error> {
        let requested = Properties::new()
            .with("RequestedState", state)
            .with("TimeoutPeriod", Value::Null);
        let (method, input) = match relationship {
            Some(relationship) => {
                let relationship = self.embedded(relationship)?;
                let mut input = Properties::new().with(RELATIONSHIP, relationship);
                for (name, value) in requested.iter() {
                    input.set(name, value.clone());
                }
                ("RequestReplicationStateChangeEx", input)
            }
            None => ("RequestReplicationStateChange", requested),
        };
        let outcome = self.call_on(&vm.reference(), method, input).await;
        outcome.map_err(|error| vm.explain(allowed_states(error, state, which)))
    }

    /// Calls the first of two methods for a relationship, or the second on a host that has no relationships.
    pub(super) async fn call_for_relationship(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
        [with, without]: [&str; 2],
    ) -> Result<Outcome, Error> {
        match self.embedded_relationship(vm, which).await? {
            Some(relationship) => {
                self.call_for(vm, with, [(RELATIONSHIP, relationship)])
                    .await
            }
            None => self.call_for(vm, without, []).await,
        }
    }

    /// Returns a relationship as a parameter, or `None` if the host does not have the class.
    pub(super) async fn embedded_relationship(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<Option<Value>, Error> {
        let relationship = self.known_relationship(vm, which).await?;
        let embedded = relationship.map(|relationship| self.embedded(&relationship));
        embedded.transpose()
    }

    /// Reads a relationship before a change of it; `None` on Windows 8 and Server 2012, which have no such class, and one
    /// relationship a virtual machine.
    pub(super) async fn known_relationship(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<Option<ReplicationRelationship>, Error> {
        match (self.relationship(vm, which).await, which) {
            (Ok(relationship), _) => Ok(Some(relationship)),
            (Err(error), Relationship::Primary) if is_unknown_class(&error) => Ok(None),
            (Err(error), _) => Err(error.of_unsent_change()),
        }
    }
}

/// Reports whether a host does not know the class of a query. Windows answers that it cannot process the filter.
fn is_unknown_class(error: &Error) -> bool {
    matches!(
        error.fault_kind(),
        Some(FaultKind::InvalidClass | FaultKind::InvalidQuery)
    )
}

/// Adds the states in which a state can be requested to the hint of an error, if the host refused because of the state.
fn allowed_states(error: Error, requested: u16, which: Relationship) -> Error {
    match (error.cause(), Action::of_requested_state(requested)) {
        (Some(ReturnCode::InvalidState), Some(action)) => error.with_hint(action.state_hint(which)),
        _ => error,
    }
}

/// Returns the error for an object of a virtual machine that does not exist.
pub(super) fn missing(vm: &VirtualMachine, which: Relationship, what: &str) -> Error {
    let which = match which {
        Relationship::Primary => "replication",
        Relationship::Extended => "extended replication",
    };
    let doing = format!("no {which} {what} found of virtual machine {:?}", vm.name);
    Error::new(ErrorKind::NotFound, crate::printable::excerpt(&doing)).with_hint(
        "check that the virtual machine replicates, and that this is the host that owns it",
    )
}

/// The parameter for a relationship.
pub(super) const RELATIONSHIP: &str = "ReplicationRelationship";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relationship_says_whose_and_which_it_is() {
        let id = "Microsoft:0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001\\HVR\\1";
        let text = serde_json::json!({"InstanceID": id, "ReplicationState": 3});
        let relationship: ReplicationRelationship = serde_json::from_value(text).unwrap();
        let expected = (
            "0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001",
            Relationship::Extended,
        );
        assert_eq!(relationship.of(), Some(expected));
        assert_eq!(
            relationship.replication_state,
            Some(ReplicationState::Replicating)
        );
    }
}
