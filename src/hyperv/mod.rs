//! Hyper-V, through its classes in `root/virtualization/v2`.
//!
//! Each file contains one class or service. [`ReplicationService`] starts the initial replication of a virtual machine;
//! the [job](crate::job) that it starts is followed like any other.

mod datetime_forms;
mod initial_replication;
mod replication_service;
mod virtual_machine;

use crate::cim::ClassPath;

pub use datetime_forms::{DatetimeForms, FormAnswer, datetime_forms};
pub use initial_replication::{InitialReplication, InvalidStart, Schedulable};
pub use replication_service::ReplicationService;
pub use virtual_machine::{ReplicationMode, ReplicationState, VirtualMachine};

/// The namespace of Hyper-V's classes, since Windows 8 and Server 2012.
pub const NAMESPACE: &str = "root/virtualization/v2";

/// The class of Hyper-V's jobs, for [`Job::list`](crate::job::Job::list).
pub fn job_class() -> ClassPath {
    ClassPath::new(NAMESPACE, "Msvm_ConcreteJob")
}
