//! Msvm_VirtualSystemSettingData: the settings of each virtual machine.

use std::time::Duration;

use crate::cim::{Instance, Properties};

use super::super::{Moment, Table, class::is_of, clock::interval, values};
use super::names::SETTING_DATA;
use super::replication::points;
use super::state::Hyperv;
use super::vm::{SUBTYPE, VERSION, Vm};

pub(super) static TABLE: Table<Hyperv> = Table {
    class: SETTING_DATA,
    instances: |hyperv, now| {
        let vms = hyperv.vms(now);
        let vms = vms.map(|vm| instance(hyperv.booted, vm));
        vms.chain(points::settings(hyperv, now)).collect()
    },
    ..Table::EMPTY
};

/// Returns the id of the settings of a virtual machine.
pub(super) fn id(vm: &Vm) -> String {
    format!("Microsoft:{}", vm.id)
}

/// Makes the settings of a virtual machine: the initial ones with the changes to them.
pub(super) fn instance(booted: Moment, vm: &Vm) -> Instance {
    let root = r"C:\ProgramData\Microsoft\Windows\Hyper-V";
    let number = vm.process;
    let serial = format!("0000-{number:04}-0000-0000-0000-0000-00");
    let mut instance = SETTING_DATA.instance(values! {
        AdditionalRecoveryInformation: "",
        AllowFullSCSICommandSet: false,
        AllowReducedFcRedundancy: false,
        Architecture: "x64",
        AutomaticCriticalErrorAction: 1u16,
        AutomaticCriticalErrorActionTimeout: interval(Duration::from_secs(1_800)),
        AutomaticRecoveryAction: 3u16,
        AutomaticShutdownAction: 3u16,
        AutomaticSnapshotsEnabled: false,
        AutomaticStartupAction: 3u16,
        AutomaticStartupActionDelay: interval(Duration::ZERO),
        AutomaticStartupActionSequenceNumber: 0u16,
        BIOSGUID: format!("{{{}}}", bios_guid(vm)),
        BIOSNumLock: false,
        BIOSSerialNumber: serial.as_str(),
        BaseBoardSerialNumber: serial.as_str(),
        BootOrder: vec![4u16, 3, 1],
        Caption: "Virtual Machine Settings",
        ChassisAssetTag: serial.as_str(),
        ChassisSerialNumber: serial.as_str(),
        ConfigurationDataRoot: root,
        ConfigurationFile: format!(r"Virtual Machines\{}.vmcx", vm.id),
        ConfigurationID: vm.id.as_str(),
        ConsoleMode: 0u16,
        CreationTime: booted.to_datetime(),
        DebugChannelId: 0u32,
        DebugPort: 0u32,
        DebugPortEnabled: 0u16,
        Description: "Active settings for the virtual machine.",
        ElementName: vm.name.as_str(),
        EnhancedSessionTransportType: 0u16,
        GuestControlledCacheTypes: false,
        GuestStateDataRoot: root,
        GuestStateFile: format!(r"Virtual Machines\{}.vmgs", vm.id),
        HighMmioGapSize: 512u64,
        IncrementalBackupEnabled: false,
        InstanceID: id(vm),
        IsAutomaticSnapshot: false,
        IsSaved: false,
        LockOnDisconnect: false,
        LogDataRoot: root,
        LowMmioGapSize: 128u64,
        NetworkBootPreferredProtocol: 4_096u16,
        Notes: Vec::<String>::new(),
        PauseAfterBootFailure: false,
        RecoveryFile: "",
        SecureBootEnabled: true,
        SecureBootTemplateId: SECURE_BOOT_TEMPLATE,
        SnapshotDataRoot: root,
        SuspendDataRoot: root,
        SwapFileDataRoot: root,
        UserSnapshotType: 3u16,
        Version: VERSION,
        VirtualNumaEnabled: true,
        VirtualSystemIdentifier: vm.id.as_str(),
        VirtualSystemSubType: SUBTYPE,
        VirtualSystemType: "Microsoft:Hyper-V:System:Realized",
    });
    for (name, value) in vm.changed_settings.iter() {
        instance.set(name, value.clone());
    }
    instance
}

/// Returns the UUID that the guest sees as that of its machine, which is not the one of its settings.
fn bios_guid(vm: &Vm) -> String {
    vm.id.replacen("5C0F8C2E", "B105F8C2", 1)
}

impl Hyperv {
    /// Changes the settings that an instance names by its InstanceID. Returns `None`, and changes nothing, if one of its
    /// values cannot be changed.
    pub(super) fn change_settings(&mut self, wanted: &Instance) -> Option<()> {
        let wanted_id: String = wanted.get("InstanceID").ok()?;
        let mut vms = self.vms.iter();
        let at = vms.position(|vm| id(vm).eq_ignore_ascii_case(&wanted_id))?;
        let before = instance(self.booted, self.vms.get(at)?);
        let class = SETTING_DATA.class()?;
        let mut changes = Properties::new();
        for (name, value) in wanted.properties().iter() {
            let known = class.property(name)?;
            if before.value(name) == Some(value) || known.name == "InstanceID" {
                continue;
            }
            let is_changeable = CHANGEABLE.contains(&known.name.as_str());
            if !is_changeable || !is_of(known, value) || value.is_null() {
                return None;
            }
            changes.set(known.name.as_str(), value.clone());
        }
        let vm = self.vms.get_mut(at)?;
        for (name, value) in changes.iter() {
            vm.changed_settings.set(name, value.clone());
        }
        Some(())
    }
}

/// The template "Microsoft Windows" of Secure Boot.
const SECURE_BOOT_TEMPLATE: &str = "1734c6e8-3154-4dda-ba5f-a874cc483422";
/// The properties that ModifySystemSettings changes here. The page of the class marks them as read-only, since Put
/// changes none.
const CHANGEABLE: [&str; 7] = [
    "AutomaticRecoveryAction",
    "AutomaticShutdownAction",
    "AutomaticStartupAction",
    "AutomaticStartupActionDelay",
    "ElementName",
    "Notes",
    "UserSnapshotType",
];
