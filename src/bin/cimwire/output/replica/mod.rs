//! Hyper-V Replica, as it is shown.

mod adapter;
mod certificate;
mod recovery_point;
mod replication;
mod server;
mod statistics;

pub(crate) use self::adapter::AdapterOfVm;
pub(crate) use self::certificate::Certificate;
pub(crate) use self::recovery_point::PointOfVm;
pub(crate) use self::replication::{Statuses, primary_server};
pub(crate) use self::statistics::Measured;
