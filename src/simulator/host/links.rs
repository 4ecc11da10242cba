//! Associations: of virtual machines with their settings and jobs, and of services with those that they need.

use crate::cim::{Instance, Reference, Value};

use super::class::{Class, Kind, many, one};
use super::job_class::CONCRETE_JOB;
use super::setting_data::{self, SETTING_DATA};
use super::vm_class::COMPUTER_SYSTEM;
use super::windows::SERVICE;
use super::{CIMV2, V2};

pub(crate) static SETTINGS_DEFINE_STATE: Class = Class {
    namespace: V2,
    name: "Msvm_SettingsDefineState",
    bases: &["CIM_SettingsDefineState", "CIM_ElementSettingData"],
    keys: &["ManagedElement", "SettingData"],
    properties: &[
        one("ManagedElement", Kind::Reference).of("CIM_ManagedElement"),
        one("SettingData", Kind::Reference).of("CIM_SettingData"),
    ],
    instances: |host, _| {
        let link = |vm: &super::vm::Vm| -> Instance {
            let settings = Reference::new(V2, SETTING_DATA.name);
            let settings = settings.with_key("InstanceID", setting_data::id(vm));
            SETTINGS_DEFINE_STATE.instance([
                ("ManagedElement", machine(vm.id).into()),
                ("SettingData", settings.into()),
            ])
        };
        host.vms.iter().map(link).collect()
    },
    ..Class::PLAIN
};

pub(crate) static AFFECTED_JOB_ELEMENT: Class = Class {
    namespace: V2,
    name: "Msvm_AffectedJobElement",
    bases: &["CIM_AffectedJobElement"],
    keys: &["AffectedElement", "AffectingElement"],
    properties: &[
        one("AffectedElement", Kind::Reference).of("CIM_ManagedElement"),
        one("AffectingElement", Kind::Reference).of("CIM_ConcreteJob"),
        many("ElementEffects", Kind::Uint16).valued(&[
            ("0", "Unknown"),
            ("1", "Other"),
            ("2", "Exclusive Use"),
            ("3", "Performance Impact"),
            ("4", "Element Integrity"),
            ("5", "Create"),
        ]),
        many("OtherElementEffectsDescriptions", Kind::String),
    ],
    instances: |host, now| {
        let link = |job: &super::job::Job| -> Instance {
            let affecting = Reference::new(V2, CONCRETE_JOB.name);
            AFFECTED_JOB_ELEMENT.instance([
                ("AffectedElement", machine(&job.vm).into()),
                (
                    "AffectingElement",
                    affecting.with_key("InstanceID", job.id.as_str()).into(),
                ),
                ("ElementEffects", vec![0u16].into()),
            ])
        };
        host.jobs.known(now).map(link).collect()
    },
    ..Class::PLAIN
};

pub(crate) static DEPENDENT_SERVICE: Class = Class {
    namespace: CIMV2,
    name: "Win32_DependentService",
    bases: &["CIM_ServiceServiceDependency", "CIM_Dependency"],
    keys: &["Antecedent", "Dependent"],
    properties: &[
        one("Antecedent", Kind::Reference).of("Win32_BaseService"),
        one("Dependent", Kind::Reference).of("Win32_BaseService"),
        one("TypeOfDependency", Kind::Uint16),
    ],
    instances: |_, _| {
        let link = |(needs, needed): &(&str, &str)| {
            DEPENDENT_SERVICE.instance([
                ("Antecedent", service(needed)),
                ("Dependent", service(needs)),
            ])
        };
        DEPENDENCIES.iter().map(link).collect()
    },
    ..Class::PLAIN
};

fn machine(id: &str) -> Reference {
    Reference::new(V2, COMPUTER_SYSTEM.name)
        .with_key("CreationClassName", COMPUTER_SYSTEM.name)
        .with_key("Name", id)
}

fn service(name: &str) -> Value {
    Reference::new(CIMV2, SERVICE.name)
        .with_key("Name", name)
        .into()
}

/// A service, and one that it cannot run without.
const DEPENDENCIES: &[(&str, &str)] = &[
    ("Spooler", "RpcSs"),
    ("vmms", "RpcSs"),
    ("vmms", "Winmgmt"),
    ("Winmgmt", "RpcSs"),
    ("WinRM", "RpcSs"),
];
