//! Queries, checked against classes and applied to instances.

use std::time::Duration;

use crate::cim::{ElementSchema, Instance, Properties};
use crate::simulator::providers::{Class, is_embedded};

use super::condition::{Condition, Declared};

/// A query.
#[derive(Debug, PartialEq)]
pub(crate) struct Query {
    /// The projected properties; `None` for all.
    pub(crate) projection: Option<Vec<String>>,
    /// The class. Instances of derived classes are included.
    pub(crate) class: String,
    /// The polling interval for events (`WITHIN`).
    pub(crate) within: Option<Duration>,
    pub(super) condition: Option<Condition>,
}

/// The error of a malformed query, and of one that does not fit its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidQuery;

impl Query {
    /// Checks that the class has the properties that the query names, and that they are comparable with its constants.
    pub(crate) fn check(&self, class: &Class) -> Result<(), InvalidQuery> {
        if self.within.is_some() {
            return Err(InvalidQuery);
        }
        self.check_names(&|name| class.property(name))
    }

    /// Checks a query for events. It names properties of the event, and properties of the objects in the event.
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
                of_event(object).filter(|object| is_embedded(object))?;
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

    /// Returns the classes of the objects in an event (`ISA`).
    pub(crate) fn target_classes(&self) -> Vec<&str> {
        let condition = self.condition.as_ref();
        condition.map(Condition::classes).unwrap_or_default()
    }

    /// Reports whether an instance is selected.
    pub(crate) fn selects(&self, instance: &Instance) -> bool {
        let condition = self.condition.as_ref();
        condition.is_none_or(|condition| condition.holds(instance) == Some(true))
    }

    /// Returns the projection of an instance, which has no class and keeps the order of the properties.
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
