//! Return codes of the methods of Hyper-V and of its jobs.

use crate::codes::codes;

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

impl ReturnCode {
    /// Returns a hint on how to solve the problem, in one sentence.
    pub fn hint(self) -> Option<&'static str> {
        Some(match self {
            Self::Completed | Self::Started | Self::Unknown(_) => return None,
            Self::StatusUnknown => {
                "it may have been done: look at the virtual machine before asking again"
            }
            Self::Failed => "see the event log Hyper-V-VMMS/Admin of the host",
            Self::AccessDenied => {
                "the account has to be a member of Hyper-V Administrators or Administrators"
            }
            Self::NotSupported => "this host, or this kind of virtual machine, does not do it",
            Self::Timeout => {
                "look at the virtual machine before asking again, and check that the other host can be reached"
            }
            Self::InvalidParameter | Self::IncorrectType => "check the values given",
            Self::InUse => "wait for what else runs on the virtual machine, then try again",
            Self::InvalidState => {
                "the state of the virtual machine does not allow it, or another operation runs on it"
            }
            Self::NotAvailable => "try again later",
            Self::OutOfMemory => "free memory on the host",
            Self::FileNotFound => "check the path, as the host sees it",
            Self::RebootRequired => "restart the host",
            Self::NicBindingPrevented => "check the virtual switch of the host",
            Self::DiskChainCycle | Self::ParentMismatch => "check the chain of virtual disks",
            Self::ObjectNotFound => "check that the virtual machine is still there",
        })
    }
}

impl std::error::Error for ReturnCode {}

codes! {
    /// The return value of `CIM_ConcreteJob.RequestStateChange`, which has its own table.
    pub enum StateChangeCode(u32) {
        /// The state has changed.
        0 = Completed "completed",
        /// The job does not support the state change.
        1 = NotSupported "not supported",
        /// The host reported an unspecified error.
        2 = UnspecifiedError "unspecified error",
        /// The state change timed out.
        3 = Timeout "timed out",
        /// The state change failed.
        4 = Failed "failed",
        /// The requested state is invalid.
        5 = InvalidParameter "invalid parameter",
        /// The object is in use.
        6 = InUse "in use",
        /// The state change has started.
        4096 = Started "transition started",
        /// The requested state cannot be reached from the current one.
        4097 = InvalidTransition "invalid state transition",
        /// The requested timeout is not supported.
        4098 = TimeoutNotSupported "use of the time-out not supported",
        /// The job is busy.
        4099 = Busy "busy",
    }
}

impl std::error::Error for StateChangeCode {}
