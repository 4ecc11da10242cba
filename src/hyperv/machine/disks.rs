//! The virtual disks of a virtual machine: `Msvm_StorageAllocationSettingData`.

use crate::cim::{Instance, KeyValue, Reference};
use crate::error::Error;
use crate::hyperv::{ReplicationService, VirtualMachine};

/// A virtual disk of a virtual machine.
///
/// Source: [Msvm_StorageAllocationSettingData](https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-storageallocationsettingdata)
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VirtualDisk {
    /// The object path with the name of the host, as
    /// [`included_disks`](crate::hyperv::ReplicationSettings::included_disks) has it.
    pub path: String,
    /// The file on the host.
    pub file: String,
}

impl ReplicationService {
    /// Reads the virtual disks of a virtual machine, in two round trips.
    ///
    /// ```no_run
    /// use cimwire::hyperv::{Relationship, ReplicationService};
    ///
    /// # async fn example(service: ReplicationService) -> Result<(), cimwire::Error> {
    /// let vm = service.vm("web01").await?;
    /// let disks = service.disks(&vm).await?;
    /// let mut settings = service.replication_settings(&vm, Relationship::Primary).await?;
    /// // Leave the disk of the paging file out.
    /// let included = disks.into_iter().filter(|disk| !disk.file.ends_with("page.vhdx"));
    /// settings.included_disks = Some(included.map(|disk| disk.path).collect());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses, or if a disk has no id.
    pub async fn disks(&self, vm: &VirtualMachine) -> Result<Vec<VirtualDisk>, Error> {
        let rows = self.components(vm, CLASS).await?;
        let is_disk = |row: &&Instance| {
            let kind = row.get::<Option<u16>>("ResourceType").ok().flatten();
            kind == Some(LOGICAL_DISK)
        };
        let read = |row: &Instance| {
            let file: Option<Vec<String>> = row.get("HostResource").ok().flatten();
            Ok(VirtualDisk {
                path: self.at_host(self.setting(CLASS, row)?).to_string(),
                file: file.unwrap_or_default().concat(),
            })
        };
        rows.iter().filter(is_disk).map(read).collect()
    }

    /// Adds the host's own name to a reference. The name that the client uses may be another.
    fn at_host(&self, reference: Reference) -> Reference {
        match self.reference().key("SystemName") {
            Some(KeyValue::Text(name)) => reference.with_server(name),
            _ => reference,
        }
    }
}

const CLASS: &str = "Msvm_StorageAllocationSettingData";
/// The `ResourceType` of a virtual disk. Drives have others.
const LOGICAL_DISK: u16 = 31;
