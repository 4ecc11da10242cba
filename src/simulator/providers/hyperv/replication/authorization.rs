//! Msvm_ReplicationAuthorizationSettingData: the primary hosts that a replica server accepts.

use crate::cim::{Instance, Properties};

use super::super::super::{Call, ClassName, Moment, Rows, Table, V2, values};
use super::super::codes::{INVALID_PARAMETER, NOT_SUPPORTED, state::CRITICAL};
use super::super::names::{REPLICATION_SERVICE, REPLICATION_SETTINGS, machine};
use super::super::state::Hyperv;
use super::link::Which;
use super::relationship::of_all;
use super::request::{Refusal, Started, embedded, vm_of};
use super::server_settings;

pub(in super::super) static TABLE: Table<Hyperv> = Table {
    class: ClassName::new(V2, "Msvm_ReplicationAuthorizationSettingData"),
    instances: |hyperv, _| hyperv.server.entries.iter().map(instance).collect(),
    ..Table::EMPTY
};

/// The associations of the service and of virtual machines with their settings.
pub(in super::super) static ELEMENT_SETTINGS: Table<Hyperv> = Table {
    class: ClassName::new(V2, "Msvm_ElementSettingData"),
    instances: element_settings,
    ..Table::EMPTY
};

fn element_settings(hyperv: &Hyperv, now: Moment) -> Rows {
    let service = REPLICATION_SERVICE
        .reference()
        .with_key("CreationClassName", REPLICATION_SERVICE.name)
        .with_key("Name", "replicasvc")
        .with_key("SystemCreationClassName", "Msvm_ComputerSystem")
        .with_key("SystemName", hyperv.machine.as_str());
    let of_service = |class: ClassName, id: String| {
        ELEMENT_SETTINGS.class.instance(values! {
            ManagedElement: service.clone(),
            SettingData: class.reference().with_key("InstanceID", id),
        })
    };
    let settings = of_service(server_settings::TABLE.class, server_settings::id(hyperv));
    let entries = hyperv.server.entries.iter();
    let entries = entries.map(|entry| of_service(TABLE.class, id(entry)));
    let of_vms = of_all(hyperv, now, |vm, which| {
        let settings = REPLICATION_SETTINGS.reference();
        ELEMENT_SETTINGS.class.instance(values! {
            ManagedElement: machine(&vm.id),
            SettingData: settings.with_key("InstanceID", which.instance_id(&vm.id)),
        })
    });
    std::iter::once(settings)
        .chain(entries)
        .chain(of_vms)
        .collect()
}

fn instance(entry: &Properties) -> Instance {
    let mut instance = TABLE.class.instance(values! {
        Caption: "Replication Authorization Settings",
        Description: "Replication Authorization Settings",
        ElementName: "Replication Authorization Settings",
    });
    for (name, value) in entry.iter() {
        instance.set(name, value.clone());
    }
    instance.set("InstanceID", id(entry));
    instance
}

fn id(entry: &Properties) -> String {
    format!("Microsoft:{}", name(entry))
}

fn name(entry: &Properties) -> String {
    entry.get("AllowedPrimaryHostSystem").unwrap_or_default()
}

pub(super) fn add(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let entry = read(hyperv, call)?;
    if position(hyperv, &name(&entry)).is_some() {
        return Err(INVALID_PARAMETER.into());
    }
    hyperv.server.entries.push(entry);
    Ok(None)
}

pub(super) fn modify(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let entry = read(hyperv, call)?;
    let at = position(hyperv, &name(&entry)).ok_or(INVALID_PARAMETER)?;
    if let Some(known) = hyperv.server.entries.get_mut(at) {
        *known = entry;
    }
    Ok(None)
}

/// Removes an entry. The machines of hosts that no other entry allows stop replicating.
pub(super) fn remove(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    require_no_cluster(hyperv)?;
    let name: Option<String> = call.input.get("AllowedPrimaryHostSystem").ok().flatten();
    let at = position(hyperv, &name.unwrap_or_default()).ok_or(INVALID_PARAMETER)?;
    hyperv.server.entries.remove(at);
    let replicas = hyperv.vms(call.now).filter(|vm| vm.is_replica(call.now));
    let is_refused = |settings: &Properties| {
        let primary: String = settings.get("PrimaryHostSystem").unwrap_or_default();
        !hyperv.server.authorizes(&primary)
    };
    let refused = replicas.filter(|vm| is_refused(&vm.primary.settings));
    let refused: Vec<_> = refused.map(|vm| vm.id.clone()).collect();
    for id in refused {
        hyperv.pause_as_it_is(call, &id, Which::Primary);
        hyperv.change_other(call, &id, Which::Primary, |link| {
            link.state.set(call.now, CRITICAL);
        });
    }
    Ok(None)
}

/// Ties a replica to an entry, which has to exist.
pub(super) fn set(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let entry = read(hyperv, call)?;
    let id = vm_of(hyperv, call, "ComputerSystem")?;
    hyperv.receiving(call, &id)?;
    position(hyperv, &name(&entry)).ok_or(INVALID_PARAMETER)?;
    Ok(None)
}

fn read(hyperv: &Hyperv, call: &Call<'_>) -> Result<Properties, Refusal> {
    require_no_cluster(hyperv)?;
    let entry = embedded(call, "AuthorizationEntry", TABLE.class)?;
    let storage: String = entry.get("ReplicaStorageLocation").unwrap_or_default();
    if name(&entry).is_empty() || storage.is_empty() {
        return Err(INVALID_PARAMETER.into());
    }
    Ok(entry)
}

/// The entries of a node of a cluster belong to the Replica Broker.
fn require_no_cluster(hyperv: &Hyperv) -> Result<(), Refusal> {
    match hyperv.is_cluster_node {
        true => Err(NOT_SUPPORTED.into()),
        false => Ok(()),
    }
}

fn position(hyperv: &Hyperv, wanted: &str) -> Option<usize> {
    let mut entries = hyperv.server.entries.iter();
    entries.position(|entry| name(entry).eq_ignore_ascii_case(wanted))
}
