//! Open subscriptions, and the events that wait in them.
//!
//! A context is valid for one response with events, and for any number of refusals.

use std::time::Duration;

use crate::cim::{Instance, Reference};
use crate::simulator::providers::{EventKind, Host, Moment, Watch};

use super::super::enumeration::contexts::Item;
use super::super::fault::{self, Refusal};
use super::super::limits::MAX_OPEN;
use super::super::wql::Query;

/// The events that a client wants, and those that have happened and were not sent.
pub(crate) struct Subscription {
    /// The user who began it, who alone may pull from it or end it.
    pub(crate) owner: String,
    /// The identifier by which an Unsubscribe names it.
    pub(crate) identifier: String,
    /// The context by which its events are pulled.
    pub(crate) context: String,
    /// The time at which it expires in any case.
    pub(crate) expires: Option<Moment>,
    pub(crate) wanted: Wanted,
    pub(crate) watch: Watch,
    /// The longest time without a response to a Pull.
    pub(crate) heartbeats: Option<Duration>,
    /// The events that were not sent yet.
    pub(crate) events: Vec<Item>,
}

/// The events that a subscription is for.
pub(crate) struct Wanted {
    pub(crate) kinds: Vec<EventKind>,
    pub(crate) query: Query,
}

/// The subscriptions of the service.
#[derive(Default)]
pub(crate) struct Subscriptions(Vec<Subscription>);

impl Subscriptions {
    /// Returns the number of subscriptions.
    pub(crate) fn count(&mut self, now: Moment) -> usize {
        self.expire(now);
        self.0.len()
    }

    /// Refuses a user who has too many subscriptions.
    pub(crate) fn check_quota(&mut self, owner: &str, now: Moment) -> Result<(), Refusal> {
        self.expire(now);
        let owned = self.0.iter().filter(|open| open.owner == owner);
        if owned.count() >= MAX_OPEN {
            return Err(fault::TOO_MANY_OPERATIONS);
        }
        Ok(())
    }

    pub(crate) fn add(&mut self, subscription: Subscription) {
        self.0.push(subscription);
    }

    /// Returns the subscription that is pulled by a context.
    pub(crate) fn find(&mut self, context: &str, owner: &str) -> Option<&mut Subscription> {
        let mut all = self.0.iter_mut();
        all.find(|open| open.context == context && open.owner == owner)
    }

    /// Ends a subscription. Returns `false` if it does not exist.
    pub(crate) fn end(&mut self, identifier: &str, owner: &str) -> bool {
        let before = self.0.len();
        self.0
            .retain(|open| open.identifier != identifier || open.owner != owner);
        self.0.len() < before
    }

    /// Collects the events until now. This is called before each change of the host.
    pub(crate) fn collect_events(&mut self, host: &Host, now: Moment) {
        self.expire(now);
        for subscription in &mut self.0 {
            subscription.collect_events(host, now);
        }
    }

    fn expire(&mut self, now: Moment) {
        self.0
            .retain(|open| open.expires.is_none_or(|expires| now < expires));
    }
}

impl Subscription {
    fn collect_events(&mut self, host: &Host, now: Moment) {
        let events = self.watch.poll(host, now);
        let wanted = events
            .into_iter()
            .filter(|(kind, event)| self.wanted.takes(*kind, event));
        self.events
            .extend(wanted.map(|(_, event)| self.wanted.item(event)));
        let too_many = self.events.len().saturating_sub(MAX_EVENTS);
        self.events.drain(..too_many);
    }
}

impl Wanted {
    fn takes(&self, kind: EventKind, event: &Instance) -> bool {
        self.kinds.contains(&kind) && self.query.selects(event)
    }

    fn item(&self, event: Instance) -> Item {
        Item {
            // An event has no keys, and its reference is not sent.
            reference: Reference::new("", self.query.class.as_str()),
            instance: self.query.project(event),
        }
    }
}

/// The number of events that wait in a subscription. Beyond it, the oldest are dropped.
const MAX_EVENTS: usize = 10_000;
