//! Win32_OperatingSystem, whose description can be changed.

use crate::cim::{Instance, Value};

use super::super::{CIMV2, Change, ChangeError, ClassName, Moment, Table, values};
use super::hardware::{FREE_MEMORY, MANUFACTURER, MEMORY, OWNER, PAGE_FILE};
use super::state::{VERSION, Windows};

pub(super) static TABLE: Table<Windows> = Table {
    class: OPERATING_SYSTEM,
    instances: |windows, now| vec![instance(windows, now)].into(),
    changes: &[(Change::Put, |windows, instance, _| {
        let description = instance.get("Description");
        windows.description = description.map_err(|_| ChangeError::Value)?;
        Ok(())
    })],
    ..Table::EMPTY
};

const OPERATING_SYSTEM: ClassName = ClassName::new(CIMV2, "Win32_OperatingSystem");

/// Makes the instance. The properties that are left out are null on Windows Server too.
fn instance(windows: &Windows, now: Moment) -> Instance {
    let booted = Value::from(windows.booted.to_datetime());
    OPERATING_SYSTEM.instance(values! {
        BootDevice: r"\Device\HarddiskVolume1",
        BuildNumber: "20348",
        BuildType: "Multiprocessor Free",
        CSCreationClassName: "Win32_ComputerSystem",
        CSName: windows.machine.as_str(),
        Caption: "Simulated host of cimwire",
        CodeSet: "1252",
        CountryCode: "1",
        CreationClassName: OPERATING_SYSTEM.name,
        CurrentTimeZone: 0i16,
        DataExecutionPrevention_32BitApplications: true,
        DataExecutionPrevention_Available: true,
        DataExecutionPrevention_Drivers: true,
        DataExecutionPrevention_SupportPolicy: 3u8,
        Debug: false,
        Description: windows.description.clone(),
        Distributed: false,
        EncryptionLevel: 256u32,
        ForegroundApplicationBoost: 2u8,
        FreePhysicalMemory: FREE_MEMORY / 1_024,
        FreeSpaceInPagingFiles: PAGE_FILE / 1_024,
        FreeVirtualMemory: (FREE_MEMORY + PAGE_FILE) / 1_024,
        InstallDate: booted.clone(),
        LastBootUpTime: booted,
        LocalDateTime: now.to_datetime(),
        Locale: "0409",
        MUILanguages: vec!["en-US"],
        Manufacturer: MANUFACTURER,
        MaxNumberOfProcesses: u32::MAX,
        MaxProcessMemorySize: 137_438_953_344u64,
        Name: r"Simulated host of cimwire|C:\Windows|\Device\Harddisk0\Partition3",
        NumberOfLicensedUsers: 0u32,
        NumberOfProcesses: u32::try_from(windows.processes.running().count()).ok(),
        NumberOfUsers: 1u32,
        OSArchitecture: "64-bit",
        OSLanguage: 1_033u32,
        OSProductSuite: 272u32,
        OSType: 18u16,
        OperatingSystemSKU: 7u32,
        Organization: "",
        PortableOperatingSystem: false,
        Primary: true,
        ProductType: 3u32,
        RegisteredUser: OWNER,
        SerialNumber: "00000-00000-00000-AA000",
        ServicePackMajorVersion: 0u16,
        ServicePackMinorVersion: 0u16,
        SizeStoredInPagingFiles: PAGE_FILE / 1_024,
        Status: "OK",
        SuiteMask: 272u32,
        SystemDevice: r"\Device\HarddiskVolume3",
        SystemDirectory: r"C:\Windows\system32",
        SystemDrive: "C:",
        TotalVirtualMemorySize: (MEMORY + PAGE_FILE) / 1_024,
        TotalVisibleMemorySize: MEMORY / 1_024,
        Version: VERSION,
        WindowsDirectory: r"C:\Windows",
    })
}
