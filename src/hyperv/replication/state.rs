//! Suspending, resuming and cancelling: requested states of a relationship.

use crate::error::Error;
use crate::hyperv::{
    Outcome, Relationship, ReplicationMode, ReplicationRelationship, ReplicationService,
    ReplicationState, VirtualMachine,
};

use super::jobs::STOPPABLE_JOBS;
use ReplicationState::{DiskUpdateCritical, DiskUpdateInProgress, Resynchronizing};

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

    /// Resumes replication that was suspended or is critical, or an update of the set of disks that has failed (the state
    /// [`DiskUpdateCritical`]).
    ///
    /// For the latter, Microsoft's own client requests a state (15) that is not documented.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`suspend`](Self::suspend).
    pub async fn resume(&self, vm: &VirtualMachine, which: Relationship) -> Result<Outcome, Error> {
        let relationship = self.known_relationship(vm, which).await?;
        let state = match state_of(vm, relationship.as_ref()) {
            Some(DiskUpdateCritical) => DISK_UPDATE,
            _ => REPLICATING,
        };
        self.request_state_of(vm, which, relationship.as_ref(), state)
            .await
    }

    /// Stops a resynchronization or an update of the set of disks (`Stop-VMReplication`): terminates its job, or requests
    /// another state if there is no job.
    ///
    /// A terminated job has ended when this returns.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`suspend`](Self::suspend), and of [`ErrorKind::Refused`](crate::ErrorKind::Refused)
    /// if the job cannot be terminated or completed first.
    pub async fn stop(&self, vm: &VirtualMachine, which: Relationship) -> Result<Outcome, Error> {
        let job = self.unfinished(vm, STOPPABLE_JOBS).await;
        if let Some(job) = job.map_err(Error::of_unsent_change)? {
            return self.terminate(job).await;
        }
        let relationship = self.known_relationship(vm, which).await?;
        let state = match state_of(vm, relationship.as_ref()) {
            Some(state) => stopped(state, which, vm, has_replicated(vm, relationship.as_ref())),
            None => WAITING_TO_RESYNCHRONIZE,
        };
        self.request_state_of(vm, which, relationship.as_ref(), state)
            .await
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

    /// Cancels an initial replication; the state becomes [`Ready`](ReplicationState::Ready). Before the copy, this terminates
    /// the job that starts it; else it requests the state.
    ///
    /// A terminated job has ended when this returns. Only one of the two is done: after an error, read the state before calling
    /// again.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`stop`](Self::stop).
    pub async fn cancel_initial_replication(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<Outcome, Error> {
        let pending = self.pending_start(vm).await;
        match pending.map_err(Error::of_unsent_change)? {
            Some(job) => self.terminate(job).await,
            None => self.request_state(vm, which, READY).await,
        }
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

fn state_of(
    vm: &VirtualMachine,
    relationship: Option<&ReplicationRelationship>,
) -> Option<ReplicationState> {
    relationship.map_or(vm.replication_state, |one| one.replication_state)
}

fn has_replicated(vm: &VirtualMachine, relationship: Option<&ReplicationRelationship>) -> bool {
    let last = relationship.map_or(vm.last_replication_time, |one| one.last_replication_time);
    last.is_some()
}

/// Returns the state to request in order to stop what is in progress.
fn stopped(
    state: ReplicationState,
    which: Relationship,
    vm: &VirtualMachine,
    has_replicated: bool,
) -> u16 {
    let sends = which.role_of(vm) == ReplicationMode::Primary;
    let is_disk_update = matches!(state, DiskUpdateInProgress | DiskUpdateCritical);
    match (state, which) {
        (Resynchronizing, _) if !sends => REPLICATING,
        (_, Relationship::Primary) if is_disk_update => match (has_replicated, sends) {
            (true, _) => REPLICATING,
            (false, true) => READY,
            (false, false) => WAITING_FOR_COPY,
        },
        // In other states the host refuses, which names the state.
        _ => WAITING_TO_RESYNCHRONIZE,
    }
}

const READY: u16 = 1;
const WAITING_FOR_COPY: u16 = 2;
const REPLICATING: u16 = 3;
const SYNCED: u16 = 4;
const SUSPENDED: u16 = 7;
const WAITING_TO_RESYNCHRONIZE: u16 = 9;
const DISK_UPDATE: u16 = 15;
