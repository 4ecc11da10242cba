//! Associations of virtual machines with their settings and jobs.

use crate::cim::{Instance, Reference};

use super::super::{ClassName, Moment, Rows, Table, V2, values};
use super::computer_system::COMPUTER_SYSTEM;
use super::concrete_job::CONCRETE_JOB;
use super::job::Job;
use super::setting_data::{self, SETTING_DATA};
use super::state::Hyperv;
use super::vm::Vm;

pub(super) static SETTINGS_DEFINE_STATE: Table<Hyperv> = Table {
    class: DEFINE_STATE,
    instances: |hyperv, _| settings(hyperv),
    ..Table::EMPTY
};

pub(super) static AFFECTED_JOB_ELEMENT: Table<Hyperv> = Table {
    class: AFFECTED,
    instances: affected,
    ..Table::EMPTY
};

fn settings(hyperv: &Hyperv) -> Rows {
    let link = |vm: &Vm| -> Instance {
        let settings = SETTING_DATA.reference();
        let settings = settings.with_key("InstanceID", setting_data::id(vm));
        DEFINE_STATE.instance(values! {
            ManagedElement: machine(&vm.id),
            SettingData: settings,
        })
    };
    hyperv.vms.iter().map(link).collect()
}

fn affected(hyperv: &Hyperv, now: Moment) -> Rows {
    let link = |job: &Job| -> Instance {
        let affecting = CONCRETE_JOB.reference();
        let affecting = affecting.with_key("InstanceID", job.id.as_str());
        AFFECTED.instance(values! {
            AffectedElement: machine(&job.vm),
            AffectingElement: affecting,
            ElementEffects: vec![0u16],
        })
    };
    hyperv.jobs.known(now).map(link).collect()
}

fn machine(id: &str) -> Reference {
    COMPUTER_SYSTEM
        .reference()
        .with_key("CreationClassName", COMPUTER_SYSTEM.name)
        .with_key("Name", id)
}

const DEFINE_STATE: ClassName = ClassName::new(V2, "Msvm_SettingsDefineState");
const AFFECTED: ClassName = ClassName::new(V2, "Msvm_AffectedJobElement");
