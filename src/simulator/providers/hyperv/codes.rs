//! Return codes of the methods, and values of `ReplicationState` and `ReplicationMode`.

pub(super) const DONE: u32 = 0;
pub(super) const JOB_STARTED: u32 = 4096;
pub(super) const NOT_SUPPORTED: u32 = 32_770;
pub(super) const INVALID_PARAMETER: u32 = 32_773;
pub(super) const INVALID_STATE: u32 = 32_775;

/// Values of `ReplicationState`.
pub(super) mod state {
    pub(in super::super) const DISABLED: u16 = 0;
    pub(in super::super) const READY: u16 = 1;
    pub(in super::super) const COPYING: u16 = 2;
    pub(in super::super) const REPLICATING: u16 = 3;
    pub(in super::super) const PREPARED: u16 = 4;
    pub(in super::super) const FAILED_OVER: u16 = 5;
    pub(in super::super) const COMMITTED: u16 = 6;
    pub(in super::super) const SUSPENDED: u16 = 7;
    pub(in super::super) const CRITICAL: u16 = 8;
    pub(in super::super) const WAITS_TO_RESYNC: u16 = 9;
    pub(in super::super) const RESYNCING: u16 = 10;
    pub(in super::super) const RESYNC_SUSPENDED: u16 = 11;
    pub(in super::super) const DISKS_UPDATING: u16 = 15;
    pub(in super::super) const DISKS_CRITICAL: u16 = 16;
    pub(in super::super) const TEST_IN_PROGRESS: u16 = 21;
}

/// Values of `ReplicationMode`.
pub(super) mod mode {
    pub(in super::super) const NONE: u16 = 0;
    pub(in super::super) const PRIMARY: u16 = 1;
    pub(in super::super) const REPLICA: u16 = 2;
    pub(in super::super) const TEST: u16 = 3;
    pub(in super::super) const EXTENDED: u16 = 4;
}
