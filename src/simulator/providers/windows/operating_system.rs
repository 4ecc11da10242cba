//! Win32_OperatingSystem, whose description can be changed.

use crate::cim::{Instance, Value};

use super::super::call::{Change, ChangeError};
use super::super::clock::Moment;
use super::super::named::Named;
use super::super::namespaces::CIMV2;
use super::super::provider::{Addressing, Facts, Table};
use super::state::Windows;

pub(super) static TABLE: Table<Windows> = Table {
    class: OPERATING_SYSTEM,
    facts: Facts::addressed_by(Addressing::Singleton),
    instances: |windows, now| vec![instance(windows, now)].into(),
    changes: &[(Change::Put, |windows, instance, _| {
        let description = instance.get("Description");
        windows.description = description.map_err(|_| ChangeError::Value)?;
        Ok(())
    })],
    ..Table::EMPTY
};

const OPERATING_SYSTEM: Named = Named::new(CIMV2, "Win32_OperatingSystem");

fn instance(windows: &Windows, now: Moment) -> Instance {
    let booted = Value::from(windows.booted.to_datetime());
    OPERATING_SYSTEM.instance([
        ("BuildNumber", "20348".into()),
        ("CSName", windows.machine.as_str().into()),
        ("Caption", "Simulated host of cimwire".into()),
        ("CurrentTimeZone", 0i16.into()),
        ("Description", windows.description.clone().into()),
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
