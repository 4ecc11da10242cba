//! The state of the service, and the two results of a request.

use crate::simulator::providers::Host;

use super::enumeration::contexts::Enumerations;
use super::eventing::subscriptions::Subscriptions;
use super::journal::Journal;
use super::request::Head;

/// Everything that requests change.
pub(crate) struct State {
    pub(crate) host: Host,
    pub(crate) enumerations: Enumerations,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) journal: Journal,
}

/// The result of a request.
pub(crate) enum Handled {
    /// The envelope of the response.
    Done(String),
    /// The response has to wait for events.
    Waits(Box<PendingPull>),
}

/// A Pull from a subscription that may have no events yet.
pub(crate) struct PendingPull {
    pub(crate) head: Head,
    pub(crate) context: String,
    pub(crate) max_elements: usize,
    pub(crate) owner: String,
}
