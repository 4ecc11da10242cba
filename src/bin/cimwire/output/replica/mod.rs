//! Hyper-V Replica, as it is shown.

mod server;

pub(crate) use self::server::AuthorizationEntries;
