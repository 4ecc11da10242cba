//! TestReplicaSystem and its result: a virtual machine of its own, until it is destroyed.

use uuid::Uuid;

use crate::cim::Value;

use super::super::super::{Call, CallError, ClassName, Output, Table, V2, values};
use super::super::codes::{INVALID_STATE, mode, state::*};
use super::super::names::machine;
use super::super::power::OFF;
use super::super::state::{Hyperv, Work};
use super::super::timeline::Timeline;
use super::super::vm::{Vm, process};
use super::failover::{point, target};
use super::request::{Started, answer};

/// The association of replicas with their test machines.
pub(in super::super) static DEPENDENCY: Table<Hyperv> = Table {
    class: ClassName::new(V2, "Msvm_ReplicaSystemDependency"),
    instances: |hyperv, now| {
        let link = |vm: &Vm| {
            let replica = vm.tested.as_ref()?;
            Some(DEPENDENCY.class.instance(values! {
                Antecedent: machine(replica),
                Dependent: machine(&vm.id),
            }))
        };
        hyperv.vms(now).filter_map(link).collect()
    },
    ..Table::EMPTY
};

/// Makes a test machine. ResultingSystem is null, since it does not exist before the job has ended.
pub(super) fn test(hyperv: &mut Hyperv, call: &Call<'_>) -> Result<Output, CallError> {
    let mut output = answer(start(hyperv, call))?;
    output
        .parameters
        .insert(0, ("ResultingSystem", Value::Null));
    Ok(output)
}

fn start(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let (id, which) = target(hyperv, call, &TESTABLE)?;
    let end = call.now.plus(hyperv.pace);
    if hyperv.test_of(&id, end).is_some() {
        return Err(INVALID_STATE.into());
    }
    let vm = hyperv.vm(&id, call.now).ok_or(INVALID_STATE)?;
    point(call, vm)?;
    let test = Uuid::new_v4().as_hyphenated().to_string().to_uppercase();
    let name = format!("{} - Test", vm.display_name());
    let number = u32::try_from(hyperv.vms.len()).unwrap_or_default() + 100;
    let mut machine = Vm::new(test.clone(), &name, process(number), OFF, end);
    machine.mode = Timeline::new(mode::TEST);
    machine.tested = Some(id.clone());
    hyperv.vms.push(machine);
    hyperv.change_link(&id, which, |link| {
        link.tested = Some(call.now);
        let before = link.state.at(call.now);
        link.state.set(call.now, TEST_IN_PROGRESS);
        link.state.set(end, before);
    });
    let work = Work {
        creates: Some(test),
        ..hyperv.work(102, &id, call.now)
    };
    Ok(Some(hyperv.begin_job(work, call)))
}

impl Hyperv {
    /// Returns the test machine of a replica.
    pub(in super::super) fn test_of(
        &self,
        replica: &str,
        now: super::super::super::Moment,
    ) -> Option<&Vm> {
        self.vms(now)
            .find(|vm| vm.tested.as_deref() == Some(replica))
    }
}

/// The states in which a replica is tested. `Start-VMFailover -AsTest` refuses a resynchronization and an update of the
/// disks; the others have a recovery point that can be used.
const TESTABLE: [u16; 6] = [
    REPLICATING,
    SUSPENDED,
    CRITICAL,
    WAITS_TO_RESYNC,
    RESYNC_SUSPENDED,
    DISKS_CRITICAL,
];
