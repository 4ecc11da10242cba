//! Associations: of virtual machines with their settings and jobs, and of services with those that they need.

use crate::cim::{Instance, Reference, Value};

use super::job_class::CONCRETE_JOB;
use super::names::{CIMV2, V2};
use super::provider::Provider;
use super::setting_data::{self, SETTING_DATA};
use super::vm_class::COMPUTER_SYSTEM;
use super::windows::SERVICE;

pub(crate) static SETTINGS_DEFINE_STATE: Provider = Provider {
    namespace: V2,
    name: "Msvm_SettingsDefineState",
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
    ..Provider::PLAIN
};

pub(crate) static AFFECTED_JOB_ELEMENT: Provider = Provider {
    namespace: V2,
    name: "Msvm_AffectedJobElement",
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
    ..Provider::PLAIN
};

pub(crate) static DEPENDENT_SERVICE: Provider = Provider {
    namespace: CIMV2,
    name: "Win32_DependentService",
    instances: |_, _| {
        let link = |(needs, needed): &(&str, &str)| {
            DEPENDENT_SERVICE.instance([
                ("Antecedent", service(needed)),
                ("Dependent", service(needs)),
            ])
        };
        DEPENDENCIES.iter().map(link).collect()
    },
    ..Provider::PLAIN
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
