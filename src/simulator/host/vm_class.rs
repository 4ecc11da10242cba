//! Msvm_ComputerSystem: the virtual machines, and the host itself.

use crate::cim::{DateTime, Instance, Value};

use super::clock::Moment;
use super::names::V2;
use super::provider::{Addressing, Provider};
use super::state::Host;
use super::vm::{DISABLED, Replication, Vm};

pub(crate) static COMPUTER_SYSTEM: Provider = Provider {
    namespace: V2,
    name: "Msvm_ComputerSystem",
    addressing: Addressing::AllKeys,
    instances: |host, now| {
        let vms = host.vms.iter().map(|vm| virtual_machine(host, vm, now));
        std::iter::once(host_itself(host)).chain(vms).collect()
    },
    // That it tells is documented (Hyper-V WMI, Msvm_ComputerSystem); that it tells nothing of time is a guess.
    tells_all_but: Some(&["OnTimeInMilliseconds"]),
    ..Provider::PLAIN
};

/// The instance of the host has no date of installation and nothing to say of replication.
fn host_itself(host: &Host) -> Instance {
    COMPUTER_SYSTEM.instance([
        ("Caption", "Hosting Computer System".into()),
        ("CreationClassName", COMPUTER_SYSTEM.name.into()),
        ("Description", "Microsoft Hosting Computer System".into()),
        ("ElementName", host.name.as_str().into()),
        ("EnabledDefault", 2u16.into()),
        ("EnabledState", 2u16.into()),
        ("HealthState", 5u16.into()),
        ("Name", host.name.as_str().into()),
        ("OperationalStatus", vec![2u16].into()),
        ("RequestedState", 12u16.into()),
        ("ResetCapability", 1u16.into()),
        ("Status", "OK".into()),
        ("StatusDescriptions", vec!["Operating normally"].into()),
    ])
}

fn virtual_machine(host: &Host, vm: &Vm, now: Moment) -> Instance {
    let state = vm.replication_state(now);
    let enabled = state != DISABLED;
    let replicated = vm.replicates_since(now);
    let up = now.since(host.booted).as_millis();
    let up = u64::try_from(up).unwrap_or(u64::MAX);
    let booted = Value::from(host.booted.to_datetime());
    COMPUTER_SYSTEM.instance([
        ("Caption", "Virtual Machine".into()),
        ("CreationClassName", COMPUTER_SYSTEM.name.into()),
        ("Description", "Microsoft Virtual Machine".into()),
        ("ElementName", host.display_name(vm).into()),
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
