//! Hyper-V, through its classes in `root/virtualization/v2`.
//!
//! ```text
//! service       the replication service of a host: finds it, and calls its methods
//! replication/  the methods, one function each
//! machine/      the virtual machines of a host
//! outcome       the result of a method: completed, or a job
//! codes, hints  the codes of methods and properties, and how to solve the problem
//! powershell    the names that Microsoft's PowerShell module has for them
//! ```
//!
//! [`ReplicationService`] has the methods of Hyper-V Replica, from enabling to removal; a [job](crate::job) that one starts is
//! followed like any other.

mod codes;
mod datetime_forms;
mod hints;
mod machine;
mod outcome;
mod powershell;
mod replication;
mod service;

use crate::cim::ClassPath;

pub use codes::{
    AllowedAuthentication, ReplicationAuthentication, ReplicationHealth, ReplicationMode,
    ReplicationState, ReplicationType, ReturnCode,
};
pub use datetime_forms::{DatetimeForms, FormAnswer, datetime_forms};
pub use machine::{
    ClusterGroup, EnabledState, HealthState, OperationalStatus, RequestedState, VirtualDisk,
    VirtualMachine, VmSummary,
};
pub use outcome::{Outcome, explain_job_failure};
pub use replication::{
    Action, AuthorizationEntry, FailoverAdapter, FailoverNetworkSettings, HypervError,
    InitialReplication, InvalidSettings, InvalidStart, NotAllowed, RecoveryPoint,
    RecoveryPointKind, Relationship, ReplicaServer, ReplicaServerSettings, Replication,
    ReplicationProvider, ReplicationRelationship, ReplicationReport, ReplicationSettings,
    ReplicationStatistics, Schedulable, Seen,
};
pub use service::ReplicationService;

/// The namespace of Hyper-V's classes, since Windows 8 and Server 2012.
pub const NAMESPACE: &str = "root/virtualization/v2";

/// The class of Hyper-V's jobs, for [`Job::list`](crate::job::Job::list).
pub fn job_class() -> ClassPath {
    ClassPath::new(NAMESPACE, "Msvm_ConcreteJob")
}

/// Returns true if a class is one of Hyper-V's: it is in its namespace, or has its prefix.
fn is_of_hyperv(class: &ClassPath) -> bool {
    let prefix = class.name().get(..PREFIX.len());
    class.namespace().eq_ignore_ascii_case(NAMESPACE)
        || prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(PREFIX))
}

/// The prefix of Hyper-V's classes.
const PREFIX: &str = "Msvm_";
