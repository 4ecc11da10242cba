//! Queries, checked against classes and applied to instances.

use std::time::Duration;

use crate::cim::{ElementSchema, Instance, Properties};
use crate::simulator::providers::{Class, is_object};

use super::condition::{Condition, Declared};

/// A query.
#[derive(Debug, PartialEq)]
pub(crate) struct Query {
    /// The properties that were asked for; `None` for all.
    pub(crate) projection: Option<Vec<String>>,
    /// The class, from which others may derive.
    pub(crate) class: String,
    /// How often the instances are to be looked at for events.
    pub(crate) within: Option<Duration>,
    pub(super) condition: Option<Condition>,
}

/// A text that is no query, or one that does not fit the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidQuery;

impl Query {
    /// Checks that the class has the properties that the query names, and that they can be compared as it wants.
    pub(crate) fn check(&self, class: &Class) -> Result<(), InvalidQuery> {
        if self.within.is_some() {
            return Err(InvalidQuery);
        }
        self.check_names(&|name| class.property(name))
    }

    /// Checks a query for events: of what it names, an event has some, and the classes of the objects in it the others.
    pub(crate) fn check_event(
        &self,
        event: &[ElementSchema],
        objects: &[&'static Class],
    ) -> Result<(), InvalidQuery> {
        let of_event = |name: &str| {
            let mut properties = event.iter();
            properties.find(|property| property.name.eq_ignore_ascii_case(name))
        };
        self.check_names(&|name| match name.split_once('.') {
            None => of_event(name),
            Some((object, name)) => {
                of_event(object).filter(|object| is_object(object))?;
                objects.iter().find_map(|class| class.property(name))
            }
        })
    }

    fn check_names(&self, declared: &Declared<'_>) -> Result<(), InvalidQuery> {
        let mut projected = self.projection.iter().flatten();
        let condition = self.condition.as_ref();
        let fits = projected.all(|name| declared(name).is_some())
            && condition.is_none_or(|condition| condition.fits(declared));
        if fits { Ok(()) } else { Err(InvalidQuery) }
    }

    /// The classes that the objects in an event are asked to be of (`ISA`).
    pub(crate) fn object_classes(&self) -> Vec<&str> {
        let condition = self.condition.as_ref();
        condition.map(Condition::classes).unwrap_or_default()
    }

    /// Whether an instance is among what was asked for.
    pub(crate) fn selects(&self, instance: &Instance) -> bool {
        let condition = self.condition.as_ref();
        condition.is_none_or(|condition| condition.holds(instance) == Some(true))
    }

    /// The instance as it was asked for: a projection has no class and keeps the order of the properties.
    pub(crate) fn project(&self, instance: Instance) -> Instance {
        let Some(wanted) = &self.projection else {
            return instance;
        };
        let wanted = |name: &str| {
            wanted
                .iter()
                .any(|wanted| wanted.eq_ignore_ascii_case(name))
        };
        let properties: Properties = instance
            .properties()
            .iter()
            .filter(|(name, _)| wanted(name))
            .map(|(name, value)| (name, value.clone()))
            .collect();
        Instance::from_parts(None, properties)
    }
}
