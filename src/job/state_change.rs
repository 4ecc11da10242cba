//! Return codes of `CIM_ConcreteJob.RequestStateChange`.

use crate::codes::codes;

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
