//! Deserialization of CIM values into the caller's types, through serde.
//!
//! Most values arrive as text without a type, so the Rust type decides how a value is read: a `u16` parses the text as
//! a number in its range, and a `Vec` accepts one value as an array of one. Field names match in any case, as in CIM.

mod absent;
mod error;
mod fields;
mod object;
mod source;
mod type_reader;
mod value;

use serde::de::{Deserialize, DeserializeOwned};

use super::from_value::DecodeError;
use super::{Properties, Value};

use error::Error;
use object::{ObjectDeserializer, Values};
use type_reader::may_be_embedded;
pub(crate) use type_reader::{Origin, TypeReader};

impl TypeReader {
    /// Deserializes a value that may borrow text.
    pub(crate) fn borrowed<'de, T: Deserialize<'de>>(
        &self,
        origin: Origin<'_>,
        properties: &'de Properties,
    ) -> Result<T, DecodeError> {
        self.repeated(origin, || {
            T::deserialize(ObjectDeserializer {
                reading: self,
                origin,
                values: Values::Borrowed(properties),
            })
        })
    }

    /// Deserializes a value, moving text out of the properties.
    pub(crate) fn owned<T: DeserializeOwned>(
        &self,
        origin: Origin<'_>,
        mut properties: Properties,
    ) -> Result<T, DecodeError> {
        // Moved values cannot be read again, and only for the outermost struct is it known in advance whether one
        // attempt is enough.
        if properties.iter().any(|(_, value)| may_nest(value)) {
            return self.borrowed(origin, &properties);
        }
        self.repeated(origin, || {
            T::deserialize(ObjectDeserializer {
                reading: self,
                origin,
                values: Values::MovableOnce(&mut properties),
            })
        })
    }

    /// Reads, and repeats the attempt after an error about a missing field without a default. The next attempt presents
    /// the field as absent, which is empty for a `Vec`.
    fn repeated<T>(
        &self,
        origin: Origin<'_>,
        mut read: impl FnMut() -> Result<T, Error>,
    ) -> Result<T, DecodeError> {
        let mut patience = MOST_READS;
        loop {
            match read() {
                Ok(value) => return Ok(value),
                Err(error) if error.is_retry() && patience > 0 => patience -= 1,
                Err(error) => return Err(error.into_decode_error(origin.owner)),
            }
        }
    }
}

/// Reports whether a value is an instance, or text that may be one.
fn may_nest(value: &Value) -> bool {
    match value {
        Value::Instance(_) => true,
        Value::String(text) => may_be_embedded(text),
        Value::Array(values) => values.iter().any(may_nest),
        _ => false,
    }
}

/// The maximum number of attempts for one value. It takes about one for each absent `Vec`, and fewer for the next
/// value.
const MOST_READS: usize = 100;

#[cfg(test)]
mod tests;
