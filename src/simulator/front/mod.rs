//! The socket side of the host: connections, TLS, HTTP, logins and sealed bodies.

pub(super) mod accounts;
mod framing;
pub(super) mod listener;
pub(super) mod login;
pub(super) mod tls;
