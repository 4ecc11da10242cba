//! The limits of the service, by the names that WinRM gives them in its configuration.

use std::time::Duration;

/// The size of an envelope in bytes (`MaxEnvelopeSizekb`: 500).
pub(crate) const MAX_ENVELOPE_SIZE: usize = 512_000;
/// The time for a response if the request does not limit it (`MaxTimeoutms`).
pub(crate) const MAX_TIMEOUT: Duration = Duration::from_secs(60);
/// The number of items in a page (`MaxBatchItems`).
pub(crate) const MAX_BATCH: usize = 32_000;
/// The number of enumerations, and of subscriptions, that a user may have open (`MaxConcurrentOperationsPerUser`).
pub(crate) const MAX_OPEN: usize = 1_500;
/// The time between two pulls after which an enumeration expires (`EnumerationTimeoutms`), unless the builder sets one.
pub(crate) const ENUMERATION_TIMEOUT: Duration = Duration::from_secs(60);
/// The number of simultaneous connections (`MaxConnections`).
pub(crate) const MAX_CONNECTIONS: usize = 300;
/// The time in which a request has to arrive (`MaxPacketRetrievalTimeSeconds`).
pub(crate) const MAX_RETRIEVAL: Duration = Duration::from_secs(120);
/// The number that WinRM writes for a limit that it does not set.
pub(crate) const NO_LIMIT: u32 = u32::MAX;
