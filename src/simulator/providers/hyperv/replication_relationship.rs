//! Msvm_ReplicationRelationship (Windows 8.1 and later): the primary relationship of each virtual machine.

use crate::cim::{DateTime, Instance};

use super::super::{ClassName, Moment, Table, V2, values};
use super::state::Hyperv;
use super::vm::Vm;

pub(super) const REPLICATION_RELATIONSHIP: ClassName =
    ClassName::new(V2, "Msvm_ReplicationRelationship");

pub(super) static TABLE: Table<Hyperv> = Table {
    class: REPLICATION_RELATIONSHIP,
    instances: |hyperv, now| hyperv.vms.iter().map(|vm| instance(vm, now)).collect(),
    ..Table::EMPTY
};

fn instance(vm: &Vm, now: Moment) -> Instance {
    let replicated = vm.replicates_since(now);
    REPLICATION_RELATIONSHIP.instance(values! {
        Caption: "Replication Relationship",
        Description: "Replication Relationship",
        ElementName: vm.name,
        FailedOverReplicationType: 0u16,
        InstanceID: format!(r"Microsoft:{}\HVR\0", vm.id),
        LastApplicationConsistentReplicationTime: DateTime::NEVER,
        LastApplyTime: DateTime::NEVER,
        LastReplicationTime: replicated.map_or(DateTime::NEVER, Moment::to_datetime),
        LastReplicationType: u16::from(replicated.is_some()),
        ReplicationHealth: u16::from(vm.is_replicated(now)),
        ReplicationState: vm.replication_state(now),
    })
}
