//! Msvm_ReplicationRelationship (Windows 8.1 and later), its health, and its associations.

use crate::cim::{DateTime, Instance};

use super::super::super::{ClassName, Moment, Rows, Table, V2, values};
use super::super::codes::state::*;
use super::super::names::{DEFINE_STATE, REPLICATION_RELATIONSHIP, REPLICATION_SETTINGS, machine};
use super::super::state::Hyperv;
use super::super::vm::Vm;
use super::link::Which;

pub(in super::super) static TABLE: Table<Hyperv> = Table {
    class: REPLICATION_RELATIONSHIP,
    instances: |hyperv, now| of_all(hyperv, now, |vm, which| instance(vm, which, now)),
    ..Table::EMPTY
};

pub(in super::super) static OF_SYSTEM: Table<Hyperv> = Table {
    class: ClassName::new(V2, "Msvm_SystemReplicationRelationship"),
    instances: |hyperv, now| {
        of_all(hyperv, now, |vm, which| {
            OF_SYSTEM.class.instance(values! {
                Antecedent: machine(&vm.id),
                Dependent: REPLICATION_RELATIONSHIP.reference().with_key("InstanceID", which.instance_id(&vm.id)),
            })
        })
    },
    ..Table::EMPTY
};

/// Makes the associations of relationships with their settings.
pub(in super::super) fn settings(hyperv: &Hyperv, now: Moment) -> Rows {
    of_all(hyperv, now, |vm, which| {
        let id = which.instance_id(&vm.id);
        DEFINE_STATE.instance(values! {
            ManagedElement: REPLICATION_RELATIONSHIP.reference().with_key("InstanceID", id.as_str()),
            SettingData: REPLICATION_SETTINGS.reference().with_key("InstanceID", id.as_str()),
        })
    })
}

/// Makes an instance for each relationship of each virtual machine.
pub(in super::super) fn of_all(
    hyperv: &Hyperv,
    now: Moment,
    make: impl Fn(&Vm, Which) -> Instance,
) -> Rows {
    let vms = hyperv.vms(now);
    vms.flat_map(|vm| vm.links(now).map(move |which| (vm, which)))
        .map(|(vm, which)| make(vm, which))
        .collect()
}

fn instance(vm: &Vm, which: Which, now: Moment) -> Instance {
    let link = vm.link(which);
    let last = link.last_replication(now).map(Moment::to_datetime);
    let last = last.unwrap_or(DateTime::NEVER);
    let applied = if vm.is_replica(now) && which == Which::Primary {
        last
    } else {
        DateTime::NEVER
    };
    REPLICATION_RELATIONSHIP.instance(values! {
        Caption: "Replication Relationship",
        Description: "Replication Relationship",
        ElementName: vm.name.as_str(),
        FailedOverReplicationType: link.failed_over.at(now),
        InstanceID: which.instance_id(&vm.id),
        LastApplicationConsistentReplicationTime: DateTime::NEVER,
        LastApplyTime: applied,
        LastReplicationTime: last,
        LastReplicationType: u16::from(!last.is_never()),
        ReplicationHealth: health(vm, which, now),
        ReplicationState: link.state.at(now),
    })
}

/// Returns `ReplicationHealth`: 0 not applicable, 1 OK, 2 warning, 3 critical. Microsoft names the reasons
/// (hyperv-replica, 5.3).
pub(in super::super) fn health(vm: &Vm, which: Which, now: Moment) -> u16 {
    let link = vm.link(which);
    let is_receiver = vm.is_replica(now) && which == Which::Primary;
    let ordered = link.health.at(now);
    let of_state = match link.state.at(now) {
        DISABLED => 0,
        REPLICATING if !link.flow.at(now) => 3,
        SUSPENDED if is_receiver => 3,
        CRITICAL | WAITS_TO_RESYNC | DISKS_CRITICAL => 3,
        FAILED_OVER | COMMITTED | SUSPENDED | RESYNC_SUSPENDED | RESYNCING => 2,
        _ => 1,
    };
    ordered.unwrap_or(of_state)
}
