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
//!
//! # What is not settled
//!
//! Microsoft's pages leave some questions open, and nothing here was tried with a Windows host. These are the choices, and how
//! to make others:
//!
//! | question | choice | to change it |
//! |---|---|---|
//! | the form of a datetime parameter, such as `StartTime` | that of Microsoft's own client | [`ServerProfile`](crate::ServerProfile); [`datetime_forms`] asks a host which it takes |
//! | a parameter that is null | is left out, as libvirt does | none: no other form is known to be needed |
//! | the keys that a call of the service needs | all, as [`connect`](ReplicationService::connect) reads them | `Client::invoke` with another reference |
//! | the job that a scheduled start returns may be open until its time | it is returned, and [`Outcome::wait`] has no limit | do not wait; [`pending_start`](ReplicationService::pending_start) finds the pending job |
//! | a start time in the past, or beyond seven days | is sent | [`InvalidStart::check`] has the limits of Microsoft's client |
//! | the state after a pending start was terminated | is expected to be ready, and is not checked | read the [relationship](ReplicationService::relationship) |
//! | settings of a replication in part | the whole of what was read is sent | set the other fields of [`ReplicationSettings`] to `None` |
//! | the form of `IncludedDisks` | object paths with the name of the host ([`disks`](ReplicationService::disks)) | set [`included_disks`](ReplicationSettings::included_disks) to other texts |
//! | times of a relationship that mean never | are left out where it is a parameter | `Client::invoke` with an [`Instance`](crate::cim::Instance) |
//! | the state of a replica after the primary host prepared a failover | replicating or prepared ([`Action::check`]) | call without the check |
//! | a resynchronization while one is in progress | is refused by the host; Microsoft's client terminates the first | [`stop`](ReplicationService::stop) first |
//! | the job of a resynchronization | is expected to last until its end, unlike that of a start | wait for the state of the relationship |

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
