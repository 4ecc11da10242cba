//! Msvm_VirtualSystemManagementService, and its methods ModifySystemSettings and GetSummaryInformation.

use crate::cim::{Instance, Value};
use crate::wsman::cim_xml;

use super::super::{Call, CallError, Output, Table, values};
use super::codes::{DONE, INVALID_PARAMETER, INVALID_STATE, mode};
use super::names::{COMPUTER_SYSTEM, MANAGEMENT_SERVICE, SETTING_DATA};
use super::power::OFF;
use super::replication::request::{Started, answer, vm_of};
use super::state::Hyperv;
use super::summary;

pub(super) static TABLE: Table<Hyperv> = Table {
    class: MANAGEMENT_SERVICE,
    methods: &[
        ("ModifySystemSettings", modify_system_settings),
        ("DestroySystem", |hyperv, call| {
            answer(destroy(hyperv, call))
        }),
        ("GetSummaryInformation", summary::get_summary_information),
    ],
    instances: |hyperv, _| vec![instance(hyperv)].into(),
    ..Table::EMPTY
};

fn instance(hyperv: &Hyperv) -> Instance {
    MANAGEMENT_SERVICE.instance(values! {
        Caption: "Virtual Machine Management Service",
        CreationClassName: MANAGEMENT_SERVICE.name,
        ElementName: "Hyper-V Virtual Machine Management Service",
        EnabledState: 2u16,
        HealthState: 5u16,
        Name: "vmms",
        OperationalStatus: vec![2u16],
        Started: true,
        Status: "OK",
        SystemCreationClassName: COMPUTER_SYSTEM.name,
        SystemName: hyperv.machine.as_str(),
    })
}

/// Destroys a virtual machine that is off. One that is replicated has to be removed from replication first.
fn destroy(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let id = vm_of(hyperv, call, "AffectedSystem")?;
    let vm = hyperv.vm(&id, call.now).ok_or(INVALID_PARAMETER)?;
    let mode = vm.mode.at(call.now);
    if vm.power.state(call.now) != OFF || !matches!(mode, mode::NONE | mode::TEST) {
        return Err(INVALID_STATE.into());
    }
    let end = call.now.plus(hyperv.pace);
    let kind = if mode == mode::TEST { 103 } else { 0 };
    let work = hyperv.work(kind, &id, call.now);
    if let Some(vm) = hyperv.vm_mut(&id) {
        vm.exists.set(end, false);
    }
    Ok(Some(hyperv.begin_job(work, call)))
}

/// Changes the settings that an embedded instance holds. The call returns when that is done, without a job.
fn modify_system_settings(hyperv: &mut Hyperv, call: &Call<'_>) -> Result<Output, CallError> {
    let text = call.input.value("SystemSettings").and_then(Value::as_str);
    let settings = text.and_then(|text| cim_xml::read(text).ok());
    let settings = settings.filter(|settings| SETTING_DATA.is_a(settings.class_name()));
    let changed = settings.and_then(|settings| hyperv.change_settings(&settings));
    let code = changed.map_or(INVALID_PARAMETER, |()| DONE);
    Ok(Output::code(code).with("Job", Value::Null))
}
