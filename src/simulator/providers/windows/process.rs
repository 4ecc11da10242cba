//! Win32_Process: processes, which Create begins and Terminate or Delete ends.

use crate::cim::{Instance, Value};

use super::super::{CIMV2, Call, CallError, Change, ChangeError, ClassName, Output, Table, values};
use super::processes::{NORMAL, Process};
use super::state::{VERSION, Windows};

pub(super) static TABLE: Table<Windows> = Table {
    class: PROCESS,
    methods: &[
        ("Create", create),
        ("Terminate", terminate),
        ("GetOwner", get_owner),
    ],
    instances: |windows, _| {
        let processes = windows.processes.running();
        processes
            .map(|process| instance(windows, process))
            .collect()
    },
    changes: &[(Change::Delete, |windows, instance, _| {
        match windows.processes.end(instance) {
            true => Ok(()),
            false => Err(ChangeError::Value),
        }
    })],
    ..Table::EMPTY
};

const PROCESS: ClassName = ClassName::new(CIMV2, "Win32_Process");

fn instance(windows: &Windows, process: &Process) -> Instance {
    let name = Value::from(process.name());
    PROCESS.instance(values! {
        CSCreationClassName: "Win32_ComputerSystem",
        CSName: windows.machine.as_str(),
        Caption: name.clone(),
        CommandLine: process.command_line.clone(),
        CreationClassName: PROCESS.name,
        CreationDate: process.begun.to_datetime(),
        Description: name.clone(),
        ExecutablePath: process.executable(),
        Handle: process.id.to_string(),
        HandleCount: 64u32,
        KernelModeTime: 0u64,
        Name: name,
        OSCreationClassName: "Win32_OperatingSystem",
        ParentProcessId: process.parent,
        Priority: process.priority,
        ProcessId: process.id,
        SessionId: 0u32,
        ThreadCount: 4u32,
        UserModeTime: 0u64,
        WindowsVersion: VERSION,
        WorkingSetSize: 4_194_304u64,
    })
}

/// Runs Create, which starts a process. Its directory must be absolute; it is not checked for existence.
fn create(windows: &mut Windows, call: &Call<'_>) -> Result<Output, CallError> {
    let refused = |code| Ok(Output::code(code).with("ProcessId", Value::Null));
    let text = |name| call.input.get::<Option<String>>(name).ok().flatten();
    let Some(command) = text("CommandLine").filter(|command| !command.trim().is_empty()) else {
        return refused(INVALID_PARAMETER);
    };
    if text("CurrentDirectory").is_some_and(|directory| !directory.contains(":\\")) {
        return refused(PATH_NOT_FOUND);
    }
    let Some(priority) = priority(call.input.value("ProcessStartupInformation")) else {
        return refused(INVALID_PARAMETER);
    };
    match windows.processes.begin(command, priority, call.now) {
        Some(id) => Ok(Output::code(DONE).with("ProcessId", id)),
        None => refused(UNKNOWN_FAILURE),
    }
}

/// Returns the base priority for a Win32_ProcessStartup, which is normal unless a priority class is set.
fn priority(startup: Option<&Value>) -> Option<u32> {
    let Some(Value::Instance(startup)) = startup else {
        return Some(NORMAL);
    };
    let class: Option<u32> = startup.get("PriorityClass").ok()?;
    let Some(class) = class else {
        return Some(NORMAL);
    };
    let known = PRIORITIES.iter().find(|(known, _)| *known == class);
    known.map(|(_, priority)| *priority)
}

fn terminate(windows: &mut Windows, call: &Call<'_>) -> Result<Output, CallError> {
    let ended = windows.processes.end(call.target);
    Ok(Output::code(if ended { DONE } else { ACCESS_DENIED }))
}

fn get_owner(_: &mut Windows, _: &Call<'_>) -> Result<Output, CallError> {
    Ok(Output::code(DONE)
        .with("User", "SYSTEM")
        .with("Domain", "NT AUTHORITY"))
}

/// Return codes of Create and Terminate.
const DONE: u32 = 0;
const ACCESS_DENIED: u32 = 2;
const UNKNOWN_FAILURE: u32 = 8;
const PATH_NOT_FOUND: u32 = 9;
const INVALID_PARAMETER: u32 = 21;
/// `PriorityClass` of Win32_ProcessStartup, and the base priority that it gives.
const PRIORITIES: [(u32, u32); 6] = [
    (32, NORMAL),
    (64, 4),
    (128, 13),
    (256, 24),
    (16_384, 6),
    (32_768, 10),
];
