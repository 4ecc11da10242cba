//! Return values of Hyper-V's methods, and of those of its jobs.

use crate::codes::codes;

codes! {
    /// The return value of Hyper-V's methods, and the `ErrorCode` of its jobs.
    ///
    /// The values above 32779 are known from Microsoft's own client only.
    pub enum ReturnCode(u32) {
        /// Done.
        0 = Completed "completed",
        /// A job does it.
        4096 = Started "job started",
        /// Failed, without a better reason.
        32768 = Failed "failed",
        /// The account may not do this.
        32769 = AccessDenied "access denied",
        /// The host does not do this.
        32770 = NotSupported "not supported",
        /// The host does not know how it ended.
        32771 = StatusUnknown "status unknown",
        /// It took too long.
        32772 = Timeout "timed out",
        /// A parameter has no such value.
        32773 = InvalidParameter "invalid parameter",
        /// Something else uses it.
        32774 = InUse "in use",
        /// The state does not allow it.
        32775 = InvalidState "invalid state",
        /// A value is of the wrong type.
        32776 = IncorrectType "incorrect data type",
        /// Not there at the moment.
        32777 = NotAvailable "not available",
        /// The host has no memory left.
        32778 = OutOfMemory "out of memory",
        /// A file is not there.
        32779 = FileNotFound "file not found",
        /// The host has to be restarted first.
        32783 = RebootRequired "reboot required",
        /// The network adapter could not be bound.
        32786 = NicBindingPrevented "network adapter binding prevented",
        /// A chain of virtual disks bites its tail.
        32787 = DiskChainCycle "virtual disk chain has a cycle",
        /// The object is not there.
        32789 = ObjectNotFound "object not found",
        /// A virtual disk is not the one that its child was made from.
        32791 = ParentMismatch "virtual disk parent does not match",
    }
}

impl ReturnCode {
    /// Returns what to do about it, in a sentence.
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
    /// The return value of `CIM_ConcreteJob.RequestStateChange`, which has a table of its own.
    pub enum StateChangeCode(u32) {
        /// Done.
        0 = Completed "completed",
        /// The job does not do this.
        1 = NotSupported "not supported",
        /// The host does not know.
        2 = UnspecifiedError "unspecified error",
        /// It took too long.
        3 = Timeout "timed out",
        /// Failed.
        4 = Failed "failed",
        /// There is no such state.
        5 = InvalidParameter "invalid parameter",
        /// Something else uses it.
        6 = InUse "in use",
        /// The job is on its way to the state.
        4096 = Started "transition started",
        /// The job cannot come to this state from where it is.
        4097 = InvalidTransition "invalid state transition",
        /// The time-out could not be kept.
        4098 = TimeoutNotSupported "use of the time-out not supported",
        /// The job is busy.
        4099 = Busy "busy",
    }
}

impl std::error::Error for StateChangeCode {}
