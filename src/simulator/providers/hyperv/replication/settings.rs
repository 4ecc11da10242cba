//! Msvm_ReplicationSettingData: the settings of each relationship, also of one that is not enabled yet.

use std::time::Duration;

use crate::cim::{Instance, Properties, Reference};

use super::super::super::{Call, Moment, Table, clock::interval, values};
use super::super::codes::{INVALID_PARAMETER, state};
use super::super::names::{DISK, REPLICATION_SETTINGS};
use super::super::state::Hyperv;
use super::super::vm::Vm;
use super::link::{DEFAULT_INTERVAL, Which};
use super::request::{Refusal, embedded};

pub(in super::super) static TABLE: Table<Hyperv> = Table {
    class: REPLICATION_SETTINGS,
    instances: |hyperv, now| {
        let of_vm = |vm: &Vm| {
            let links: Vec<_> = vm.links(now).collect();
            let settings = links
                .into_iter()
                .map(|which| instance(hyperv, vm, which, now));
            settings.collect::<Vec<_>>()
        };
        hyperv.vms(now).flat_map(of_vm).collect()
    },
    ..Table::EMPTY
};

/// Makes the settings of a relationship: the initial ones with those that were passed.
fn instance(hyperv: &Hyperv, vm: &Vm, which: Which, now: Moment) -> Instance {
    let disk = DISK
        .reference()
        .with_key("InstanceID", super::super::disks::id(vm));
    let disk = disk.with_server(&hyperv.machine);
    let mut instance = REPLICATION_SETTINGS.instance(values! {
        AdditionalSettings: "",
        ApplicationConsistentSnapshotInterval: 0u16,
        AuthenticationType: 1u16,
        AutoResynchronizeEnabled: false,
        AutoResynchronizeIntervalEnd: interval(Duration::from_secs(6 * 3_600)),
        AutoResynchronizeIntervalStart: interval(Duration::from_secs(66_600)),
        BypassProxyServer: false,
        Caption: "Replication Settings",
        CertificateThumbPrint: "",
        CompressionEnabled: true,
        Description: "Replication Settings",
        ElementName: vm.display_name(),
        EnableWriteOrderPreservationAcrossDisks: true,
        IncludedDisks: vec![disk.to_string()],
        InstanceID: which.instance_id(&vm.id),
        PrimaryConnectionPoint: "",
        PrimaryHostSystem: "",
        RecoveryConnectionPoint: "",
        RecoveryHistory: 0u16,
        RecoveryHostSystem: "",
        RecoveryServerPortNumber: 0u16,
        ReplicateHostKvpItems: true,
        ReplicationInterval: DEFAULT_INTERVAL,
        ReplicationProvider: super::provider::path(hyperv),
        RootCertificateThumbPrint: "",
        VirtualSystemIdentifier: vm.id.as_str(),
        VirtualSystemType: "Microsoft:Hyper-V:Replica",
    });
    if vm.link(which).state.at(now) != state::DISABLED {
        for (name, value) in vm.link(which).settings.iter() {
            instance.set(name, value.clone());
        }
    }
    instance
}

/// Reads the parameter ReplicationSettingData, and checks it. `slowest` is the interval that an extended relationship has
/// at least.
pub(super) fn read(
    call: &Call<'_>,
    vm: &Vm,
    slowest: Option<Duration>,
) -> Result<Properties, Refusal> {
    let mut given = Properties::new();
    let settings = embedded(call, "ReplicationSettingData", REPLICATION_SETTINGS)?;
    for (name, value) in settings.iter() {
        if !RESULTS.contains(&name) {
            given.set(name, value.clone());
        }
    }
    if !is_valid(&given, vm, slowest) {
        return Err(INVALID_PARAMETER.into());
    }
    Ok(given)
}

/// Checks the values that Msvm_ReplicationSettingData documents.
fn is_valid(settings: &Properties, vm: &Vm, slowest: Option<Duration>) -> bool {
    let text = |name| settings.get::<String>(name).unwrap_or_default();
    let number = |name, default| settings.get::<u16>(name).unwrap_or(default);
    let interval = number("ReplicationInterval", DEFAULT_INTERVAL);
    let is_slow = slowest
        .is_none_or(|slowest| interval != 30 && Duration::from_secs(interval.into()) >= slowest);
    let (history, consistent) = (
        number("RecoveryHistory", 0),
        number("ApplicationConsistentSnapshotInterval", 0),
    );
    let is_authenticated = match number("AuthenticationType", 1) {
        1 => true,
        2 => !text("CertificateThumbPrint").is_empty(),
        _ => false,
    };
    !text("RecoveryConnectionPoint").is_empty()
        && number("RecoveryServerPortNumber", 0) > 0
        && is_authenticated
        && [30, 300, 900].contains(&interval)
        && is_slow
        && history <= 24
        && consistent <= 12
        && (consistent == 0 || history > 0)
        && disks(settings).iter().all(|path| is_disk_of(path, vm))
}

fn disks(settings: &Properties) -> Vec<String> {
    settings.get("IncludedDisks").unwrap_or_default()
}

/// Reports whether an object path names the disk of a machine.
fn is_disk_of(path: &str, vm: &Vm) -> bool {
    let disk = path.parse::<Reference>().ok();
    disk.is_some_and(|disk| {
        let id = disk.key("InstanceID").and_then(|id| id.as_text());
        let is_it = id.is_some_and(|id| id.eq_ignore_ascii_case(&super::super::disks::id(vm)));
        is_it && DISK.is_a(disk.class().name())
    })
}

/// The properties that name the relationship, or that the hosts report.
const RESULTS: [&str; 5] = [
    "InstanceID",
    "PrimaryConnectionPoint",
    "PrimaryHostSystem",
    "RecoveryHostSystem",
    "RootCertificateThumbPrint",
];
