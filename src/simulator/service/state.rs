//! The state of the service, and the immediate result of a request.

use crate::simulator::providers::Host;

use super::enumeration::contexts::Enumerations;
use super::eventing::subscriptions::Subscriptions;
use super::journal::Journal;
use super::request::Head;

/// Everything that requests change.
pub(crate) struct State {
    /// The name of the host.
    pub(crate) name: String,
    pub(crate) host: Host,
    pub(crate) enumerations: Enumerations,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) journal: Journal,
}

/// The immediate result of a request: a response `T`, or a wait for one.
pub(crate) enum Outcome<T> {
    Done(T),
    /// The response has to wait for events.
    Pending(Box<PendingPull>),
}

/// A Pull from a subscription that may have no events yet.
pub(crate) struct PendingPull {
    pub(crate) head: Head,
    pub(crate) context: String,
    pub(crate) max_elements: usize,
    pub(crate) owner: String,
}
