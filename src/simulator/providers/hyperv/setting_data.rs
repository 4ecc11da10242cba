//! Msvm_VirtualSystemSettingData: the settings of each virtual machine.

use crate::cim::{Instance, Interval, Properties, Value};

use super::super::{ClassName, Table, V2, class::is_of, values};
use super::state::Hyperv;
use super::vm::Vm;

pub(super) const SETTING_DATA: ClassName = ClassName::new(V2, "Msvm_VirtualSystemSettingData");

pub(super) static TABLE: Table<Hyperv> = Table {
    class: SETTING_DATA,
    instances: |hyperv, _| hyperv.vms.iter().map(|vm| instance(hyperv, vm)).collect(),
    ..Table::EMPTY
};

/// Returns the id of the settings of a virtual machine.
pub(super) fn id(vm: &Vm) -> String {
    format!("Microsoft:{}", vm.id)
}

/// Makes the settings of a virtual machine: the initial ones with the changes to them.
pub(super) fn instance(hyperv: &Hyperv, vm: &Vm) -> Instance {
    let mut instance = SETTING_DATA.instance(values! {
        AllowReducedFcRedundancy: false,
        AutomaticRecoveryAction: 3u16,
        AutomaticShutdownAction: 3u16,
        AutomaticStartupAction: 3u16,
        AutomaticStartupActionDelay: no_time(),
        Caption: "Virtual Machine Settings",
        ConfigurationID: vm.id.as_str(),
        CreationTime: hyperv.booted.to_datetime(),
        Description: "Active settings for the virtual machine.",
        ElementName: vm.name,
        InstanceID: id(vm),
        IsSaved: false,
        Notes: Vec::<String>::new(),
        UserSnapshotType: 3u16,
        Version: "10.0",
        VirtualNumaEnabled: true,
        VirtualSystemIdentifier: vm.id.as_str(),
        VirtualSystemSubType: "Microsoft:Hyper-V:SubType:2",
        VirtualSystemType: "Microsoft:Hyper-V:System:Realized",
    });
    if let Some(changed) = hyperv.settings.of(vm) {
        for (name, value) in changed.iter() {
            instance.set(name, value.clone());
        }
    }
    instance
}

fn no_time() -> Value {
    Interval::try_from(std::time::Duration::ZERO).ok().into()
}

impl Hyperv {
    /// Changes the settings that an instance names by its InstanceID. Returns `false`, and changes nothing, if one of
    /// its values cannot be changed.
    pub(super) fn change_settings(&mut self, wanted: &Instance) -> bool {
        let Ok(wanted_id) = wanted.get::<String>("InstanceID") else {
            return false;
        };
        let mut vms = self.vms.iter();
        let Some(vm) = vms.find(|vm| id(vm).eq_ignore_ascii_case(&wanted_id)) else {
            return false;
        };
        let before = instance(self, vm);
        let Some(class) = SETTING_DATA.class() else {
            return false;
        };
        let mut changes = Properties::new();
        for (name, value) in wanted.properties().iter() {
            match class.property(name) {
                Some(known) if before.value(name) == Some(value) || known.name == "InstanceID" => {}
                Some(known)
                    if CHANGEABLE.contains(&known.name.as_str())
                        && is_of(known, value)
                        && !value.is_null() =>
                {
                    changes.set(known.name.as_str(), value.clone());
                }
                _ => return false,
            }
        }
        self.settings.change(&vm.id, &changes);
        true
    }
}

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
