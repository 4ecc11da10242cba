//! Hyper-V Replica, as it is shown.

mod certificate;
mod replication;
mod server;
mod statistics;

pub(crate) use self::certificate::Certificate;
pub(crate) use self::replication::{Statuses, primary_server};
pub(crate) use self::statistics::Measured;
