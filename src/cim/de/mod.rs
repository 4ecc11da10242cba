//! CIM values as types of the caller's, through serde.
//!
//! Most values come as text without a type, so it is the type that says how a value is read: a `u16` reads the text as
//! a number in its range, a `Vec` takes one value for an array of one. Fields are found as CIM finds names, in any
//! case.

mod absent;
mod error;
mod fields;
mod object;
mod source;
mod value;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use serde::de::{Deserialize, DeserializeOwned};

use super::from_value::DecodeError;
use super::{ClassPath, Instance, Mismatch, Properties, Value};

use error::Error;
use fields::Fields;
use object::{Object, Values};

/// Reads an instance that stands as text in a string, as Hyper-V sends them. The text is XML, which this module does
/// not know.
pub(crate) type ReadEmbedded = fn(&str) -> Result<Instance, Mismatch>;

/// Reads values of one type of the caller's. One that is kept for many values remembers what it learnt about the type.
#[derive(Debug)]
pub(crate) struct Reading {
    embedded: ReadEmbedded,
    fields: RefCell<Fields>,
    /// How many instances that stand as text are being read within one another.
    depth: Cell<u8>,
}

/// Whose values are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    /// The class, where it is known: an enum has a variant for each.
    pub(crate) class: Option<&'a Arc<ClassPath>>,
    /// What an error calls it.
    pub(crate) owner: &'a str,
}

impl<'a> Origin<'a> {
    /// An instance.
    pub(crate) fn instance(class: Option<&'a Arc<ClassPath>>, nameless: &'a str) -> Self {
        Self {
            class,
            owner: class.map_or(nameless, |class| class.name()),
        }
    }
}

impl Reading {
    pub(crate) fn new(embedded: ReadEmbedded) -> Self {
        Self {
            embedded,
            fields: RefCell::default(),
            depth: Cell::default(),
        }
    }

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

/// Whether a value is an instance, or a text that may be one.
fn may_nest(value: &Value) -> bool {
    match value {
        Value::Instance(_) => true,
        Value::String(text) => may_be_embedded(text),
        Value::Array(values) => values.iter().any(may_nest),
        _ => false,
    }
}

fn may_be_embedded(text: &str) -> bool {
    text.len() >= SHORTEST_EMBEDDED && text.trim_start().starts_with('<')
}

/// How often one value is read for what can be learnt from it: about once for each `Vec` that is absent, and less for
/// the next value.
const MOST_READS: usize = 100;
/// No instance is shorter in CIM-XML, and most texts are, which need not be looked at then.
const SHORTEST_EMBEDDED: usize = "<INSTANCE CLASSNAME=\"C\"/>".len();

#[cfg(test)]
mod tests;
