//! `Msvm_ComputerSystem`: the virtual machines of a host, and the host itself.

use crate::cim::{DecodeError, Instance, Reference};
use crate::codes::codes;

use super::NAMESPACE;

codes! {
    /// The replication state of a virtual machine (`ReplicationState`).
    ///
    /// The numbers are those of WMI; PowerShell's `VMReplicationState` has others.
    pub enum ReplicationState(u16) {
        /// Replication is disabled.
        0 = Disabled "disabled",
        /// Replication is enabled; the initial replication has not started.
        1 = Ready "ready for initial replication",
        /// The initial replication is in progress.
        2 = WaitingToCompleteInitialReplication "initial replication in progress",
        /// Changes are replicated normally.
        3 = Replicating "replicating",
        /// A planned failover is prepared.
        4 = SyncedReplicationComplete "prepared for planned failover",
        /// The virtual machine has failed over; the failover is not committed.
        5 = Recovered "failed over",
        /// The virtual machine has failed over; the failover is committed.
        6 = Committed "failover committed",
        /// Replication was paused by a user.
        7 = Suspended "suspended",
        /// Replication is in a critical state and needs attention.
        8 = Critical "critical",
        /// Replication is waiting for its resynchronization.
        9 = WaitingToStartResynchronize "waiting to resynchronise",
        /// Resynchronization is in progress.
        10 = Resynchronizing "resynchronising",
        /// Resynchronization is paused.
        11 = ResynchronizeSuspended "resynchronisation suspended",
        /// A failover is in progress.
        12 = FailoverInProgress "failover in progress",
        /// A failback is in progress.
        13 = FailbackInProgress "failback in progress",
        /// The failback is complete.
        14 = FailbackComplete "failback complete",
        /// An update of the set of disks is in progress.
        15 = DiskUpdateInProgress "disk update in progress",
        /// The update of the set of disks has failed.
        16 = DiskUpdateCritical "disk update critical",
        /// The state is unknown to the host.
        17 = Indeterminate "not known to the host",
        /// The copy is being repurposed.
        18 = RepurposeInProgress "repurpose replication in progress",
        /// The virtual machine is prepared for synchronous replication.
        19 = PreparedForSync "prepared for sync replication",
        /// The virtual machine is prepared for the reverse replication of a group.
        20 = PreparedForGroupReverse "prepared for group reverse replication",
        /// A test failover is in progress.
        21 = FireDrillInProgress "fire drill in progress",
    }
}

codes! {
    /// The replication role of a virtual machine (`ReplicationMode`).
    pub enum ReplicationMode(u16) {
        /// The virtual machine is not replicated.
        0 = None "none",
        /// The primary virtual machine.
        1 = Primary "primary",
        /// The replica.
        2 = Replica "replica",
        /// A replica for a test failover.
        3 = TestReplica "test replica",
        /// The replica of a replica.
        4 = ExtendedReplica "extended replica",
    }
}

/// A virtual machine of a host.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VirtualMachine {
    /// The display name, which need not be unique.
    pub name: String,
    /// The id, a GUID in capitals.
    pub id: String,
    /// The replication state.
    pub replication_state: Option<ReplicationState>,
    /// The replication role.
    pub replication_mode: Option<ReplicationMode>,
}

impl VirtualMachine {
    /// The class of virtual machines, and of the host itself.
    pub const CLASS: &str = "Msvm_ComputerSystem";

    /// Reads an instance. Returns `None` for the instance of the host itself, which has the host name in place of a
    /// GUID.
    ///
    /// # Errors
    ///
    /// Returns an error if the instance has no name.
    pub fn read(instance: &Instance) -> Result<Option<Self>, DecodeError> {
        let id: String = instance.get("Name")?;
        if !is_guid(&id) {
            return Ok(None);
        }
        // Unreadable optional properties must not hide the virtual machine.
        Ok(Some(Self {
            name: instance.get("ElementName").unwrap_or_default(),
            id,
            replication_state: instance.get("ReplicationState").ok().flatten(),
            replication_mode: instance.get("ReplicationMode").ok().flatten(),
        }))
    }

    /// Returns the reference, with both keys: some hosts do not accept the id alone.
    pub fn reference(&self) -> Reference {
        Reference::new(NAMESPACE, Self::CLASS)
            .with_key("CreationClassName", Self::CLASS)
            .with_key("Name", self.id.as_str())
    }
}

/// Returns true if a text is a GUID in the form of Hyper-V's virtual machine ids.
pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}
