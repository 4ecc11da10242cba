//! Suspending, resuming and cancelling: requested states of a relationship.

use crate::error::Error;
use crate::hyperv::{Outcome, Relationship, ReplicationService, VirtualMachine};

impl ReplicationService {
    /// Suspends replication. It is allowed while the initial replication, replication or a resynchronization is in
    /// progress.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`remove_relationship`](Self::remove_relationship).
    ///
    /// Source: [RequestReplicationStateChangeEx](https://learn.microsoft.com/windows/win32/hyperv_v2/requestreplicationstatechangeex-msvm-computersystem)
    pub async fn suspend(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<Outcome, Error> {
        self.request_state(vm, which, SUSPENDED).await
    }

    /// Resumes replication that was suspended or is critical.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`suspend`](Self::suspend).
    pub async fn resume(&self, vm: &VirtualMachine, which: Relationship) -> Result<Outcome, Error> {
        self.request_state(vm, which, REPLICATING).await
    }

    /// Resumes an update of the set of disks that has failed (the state
    /// [`DiskUpdateCritical`](crate::hyperv::ReplicationState::DiskUpdateCritical)). Microsoft's own client sends this value,
    /// which is not documented.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`suspend`](Self::suspend).
    pub async fn resume_disk_update(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<Outcome, Error> {
        self.request_state(vm, which, DISK_UPDATE).await
    }

    /// Prepares a planned failover: the last changes are sent, and the primary virtual machine, which has to be off, may not
    /// start.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`suspend`](Self::suspend).
    pub async fn prepare_failover(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<Outcome, Error> {
        self.request_state(vm, which, SYNCED).await
    }

    /// Cancels an initial replication whose copy is in progress; the state becomes
    /// [`Ready`](crate::hyperv::ReplicationState::Ready). Before the copy, cancel the job that starts it
    /// ([`Job::cancel`](crate::job::Job::cancel)).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`suspend`](Self::suspend).
    pub async fn cancel_initial_replication(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<Outcome, Error> {
        self.request_state(vm, which, READY).await
    }

    /// Cancels a resynchronization that is in progress.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`suspend`](Self::suspend).
    pub async fn cancel_resynchronization(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<Outcome, Error> {
        self.request_state(vm, which, WAITING_TO_RESYNCHRONIZE)
            .await
    }

    /// Makes a virtual machine of the replica host a replica, for a copy that the host has been given
    /// (`Enable-VMReplication -AsReplica`). It has to be off.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`suspend`](Self::suspend).
    pub async fn make_replica(&self, vm: &VirtualMachine) -> Result<Outcome, Error> {
        self.request_state(vm, Relationship::Primary, WAITING_FOR_COPY)
            .await
    }
}

const READY: u16 = 1;
const WAITING_FOR_COPY: u16 = 2;
const REPLICATING: u16 = 3;
const SYNCED: u16 = 4;
const SUSPENDED: u16 = 7;
const WAITING_TO_RESYNCHRONIZE: u16 = 9;
const DISK_UPDATE: u16 = 15;
