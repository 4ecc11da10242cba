//! Win32_Service, and Win32_DependentService: services, and the services that they need.

use crate::cim::{Instance, Value};

use super::super::{CIMV2, ClassName, Rows, Table, values};
use super::state::Windows;

pub(super) static TABLE: Table<Windows> = Table {
    class: SERVICE,
    instances: |windows, _| {
        let services = SERVICES.iter().copied();
        services
            .map(|(name, title, started, process)| instance(windows, name, title, started, process))
            .collect()
    },
    ..Table::EMPTY
};

pub(super) static DEPENDENT_SERVICE: Table<Windows> = Table {
    class: DEPENDENT,
    instances: |_, _| dependencies(),
    ..Table::EMPTY
};

fn instance(windows: &Windows, name: &str, title: &str, started: bool, process: u32) -> Instance {
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
        ProcessId: process,
        ServiceType: "Own Process",
        StartMode: if started { "Auto" } else { "Manual" },
        StartName: "LocalSystem",
        Started: started,
        State: if started { "Running" } else { "Stopped" },
        Status: "OK",
        SystemCreationClassName: "Win32_ComputerSystem",
        SystemName: windows.machine.as_str(),
    })
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
/// The name of a service, its display name, whether it is started, and the id of its process.
const SERVICES: &[(&str, &str, bool, u32)] = &[
    ("EventLog", "Windows Event Log", true, 1128),
    ("RpcSs", "Remote Procedure Call (RPC)", true, 912),
    ("Spooler", "Print Spooler", false, 0),
    ("vmms", "Hyper-V Virtual Machine Management", true, 2796),
    ("W32Time", "Windows Time", true, 1044),
    ("Winmgmt", "Windows Management Instrumentation", true, 2480),
    (
        "WinRM",
        "Windows Remote Management (WS-Management)",
        true,
        3012,
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
