//! WQL, as much of it as clients send: `SELECT … FROM … WHERE …` (WMI SDK, "Querying with WQL").
//!
//! ```text
//! SELECT * | a, b  FROM class  [WHERE condition]
//! condition: comparisons joined by AND, OR, NOT and parentheses
//! comparison: property = <> != < > <= >= literal, property LIKE 'pattern', property IS [NOT] NULL
//! ASSOCIATORS OF {path}, REFERENCES OF {path}  [WHERE AssocClass = … ResultClass = … Role = … ResultRole = …]
//! ```
//!
//! Names and keywords are found in any case, and strings are compared without regard to case, as WMI does.

mod condition;
mod lexer;
mod like;
mod links;
mod parse;

use crate::cim::{Instance, Properties};

use self::condition::Condition;
pub(crate) use self::links::question;
use super::host::Class;

/// A query.
#[derive(Debug, PartialEq)]
pub(crate) struct Query {
    /// The properties that were asked for; `None` for all.
    pub(crate) projection: Option<Vec<String>>,
    /// The class, from which others may derive.
    pub(crate) class: String,
    condition: Option<Condition>,
}

/// A text that is no query, or one that does not fit the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidQuery;

impl Query {
    /// Reads a query.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidQuery> {
        parse::query(text).ok_or(InvalidQuery)
    }

    /// Checks that the class has the properties that the query names, and that they can be compared as it wants.
    pub(crate) fn check(&self, class: &Class) -> Result<(), InvalidQuery> {
        let mut projected = self.projection.iter().flatten();
        let fits = projected.all(|name| class.property(name).is_some())
            && self
                .condition
                .as_ref()
                .is_none_or(|condition| condition.fits(class));
        if fits { Ok(()) } else { Err(InvalidQuery) }
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

#[cfg(test)]
mod tests;
