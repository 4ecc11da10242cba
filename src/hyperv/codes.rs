//! Codes of Hyper-V's methods and properties.

use crate::cim::ClassPath;
use crate::codes::codes;
use crate::job::JobStatus;

use super::is_of_hyperv;

codes! {
    /// The return value of Hyper-V's methods, and the `ErrorCode` of its jobs.
    ///
    /// The values above 32779 are known only from Microsoft's own client.
    pub enum ReturnCode(u32) {
        /// The method completed.
        0 = Completed "completed",
        /// The method started a job.
        4096 = Started "job started",
        /// The method failed for an unspecified reason.
        32768 = Failed "failed",
        /// The account lacks a permission.
        32769 = AccessDenied "access denied",
        /// The host does not support the operation.
        32770 = NotSupported "not supported",
        /// The outcome is unknown to the host.
        32771 = StatusUnknown "status unknown",
        /// The operation timed out.
        32772 = Timeout "timed out",
        /// A parameter has an invalid value.
        32773 = InvalidParameter "invalid parameter",
        /// The object is in use.
        32774 = InUse "in use",
        /// The operation is invalid in the current state.
        32775 = InvalidState "invalid state",
        /// A value has the wrong type.
        32776 = IncorrectType "incorrect data type",
        /// The object is not available at the moment.
        32777 = NotAvailable "not available",
        /// The host is out of memory.
        32778 = OutOfMemory "out of memory",
        /// A file was not found.
        32779 = FileNotFound "file not found",
        /// The host has to be restarted first.
        32783 = RebootRequired "reboot required",
        /// The network adapter could not be bound.
        32786 = NicBindingPrevented "network adapter binding prevented",
        /// A chain of virtual disks has a cycle.
        32787 = DiskChainCycle "virtual disk chain has a cycle",
        /// The object was not found.
        32789 = ObjectNotFound "object not found",
        /// A parent virtual disk does not match its child.
        32791 = ParentMismatch "virtual disk parent does not match",
    }
}

impl std::error::Error for ReturnCode {}

impl ReturnCode {
    /// Returns the meaning of a code that a class of Hyper-V returned, or `None` for another class.
    pub fn of_class(class: &ClassPath, code: u32) -> Option<Self> {
        is_of_hyperv(class).then(|| code.into())
    }

    /// Returns the meaning of the error code of a job, or `None` if it has none or is not a job of Hyper-V.
    pub fn of_job(status: &JobStatus) -> Option<Self> {
        let code = status.error_code?;
        Self::of_class(status.reference.as_reference().class(), code.into())
    }
}

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

codes! {
    /// The health of a replication (`ReplicationHealth`).
    pub enum ReplicationHealth(u16) {
        /// There is no replication.
        0 = NotApplicable "not applicable",
        /// The replication is normal.
        1 = Normal "normal",
        /// The replication needs attention.
        2 = Warning "warning",
        /// The replication has failed.
        3 = Critical "critical",
    }
}

codes! {
    /// The kind of a replication or of a recovery point (`LastReplicationType`, `FailedOverReplicationType`).
    pub enum ReplicationType(u16) {
        /// There was none.
        0 = None "none",
        /// A regular replication.
        1 = Regular "regular",
        /// An application-consistent replication.
        2 = ApplicationConsistent "application-consistent",
        /// A planned failover.
        3 = Planned "planned",
    }
}

codes! {
    /// The authentication between two hosts of a replication (`AuthenticationType`).
    pub enum ReplicationAuthentication(u16) {
        /// Kerberos, over HTTP.
        1 = Kerberos "Kerberos",
        /// Certificates, over HTTPS.
        2 = Certificate "certificate",
    }
}

codes! {
    /// The authentication that a replica server accepts (`AllowedAuthenticationType`).
    pub enum AllowedAuthentication(u16) {
        /// It is not set.
        0 = NotDefined "not defined",
        /// Kerberos, over HTTP.
        1 = Kerberos "Kerberos",
        /// Certificates, over HTTPS.
        2 = Certificate "certificate",
        /// Both.
        3 = CertificateAndKerberos "both",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_vendors_class_does_not_use_the_codes() {
        // 32768 to 65535 are vendor-specific in the value maps of the DMTF.
        for (namespace, class, code) in [
            (
                "ROOT/Virtualization/V2",
                "CIM_ConcreteJob",
                Some(ReturnCode::InUse),
            ),
            ("", "msvm_ConcreteJob", Some(ReturnCode::InUse)),
            ("root/cimv2", "V_Job", None),
            ("", "CIM_ConcreteJob", None),
        ] {
            let class = ClassPath::new(namespace, class);
            assert_eq!(ReturnCode::of_class(&class, 32774), code, "{class}");
        }
    }
}
