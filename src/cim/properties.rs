//! Ordered, named values.

use std::sync::Arc;

use super::from_value::{DecodeError, FromValue};
use super::{Instance, Value};

/// Named values in the order in which they were sent or set: the properties of an instance, or the parameters of a
/// method.
///
/// Names match in any case (DSP0004). The original case is kept, since servers compare the names that they receive
/// exactly.
///
/// ```
/// use cimwire::cim::{Properties, Value};
///
/// let input = Properties::new().with("RequestedState", 4u16).with("TimeoutPeriod", Value::Null);
/// assert_eq!(input.get::<u16>("requestedstate"), Ok(4));
/// assert_eq!(input.get::<Option<String>>("TimeoutPeriod"), Ok(None));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties(Vec<(Arc<str>, Value)>);

impl Properties {
    /// Creates an empty list.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a value, or replaces the one of the same name.
    #[must_use]
    pub fn with(mut self, name: impl Into<Arc<str>>, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// Adds a value, or replaces the one of the same name.
    pub fn set(&mut self, name: impl Into<Arc<str>>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        match self
            .0
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(&name))
        {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }

    /// Adds a value that was read. A second value of the same name turns the first into an array; later ones extend it.
    ///
    /// WS-Man repeats an element for each value of an array (DSP0230 8.1), usually consecutively, so the last value is
    /// checked first. Names that differ only in case are the same (DSP0004).
    pub(crate) fn append(&mut self, name: Arc<str>, value: Value) {
        let same = |(known, _): &&mut (Arc<str>, Value)| {
            Arc::ptr_eq(known, &name) || known.eq_ignore_ascii_case(&name)
        };
        match self.0.iter_mut().rev().find(same) {
            None => self.0.push((name, value)),
            Some((_, Value::Array(values))) => values.push(value),
            Some((_, first)) => *first = Value::Array(vec![std::mem::take(first), value]),
        }
    }

    /// Returns a value, decoded. Names match in any case.
    ///
    /// # Errors
    ///
    /// Returns an error if the value does not have the requested type, or if it is absent and the type cannot represent
    /// that.
    pub fn get<T: FromValue>(&self, name: &str) -> Result<T, DecodeError> {
        self.decode(name, "the values")
    }

    pub(crate) fn decode<T: FromValue>(&self, name: &str, owner: &str) -> Result<T, DecodeError> {
        let decoded = self.value(name).map_or_else(T::absent, T::from_value);
        decoded.map_err(|mismatch| DecodeError::new(owner, name, mismatch))
    }

    /// Returns a value without decoding it.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Returns an iterator over names and values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> + DoubleEndedIterator {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// Returns the number of values.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns true if there are no values.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the name at an index. Instances of one class share the names of their properties.
    pub(crate) fn name_at(&self, index: usize) -> Option<&Arc<str>> {
        self.0.get(index).map(|(name, _)| name)
    }

    /// Returns names and values, in order. The names are shared.
    pub(super) fn entries(&self) -> &[(Arc<str>, Value)] {
        &self.0
    }

    /// Returns the same entries mutably, to move the values out.
    pub(super) fn entries_mut(&mut self) -> &mut [(Arc<str>, Value)] {
        &mut self.0
    }

    pub(crate) fn reserve(&mut self, count: usize) {
        self.0.reserve(count);
    }
}

impl From<Instance> for Properties {
    fn from(instance: Instance) -> Self {
        instance.into_properties()
    }
}

impl<N: Into<Arc<str>>, V: Into<Value>> FromIterator<(N, V)> for Properties {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        values
            .into_iter()
            .fold(Self::new(), |all, (name, value)| all.with(name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_make_arrays() {
        let mut read = Properties::new();
        for (name, value) in [
            ("Roles", "a"),
            ("Name", "x"),
            ("Roles", "b"),
            ("Roles", "c"),
        ] {
            read.append(name.into(), value.into());
        }
        assert_eq!(read.len(), 2);
        assert_eq!(
            read.get::<Vec<String>>("roles"),
            Ok(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()])
        );
        assert_eq!(read.get::<String>("NAME"), Ok("x".to_owned()));
    }

    #[test]
    fn setting_twice_replaces() {
        let values = Properties::new()
            .with("A", 1u8)
            .with("B", 2u8)
            .with("a", 3u8);
        assert_eq!(
            values.iter().collect::<Vec<_>>(),
            [("A", &Value::Uint8(3)), ("B", &Value::Uint8(2))]
        );
    }

    #[test]
    fn errors_name_the_place() {
        let error = Properties::new().with("A", "x").get::<u8>("A").unwrap_err();
        assert_eq!(error.to_string(), "A of the values is not a uint8: \"x\"");
        let error = Properties::new().get::<u8>("B").unwrap_err();
        assert_eq!(error.to_string(), "B of the values is absent");
    }
}
