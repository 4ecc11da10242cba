//! `Msvm_ComputerSystem`: the virtual machines of a host, and the host itself.

use crate::cim::{DecodeError, Instance, Reference};
use crate::codes::codes;

use super::NAMESPACE;

codes! {
    /// The state of a virtual machine in its replication (`ReplicationState`).
    ///
    /// These are the numbers of WMI; PowerShell's `VMReplicationState` has others.
    pub enum ReplicationState(u16) {
        /// No replication.
        0 = Disabled "disabled",
        /// Enabled; the first copy has not been started.
        1 = Ready "ready for initial replication",
        /// The first copy is on its way.
        2 = WaitingToCompleteInitialReplication "initial replication in progress",
        /// Changes are sent as they should be.
        3 = Replicating "replicating",
        /// A planned failover is prepared.
        4 = SyncedReplicationComplete "prepared for planned failover",
        /// Failed over, and not committed.
        5 = Recovered "failed over",
        /// Failed over, and committed.
        6 = Committed "failover committed",
        /// Paused by a user.
        7 = Suspended "suspended",
        /// An operator has to act.
        8 = Critical "critical",
        /// Waits for its resynchronisation.
        9 = WaitingToStartResynchronize "waiting to resynchronise",
        /// Resynchronises.
        10 = Resynchronizing "resynchronising",
        /// The resynchronisation is paused.
        11 = ResynchronizeSuspended "resynchronisation suspended",
        /// Fails over.
        12 = FailoverInProgress "failover in progress",
        /// Fails back.
        13 = FailbackInProgress "failback in progress",
        /// Failed back.
        14 = FailbackComplete "failback complete",
        /// The set of disks is updated.
        15 = DiskUpdateInProgress "disk update in progress",
        /// The set of disks could not be updated.
        16 = DiskUpdateCritical "disk update critical",
        /// The host does not know.
        17 = Indeterminate "not known to the host",
        /// The copy is put to another use.
        18 = RepurposeInProgress "repurpose replication in progress",
        /// Prepared for synchronous replication.
        19 = PreparedForSync "prepared for sync replication",
        /// Prepared for the reverse replication of a group.
        20 = PreparedForGroupReverse "prepared for group reverse replication",
        /// A test of a failover runs.
        21 = FireDrillInProgress "fire drill in progress",
    }
}

codes! {
    /// The role of a virtual machine in its replication (`ReplicationMode`).
    pub enum ReplicationMode(u16) {
        /// Nothing.
        0 = None "none",
        /// The one that is copied.
        1 = Primary "primary",
        /// The copy.
        2 = Replica "replica",
        /// A copy that a failover is tested with.
        3 = TestReplica "test replica",
        /// The copy of a copy.
        4 = ExtendedReplica "extended replica",
    }
}

/// A virtual machine of a host.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VirtualMachine {
    /// Its name for people, which need not be the only one of its kind.
    pub name: String,
    /// Its id: a GUID, in capitals.
    pub id: String,
    /// The state in its replication.
    pub replication_state: Option<ReplicationState>,
    /// The role in its replication.
    pub replication_mode: Option<ReplicationMode>,
}

impl VirtualMachine {
    /// The class of virtual machines, and of the host itself.
    pub const CLASS: &str = "Msvm_ComputerSystem";

    /// Reads an instance; `None` where it is the host's own, which has the name of the host for a GUID.
    ///
    /// # Errors
    ///
    /// Returns an error if the instance has no name.
    pub fn read(instance: &Instance) -> Result<Option<Self>, DecodeError> {
        let id: String = instance.get("Name")?;
        if !is_guid(&id) {
            return Ok(None);
        }
        // What cannot be read of the rest is no reason not to find the virtual machine.
        Ok(Some(Self {
            name: instance.get("ElementName").unwrap_or_default(),
            id,
            replication_state: instance.get("ReplicationState").ok().flatten(),
            replication_mode: instance.get("ReplicationMode").ok().flatten(),
        }))
    }

    /// Its reference, with both keys: hosts disagree on whether the id alone will do.
    pub fn reference(&self) -> Reference {
        Reference::new(NAMESPACE, Self::CLASS)
            .with_key("CreationClassName", Self::CLASS)
            .with_key("Name", self.id.as_str())
    }
}

/// Reports whether a text is a GUID, in the form that Hyper-V names virtual machines by.
pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}
