//! Resynchronization: `Resynchronize`.

use crate::cim::DateTime;
use crate::error::Error;
use crate::hyperv::{Outcome, ReplicationService, VirtualMachine};

impl ReplicationService {
    /// Compares the disks of both hosts and sends the blocks that differ (`Resynchronize`), now or at a time. It deletes the
    /// recovery points of the replica host. Called on a replica host, it resynchronizes the extended relationship.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [Resynchronize](https://learn.microsoft.com/windows/win32/hyperv_v2/resynchronize-msvm-replicationservice)
    pub async fn resynchronize(
        &self,
        vm: &VirtualMachine,
        start: Option<DateTime>,
    ) -> Result<Outcome, Error> {
        // Microsoft's own client sends UTC.
        let input = [("StartTime", start.map(DateTime::to_utc).into())];
        self.call_for(vm, "Resynchronize", input).await
    }
}
