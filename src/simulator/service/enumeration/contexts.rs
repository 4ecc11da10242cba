//! Open enumerations, and the contexts by which they are pulled.
//!
//! A context is valid for one response: each Pull that leaves items behind gets a new context, and the last gets none.

use std::collections::HashMap;
use std::iter::Peekable;
use std::time::Duration;

use crate::cim::{Instance, Reference};
use crate::simulator::providers::Moment;

use super::super::fault::{self, Refusal};
use super::super::limits::MAX_OPEN;
use super::super::response::new_id;

/// The items of a query or a class that were not sent yet.
pub(crate) struct Enumeration {
    /// The user who began it, who alone may continue it.
    pub(crate) owner: String,
    pub(crate) mode: Mode,
    /// The time at which it expires in any case.
    pub(crate) expires: Option<Moment>,
    pub(crate) items: Peekable<Items>,
}

/// Items, made one by one.
pub(crate) type Items = Box<dyn Iterator<Item = Item> + Send>;

/// An item: an instance or a projection of it, and its reference.
pub(crate) struct Item {
    pub(crate) instance: Instance,
    pub(crate) reference: Reference,
}

/// The form in which items are sent (MS-WSMV 3.1.4.1.17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    #[default]
    Object,
    Reference,
    ObjectAndReference,
}

/// The open enumerations of the service.
pub(crate) struct Enumerations {
    open: HashMap<String, (Enumeration, Moment)>,
    /// The time between two pulls after which an enumeration expires (`EnumerationTimeoutms`).
    idle: Duration,
}

impl Enumerations {
    pub(crate) fn new(idle: Duration) -> Self {
        Self {
            open: HashMap::new(),
            idle,
        }
    }

    /// Returns the time between two pulls after which an enumeration expires.
    pub(crate) fn idle(&self) -> Duration {
        self.idle
    }

    /// Returns the number of open enumerations.
    pub(crate) fn count(&mut self, now: Moment) -> usize {
        self.expire(now);
        self.open.len()
    }

    /// Refuses a user who has too many open enumerations.
    pub(crate) fn check_quota(&mut self, owner: &str, now: Moment) -> Result<(), Refusal> {
        self.expire(now);
        let owned = |(open, _): &&(Enumeration, Moment)| open.owner == owner;
        if self.open.values().filter(owned).count() >= MAX_OPEN {
            return Err(fault::TOO_MANY_OPERATIONS);
        }
        Ok(())
    }

    /// Keeps the rest of an enumeration under a context.
    pub(crate) fn keep(&mut self, enumeration: Enumeration, context: String, now: Moment) {
        let idle = now.plus(self.idle);
        let end = enumeration
            .expires
            .map_or(idle, |expires| expires.min(idle));
        self.open.insert(context, (enumeration, end));
    }

    /// Removes an enumeration by its context. The rest of it is kept under a new context.
    pub(crate) fn take(
        &mut self,
        context: &str,
        owner: &str,
        now: Moment,
    ) -> Result<Enumeration, Refusal> {
        self.expire(now);
        match self.open.remove(context) {
            Some((enumeration, _)) if enumeration.owner == owner => Ok(enumeration),
            Some(others) => {
                self.open.insert(context.to_owned(), others);
                Err(fault::INVALID_CONTEXT)
            }
            None => Err(fault::INVALID_CONTEXT),
        }
    }

    fn expire(&mut self, now: Moment) {
        self.open.retain(|_, (_, expires)| now < *expires);
    }
}

/// Returns a new context.
pub(crate) fn new_context() -> String {
    new_id()
}

#[cfg(test)]
mod tests {
    use super::super::super::limits::ENUMERATION_TIMEOUT as IDLE;
    use super::*;
    use crate::simulator::providers::Clock;

    fn enumeration(owner: &str) -> Enumeration {
        let items: Items = Box::new(std::iter::empty());
        Enumeration {
            owner: owner.to_owned(),
            mode: Mode::Object,
            expires: None,
            items: items.peekable(),
        }
    }

    #[test]
    fn a_context_is_good_for_one_answer_to_its_owner() {
        let now = Clock::new(0.0).now();
        let mut open = Enumerations::new(IDLE);
        open.keep(enumeration("a"), "1".to_owned(), now);
        assert_eq!(open.count(now), 1);
        assert!(open.take("2", "a", now).is_err());
        assert!(open.take("1", "b", now).is_err());
        assert!(open.take("1", "a", now).is_ok());
        assert!(open.take("1", "a", now).is_err());
        assert_eq!(open.count(now), 0);
    }

    #[test]
    fn a_context_expires_after_a_minute() {
        let now = Clock::new(0.0).now();
        let mut open = Enumerations::new(IDLE);
        open.keep(enumeration("a"), "1".to_owned(), now);
        assert_eq!(open.count(now.plus(IDLE - Duration::from_micros(1))), 1);
        assert!(open.take("1", "a", now.plus(IDLE)).is_err());
        assert_eq!(open.count(now.plus(IDLE)), 0);
    }

    #[test]
    fn a_context_expires_when_it_was_to() {
        let now = Clock::new(0.0).now();
        let mut open = Enumerations::new(IDLE);
        let expires = now.plus(Duration::from_secs(5));
        let hasty = |expires| Enumeration {
            expires: Some(expires),
            ..enumeration("a")
        };
        open.keep(hasty(expires), "1".to_owned(), now);
        // A later time does not extend the idle time.
        open.keep(hasty(now.plus(IDLE * 2)), "2".to_owned(), now);
        assert_eq!(open.count(now.plus(Duration::from_secs(4))), 2);
        assert_eq!(open.count(expires), 1);
        assert_eq!(open.count(now.plus(IDLE)), 0);
        let mut open = Enumerations::new(Duration::from_secs(1));
        open.keep(enumeration("a"), "3".to_owned(), now);
        assert_eq!(open.count(now.plus(Duration::from_secs(1))), 0);
    }

    #[test]
    fn a_user_can_have_so_many_open() {
        let now = Clock::new(0.0).now();
        let mut open = Enumerations::new(IDLE);
        for number in 0..MAX_OPEN {
            assert!(open.check_quota("a", now).is_ok());
            open.keep(enumeration("a"), number.to_string(), now);
        }
        assert!(open.check_quota("a", now).is_err());
        assert!(open.check_quota("b", now).is_ok());
        assert!(open.check_quota("a", now.plus(IDLE)).is_ok());
    }
}
