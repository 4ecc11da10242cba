//! Msvm_ComputerSystem: the virtual machines, and the host itself.

use crate::cim::{DateTime, Instance, Value};

use super::super::{EventSource, Moment, Table, values};
use super::names::COMPUTER_SYSTEM;
use super::power::{self, NO_CHANGE};
use super::replication::Which;
use super::replication::change;
use super::replication::relationship::health;
use super::replication::request::answer;
use super::state::Hyperv;
use super::vm::Vm;

pub(super) static TABLE: Table<Hyperv> = Table {
    class: COMPUTER_SYSTEM,
    instances: |hyperv, now| {
        let vms = hyperv.vms(now).map(|vm| virtual_machine(hyperv, vm, now));
        std::iter::once(host_itself(hyperv)).chain(vms).collect()
    },
    methods: &[
        ("RequestStateChange", power::request_state_change),
        ("RequestReplicationStateChange", |hyperv, call| {
            answer(change::request(hyperv, call))
        }),
        ("RequestReplicationStateChangeEx", |hyperv, call| {
            answer(change::request(hyperv, call))
        }),
    ],
    // Hyper-V WMI documents that the provider reports events (Msvm_ComputerSystem). That it is silent about the uptime is
    // a guess.
    events: EventSource::Provider {
        except: &["OnTimeInMilliseconds"],
    },
    ..Table::EMPTY
};

/// Makes the instance of the host, whose date of installation and replication properties are null.
fn host_itself(hyperv: &Hyperv) -> Instance {
    COMPUTER_SYSTEM.instance(values! {
        Caption: hyperv.language.text("Hosting Computer System"),
        CreationClassName: COMPUTER_SYSTEM.name,
        Description: "Microsoft Hosting Computer System",
        ElementName: hyperv.machine.as_str(),
        EnabledDefault: 2u16,
        EnabledState: 2u16,
        HealthState: 5u16,
        Name: hyperv.machine.as_str(),
        OperationalStatus: vec![2u16],
        RequestedState: NO_CHANGE,
        ResetCapability: 1u16,
        Status: "OK",
        StatusDescriptions: vec![hyperv.language.text("Operating normally")],
    })
}

fn virtual_machine(hyperv: &Hyperv, vm: &Vm, now: Moment) -> Instance {
    let last = vm.primary.last_replication(now);
    let booted = Value::from(hyperv.booted.to_datetime());
    COMPUTER_SYSTEM.instance(values! {
        Caption: hyperv.language.text("Virtual Machine"),
        CreationClassName: COMPUTER_SYSTEM.name,
        Description: "Microsoft Virtual Machine",
        ElementName: vm.display_name(),
        EnabledDefault: 3u16,
        EnabledState: vm.power.state(now),
        FailedOverReplicationType: vm.primary.failed_over.at(now),
        HealthState: 5u16,
        InstallDate: booted.clone(),
        LastApplicationConsistentReplicationTime: DateTime::NEVER,
        LastReplicationTime: last.map_or(DateTime::NEVER, Moment::to_datetime),
        LastReplicationType: u16::from(last.is_some()),
        LastSuccessfulBackupTime: DateTime::NEVER,
        Name: vm.id.as_str(),
        NumberOfNumaNodes: 1u16,
        OnTimeInMilliseconds: u64::try_from(vm.power.uptime(now).as_millis()).ok(),
        OperationalStatus: vec![2u16],
        ProcessID: vm.power.has_process(now).then_some(vm.process),
        ReplicationHealth: health(vm, Which::Primary, now),
        ReplicationMode: vm.mode.at(now),
        ReplicationState: vm.replication_state(now),
        RequestedState: vm.power.requested_state(now),
        ResetCapability: 1u16,
        Status: "OK",
        StatusDescriptions: vec![hyperv.language.text("Operating normally")],
        TimeOfLastConfigurationChange: booted,
        TimeOfLastStateChange: vm.power.changed().to_datetime(),
    })
}
