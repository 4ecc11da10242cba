//! A little of root/cimv2, so that there is something else to ask for.

use crate::cim::{Instance, Value};

use super::change::{ChangeError, Writing};
use super::clock::Moment;
use super::names::CIMV2;
use super::provider::{Addressing, Provider};
use super::state::Host;

pub(crate) static OPERATING_SYSTEM: Provider = Provider {
    namespace: CIMV2,
    name: "Win32_OperatingSystem",
    addressing: Addressing::Singleton,
    instances: |host, now| vec![operating_system(host, now)].into(),
    writing: Writing {
        put: Some(|host, instance, _| {
            let description = instance.get("Description");
            host.description = description.map_err(|_| ChangeError::Value)?;
            Ok(())
        }),
        ..Writing::NONE
    },
    ..Provider::PLAIN
};

fn operating_system(host: &Host, now: Moment) -> Instance {
    let booted = Value::from(host.booted.to_datetime());
    OPERATING_SYSTEM.instance([
        ("BuildNumber", "20348".into()),
        ("CSName", host.name.as_str().into()),
        ("Caption", "Simulated host of cimwire".into()),
        ("CurrentTimeZone", 0i16.into()),
        ("Description", host.description.clone().into()),
        ("InstallDate", booted.clone()),
        ("LastBootUpTime", booted),
        ("LocalDateTime", now.to_datetime().into()),
        ("Manufacturer", "cimwire".into()),
        (
            "Name",
            r"Simulated host of cimwire|C:\Windows|\Device\Harddisk0\Partition3".into(),
        ),
        ("OSArchitecture", "64-bit".into()),
        ("Status", "OK".into()),
        ("TotalVisibleMemorySize", 16_777_216u64.into()),
        ("Version", "10.0.20348".into()),
    ])
}

pub(crate) static SERVICE: Provider = Provider {
    namespace: CIMV2,
    name: "Win32_Service",
    addressing: Addressing::AllKeys,
    instances: |host, _| {
        let service =
            |(name, title, started, process)| service(host, name, title, started, process);
        SERVICES.iter().copied().map(service).collect()
    },
    ..Provider::PLAIN
};

fn service(host: &Host, name: &str, title: &str, started: bool, process: u32) -> Instance {
    SERVICE.instance([
        ("AcceptPause", false.into()),
        ("AcceptStop", started.into()),
        ("Caption", title.into()),
        ("CreationClassName", SERVICE.name.into()),
        ("Description", title.into()),
        ("DisplayName", title.into()),
        ("ExitCode", 0u32.into()),
        ("Name", name.into()),
        (
            "PathName",
            format!(r"C:\Windows\System32\{name}.exe").into(),
        ),
        ("ProcessId", process.into()),
        ("ServiceType", "Own Process".into()),
        ("StartMode", if started { "Auto" } else { "Manual" }.into()),
        ("StartName", "LocalSystem".into()),
        ("Started", started.into()),
        ("State", if started { "Running" } else { "Stopped" }.into()),
        ("Status", "OK".into()),
        ("SystemCreationClassName", "Win32_ComputerSystem".into()),
        ("SystemName", host.name.as_str().into()),
    ])
}

/// Name, display name, whether it runs, and as which process.
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
