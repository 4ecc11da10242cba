//! Win32_ComputerSystem, Win32_ComputerSystemProduct and Win32_Processor: one machine with memory for its virtual
//! machines.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::cim::Instance;

use super::super::{CIMV2, ClassName, Table, values};
use super::state::Windows;

pub(super) static COMPUTER_SYSTEM: Table<Windows> = Table {
    class: SYSTEM,
    instances: |windows, _| vec![computer_system(windows)].into(),
    ..Table::EMPTY
};

pub(super) static COMPUTER_SYSTEM_PRODUCT: Table<Windows> = Table {
    class: PRODUCT,
    instances: |windows, _| vec![product(windows)].into(),
    ..Table::EMPTY
};

pub(super) static PROCESSOR: Table<Windows> = Table {
    class: CPU,
    instances: |windows, _| vec![processor(windows)].into(),
    ..Table::EMPTY
};

const SYSTEM: ClassName = ClassName::new(CIMV2, "Win32_ComputerSystem");
const PRODUCT: ClassName = ClassName::new(CIMV2, "Win32_ComputerSystemProduct");
const CPU: ClassName = ClassName::new(CIMV2, "Win32_Processor");

/// Makes the computer: a server outside of a domain, without a reset timer and power management.
fn computer_system(windows: &Windows) -> Instance {
    SYSTEM.instance(values! {
        AdminPasswordStatus: 3u16,
        AutomaticManagedPagefile: true,
        AutomaticResetBootOption: true,
        AutomaticResetCapability: true,
        BootROMSupported: true,
        BootStatus: vec![0u16; 10],
        BootupState: "Normal boot",
        Caption: windows.machine.as_str(),
        ChassisBootupState: 3u16,
        ChassisSKUNumber: "",
        CreationClassName: SYSTEM.name,
        CurrentTimeZone: 0i16,
        DNSHostName: windows.machine.as_str(),
        DaylightInEffect: false,
        Description: "AT/AT COMPATIBLE",
        Domain: WORKGROUP,
        DomainRole: 2u16,
        EnableDaylightSavingsTime: true,
        FrontPanelResetStatus: 3u16,
        HypervisorPresent: true,
        InfraredSupported: false,
        KeyboardPasswordStatus: 3u16,
        Manufacturer: MANUFACTURER,
        Model: MODEL,
        Name: windows.machine.as_str(),
        NetworkServerModeEnabled: true,
        NumberOfLogicalProcessors: THREADS,
        NumberOfProcessors: 1u32,
        OEMStringArray: vec![""],
        PCSystemType: 4u16,
        PCSystemTypeEx: 4u16,
        PartOfDomain: false,
        PauseAfterReset: -1i64,
        PowerOnPasswordStatus: 3u16,
        PowerState: 0u16,
        PowerSupplyState: 3u16,
        PrimaryOwnerName: OWNER,
        ResetCapability: 1u16,
        ResetCount: -1i16,
        ResetLimit: -1i16,
        Roles: vec!["LM_Workstation", "LM_Server", "NT", "Server_NT"],
        Status: "OK",
        SystemFamily: "",
        SystemSKUNumber: "",
        SystemType: "x64-based PC",
        ThermalState: 3u16,
        TotalPhysicalMemory: MEMORY,
        WakeUpType: 6u16,
        Workgroup: WORKGROUP,
    })
}

fn product(windows: &Windows) -> Instance {
    PRODUCT.instance(values! {
        Caption: "Computer System Product",
        Description: "Computer System Product",
        IdentifyingNumber: format!("CIMWIRE-{}", windows.machine),
        Name: MODEL,
        UUID: uuid(&windows.machine),
        Vendor: MANUFACTURER,
        Version: "1.0",
    })
}

/// Returns the UUID of the machine: one for each name of a host, and the same in each run.
fn uuid(machine: &str) -> String {
    let mut hasher = DefaultHasher::new();
    machine.to_ascii_uppercase().hash(&mut hasher);
    let node = hasher.finish() >> 16;
    format!("5C0F8C2E-6F57-4D2B-9F60-{node:012X}")
}

/// Makes the processor. Windows reports no virtualization firmware while Hyper-V itself uses it.
fn processor(windows: &Windows) -> Instance {
    CPU.instance(values! {
        AddressWidth: 64u16,
        Architecture: 9u16,
        AssetTag: "",
        Availability: 3u16,
        Caption: "Intel64 Family 6 Model 106 Stepping 6",
        Characteristics: 252u32,
        CpuStatus: 1u16,
        CreationClassName: CPU.name,
        CurrentClockSpeed: 2_000u32,
        CurrentVoltage: 16u16,
        DataWidth: 64u16,
        Description: "Intel64 Family 6 Model 106 Stepping 6",
        DeviceID: "CPU0",
        ExtClock: 100u32,
        Family: 179u16,
        L2CacheSize: 5_120u32,
        L3CacheSize: 12_288u32,
        L3CacheSpeed: 0u32,
        Level: 6u16,
        LoadPercentage: 5u16,
        Manufacturer: "GenuineIntel",
        MaxClockSpeed: 2_000u32,
        Name: "Simulated processor of cimwire",
        NumberOfCores: THREADS / 2,
        NumberOfEnabledCore: THREADS / 2,
        NumberOfLogicalProcessors: THREADS,
        PartNumber: "",
        PowerManagementSupported: false,
        ProcessorId: "1FCBFBFF000606A6",
        ProcessorType: 3u16,
        Revision: 27_142u16,
        Role: "CPU",
        SecondLevelAddressTranslationExtensions: false,
        SerialNumber: "",
        SocketDesignation: "CPU0",
        Status: "OK",
        StatusInfo: 3u16,
        SystemCreationClassName: SYSTEM.name,
        SystemName: windows.machine.as_str(),
        ThreadCount: THREADS,
        UpgradeMethod: 1u16,
        VMMonitorModeExtensions: false,
        Version: "",
        VirtualizationFirmwareEnabled: false,
    })
}

pub(super) const MANUFACTURER: &str = "cimwire";
pub(super) const OWNER: &str = "cimwire";
const MODEL: &str = "Simulated host";
const WORKGROUP: &str = "WORKGROUP";
/// The memory of the machine in bytes, and the part of it that its virtual machines and its system leave free.
pub(super) const MEMORY: u64 = 16 << 30;
pub(super) const FREE_MEMORY: u64 = 6 << 30;
pub(super) const PAGE_FILE: u64 = 2 << 30;
/// The number of logical processors, two a core.
pub(super) const THREADS: u32 = 8;
