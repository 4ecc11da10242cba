//! The state of the service, and what becomes of a request.

use super::enumeration::Enumerations;
use super::host::Host;
use super::journal::Journal;
use super::request::Head;
use super::subscription::Subscriptions;

/// What changes while the service runs.
pub(crate) struct State {
    pub(crate) host: Host,
    pub(crate) enumerations: Enumerations,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) journal: Journal,
}

/// What becomes of a request at once.
pub(crate) enum Outcome {
    /// The envelope of its answer.
    Done(String),
    /// It waits for events.
    Waits(Box<Wait>),
}

/// A Pull that waits for events.
pub(crate) struct Wait {
    pub(crate) head: Head,
    pub(crate) context: String,
    pub(crate) max_elements: usize,
    pub(crate) owner: String,
}
