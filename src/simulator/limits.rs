//! The limits of the service, as WinRM's configuration has them by default.

use std::time::Duration;

/// The longest that an answer may take if the request does not limit it (`MaxTimeoutms`).
pub(crate) const MAX_TIMEOUT: Duration = Duration::from_secs(60);
/// The largest envelope, in bytes (`MaxEnvelopeSizekb`: 500).
pub(crate) const MAX_ENVELOPE_SIZE: usize = 512_000;
/// The largest page (`MaxBatchItems`).
pub(crate) const MAX_BATCH: usize = 32_000;
/// The most connections at a time (`MaxConnections`).
pub(crate) const MAX_CONNECTIONS: usize = 300;
/// The longest that a request may take to come in (`MaxPacketRetrievalTimeSeconds`).
pub(crate) const MAX_RETRIEVAL: Duration = Duration::from_secs(120);
