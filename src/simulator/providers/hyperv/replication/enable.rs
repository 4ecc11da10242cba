//! CreateReplicationRelationship and ModifyReplicationSettings.

use crate::cim::Properties;

use super::super::super::{Call, Moment};
use super::super::codes::{INVALID_PARAMETER, INVALID_STATE, mode, state};
use super::super::job::Ending;
use super::super::power::OFF;
use super::super::state::{Hyperv, Work};
use super::super::timeline::Timeline;
use super::super::vm::{Vm, process};
use super::link::{End, Link, Which};
use super::request::{Refusal, Started, vm_of};
use super::settings;
use super::trouble::Trouble;

/// Enables the replication of a virtual machine or, on its replica server, of the replica to a third host.
///
/// When the job ends, the other host has a virtual machine of the same id and name.
pub(super) fn create(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let (id, which, settings) = read(hyperv, call)?;
    hyperv.require(call, &id, which, &[state::DISABLED])?;
    let work = hyperv.work(91, &id, call.now);
    let end = call.now.plus(hyperv.pace);
    let offered = hyperv.offer(call, &id, which, &settings, end);
    let ending = match offered {
        Ok(other) => {
            hyperv.accept(&id, which, settings, other, end);
            Ending::Completed
        }
        Err((trouble, server)) => hyperv.failure(trouble, &work, &server),
    };
    Ok(Some(hyperv.begin_job(Work { ending, ..work }, call)))
}

/// Changes the settings of a relationship in which this host sends. The replica server is unchanged: changing it is
/// reported to break the relationship.
pub(super) fn modify(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let (id, which, settings) = read(hyperv, call)?;
    let link = hyperv.link(&id, which)?;
    if link.state.at(call.now) == state::DISABLED {
        return Err(INVALID_STATE.into());
    }
    hyperv.change_both(call, &id, which, |link| {
        for (name, value) in settings.iter() {
            link.settings.set(name, value.clone());
        }
    });
    let work = hyperv.work(92, &id, call.now);
    Ok(Some(hyperv.begin_job(work, call)))
}

/// Reads the machine, the relationship in which it sends or would send, and the settings.
fn read(hyperv: &Hyperv, call: &Call<'_>) -> Result<(String, Which, Properties), Refusal> {
    let id = vm_of(hyperv, call, "ComputerSystem")?;
    let vm = hyperv.vm(&id, call.now).ok_or(INVALID_PARAMETER)?;
    let which = match vm.mode.at(call.now) {
        mode::NONE => Some(Which::Primary),
        _ => vm.sends(call.now),
    };
    let slowest = (which == Some(Which::Extended)).then(|| vm.primary.interval());
    let settings = settings::read(call, vm, slowest)?;
    Ok((id, which.ok_or(INVALID_STATE)?, settings))
}

impl Hyperv {
    /// Offers a virtual machine to the replica server that settings name, which then has a replica from a moment on.
    /// Returns the other end, or `None` for the imaginary server.
    fn offer(
        &self,
        call: &Call<'_>,
        id: &str,
        which: Which,
        settings: &Properties,
        from: Moment,
    ) -> Result<Option<End>, (Trouble, String)> {
        let Some(host) = self.reach(call, settings)? else {
            return Ok(None);
        };
        let mut settings = settings.clone();
        self.report(&mut settings, &host);
        let Some(vm) = self.vm(id, call.now) else {
            return Ok(None);
        };
        let replica = Replica {
            id,
            name: vm.display_name(),
            mode: match which {
                Which::Primary => mode::REPLICA,
                Which::Extended => mode::EXTENDED,
            },
            settings,
            from,
            other: End {
                host: self.machine.clone(),
                which,
            },
        };
        let receive = |peer: &mut Self| peer.receive(replica);
        match call.peers.with(&host, receive) {
            Some(Err(trouble)) => Err((trouble, host)),
            _ => Ok(Some(End {
                host,
                which: Which::Primary,
            })),
        }
    }

    /// Sets the properties that hosts report: the hosts at both ends.
    pub(super) fn report(&self, settings: &mut Properties, host: &str) {
        let full = format!("{}.sim.example", host.to_lowercase());
        settings.set("RecoveryHostSystem", full);
        settings.set("PrimaryHostSystem", self.full_name());
        settings.set("PrimaryConnectionPoint", self.full_name());
    }

    /// Enables a relationship at the sending end.
    fn accept(
        &mut self,
        id: &str,
        which: Which,
        mut settings: Properties,
        other: Option<End>,
        end: Moment,
    ) {
        let host = other.as_ref().map_or("replica", |other| &other.host);
        self.report(&mut settings, host);
        let Some(vm) = self.vm_mut(id) else {
            return;
        };
        let mut link = Link::new(state::DISABLED);
        link.state.set(end, state::READY);
        link.settings = settings;
        link.other = other;
        *vm.link_mut(which) = link;
        if which == Which::Primary {
            vm.mode.set(end, mode::PRIMARY);
        }
    }

    /// Makes the replica, or takes the virtual machine that was made a replica before.
    fn receive(&mut self, replica: Replica<'_>) -> Result<(), Trouble> {
        let from = replica.from;
        let mut link = Link::new(state::COPYING);
        link.settings = replica.settings;
        link.other = Some(replica.other);
        let is_known = |vm: &Vm| vm.id == replica.id && vm.exists.at(from);
        if self.vms.iter().any(is_known) {
            let vm = self.vm_mut(replica.id).ok_or(Trouble::Exists)?;
            let is_prepared = vm.mode.at(from) == mode::REPLICA
                && vm.primary.state.at(from) == state::COPYING
                && vm.primary.other.is_none();
            if !is_prepared {
                return Err(Trouble::Exists);
            }
            vm.primary = link;
            return Ok(());
        }
        let number = u32::try_from(self.vms.len()).unwrap_or_default() + 100;
        let mut vm = Vm::new(
            replica.id.to_owned(),
            replica.name,
            process(number),
            OFF,
            from,
        );
        vm.mode = Timeline::new(replica.mode);
        vm.primary = link;
        self.vms.retain(|vm| vm.id != replica.id);
        self.vms.push(vm);
        Ok(())
    }
}

/// A replica that a primary host offers.
struct Replica<'a> {
    id: &'a str,
    name: &'a str,
    mode: u16,
    settings: Properties,
    from: Moment,
    /// The sending end.
    other: End,
}
