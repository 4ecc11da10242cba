//! Codes of the properties of virtual machines.

use crate::codes::codes;

codes! {
    /// The state of a virtual machine (`EnabledState`).
    ///
    /// The texts are those of Hyper-V; the generic class calls 6 "enabled but offline" and 9 "quiesce".
    pub enum EnabledState(u16) {
        /// The state is unknown to the host.
        0 = Indeterminate "not known to the host",
        /// Another state.
        1 = Other "other",
        /// The virtual machine is running.
        2 = Running "running",
        /// The virtual machine is off.
        3 = Off "off",
        /// The virtual machine is shutting down.
        4 = Stopping "shutting down",
        /// The state does not apply.
        5 = NotApplicable "not applicable",
        /// The virtual machine is saved.
        6 = Saved "saved",
        /// The virtual machine is in a test.
        7 = InTest "in test",
        /// The virtual machine processes commands later.
        8 = Deferred "deferred",
        /// The virtual machine is paused.
        9 = Paused "paused",
        /// The virtual machine is starting.
        10 = Starting "starting",
    }
}

codes! {
    /// The health of a virtual machine (`HealthState`).
    pub enum HealthState(u16) {
        /// The health is unknown to the host.
        0 = Indeterminate "not known to the host",
        /// It is fully functional.
        5 = Ok "OK",
        /// It is functional, but degraded.
        10 = Degraded "degraded",
        /// A minor failure.
        15 = MinorFailure "minor failure",
        /// A major failure, such as a configuration that cannot be reached.
        20 = MajorFailure "major failure",
        /// A critical failure.
        25 = CriticalFailure "critical failure",
        /// A failure that cannot be recovered.
        30 = NonRecoverableError "non-recoverable error",
    }
}

codes! {
    /// An element of the status of a virtual machine (`OperationalStatus`).
    pub enum OperationalStatus(u16) {
        /// It operates normally.
        2 = Ok "OK",
        /// It is degraded.
        3 = Degraded "degraded",
        /// A failure is predicted.
        5 = PredictiveFailure "predictive failure",
        /// It is stopped.
        10 = Stopped "stopped",
        /// It is in service, for example while it is changed.
        11 = InService "in service",
        /// It is dormant, for example saved or paused.
        15 = Dormant "dormant",
        /// A checkpoint is being created.
        32768 = CreatingSnapshot "creating a checkpoint",
        /// A checkpoint is being applied.
        32769 = ApplyingSnapshot "applying a checkpoint",
        /// A checkpoint is being deleted.
        32770 = DeletingSnapshot "deleting a checkpoint",
        /// It is waiting to start.
        32771 = WaitingToStart "waiting to start",
        /// Disks are being merged.
        32772 = MergingDisks "merging disks",
        /// It is being exported.
        32773 = ExportingVirtualMachine "exporting",
        /// It is being migrated.
        32774 = MigratingVirtualMachine "migrating",
    }
}
