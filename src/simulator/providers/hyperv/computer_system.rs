//! Msvm_ComputerSystem: the virtual machines, and the host itself.

use crate::cim::{DateTime, Instance, Value};

use super::super::{ClassName, EventSource, Moment, Registration, Table, V2, values};
use super::state::Hyperv;
use super::vm::{DISABLED, Replication, Vm};

pub(super) const COMPUTER_SYSTEM: ClassName = ClassName::new(V2, "Msvm_ComputerSystem");

pub(super) static TABLE: Table<Hyperv> = Table {
    class: COMPUTER_SYSTEM,
    instances: |hyperv, now| {
        let vms = hyperv.vms.iter().map(|vm| virtual_machine(hyperv, vm, now));
        std::iter::once(host_itself(hyperv)).chain(vms).collect()
    },
    registration: Registration {
        // Hyper-V WMI documents that the provider reports events (Msvm_ComputerSystem). That it is silent about the
        // uptime is a guess.
        events: EventSource::Provider {
            except: &["OnTimeInMilliseconds"],
        },
        ..Registration::DEFAULT
    },
    ..Table::EMPTY
};

/// Makes the instance of the host, whose date of installation and replication properties are null.
fn host_itself(hyperv: &Hyperv) -> Instance {
    COMPUTER_SYSTEM.instance(values! {
        Caption: "Hosting Computer System",
        CreationClassName: COMPUTER_SYSTEM.name,
        Description: "Microsoft Hosting Computer System",
        ElementName: hyperv.machine.as_str(),
        EnabledDefault: 2u16,
        EnabledState: 2u16,
        HealthState: 5u16,
        Name: hyperv.machine.as_str(),
        OperationalStatus: vec![2u16],
        RequestedState: 12u16,
        ResetCapability: 1u16,
        Status: "OK",
        StatusDescriptions: vec!["Operating normally"],
    })
}

fn virtual_machine(hyperv: &Hyperv, vm: &Vm, now: Moment) -> Instance {
    let state = vm.replication_state(now);
    let enabled = state != DISABLED;
    let replicated = vm.replicates_since(now);
    let up = now.since(hyperv.booted).as_millis();
    let up = u64::try_from(up).unwrap_or(u64::MAX);
    let booted = Value::from(hyperv.booted.to_datetime());
    COMPUTER_SYSTEM.instance(values! {
        Caption: "Virtual Machine",
        CreationClassName: COMPUTER_SYSTEM.name,
        Description: "Microsoft Virtual Machine",
        ElementName: hyperv.display_name(vm),
        EnabledDefault: 3u16,
        EnabledState: if vm.is_running { 2u16 } else { 3 },
        FailedOverReplicationType: 0u16,
        HealthState: 5u16,
        InstallDate: booted.clone(),
        LastApplicationConsistentReplicationTime: DateTime::NEVER,
        LastReplicationTime: replicated.map_or(DateTime::NEVER, Moment::to_datetime),
        LastReplicationType: u16::from(replicated.is_some()),
        LastSuccessfulBackupTime: DateTime::NEVER,
        Name: vm.id.as_str(),
        NumberOfNumaNodes: 1u16,
        OnTimeInMilliseconds: if vm.is_running { up } else { 0 },
        OperationalStatus: vec![2u16],
        ProcessID: vm.is_running.then_some(4_000u32),
        ReplicationHealth: u16::from(enabled),
        ReplicationMode: u16::from(vm.replication != Replication::Disabled),
        ReplicationState: state,
        RequestedState: 12u16,
        ResetCapability: 1u16,
        Status: "OK",
        StatusDescriptions: vec!["Operating normally"],
        TimeOfLastConfigurationChange: booted.clone(),
        TimeOfLastStateChange: booted,
    })
}
