//! Win32_Service, and Win32_DependentService: services, which can be started and stopped, and the services that they
//! need.

use std::collections::BTreeSet;

use crate::cim::{Instance, Value};

use super::super::{CIMV2, Call, CallError, ClassName, Output, Rows, Table, values};
use super::state::Windows;

pub(super) static TABLE: Table<Windows> = Table {
    class: SERVICE,
    instances: |windows, _| {
        let services = SERVICES.iter();
        services.map(|service| instance(windows, service)).collect()
    },
    methods: &[("StartService", start), ("StopService", stop)],
    ..Table::EMPTY
};

pub(super) static DEPENDENT_SERVICE: Table<Windows> = Table {
    class: DEPENDENT,
    instances: |_, _| dependencies(),
    ..Table::EMPTY
};

/// A service that is installed.
struct Service {
    name: &'static str,
    title: &'static str,
    /// True if it is started with the host, false if by hand.
    is_automatic: bool,
    /// The id of its process while it runs.
    process: u32,
}

/// Returns the names of the services that run when the host has started.
pub(super) fn running_at_start() -> BTreeSet<&'static str> {
    let automatic = SERVICES.iter().filter(|service| service.is_automatic);
    automatic.map(|service| service.name).collect()
}

fn instance(windows: &Windows, service: &Service) -> Instance {
    let Service { name, title, .. } = *service;
    let started = windows.running_services.contains(name);
    SERVICE.instance(values! {
        AcceptPause: false,
        AcceptStop: started,
        Caption: title,
        CreationClassName: SERVICE.name,
        Description: title,
        DisplayName: title,
        ExitCode: 0u32,
        Name: name,
        PathName: format!(r"C:\Windows\System32\{name}.exe"),
        ProcessId: if started { service.process } else { 0 },
        ServiceType: "Own Process",
        StartMode: if service.is_automatic { "Auto" } else { "Manual" },
        StartName: "LocalSystem",
        Started: started,
        State: if started { "Running" } else { "Stopped" },
        Status: "OK",
        SystemCreationClassName: "Win32_ComputerSystem",
        SystemName: windows.machine.as_str(),
    })
}

/// Runs StartService. The services that it needs run: they cannot be stopped under a service that runs, and the host
/// starts with all of them.
fn start(windows: &mut Windows, call: &Call<'_>) -> Result<Output, CallError> {
    let is_new = windows.running_services.insert(name_of(call));
    Ok(Output::code(if is_new { DONE } else { ALREADY_RUNNING }))
}

/// Runs StopService.
fn stop(windows: &mut Windows, call: &Call<'_>) -> Result<Output, CallError> {
    let name = name_of(call);
    let running = &mut windows.running_services;
    let mut dependents = DEPENDENCIES.iter().filter(|(_, needed)| *needed == name);
    let code = if !running.contains(name) {
        UNACCEPTABLE_STATE
    } else if dependents.any(|(needs, _)| running.contains(needs)) {
        DEPENDENTS_RUN
    } else {
        running.remove(name);
        DONE
    };
    Ok(Output::code(code))
}

fn name_of(call: &Call<'_>) -> &'static str {
    let name = call.target.value("Name").and_then(Value::as_str);
    let mut services = SERVICES.iter();
    let found = services.find(|service| Some(service.name) == name);
    found.map_or("", |service| service.name)
}

fn dependencies() -> Rows {
    let link = |(needs, needed): &(&str, &str)| {
        DEPENDENT.instance(values! {
            Antecedent: reference(needed),
            Dependent: reference(needs),
        })
    };
    DEPENDENCIES.iter().map(link).collect()
}

fn reference(name: &str) -> Value {
    SERVICE.reference().with_key("Name", name).into()
}

const SERVICE: ClassName = ClassName::new(CIMV2, "Win32_Service");
const DEPENDENT: ClassName = ClassName::new(CIMV2, "Win32_DependentService");
/// Return codes of StartService and StopService (Win32_Service).
const DONE: u32 = 0;
const DEPENDENTS_RUN: u32 = 3;
const UNACCEPTABLE_STATE: u32 = 5;
const ALREADY_RUNNING: u32 = 10;
const SERVICES: [Service; 8] = [
    service("EventLog", "Windows Event Log", true, 1_128),
    service("msiserver", "Windows Installer", false, 4_644),
    service("RpcSs", "Remote Procedure Call (RPC)", true, 912),
    service("Spooler", "Print Spooler", true, 2_212),
    service("vmms", "Hyper-V Virtual Machine Management", true, 2_796),
    service("W32Time", "Windows Time", true, 1_044),
    service("Winmgmt", "Windows Management Instrumentation", true, 2_480),
    service(
        "WinRM",
        "Windows Remote Management (WS-Management)",
        true,
        3_012,
    ),
];
/// A service, and one that it needs.
const DEPENDENCIES: &[(&str, &str)] = &[
    ("Spooler", "RpcSs"),
    ("vmms", "RpcSs"),
    ("vmms", "Winmgmt"),
    ("Winmgmt", "RpcSs"),
    ("WinRM", "RpcSs"),
];

const fn service(
    name: &'static str,
    title: &'static str,
    is_automatic: bool,
    process: u32,
) -> Service {
    Service {
        name,
        title,
        is_automatic,
        process,
    }
}
