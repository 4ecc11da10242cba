//! Msvm_VirtualSystemManagementService, and what ModifySystemSettings does.

use crate::cim::{Instance, Value};
use crate::wsman::cim_xml;

use super::names::V2;
use super::provider::{Addressing, Call, CallError, Output, Provider};
use super::setting_data::SETTING_DATA;
use super::state::Host;
use super::vm_class::COMPUTER_SYSTEM;

pub(crate) static MANAGEMENT_SERVICE: Provider = Provider {
    namespace: V2,
    name: "Msvm_VirtualSystemManagementService",
    addressing: Addressing::CreationClassName,
    methods: &[("ModifySystemSettings", modify_system_settings)],
    instances: |host, _| vec![instance(host)].into(),
    ..Provider::PLAIN
};

fn instance(host: &Host) -> Instance {
    MANAGEMENT_SERVICE.instance([
        ("Caption", "Virtual Machine Management Service".into()),
        ("CreationClassName", MANAGEMENT_SERVICE.name.into()),
        (
            "ElementName",
            "Hyper-V Virtual Machine Management Service".into(),
        ),
        ("EnabledState", 2u16.into()),
        ("HealthState", 5u16.into()),
        ("Name", "vmms".into()),
        ("OperationalStatus", vec![2u16].into()),
        ("Started", true.into()),
        ("Status", "OK".into()),
        ("SystemCreationClassName", COMPUTER_SYSTEM.name.into()),
        ("SystemName", host.name.as_str().into()),
    ])
}

/// Changes the settings that an embedded instance holds. It is done when the call returns, without a job.
fn modify_system_settings(host: &mut Host, call: &Call<'_>) -> Result<Output, CallError> {
    let text = call.input.value("SystemSettings").and_then(Value::as_str);
    let settings = text.and_then(|text| cim_xml::read(text).ok());
    let is_done = settings.is_some_and(|settings| {
        SETTING_DATA.is_a(settings.class_name()) && host.change_settings(&settings)
    });
    let code = if is_done { DONE } else { INVALID_PARAMETER };
    Ok(Output::code(code).with("Job", Value::Null))
}

/// Return codes of ModifySystemSettings.
const DONE: u32 = 0;
const INVALID_PARAMETER: u32 = 32_773;
