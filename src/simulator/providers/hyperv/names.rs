//! The names of the classes that several files refer to.

use crate::cim::Reference;

use super::super::{ClassName, V2};

pub(super) const COMPUTER_SYSTEM: ClassName = ClassName::new(V2, "Msvm_ComputerSystem");
pub(super) const CONCRETE_JOB: ClassName = ClassName::new(V2, "Msvm_ConcreteJob");
pub(super) const DEFINE_STATE: ClassName = ClassName::new(V2, "Msvm_SettingsDefineState");
pub(super) const DISK: ClassName = ClassName::new(V2, "Msvm_StorageAllocationSettingData");
pub(super) const MANAGEMENT_SERVICE: ClassName =
    ClassName::new(V2, "Msvm_VirtualSystemManagementService");
pub(super) const REPLICATION_RELATIONSHIP: ClassName =
    ClassName::new(V2, "Msvm_ReplicationRelationship");
pub(super) const REPLICATION_SERVICE: ClassName = ClassName::new(V2, "Msvm_ReplicationService");
pub(super) const REPLICATION_SETTINGS: ClassName =
    ClassName::new(V2, "Msvm_ReplicationSettingData");
pub(super) const SETTING_DATA: ClassName = ClassName::new(V2, "Msvm_VirtualSystemSettingData");

/// Returns the reference to a virtual machine.
pub(super) fn machine(id: &str) -> Reference {
    COMPUTER_SYSTEM
        .reference()
        .with_key("CreationClassName", COMPUTER_SYSTEM.name)
        .with_key("Name", id)
}
