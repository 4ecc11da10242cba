//! CIM values as types of the caller's, through serde.
//!
//! Most values come as text without a type, so it is the type that says how a value is read: a `u16` reads the text as
//! a number in its range, a `Vec` takes one value for an array of one. Fields are found as CIM finds names, in any
//! case.

mod absent;
mod error;
mod fields;
mod object;
mod reading;
mod source;
mod value;

use serde::de::{Deserialize, DeserializeOwned};

use super::from_value::DecodeError;
use super::{Properties, Value};

use error::Error;
use object::{Object, Values};
use reading::may_be_embedded;
pub(crate) use reading::{Origin, Reading};

impl Reading {
    /// Reads a value that may borrow texts.
    pub(crate) fn borrowed<'de, T: Deserialize<'de>>(
        &self,
        origin: Origin<'_>,
        properties: &'de Properties,
    ) -> Result<T, DecodeError> {
        self.repeated(origin, || {
            T::deserialize(Object {
                reading: self,
                origin,
                values: Values::Kept(properties),
            })
        })
    }

    /// Reads a value that takes the texts over.
    pub(crate) fn owned<T: DeserializeOwned>(
        &self,
        origin: Origin<'_>,
        mut properties: Properties,
    ) -> Result<T, DecodeError> {
        // What was moved out cannot be read again, and only of the outermost struct it is known beforehand whether it
        // can be read at once.
        if properties.iter().any(|(_, value)| may_nest(value)) {
            return self.borrowed(origin, &properties);
        }
        self.repeated(origin, || {
            T::deserialize(Object {
                reading: self,
                origin,
                values: Values::Lent(&mut properties),
            })
        })
    }

    /// Reads, and reads again where a field was missing that has no default: it is then shown to be absent, which a
    /// `Vec` takes for an empty one.
    fn repeated<T>(
        &self,
        origin: Origin<'_>,
        mut read: impl FnMut() -> Result<T, Error>,
    ) -> Result<T, DecodeError> {
        let mut patience = MOST_READS;
        loop {
            match read() {
                Ok(value) => return Ok(value),
                Err(error) if error.is_again() && patience > 0 => patience -= 1,
                Err(error) => return Err(error.into_decode_error(origin.owner)),
            }
        }
    }
}

/// Reports whether a value is an instance, or a text that may be one.
fn may_nest(value: &Value) -> bool {
    match value {
        Value::Instance(_) => true,
        Value::String(text) => may_be_embedded(text),
        Value::Array(values) => values.iter().any(may_nest),
        _ => false,
    }
}

/// The number of times that one value is read for what can be learnt from it: about once for each `Vec` that is absent, and less for
/// the next value.
const MOST_READS: usize = 100;

#[cfg(test)]
mod tests;
