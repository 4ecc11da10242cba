//! Win32_OperatingSystem, whose description can be changed.

use crate::cim::{Instance, Value};

use super::super::{
    Addressing, CIMV2, Change, ChangeError, ClassName, Moment, Registration, Table, values,
};
use super::state::Windows;

pub(super) static TABLE: Table<Windows> = Table {
    class: OPERATING_SYSTEM,
    registration: Registration::addressed_by(Addressing::Singleton),
    instances: |windows, now| vec![instance(windows, now)].into(),
    changes: &[(Change::Put, |windows, instance, _| {
        let description = instance.get("Description");
        windows.description = description.map_err(|_| ChangeError::Value)?;
        Ok(())
    })],
    ..Table::EMPTY
};

const OPERATING_SYSTEM: ClassName = ClassName::new(CIMV2, "Win32_OperatingSystem");

fn instance(windows: &Windows, now: Moment) -> Instance {
    let booted = Value::from(windows.booted.to_datetime());
    OPERATING_SYSTEM.instance(values! {
        BuildNumber: "20348",
        CSName: windows.machine.as_str(),
        Caption: "Simulated host of cimwire",
        CurrentTimeZone: 0i16,
        Description: windows.description.clone(),
        InstallDate: booted.clone(),
        LastBootUpTime: booted,
        LocalDateTime: now.to_datetime(),
        Manufacturer: "cimwire",
        Name: r"Simulated host of cimwire|C:\Windows|\Device\Harddisk0\Partition3",
        OSArchitecture: "64-bit",
        Status: "OK",
        TotalVisibleMemorySize: 16_777_216u64,
        Version: "10.0.20348",
    })
}
