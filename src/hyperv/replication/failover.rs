//! Failover on the replica host.

use crate::cim::Reference;
use crate::error::Error;
use crate::hyperv::{Outcome, ReplicationService, ReplicationSettings, VirtualMachine};

impl ReplicationService {
    /// Fails a replica virtual machine over (`InitiateFailover`), to a recovery point or to the newest one. The virtual
    /// machine has to be off; it is not started.
    ///
    /// Changes of the primary virtual machine that were not replicated are lost, unless the failover was
    /// [prepared](Self::prepare_failover).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [InitiateFailover](https://learn.microsoft.com/windows/win32/hyperv_v2/initiatefailover-msvm-replicationservice)
    pub async fn fail_over(
        &self,
        vm: &VirtualMachine,
        recovery_point: Option<&Reference>,
    ) -> Result<Outcome, Error> {
        let input = [("SnapshotSettingData", recovery_point.cloned().into())];
        self.call_for(vm, "InitiateFailover", input).await
    }

    /// Drops a failover that is not committed (`RevertFailover`); it can then be repeated. On a primary host it cancels a
    /// prepared failover.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [RevertFailover](https://learn.microsoft.com/windows/win32/hyperv_v2/revertfailover-msvm-replicationservice)
    pub async fn revert_failover(&self, vm: &VirtualMachine) -> Result<Outcome, Error> {
        self.call_for(vm, "RevertFailover", []).await
    }

    /// Commits a failover (`CommitFailover`): merges and deletes the recovery points. It cannot be undone.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [CommitFailover](https://learn.microsoft.com/windows/win32/hyperv_v2/commitfailover-msvm-replicationservice)
    pub async fn commit_failover(&self, vm: &VirtualMachine) -> Result<Outcome, Error> {
        self.call_for(vm, "CommitFailover", []).await
    }

    /// Creates a test virtual machine from a recovery point, or from the newest one (`TestReplicaSystem`). Its name is that of
    /// the replica with " - Test"; a replica has one at a time.
    ///
    /// The test virtual machine is an affected element of the job; [destroy](Self::destroy_vm) it after the test.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [TestReplicaSystem](https://learn.microsoft.com/windows/win32/hyperv_v2/testreplicasystem-msvm-replicationservice)
    pub async fn test_failover(
        &self,
        vm: &VirtualMachine,
        recovery_point: Option<&Reference>,
    ) -> Result<Outcome, Error> {
        let input = [("SnapshotSettingData", recovery_point.cloned().into())];
        self.call_for(vm, "TestReplicaSystem", input).await
    }

    /// Reverses the direction of a replication after a failover (`ReverseReplicationRelationship`), on the host that runs the
    /// virtual machine now. The settings name the other host as the connection point.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [ReverseReplicationRelationship](https://learn.microsoft.com/windows/win32/hyperv_v2/reversereplicationrelationship-msvm-replicationservice)
    pub async fn reverse(
        &self,
        vm: &VirtualMachine,
        settings: &ReplicationSettings,
    ) -> Result<Outcome, Error> {
        self.call_with_settings(vm, "ReverseReplicationRelationship", settings)
            .await
    }

    /// Fails back to a recovery point of an external provider (`InitiateFailback`).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [InitiateFailback](https://learn.microsoft.com/windows/win32/hyperv_v2/initiatefailback-msvm-replicationservice)
    pub async fn fail_back(
        &self,
        vm: &VirtualMachine,
        settings: &ReplicationSettings,
        recovery_point: Option<&str>,
    ) -> Result<Outcome, Error> {
        let settings = self.embedded(settings)?;
        let input = [
            ("ReplicationSettingData", settings),
            ("RecoveryPointIdentifier", recovery_point.into()),
        ];
        self.call_for(vm, "InitiateFailback", input).await
    }

    /// Imports an initial copy that was exported to a directory of the replica host (`ImportInitialReplica`).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [ImportInitialReplica](https://learn.microsoft.com/windows/win32/hyperv_v2/importinitialreplica-msvm-replicationservice)
    pub async fn import_initial_replica(
        &self,
        vm: &VirtualMachine,
        directory: &str,
    ) -> Result<Outcome, Error> {
        let input = [("InitialReplicationImportLocation", directory.into())];
        self.call_for(vm, "ImportInitialReplica", input).await
    }
}
