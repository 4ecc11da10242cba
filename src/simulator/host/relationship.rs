//! Msvm_ReplicationRelationship (Windows 8.1 and later): the primary relationship of each virtual machine.

use crate::cim::{DateTime, Instance};

use super::clock::Moment;
use super::names::V2;
use super::provider::{Addressing, Provider};
use super::vm::{DISABLED, Vm};

pub(crate) static REPLICATION_RELATIONSHIP: Provider = Provider {
    namespace: V2,
    name: "Msvm_ReplicationRelationship",
    addressing: Addressing::AllKeys,
    instances: |host, now| host.vms.iter().map(|vm| instance(vm, now)).collect(),
    ..Provider::PLAIN
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
