//! The bytes that an initial copy has yet to send.

use serde::Deserialize;

use crate::Wql;
use crate::error::Error;
use crate::hyperv::{Relationship, ReplicationService, VirtualMachine};

use super::jobs::COPY_JOBS;

/// The size of a file (`CIM_DataFile`).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FileSize {
    file_size: Option<u64>,
}

crate::cim_class!(FileSize: "root/cimv2", "CIM_DataFile");

impl ReplicationService {
    /// Returns the bytes of the replicated disks and the percentage that was sent while the initial copy is in progress, for
    /// [`pending_size`](crate::hyperv::ReplicationStatistics::pending_size). It takes one round trip, and five with a copy.
    ///
    /// The sizes are those of the disks' own files: the parents of differencing disks are not counted, as they are by
    /// Microsoft's own module.
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses.
    pub async fn copy_in_progress(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<Option<(u64, u16)>, Error> {
        let Some(copy) = self.unfinished(vm, COPY_JOBS).await? else {
            return Ok(None);
        };
        let bytes = self.replicated_size(vm, which).await?;
        Ok(Some((bytes, copy.percent_complete.unwrap_or(0))))
    }

    async fn replicated_size(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<u64, Error> {
        let settings = self.replication_settings(vm, which).await?;
        let included = settings.included_disks.unwrap_or_default();
        let is_included = |path: &str| included.iter().any(|one| one.eq_ignore_ascii_case(path));
        let disks = self.disks(vm).await?;
        let files = disks.into_iter().filter(|disk| is_included(&disk.path));
        let files: Vec<_> = files.map(|disk| disk.file).collect();
        if files.is_empty() {
            return Ok(0);
        }
        let wql = Wql::select("CIM_DataFile").any_of("Name", files);
        let sizes: Vec<FileSize> = self.client().query(wql)?.collect().await?;
        Ok(sizes.iter().filter_map(|one| one.file_size).sum())
    }
}
