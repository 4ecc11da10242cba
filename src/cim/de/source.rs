//! The source of a value, and its permitted use.

use serde::de::DeserializeSeed;

use crate::cim::Value;
use crate::cim::from_value::scalar;

use super::error::{Error, Found};
use super::type_reader::TypeReader;
use super::value::ValueDeserializer;

/// The source of a value.
pub(super) enum Source<'de, 'v> {
    /// A value whose text may be borrowed.
    Borrowed(&'de Value),
    /// A value to read only.
    Shared(&'v Value),
    /// A value that may be moved out.
    Movable(&'v mut Value),
}

impl<'de> Source<'de, '_> {
    /// Reads the value. An error names the value.
    pub(super) fn read<S: DeserializeSeed<'de>>(
        self,
        seed: S,
        reading: &TypeReader,
    ) -> Result<S::Value, Error> {
        let found = match &self {
            Self::Borrowed(value) => Found::Value(value),
            Self::Shared(value) => Found::Value(value),
            Self::Movable(value) => Found::before_use(value),
        };
        let read = self.read_unrequested(seed, reading);
        read.map_err(|error| error.about(&found))
    }

    /// Reads a value that no field requests, so an error does not name it.
    pub(super) fn read_unrequested<S: DeserializeSeed<'de>>(
        self,
        seed: S,
        reading: &TypeReader,
    ) -> Result<S::Value, Error> {
        seed.deserialize(ValueDeserializer {
            value: self,
            reading,
        })
    }

    pub(super) fn get(&self) -> &Value {
        match self {
            Self::Borrowed(value) => value,
            Self::Shared(value) => value,
            Self::Movable(value) => value,
        }
    }

    /// Returns the only element of an array of one, which WS-Man does not distinguish from a scalar; else the value
    /// itself.
    pub(super) fn only(self) -> Self {
        match self {
            Self::Borrowed(value) => Self::Borrowed(scalar(value)),
            Self::Shared(value) => Self::Shared(scalar(value)),
            Self::Movable(value) => Self::Movable(scalar_mut(value)),
        }
    }

    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Borrowed(value) => value.clone(),
            Self::Shared(value) => value.clone(),
            Self::Movable(value) => std::mem::take(value),
        }
    }
}

/// Returns the only element of an array of one in place of the array.
fn scalar_mut(value: &mut Value) -> &mut Value {
    if let Value::Array(values) = value
        && values.len() == 1
        && let Some(only) = values.pop()
    {
        *value = only;
    }
    value
}
