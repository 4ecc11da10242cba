//! GetSummaryInformation of Msvm_VirtualSystemManagementService: what a client shows of many virtual machines at once.

use crate::cim::{Instance, KeyValue, Value};

use super::super::{Call, CallError, ClassName, Moment, Output, V2, values};
use super::codes::{DONE, INVALID_PARAMETER};
use super::names::{SETTING_DATA, machine};
use super::power::RUNNING;
use super::replication::Which;
use super::replication::relationship::health;
use super::setting_data::{self};
use super::state::Hyperv;
use super::vm::{MEMORY_MEGABYTES, PROCESSORS, SUBTYPE, VERSION, Vm};

const SUMMARY_INFORMATION: ClassName = ClassName::new(V2, "Msvm_SummaryInformation");

/// Runs GetSummaryInformation. Without settings it answers for all virtual machines.
pub(super) fn get_summary_information(
    hyperv: &mut Hyperv,
    call: &Call<'_>,
) -> Result<Output, CallError> {
    let elements = |name| call.input.value(name).map_or(&[][..], Value::elements);
    let number = |value: &Value| value.to_text()?.parse().ok();
    let wanted: Vec<u32> = elements("RequestedInformation")
        .iter()
        .filter_map(number)
        .collect();
    let vms: Option<Vec<&Vm>> = match elements("SettingData") {
        [] => Some(hyperv.vms(call.now).collect()),
        settings => settings
            .iter()
            .map(|settings| vm_of(hyperv, settings, call.now))
            .collect(),
    };
    let Some(vms) = vms else {
        return Ok(Output::code(INVALID_PARAMETER).with("SummaryInformation", Value::Array(vec![])));
    };
    let summary = |vm: &Vm| Value::Instance(Box::new(summary(hyperv, vm, &wanted, call.now)));
    let summaries: Vec<Value> = vms.into_iter().map(summary).collect();
    Ok(Output::code(DONE).with("SummaryInformation", Value::Array(summaries)))
}

/// Returns the virtual machine whose settings a reference names.
fn vm_of<'h>(hyperv: &'h Hyperv, settings: &Value, now: Moment) -> Option<&'h Vm> {
    let Value::Reference(settings) = settings else {
        return None;
    };
    let id = settings.key("InstanceID").and_then(KeyValue::as_text)?;
    let is_known = SETTING_DATA.is_a(settings.class().name());
    let mut vms = hyperv.vms(now);
    vms.find(|vm| is_known && setting_data::id(vm).eq_ignore_ascii_case(&id))
}

/// Makes the summary of a virtual machine. Properties that are not wanted are null.
fn summary(hyperv: &Hyperv, vm: &Vm, wanted: &[u32], now: Moment) -> Instance {
    let is_running = vm.power.state(now) == RUNNING;
    let of_each = |value: &dyn Fn(Which) -> u16| -> Vec<u16> { vm.links(now).map(value).collect() };
    let settings = setting_data::instance(hyperv.booted, vm);
    let notes: Vec<String> = settings.get("Notes").unwrap_or_default();
    let whole = values! {
        ApplicationHealth: if is_running { 2u16 } else { 32_896 },
        AvailableMemoryBuffer: -1i32,
        CreationTime: hyperv.booted.to_datetime(),
        ElementName: vm.display_name(),
        EnabledState: vm.power.state(now),
        EnhancedSessionModeState: 3u16,
        HealthState: 5u16,
        Heartbeat: if is_running { 2u16 } else { 12 },
        HostComputerSystemName: hyperv.machine.as_str(),
        InstanceID: setting_data::id(vm),
        IntegrationServicesVersionState: u16::from(is_running),
        MemoryAvailable: -1i32,
        MemorySpansPhysicalNumaNodes: false,
        MemoryUsage: is_running.then_some(MEMORY_MEGABYTES),
        Name: vm.id.as_str(),
        Notes: notes.join("\n"),
        NumberOfProcessors: PROCESSORS,
        OperationalStatus: vec![2u16],
        ProcessorLoad: u16::from(is_running),
        ProcessorLoadHistory: vec![0u16; 100],
        ReplicationHealth: health(vm, Which::Primary, now),
        ReplicationHealthEx: of_each(&|which| health(vm, which, now)),
        ReplicationMode: vm.mode.at(now),
        ReplicationState: vm.replication_state(now),
        ReplicationStateEx: of_each(&|which| vm.link(which).state.at(now)),
        Shielded: false,
        StatusDescriptions: vec![hyperv.language.text("Operating normally")],
        SwapFilesInUse: false,
        TestReplicaSystem: hyperv.test_of(&vm.id, now).map(|test| machine(&test.id)),
        UpTime: u64::try_from(vm.power.uptime(now).as_millis()).ok(),
        Version: VERSION,
        VirtualSystemSubType: SUBTYPE,
    };
    let is_wanted = |name: &str| {
        ALWAYS.contains(&name)
            || REQUESTS
                .iter()
                .any(|(code, of)| wanted.contains(code) && *of == name)
    };
    SUMMARY_INFORMATION.instance(whole.into_iter().filter(|(name, _)| is_wanted(name)))
}

/// The properties that are sent for any request.
const ALWAYS: [&str; 3] = [
    "HostComputerSystemName",
    "InstanceID",
    "VirtualSystemSubType",
];
/// Values of RequestedInformation, and the properties that they ask for. Those of thumbnails, snapshots, jobs, switches,
/// the guest system, GPUs and replication providers ask for nothing that a machine here has.
const REQUESTS: [(u32, &str); 29] = [
    (0, "Name"),
    (1, "ElementName"),
    (2, "CreationTime"),
    (3, "Notes"),
    (4, "NumberOfProcessors"),
    (10, "Version"),
    (11, "Shielded"),
    (100, "EnabledState"),
    (101, "ProcessorLoad"),
    (102, "ProcessorLoadHistory"),
    (103, "MemoryUsage"),
    (104, "Heartbeat"),
    (105, "UpTime"),
    (109, "HealthState"),
    (110, "OperationalStatus"),
    (111, "StatusDescriptions"),
    (112, "MemoryAvailable"),
    (113, "AvailableMemoryBuffer"),
    (114, "ReplicationMode"),
    (115, "ReplicationState"),
    (116, "ReplicationHealth"),
    (116, "TestReplicaSystem"),
    (117, "ApplicationHealth"),
    (118, "ReplicationStateEx"),
    (119, "ReplicationHealthEx"),
    (120, "SwapFilesInUse"),
    (121, "IntegrationServicesVersionState"),
    (123, "MemorySpansPhysicalNumaNodes"),
    (132, "IntegrationServicesVersionState"),
];
