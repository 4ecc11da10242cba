//! What the methods of Hyper-V Replica have in common: the virtual machine that they name, and the job that they return.

use crate::cim::{KeyValue, Properties, Reference, Value};
use crate::wsman::cim_xml;

use super::super::super::{Call, CallError, ClassName, Moment, Output, V2, class::is_of};
use super::super::codes::{DONE, INVALID_PARAMETER, INVALID_STATE, JOB_STARTED, state::DISABLED};
use super::super::names::COMPUTER_SYSTEM;
use super::super::state::Hyperv;
use super::link::{Link, Which};

/// The job that a method started, or `None` if it was done at once.
pub(in super::super) type Started = Result<Option<Reference>, Refusal>;

/// A call that is refused.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Refusal {
    /// By a return code.
    Code(u32),
    Call(CallError),
}

impl From<u32> for Refusal {
    fn from(code: u32) -> Self {
        Self::Code(code)
    }
}

/// Returns the output of a method whose only output parameter is the job.
pub(in super::super) fn answer(started: Started) -> Result<Output, CallError> {
    match started {
        Ok(Some(job)) => Ok(Output::code(JOB_STARTED).with("Job", job)),
        Ok(None) => Ok(Output::code(DONE).with("Job", Value::Null)),
        Err(Refusal::Code(code)) => Ok(Output::code(code).with("Job", Value::Null)),
        Err(Refusal::Call(error)) => Err(error),
    }
}

/// Returns the id of the virtual machine that a parameter names.
///
/// The reference must carry all keys. Reports about Windows differ on whether the name alone suffices.
pub(in super::super) fn vm_of(
    hyperv: &Hyperv,
    call: &Call<'_>,
    parameter: &str,
) -> Result<String, Refusal> {
    let Some(Value::Reference(reference)) = call.input.value(parameter) else {
        return Err(INVALID_PARAMETER.into());
    };
    let key = |name| reference.key(name).and_then(KeyValue::as_text);
    let (Some(class), Some(name)) = (key("CreationClassName"), key("Name")) else {
        return Err(Refusal::Call(CallError::IncompleteReference));
    };
    let is_vm = COMPUTER_SYSTEM.is_a(reference.class().name())
        && reference.class().namespace().eq_ignore_ascii_case(V2)
        && class.eq_ignore_ascii_case(COMPUTER_SYSTEM.name);
    let mut vms = hyperv.vms(call.now);
    let found = vms.find(|vm| is_vm && vm.id.eq_ignore_ascii_case(&name));
    Ok(found.ok_or(INVALID_PARAMETER)?.id.clone())
}

/// Reads an instance that a parameter embeds. Values that are null are left out.
pub(super) fn embedded(
    call: &Call<'_>,
    parameter: &str,
    class: ClassName,
) -> Result<Properties, Refusal> {
    let text = call.input.value(parameter).ok_or(INVALID_PARAMETER)?;
    read_embedded(text, class)
}

/// Reads an embedded instance, and checks it against its class.
pub(super) fn read_embedded(text: &Value, name: ClassName) -> Result<Properties, Refusal> {
    let instance = text.as_str().and_then(|text| cim_xml::read(text).ok());
    let instance = instance.filter(|instance| name.is_a(instance.class_name()));
    let instance = instance.ok_or(INVALID_PARAMETER)?;
    let class = name.class().ok_or(INVALID_PARAMETER)?;
    let mut given = Properties::new();
    for (name, value) in instance.properties().iter() {
        let property = class.property(name).ok_or(INVALID_PARAMETER)?;
        if !is_of(property, value) {
            return Err(INVALID_PARAMETER.into());
        }
        if !value.is_null() {
            given.set(property.name.as_str(), value.clone());
        }
    }
    Ok(given)
}

impl Hyperv {
    /// Returns a relationship of a virtual machine.
    pub(super) fn link(&self, vm: &str, which: Which) -> Result<&Link, Refusal> {
        let vm = self.vms.iter().find(|one| one.id == vm);
        Ok(vm.ok_or(INVALID_PARAMETER)?.link(which))
    }

    /// Returns the state of a relationship.
    pub(in super::super) fn link_state(&self, vm: &str, which: Which, now: Moment) -> u16 {
        let vm = self.vms.iter().find(|one| one.id == vm);
        vm.map_or(DISABLED, |vm| vm.link(which).state.at(now))
    }

    /// Returns a relationship of a virtual machine if its state is one of those, and no other task is in progress.
    pub(super) fn require(
        &self,
        call: &Call<'_>,
        vm: &str,
        which: Which,
        states: &[u16],
    ) -> Result<&Link, Refusal> {
        let link = self.link(vm, which)?;
        let is_busy = self
            .jobs
            .unfinished(vm, call.now)
            .any(|job| job.is_exclusive());
        if is_busy || !states.contains(&link.state.at(call.now)) {
            return Err(INVALID_STATE.into());
        }
        Ok(link)
    }

    /// Returns the relationship in which a virtual machine is the target.
    pub(super) fn receiving(&self, call: &Call<'_>, vm: &str) -> Result<Which, Refusal> {
        let vm = self.vm(vm, call.now).ok_or(INVALID_PARAMETER)?;
        let is_replica = vm.is_replica(call.now);
        let which = is_replica.then_some(Which::Primary);
        Ok(which.ok_or(INVALID_STATE)?)
    }

    /// Changes both ends of a relationship in the same way.
    pub(in super::super) fn change_both(
        &mut self,
        call: &Call<'_>,
        vm: &str,
        which: Which,
        change: impl Fn(&mut Link),
    ) {
        self.change_other(call, vm, which, &change);
        self.change_link(vm, which, change);
    }

    /// Changes this end of a relationship.
    pub(in super::super) fn change_link(
        &mut self,
        vm: &str,
        which: Which,
        change: impl FnOnce(&mut Link),
    ) {
        if let Some(vm) = self.vm_mut(vm) {
            change(vm.link_mut(which));
        }
    }

    /// Changes the other end of a relationship, if it is on a host of the site.
    pub(in super::super) fn change_other(
        &self,
        call: &Call<'_>,
        vm: &str,
        which: Which,
        change: impl FnOnce(&mut Link),
    ) {
        let other = self
            .link(vm, which)
            .ok()
            .and_then(|link| link.other.clone());
        if let Some(other) = other {
            let change = |peer: &mut Self| {
                peer.change_link(vm, other.which, |link| {
                    // It may have been removed at that end.
                    if link.state.at(call.now) != DISABLED {
                        change(link);
                    }
                });
            };
            call.peers.with(&other.host, change);
        }
    }
}
