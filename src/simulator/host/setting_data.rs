//! Msvm_VirtualSystemSettingData: the settings of each virtual machine.

use std::collections::HashMap;

use crate::cim::{Instance, Interval, Properties, Value};

use super::class::{Class, Kind, Property, many, one};
use super::vm::Vm;
use super::{Host, V2};

pub(crate) static SETTING_DATA: Class = Class {
    namespace: V2,
    name: "Msvm_VirtualSystemSettingData",
    bases: &[
        "CIM_VirtualSystemSettingData",
        "CIM_SettingData",
        "CIM_ManagedElement",
    ],
    keys: &["InstanceID"],
    properties: PROPERTIES,
    instances: |host, _| host.vms.iter().map(|vm| instance(host, vm)).collect(),
    ..Class::PLAIN
};

/// The id of the settings of a virtual machine.
pub(super) fn id(vm: &Vm) -> String {
    format!("Microsoft:{}", vm.id)
}

/// The settings of a virtual machine: those that it began with, and those that were changed.
pub(super) fn instance(host: &Host, vm: &Vm) -> Instance {
    let mut instance = SETTING_DATA.instance([
        ("AllowReducedFcRedundancy", false.into()),
        ("AutomaticRecoveryAction", 3u16.into()),
        ("AutomaticShutdownAction", 3u16.into()),
        ("AutomaticStartupAction", 3u16.into()),
        ("AutomaticStartupActionDelay", no_time()),
        ("Caption", "Virtual Machine Settings".into()),
        ("ConfigurationID", vm.id.into()),
        ("CreationTime", Value::from(host.booted.to_datetime())),
        (
            "Description",
            "Active settings for the virtual machine.".into(),
        ),
        ("ElementName", vm.name.into()),
        ("InstanceID", id(vm).into()),
        ("IsSaved", false.into()),
        ("Notes", Vec::<String>::new().into()),
        ("UserSnapshotType", 3u16.into()),
        ("Version", "10.0".into()),
        ("VirtualNumaEnabled", true.into()),
        ("VirtualSystemIdentifier", vm.id.into()),
        ("VirtualSystemSubType", "Microsoft:Hyper-V:SubType:2".into()),
        (
            "VirtualSystemType",
            "Microsoft:Hyper-V:System:Realized".into(),
        ),
    ]);
    if let Some(changed) = host.settings.0.get(vm.id) {
        for (name, value) in changed.iter() {
            instance.set(name, value.clone());
        }
    }
    instance
}

fn no_time() -> Value {
    Interval::try_from(std::time::Duration::ZERO).ok().into()
}

/// What was changed in the settings of virtual machines, by their ids.
#[derive(Debug, Default)]
pub(crate) struct Settings(HashMap<String, Properties>);

impl Host {
    /// The name that a virtual machine is shown under.
    pub(super) fn display_name<'h>(&'h self, vm: &'h Vm) -> &'h str {
        let changed = self.settings.0.get(vm.id);
        let name = changed.and_then(|changed| changed.value("ElementName")?.as_str());
        name.unwrap_or(vm.name)
    }

    /// Changes the settings that an instance names by its InstanceID; whether all of it can be changed so.
    pub(super) fn change_settings(&mut self, wanted: &Instance) -> bool {
        let Ok(wanted_id) = wanted.get::<String>("InstanceID") else {
            return false;
        };
        let mut vms = self.vms.iter();
        let Some(vm) = vms.find(|vm| id(vm).eq_ignore_ascii_case(&wanted_id)) else {
            return false;
        };
        let before = instance(self, vm);
        let mut changes = Properties::new();
        for (name, value) in wanted.properties().iter() {
            match SETTING_DATA.property(name) {
                Some(known) if before.value(name) == Some(value) || known.name == "InstanceID" => {}
                Some(known) if known.is_writable && fits(known, value) => {
                    changes.set(known.name, value.clone());
                }
                _ => return false,
            }
        }
        let changed = self.settings.0.entry(vm.id.to_owned()).or_default();
        for (name, value) in changes.iter() {
            changed.set(name, value.clone());
        }
        true
    }
}

/// Whether a value is one of the property.
fn fits(property: &Property, value: &Value) -> bool {
    let is_array = matches!(value, Value::Array(_));
    let is_of_kind = |value: &Value| match property.kind {
        Kind::String => matches!(value, Value::String(_)),
        Kind::Uint16 => matches!(value, Value::Uint16(_)),
        Kind::Boolean => matches!(value, Value::Boolean(_)),
        Kind::DateTime => matches!(value, Value::DateTime(_) | Value::Interval(_)),
        _ => false,
    };
    is_array == property.is_array && value.elements().iter().all(is_of_kind)
}

/// Those that are writable are changed by ModifySystemSettings; Put changes none.
const PROPERTIES: &[Property] = &[
    one("AdditionalRecoveryInformation", Kind::String),
    one("AllowFullSCSICommandSet", Kind::Boolean),
    one("AllowReducedFcRedundancy", Kind::Boolean),
    one("Architecture", Kind::String),
    one("AutomaticCriticalErrorAction", Kind::Uint16),
    one("AutomaticCriticalErrorActionTimeout", Kind::DateTime),
    one("AutomaticRecoveryAction", Kind::Uint16).writable(),
    one("AutomaticShutdownAction", Kind::Uint16).writable(),
    one("AutomaticSnapshotsEnabled", Kind::Boolean),
    one("AutomaticStartupAction", Kind::Uint16).writable(),
    one("AutomaticStartupActionDelay", Kind::DateTime).writable(),
    one("AutomaticStartupActionSequenceNumber", Kind::Uint16),
    one("BaseBoardSerialNumber", Kind::String),
    one("BIOSGUID", Kind::String),
    one("BIOSNumLock", Kind::Boolean),
    one("BIOSSerialNumber", Kind::String),
    many("BootOrder", Kind::Uint16),
    many("BootSourceOrder", Kind::String),
    one("Caption", Kind::String),
    one("ChassisAssetTag", Kind::String),
    one("ChassisSerialNumber", Kind::String),
    one("ConfigurationDataRoot", Kind::String),
    one("ConfigurationFile", Kind::String),
    one("ConfigurationID", Kind::String),
    one("ConsoleMode", Kind::Uint16),
    one("CreationTime", Kind::DateTime),
    one("DebugChannelId", Kind::Uint32),
    one("DebugPort", Kind::Uint32),
    one("DebugPortEnabled", Kind::Uint16),
    one("Description", Kind::String),
    one("ElementName", Kind::String).writable(),
    one("GuestControlledCacheTypes", Kind::Boolean),
    one("InstanceID", Kind::String),
    one("IsSaved", Kind::Boolean),
    one("LogDataRoot", Kind::String),
    many("Notes", Kind::String).writable(),
    one("Parent", Kind::String),
    one("RecoveryFile", Kind::String),
    one("SnapshotDataRoot", Kind::String),
    one("SuspendDataRoot", Kind::String),
    one("SwapFileDataRoot", Kind::String),
    one("UserSnapshotType", Kind::Uint16).writable(),
    one("Version", Kind::String),
    one("VirtualNumaEnabled", Kind::Boolean),
    one("VirtualSystemIdentifier", Kind::String),
    one("VirtualSystemSubType", Kind::String),
    one("VirtualSystemType", Kind::String),
];
