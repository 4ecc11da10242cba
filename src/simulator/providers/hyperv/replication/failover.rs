//! The failover of a replica: InitiateFailover, RevertFailover, CommitFailover, ChangeReplicationModeToPrimary.

use crate::cim::{Reference, Value};

use super::super::super::Call;
use super::super::codes::{INVALID_PARAMETER, INVALID_STATE, mode, state::*};
use super::super::names::SETTING_DATA;
use super::super::power::OFF;
use super::super::state::Hyperv;
use super::super::vm::Vm;
use super::link::{Link, Which};
use super::points::{self, Point};
use super::remove::relationship;
use super::request::{Refusal, Started, vm_of};

/// Fails over to a recovery point. The machine can be started when the job has ended.
///
/// A paused or resynchronizing relationship has to be resumed first, as `Start-VMFailover` does.
pub(super) fn initiate(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let (id, which) = target(hyperv, call, &[REPLICATING, DISKS_UPDATING])?;
    let vm = hyperv.vm(&id, call.now).ok_or(INVALID_PARAMETER)?;
    let point = point(call, vm)?;
    if vm.power.state(call.now) != OFF {
        return Err(INVALID_STATE.into());
    }
    let end = call.now.plus(hyperv.pace);
    hyperv.change_both(call, &id, which, |link| link.flow.set(end, false));
    hyperv.change_link(&id, which, |link| {
        link.state.set(end, FAILED_OVER);
        link.failed_over.set(end, point.kind.code());
    });
    let work = hyperv.work(97, &id, call.now);
    Ok(Some(hyperv.begin_job(work, call)))
}

/// Drops a failover or, on the primary host, its preparation.
pub(super) fn revert(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let id = vm_of(hyperv, call, "ComputerSystem")?;
    let vm = hyperv.vm(&id, call.now).ok_or(INVALID_PARAMETER)?;
    let is_receiver = vm.is_replica(call.now);
    let (state, kind) = match is_receiver {
        true => (FAILED_OVER, 98),
        false => (PREPARED, 101),
    };
    let is_off = vm.power.state(call.now) == OFF;
    let which = Which::Primary;
    hyperv.require(call, &id, which, &[state])?;
    let mut other = REPLICATING;
    hyperv.change_other(call, &id, which, |link| other = link.state.at(call.now));
    if !is_off || (!is_receiver && other != REPLICATING) {
        return Err(INVALID_STATE.into());
    }
    let end = call.now.plus(hyperv.pace);
    hyperv.change_link(&id, which, |link| {
        link.state.set(end, REPLICATING);
        link.failed_over.set(end, 0);
    });
    if other == REPLICATING {
        hyperv.change_both(call, &id, which, |link| {
            link.flow.set(end, true);
            link.planned.set(end, false);
        });
    }
    let work = hyperv.work(kind, &id, call.now);
    Ok(Some(hyperv.begin_job(work, call)))
}

/// Completes a failover. The recovery points are gone after that.
pub(super) fn commit(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let (id, which) = target(hyperv, call, &[FAILED_OVER])?;
    let end = call.now.plus(hyperv.pace);
    hyperv.change_link(&id, which, |link| link.state.set(end, COMMITTED));
    let work = hyperv.work(99, &id, call.now);
    Ok(Some(hyperv.begin_job(work, call)))
}

/// Makes the extended relationship of a failed over replica its primary one, which has to be resynchronized then.
pub(super) fn change_mode(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let (id, which) = target(hyperv, call, &[COMMITTED])?;
    if relationship(call, &id)? != Which::Extended {
        return Err(INVALID_PARAMETER.into());
    }
    hyperv.require(call, &id, Which::Extended, &EXTENDED_STATES)?;
    let end = call.now.plus(hyperv.pace);
    hyperv.change_other(call, &id, Which::Extended, |link| {
        link.flow.set(call.now, false);
        if let Some(other) = &mut link.other {
            other.which = Which::Primary;
        }
    });
    let third = hyperv.link(&id, Which::Extended)?.other.clone();
    if let Some(third) = third {
        call.peers.with(&third.host, |peer: &mut Hyperv| {
            if let Some(vm) = peer.vm_mut(&id) {
                vm.mode.set(end, mode::REPLICA);
            }
        });
    }
    if let Some(vm) = hyperv.vm_mut(&id) {
        vm.mode.set(end, mode::PRIMARY);
        let committed = vm.link(which).state.at(call.now);
        *vm.link_mut(which) = std::mem::replace(vm.link_mut(Which::Extended), Link::new(DISABLED));
        let link = vm.link_mut(which);
        link.flow.set(call.now, false);
        link.state.set(call.now, committed);
        link.state.set(end, WAITS_TO_RESYNC);
    }
    let work = hyperv.work(123, &id, call.now);
    Ok(Some(hyperv.begin_job(work, call)))
}

/// Returns the replica that a call names, with its relationship, if that is in one of the states.
pub(super) fn target(
    hyperv: &Hyperv,
    call: &Call<'_>,
    states: &[u16],
) -> Result<(String, Which), Refusal> {
    let id = vm_of(hyperv, call, "ComputerSystem")?;
    let which = hyperv.receiving(call, &id)?;
    hyperv.require(call, &id, which, states)?;
    Ok((id, which))
}

/// Returns the recovery point of a replica that the parameter SnapshotSettingData names: the last one if it is null.
pub(super) fn point(call: &Call<'_>, vm: &Vm) -> Result<Point, Refusal> {
    let named: Option<&Reference> = match call.input.value("SnapshotSettingData") {
        None | Some(Value::Null) => None,
        Some(Value::Reference(reference)) => Some(reference),
        Some(_) => return Err(INVALID_PARAMETER.into()),
    };
    let mut all = points::of(vm, call.now);
    let Some(named) = named else {
        return Ok(all.pop().ok_or(INVALID_STATE)?);
    };
    let id = named.key("InstanceID").and_then(|id| id.as_text());
    let is_it = |point: &Point| {
        let id = id.as_ref();
        id.is_some_and(|id| id.eq_ignore_ascii_case(&point.instance_id(vm)))
    };
    let is_settings = SETTING_DATA.is_a(named.class().name());
    let mut all = all.into_iter();
    Ok(all
        .find(|point| is_settings && is_it(point))
        .ok_or(INVALID_PARAMETER)?)
}

/// The states of an extended relationship that can become the primary one: all but that it is not enabled, and the initial
/// replication.
const EXTENDED_STATES: [u16; 7] = [
    REPLICATING,
    SUSPENDED,
    CRITICAL,
    WAITS_TO_RESYNC,
    RESYNC_SUSPENDED,
    DISKS_UPDATING,
    DISKS_CRITICAL,
];
