//! CIM_DataFile: the programs of the processes that a host starts with.

use crate::cim::Instance;

use super::super::{CIMV2, ClassName, Table, values};
use super::processes::{PROVIDER_HOST_PROGRAM, VMMS_PROGRAM};
use super::state::{VERSION, Windows};

pub(super) static TABLE: Table<Windows> = Table {
    class: DATA_FILE,
    instances: |windows, _| {
        let programs = [VMMS_PROGRAM, PROVIDER_HOST_PROGRAM].into_iter();
        programs
            .filter_map(|path| instance(windows, path))
            .collect()
    },
    ..Table::EMPTY
};

const DATA_FILE: ClassName = ClassName::new(CIMV2, "CIM_DataFile");

/// Makes the instance of a program. WMI writes paths in lower case.
fn instance(windows: &Windows, path: &str) -> Option<Instance> {
    let path = path.to_ascii_lowercase();
    let (folder, file) = path.rsplit_once('\\')?;
    let (drive, folder) = folder.split_once(':')?;
    let (name, extension) = file.split_once('.')?;
    let written = windows.booted.to_datetime();
    Some(DATA_FILE.instance(values! {
        AccessMask: 18_809_343u32,
        Archive: true,
        CSCreationClassName: "Win32_ComputerSystem",
        CSName: windows.machine.as_str(),
        Caption: path.as_str(),
        Compressed: false,
        CreationClassName: "CIM_LogicalFile",
        CreationDate: written,
        Description: path.as_str(),
        Drive: format!("{drive}:"),
        EightDotThreeFileName: path.as_str(),
        Encrypted: false,
        Extension: extension,
        FSCreationClassName: "Win32_FileSystem",
        FSName: "NTFS",
        FileName: name,
        FileSize: 14_680_064u64,
        FileType: "Application",
        Hidden: false,
        InstallDate: written,
        LastAccessed: written,
        LastModified: written,
        Manufacturer: "Microsoft Corporation",
        Name: path.as_str(),
        Path: format!("{folder}\\"),
        Readable: true,
        Status: "OK",
        System: false,
        Version: format!("{VERSION}.1"),
        Writeable: true,
    }))
}
