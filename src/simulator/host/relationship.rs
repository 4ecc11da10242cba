//! Msvm_ReplicationRelationship (Windows 8.1 and later): the primary relationship of each virtual machine.

use crate::cim::{DateTime, Instance};

use super::class::{Addressing, Class, Kind, Property, many, one};
use super::vm::{DISABLED, Vm};
use super::{Moment, V2};

pub(crate) static REPLICATION_RELATIONSHIP: Class = Class {
    namespace: V2,
    name: "Msvm_ReplicationRelationship",
    bases: &["CIM_ManagedSystemElement", "CIM_ManagedElement"],
    keys: &["InstanceID"],
    addressing: Addressing::AllKeys,
    properties: PROPERTIES,
    instances: |host, now| host.vms.iter().map(|vm| instance(vm, now)).collect(),
    ..Class::PLAIN
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

const PROPERTIES: &[Property] = &[
    one("Caption", Kind::String),
    one("CommunicationStatus", Kind::Uint16),
    one("Description", Kind::String),
    one("DetailedStatus", Kind::Uint16),
    one("ElementName", Kind::String),
    one("FailedOverReplicationType", Kind::Uint16),
    one("HealthState", Kind::Uint16),
    one("InstallDate", Kind::DateTime),
    one("InstanceID", Kind::String),
    one("LastApplicationConsistentReplicationTime", Kind::DateTime),
    one("LastApplyTime", Kind::DateTime),
    one("LastReplicationTime", Kind::DateTime),
    one("LastReplicationType", Kind::Uint16),
    one("Name", Kind::String),
    one("OperatingStatus", Kind::Uint16),
    many("OperationalStatus", Kind::Uint16),
    one("PrimaryStatus", Kind::Uint16),
    one("ReplicationHealth", Kind::Uint16),
    one("ReplicationState", Kind::Uint16),
    one("Status", Kind::String),
    many("StatusDescriptions", Kind::String),
];
