//! The methods of Hyper-V Replica, one file for each subject.

mod allowed;
mod authorization;
mod failover;
mod initial;
mod invalid_settings;
mod jobs;
mod list;
mod network;
mod pending;
mod providers;
mod recovery_points;
mod relationship;
mod resync;
mod server;
mod settings;
mod state;
mod statistics;

pub use allowed::{Action, NotAllowed, Seen};
pub use authorization::AuthorizationEntry;
pub use initial::{InitialReplication, InvalidStart, Schedulable};
pub use invalid_settings::InvalidSettings;
pub use list::Replication;
pub use network::{FailoverAdapter, FailoverNetworkSettings};
pub use providers::ReplicationProvider;
pub use recovery_points::{RecoveryPoint, RecoveryPointKind};
pub use relationship::{Relationship, ReplicationRelationship};
pub use server::{ReplicaServer, ReplicaServerSettings};
pub use settings::ReplicationSettings;
pub use statistics::{HypervError, ReplicationReport, ReplicationStatistics};
