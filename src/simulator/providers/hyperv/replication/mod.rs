//! Hyper-V Replica: relationships between hosts, and the methods that change them.
//!
//! ```text
//! service       Msvm_ReplicationService and its methods     relationship, settings, provider, server   other classes
//!   enable, start, remove, resync, failover, reverse, test, statistics
//! points        recovery points             change      RequestReplicationStateChange of a virtual machine
//! request       the machine and the job of a method         trouble   the connection to a replica server, errors
//! link          one end of a relationship, as a function of time
//! ```
//!
//! A call changes both ends at once: the moments of all changes that follow from it are written into the state of both
//! hosts.

pub(super) mod authorization;
mod certificates;
pub(super) mod change;
mod cycles;
mod enable;
mod failover;
mod link;
pub(super) mod network;
pub(super) mod points;
pub(super) mod provider;
pub(super) mod relationship;
mod remove;
pub(super) mod request;
pub(super) mod resync;
mod reverse;
mod server;
pub(super) mod server_settings;
pub(super) mod service;
pub(super) mod settings;
pub(super) mod start;
mod statistics;
pub(super) mod test;
pub(super) mod trouble;

pub(super) use self::link::{Link, Which};
pub(super) use self::server::ReplicaServer;
