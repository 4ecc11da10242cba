//! Msvm_ReplicationRelationship (Windows 8.1 and later): the primary relationship of each virtual machine.

use crate::cim::{DateTime, Instance};

use super::super::clock::Moment;
use super::super::named::Named;
use super::super::namespaces::V2;
use super::super::provider::Table;
use super::state::Hyperv;
use super::vm::{DISABLED, Vm};

pub(super) const REPLICATION_RELATIONSHIP: Named = Named::new(V2, "Msvm_ReplicationRelationship");

pub(super) static TABLE: Table<Hyperv> = Table {
    class: REPLICATION_RELATIONSHIP,
    instances: |hyperv, now| hyperv.vms.iter().map(|vm| instance(vm, now)).collect(),
    ..Table::EMPTY
};

fn instance(vm: &Vm, now: Moment) -> Instance {
    let state = vm.replication_state(now);
    let replicated = vm.replicates_since(now);
    REPLICATION_RELATIONSHIP.instance([
        ("Caption", "Replication Relationship".into()),
        ("Description", "Replication Relationship".into()),
        ("ElementName", vm.name.into()),
        ("FailedOverReplicationType", 0u16.into()),
        ("InstanceID", format!(r"Microsoft:{}\HVR\0", vm.id).into()),
        (
            "LastApplicationConsistentReplicationTime",
            DateTime::NEVER.into(),
        ),
        ("LastApplyTime", DateTime::NEVER.into()),
        (
            "LastReplicationTime",
            replicated
                .map_or(DateTime::NEVER, Moment::to_datetime)
                .into(),
        ),
        (
            "LastReplicationType",
            u16::from(replicated.is_some()).into(),
        ),
        ("ReplicationHealth", u16::from(state != DISABLED).into()),
        ("ReplicationState", state.into()),
    ])
}
