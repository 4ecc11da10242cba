//! Associations of virtual machines with their settings and jobs.

use crate::cim::Instance;

use super::super::{ClassName, Moment, Rows, Table, V2, values};
use super::job::Job;
use super::names::{CONCRETE_JOB, DEFINE_STATE, REPLICATION_SERVICE, SETTING_DATA, machine};
use super::replication::relationship;
use super::replication::service::{self};
use super::setting_data::{self};
use super::state::Hyperv;
use super::vm::Vm;

pub(super) static SETTINGS_DEFINE_STATE: Table<Hyperv> = Table {
    class: DEFINE_STATE,
    instances: |hyperv, now| {
        let of_relationships = relationship::settings(hyperv, now);
        settings(hyperv, now).chain(of_relationships).collect()
    },
    ..Table::EMPTY
};

pub(super) static AFFECTED_JOB_ELEMENT: Table<Hyperv> = Table {
    class: AFFECTED,
    instances: affected,
    ..Table::EMPTY
};

fn settings(hyperv: &Hyperv, now: Moment) -> Rows {
    let link = |vm: &Vm| -> Instance {
        let settings = SETTING_DATA.reference();
        let settings = settings.with_key("InstanceID", setting_data::id(vm));
        DEFINE_STATE.instance(values! {
            ManagedElement: machine(&vm.id),
            SettingData: settings,
        })
    };
    hyperv.vms(now).map(link).collect()
}

/// Makes the elements that a job affects. The one that it creates (effect 5) shows when the job is done.
fn affected(hyperv: &Hyperv, now: Moment) -> Rows {
    let links = |job: &Job| {
        let affecting = CONCRETE_JOB.reference();
        let affecting = affecting.with_key("InstanceID", job.id.as_str());
        let link = move |(id, effect): (&String, u16)| {
            AFFECTED.instance(values! {
                AffectedElement: machine(id),
                AffectingElement: affecting.clone(),
                ElementEffects: vec![effect],
            })
        };
        let is_done = job.status(now).state.is_success();
        let created = job.creates.iter().filter(|_| is_done).map(|id| (id, 5));
        let worked_on = std::iter::once((&job.vm, 0)).filter(|(id, _)| !id.is_empty());
        worked_on.chain(created).map(link).collect::<Vec<_>>()
    };
    hyperv.known_jobs(now).iter().flat_map(links).collect()
}

pub(super) static OWNING_JOB_ELEMENT: Table<Hyperv> = Table {
    class: ClassName::new(V2, "Msvm_OwningJobElement"),
    instances: |hyperv, now| {
        let service = REPLICATION_SERVICE.class().and_then(|class| {
            let mut services = (service::TABLE.instances)(hyperv, now);
            services.next().map(|service| class.reference(&service))
        });
        let link = |job: &Job| {
            // Microsoft's client takes the types 90 to 129 as those of Hyper-V Replica.
            let of_replication = (90..130).contains(&job.task.kind);
            let owning = service.clone().filter(|_| of_replication);
            let owned = CONCRETE_JOB.reference();
            OWNING_JOB_ELEMENT.class.instance(values! {
                OwnedElement: owned.with_key("InstanceID", job.id.as_str()),
                OwningElement: owning.unwrap_or_else(|| machine(&job.vm)),
            })
        };
        hyperv.known_jobs(now).iter().map(link).collect()
    },
    ..Table::EMPTY
};

const AFFECTED: ClassName = ClassName::new(V2, "Msvm_AffectedJobElement");
