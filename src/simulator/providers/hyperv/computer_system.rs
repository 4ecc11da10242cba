//! Msvm_ComputerSystem: the virtual machines, and the host itself.

use crate::cim::{DateTime, Instance, Value};

use super::super::clock::Moment;
use super::super::named::Named;
use super::super::namespaces::V2;
use super::super::provider::{Facts, Table};
use super::state::Hyperv;
use super::vm::{DISABLED, Replication, Vm};

pub(super) const COMPUTER_SYSTEM: Named = Named::new(V2, "Msvm_ComputerSystem");

pub(super) static TABLE: Table<Hyperv> = Table {
    class: COMPUTER_SYSTEM,
    instances: |hyperv, now| {
        let vms = hyperv.vms.iter().map(|vm| virtual_machine(hyperv, vm, now));
        std::iter::once(host_itself(hyperv)).chain(vms).collect()
    },
    facts: Facts {
        // Hyper-V WMI documents that the provider reports events (Msvm_ComputerSystem). That it is silent about the
        // uptime is a guess.
        tells_all_but: Some(&["OnTimeInMilliseconds"]),
        ..Facts::PLAIN
    },
    ..Table::EMPTY
};

/// Makes the instance of the host, whose date of installation and replication properties are null.
fn host_itself(hyperv: &Hyperv) -> Instance {
    COMPUTER_SYSTEM.instance([
        ("Caption", "Hosting Computer System".into()),
        ("CreationClassName", COMPUTER_SYSTEM.name.into()),
        ("Description", "Microsoft Hosting Computer System".into()),
        ("ElementName", hyperv.machine.as_str().into()),
        ("EnabledDefault", 2u16.into()),
        ("EnabledState", 2u16.into()),
        ("HealthState", 5u16.into()),
        ("Name", hyperv.machine.as_str().into()),
        ("OperationalStatus", vec![2u16].into()),
        ("RequestedState", 12u16.into()),
        ("ResetCapability", 1u16.into()),
        ("Status", "OK".into()),
        ("StatusDescriptions", vec!["Operating normally"].into()),
    ])
}

fn virtual_machine(hyperv: &Hyperv, vm: &Vm, now: Moment) -> Instance {
    let state = vm.replication_state(now);
    let enabled = state != DISABLED;
    let replicated = vm.replicates_since(now);
    let up = now.since(hyperv.booted).as_millis();
    let up = u64::try_from(up).unwrap_or(u64::MAX);
    let booted = Value::from(hyperv.booted.to_datetime());
    COMPUTER_SYSTEM.instance([
        ("Caption", "Virtual Machine".into()),
        ("CreationClassName", COMPUTER_SYSTEM.name.into()),
        ("Description", "Microsoft Virtual Machine".into()),
        ("ElementName", hyperv.display_name(vm).into()),
        ("EnabledDefault", 3u16.into()),
        ("EnabledState", if vm.is_running { 2u16 } else { 3 }.into()),
        ("FailedOverReplicationType", 0u16.into()),
        ("HealthState", 5u16.into()),
        ("InstallDate", booted.clone()),
        (
            "LastApplicationConsistentReplicationTime",
            DateTime::NEVER.into(),
        ),
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
        ("LastSuccessfulBackupTime", DateTime::NEVER.into()),
        ("Name", vm.id.into()),
        ("NumberOfNumaNodes", 1u16.into()),
        (
            "OnTimeInMilliseconds",
            if vm.is_running { up } else { 0 }.into(),
        ),
        ("OperationalStatus", vec![2u16].into()),
        ("ProcessID", vm.is_running.then_some(4_000u32).into()),
        ("ReplicationHealth", u16::from(enabled).into()),
        (
            "ReplicationMode",
            u16::from(vm.replication != Replication::Disabled).into(),
        ),
        ("ReplicationState", state.into()),
        ("RequestedState", 12u16.into()),
        ("ResetCapability", 1u16.into()),
        ("Status", "OK".into()),
        ("StatusDescriptions", vec!["Operating normally"].into()),
        ("TimeOfLastConfigurationChange", booted.clone()),
        ("TimeOfLastStateChange", booted),
    ])
}
