//! RemoveReplicationRelationship and its newer form, which names the relationship.

use crate::cim::Value;
use crate::wsman::cim_xml;

use super::super::super::Call;
use super::super::codes::{INVALID_PARAMETER, INVALID_STATE, mode, state};
use super::super::job::JobState;
use super::super::names::REPLICATION_RELATIONSHIP;
use super::super::state::Hyperv;
use super::link::Which;
use super::request::{Refusal, Started, vm_of};

/// Removes a relationship at this end. The other end stays as it is and gets no more changes; a replica stays as an
/// ordinary virtual machine.
pub(super) fn remove(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let id = vm_of(hyperv, call, "ComputerSystem")?;
    let which = relationship(call, &id)?;
    let vm = hyperv.vm(&id, call.now).ok_or(INVALID_PARAMETER)?;
    let is_extended = vm.extended.state.at(call.now) != state::DISABLED;
    let link = hyperv.link(&id, which)?;
    let is_enabled = link.state.at(call.now) != state::DISABLED;
    if !is_enabled || (which == Which::Primary && is_extended) {
        return Err(INVALID_STATE.into());
    }
    let tasks = [94, 107, 116, 117, 118, 121, 125];
    hyperv
        .jobs
        .stop(&id, &tasks, call.now, JobState::Terminated);
    let end = call.now.plus(hyperv.pace);
    hyperv.pause_as_it_is(call, &id, which);
    if let Some(vm) = hyperv.vm_mut(&id) {
        vm.link_mut(which).state.set(end, state::DISABLED);
        if which == Which::Primary {
            vm.mode.set(end, mode::NONE);
        }
    }
    let work = hyperv.work(93, &id, call.now);
    Ok(Some(hyperv.begin_job(work, call)))
}

/// Reads the relationship of a virtual machine that the parameter ReplicationRelationship embeds; the primary one if it is
/// absent.
pub(super) fn relationship(call: &Call<'_>, vm: &str) -> Result<Which, Refusal> {
    let text = match call.input.value("ReplicationRelationship") {
        None | Some(Value::Null) => return Ok(Which::Primary),
        Some(text) => text.as_str(),
    };
    let instance = text.and_then(|text| cim_xml::read(text).ok());
    let instance = instance.filter(|one| REPLICATION_RELATIONSHIP.is_a(one.class_name()));
    let id: Option<String> = instance.and_then(|one| one.get("InstanceID").ok());
    let named = |which: &Which| {
        let id = id.as_ref();
        id.is_some_and(|id| id.eq_ignore_ascii_case(&which.instance_id(vm)))
    };
    let mut all = [Which::Primary, Which::Extended].into_iter();
    Ok(all.find(named).ok_or(INVALID_PARAMETER)?)
}
