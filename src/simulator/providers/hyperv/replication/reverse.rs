//! ReverseReplicationRelationship: the replica that has failed over becomes the primary machine.

use super::super::super::Call;
use super::super::codes::{INVALID_PARAMETER, NOT_SUPPORTED, mode, state::*};
use super::super::power::OFF;
use super::super::state::{Hyperv, Work};
use super::failover::target;
use super::link::Which;
use super::request::{Refusal, Started};
use super::settings;
use super::trouble::Trouble;

/// Reverses the roles of both ends. The old primary machine has to be off, and its host has to accept replicas of this one.
pub(super) fn reverse(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let (id, which) = target(hyperv, call, &[FAILED_OVER, COMMITTED])?;
    let vm = hyperv.vm(&id, call.now).ok_or(INVALID_PARAMETER)?;
    let mut settings = settings::read(call, vm, None)?;
    let other = vm.link(which).other.clone().ok_or(NOT_SUPPORTED)?;
    if other.which == Which::Extended {
        return Err(Refusal::Code(NOT_SUPPORTED));
    }
    let work = hyperv.work(104, &id, call.now);
    let reached = hyperv.reach(call, &settings).and_then(|host| {
        let is_it = host
            .as_ref()
            .is_some_and(|host| host.eq_ignore_ascii_case(&other.host));
        let is_off = |peer: &mut Hyperv| {
            let vm = peer.vm(&id, call.now);
            vm.is_some_and(|vm| vm.power.state(call.now) == OFF && vm.sends(call.now).is_some())
        };
        match call.peers.with(&other.host, is_off) {
            Some(true) if is_it => Ok(()),
            _ => Err((Trouble::Aborted, other.host.clone())),
        }
    });
    if let Err((trouble, server)) = reached {
        let ending = hyperv.failure(trouble, &work, &server);
        return Ok(Some(hyperv.begin_job(Work { ending, ..work }, call)));
    }
    let end = call.now.plus(hyperv.pace);
    hyperv.report(&mut settings, &other.host);
    hyperv.change_both(call, &id, which, |link| {
        link.settings = settings.clone();
        link.state.set(end, REPLICATING);
        link.flow.set(end, true);
        link.planned.set(end, false);
        link.failed_over.set(end, 0);
        link.points_from = Some(end);
    });
    if let Some(vm) = hyperv.vm_mut(&id) {
        vm.mode.set(end, mode::PRIMARY);
    }
    call.peers.with(&other.host, |peer: &mut Hyperv| {
        if let Some(vm) = peer.vm_mut(&id) {
            vm.mode.set(end, mode::REPLICA);
        }
    });
    Ok(Some(hyperv.begin_job(work, call)))
}
