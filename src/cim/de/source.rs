//! The source of a value, and its permitted use.

use serde::de::DeserializeSeed;

use crate::cim::Value;
use crate::cim::from_value::scalar;

use super::error::{Error, Found};
use super::reading::Reading;
use super::value::OfType;

/// The source of a value.
pub(super) enum Source<'de, 'v> {
    /// A value whose text may be borrowed.
    Kept(&'de Value),
    /// A value to read only.
    Seen(&'v Value),
    /// A value that may be moved out.
    Used(&'v mut Value),
}

impl<'de> Source<'de, '_> {
    /// Reads the value. An error names the value.
    pub(super) fn read<S: DeserializeSeed<'de>>(
        self,
        seed: S,
        reading: &Reading,
    ) -> Result<S::Value, Error> {
        let found = match &self {
            Self::Kept(value) => Found::Value(value),
            Self::Seen(value) => Found::Value(value),
            Self::Used(value) => Found::before_use(value),
        };
        let read = self.read_unseen(seed, reading);
        read.map_err(|error| error.about(&found))
    }

    /// Reads a value that no field requests, so an error does not name it.
    pub(super) fn read_unseen<S: DeserializeSeed<'de>>(
        self,
        seed: S,
        reading: &Reading,
    ) -> Result<S::Value, Error> {
        seed.deserialize(OfType {
            value: self,
            reading,
        })
    }

    pub(super) fn get(&self) -> &Value {
        match self {
            Self::Kept(value) => value,
            Self::Seen(value) => value,
            Self::Used(value) => value,
        }
    }

    /// Returns the only element of an array of one, which WS-Man does not distinguish from a scalar; else the value
    /// itself.
    pub(super) fn only(self) -> Self {
        match self {
            Self::Kept(value) => Self::Kept(scalar(value)),
            Self::Seen(value) => Self::Seen(scalar(value)),
            Self::Used(value) => Self::Used(scalar_mut(value)),
        }
    }

    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Kept(value) => value.clone(),
            Self::Seen(value) => value.clone(),
            Self::Used(value) => std::mem::take(value),
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
