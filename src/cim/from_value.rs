//! Decoding of CIM values into Rust types.

use std::fmt;
use std::str::FromStr;

use crate::printable;

use super::{DateTime, Instance, Interval, Reference, Value};

/// A Rust type that a CIM value can be decoded into.
///
/// | type | accepted values |
/// |---|---|
/// | an integer | a decimal number in its range, as text or typed |
/// | `bool` | `true`, `false`, `1`, `0`, in any case |
/// | `f32`, `f64` | a number, `INF`, `-INF`, `NaN` |
/// | `String` | the text of any scalar |
/// | [`DateTime`], [`Interval`] | every spelling that they read |
/// | [`Reference`], [`Instance`] | the same; for a reference also an object path |
/// | `Option<T>` | also null and an absent property |
/// | `Vec<T>` | an array, one value, null, or an absent property: WS-Man writes an array of one like a scalar |
/// | [`Value`] | any value |
pub trait FromValue: Sized {
    /// Decodes a value.
    ///
    /// # Errors
    ///
    /// Returns an error if the value does not have this type.
    fn from_value(value: &Value) -> Result<Self, Mismatch>;

    /// Reports whether an `Option` of this type decodes the value to `None`.
    ///
    /// Null does. An empty element does too, unless empty text is a value of the type: some services write null this
    /// way.
    fn is_nothing(value: &Value) -> bool {
        value.is_null()
    }

    /// Returns the value that an absent property decodes to.
    ///
    /// # Errors
    ///
    /// Returns an error if this type cannot represent an absent property.
    fn absent() -> Result<Self, Mismatch> {
        Err(Mismatch::absent())
    }
}

/// The reason why a value does not have the requested type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch(Box<str>);

impl Mismatch {
    /// Creates a mismatch, worded to follow the name of the property: `is not a uint16: "abc"`.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into().into())
    }

    pub(super) fn unlike(value: &Value, expected: &str) -> Self {
        Self::new(format!("is not {expected}: {}", described(value)))
    }

    pub(super) fn absent() -> Self {
        Self::new("is absent")
    }
}

/// Describes a value briefly, for a message.
pub(super) fn described(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(values) => format!("an array of {}", values.len()),
        Value::Reference(_) => "a reference".to_owned(),
        Value::Instance(_) => "an instance".to_owned(),
        scalar => format!(
            "{:?}",
            shortened(&scalar.to_text().unwrap_or_default(), SHOWN)
        ),
    }
}

/// Returns the beginning of a text that is too long for a message.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    let mut shown: String = text.chars().take(limit).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Mismatch {}

/// An error for a property or parameter that could not be decoded. It names the class, the property and the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    owner: Box<str>,
    name: Box<str>,
    mismatch: Mismatch,
}

impl DecodeError {
    pub(crate) fn new(owner: &str, name: &str, mismatch: Mismatch) -> Self {
        Self {
            owner: owner.into(),
            name: name.into(),
            mismatch,
        }
    }

    /// Returns the name of the property or parameter; empty if the error concerns the instance as a whole.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.name.is_empty() {
            write!(f, "{} of ", self.name)?;
        }
        // The owner is a class name that the server sent.
        let owner = printable::shortened(&self.owner, SHOWN);
        write!(f, "{owner} {}", self.mismatch)
    }
}

impl std::error::Error for DecodeError {}

/// Reports whether a value is null or an empty element.
fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// Returns the only element of an array of one, which WS-Man does not distinguish from a scalar; else the value itself.
pub(super) fn scalar(value: &Value) -> &Value {
    match value {
        Value::Array(values) => match values.as_slice() {
            [only] => only,
            _ => value,
        },
        _ => value,
    }
}

macro_rules! integers {
    ($($type:ty: $name:literal),* $(,)?) => {
        $(impl FromValue for $type {
            fn from_value(value: &Value) -> Result<Self, Mismatch> {
                integer(value).and_then(|number| number.try_into().ok()).ok_or_else(|| Mismatch::unlike(value, $name))
            }

            fn is_nothing(value: &Value) -> bool {
                is_blank(value)
            }
        })*
    };
}

integers! {
    u8: "a uint8", u16: "a uint16", u32: "a uint32", u64: "a uint64", i8: "a sint8", i16: "a sint16",
    i32: "a sint32", i64: "a sint64",
}

pub(super) fn integer(value: &Value) -> Option<i128> {
    match *scalar(value) {
        Value::Uint8(number) => Some(number.into()),
        Value::Uint16(number) | Value::Char16(number) => Some(number.into()),
        Value::Uint32(number) => Some(number.into()),
        Value::Uint64(number) => Some(number.into()),
        Value::Sint8(number) => Some(number.into()),
        Value::Sint16(number) => Some(number.into()),
        Value::Sint32(number) => Some(number.into()),
        Value::Sint64(number) => Some(number.into()),
        Value::String(ref text) => text.trim().parse().ok(),
        _ => None,
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let found = match scalar(value) {
            Value::Boolean(found) => Some(*found),
            Value::String(text) => match text.trim() {
                "1" => Some(true),
                "0" => Some(false),
                word if word.eq_ignore_ascii_case("true") => Some(true),
                word if word.eq_ignore_ascii_case("false") => Some(false),
                _ => None,
            },
            _ => None,
        };
        found.ok_or_else(|| Mismatch::unlike(value, "a boolean"))
    }

    fn is_nothing(value: &Value) -> bool {
        is_blank(value)
    }
}

impl FromValue for f64 {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let found = match scalar(value) {
            Value::Real64(number) => Some(*number),
            Value::Real32(number) => Some(Self::from(*number)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        found.ok_or_else(|| Mismatch::unlike(value, "a real64"))
    }

    fn is_nothing(value: &Value) -> bool {
        is_blank(value)
    }
}

impl FromValue for f32 {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let found = match scalar(value) {
            Value::Real32(number) => Some(*number),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        found.ok_or_else(|| Mismatch::unlike(value, "a real32"))
    }

    fn is_nothing(value: &Value) -> bool {
        is_blank(value)
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        scalar(value)
            .to_text()
            .map(Into::into)
            .ok_or_else(|| Mismatch::unlike(value, "a string"))
    }
}

fn parsed<T: FromStr>(value: &Value, expected: &str) -> Result<T, Mismatch> {
    let text = scalar(value).as_str();
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| Mismatch::unlike(value, expected))
}

impl FromValue for DateTime {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match scalar(value) {
            Value::DateTime(time) => Ok(*time),
            _ => parsed(value, "a point in time"),
        }
    }

    fn is_nothing(value: &Value) -> bool {
        is_blank(value)
    }
}

impl FromValue for Interval {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match scalar(value) {
            Value::Interval(interval) => Ok(*interval),
            _ => parsed(value, "an interval"),
        }
    }

    fn is_nothing(value: &Value) -> bool {
        is_blank(value)
    }
}

impl FromValue for Reference {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match scalar(value) {
            Value::Reference(reference) => Ok((**reference).clone()),
            _ => parsed(value, "a reference"),
        }
    }

    fn is_nothing(value: &Value) -> bool {
        is_blank(value)
    }
}

impl FromValue for Instance {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match scalar(value) {
            Value::Instance(instance) => Ok((**instance).clone()),
            _ => Err(Mismatch::unlike(value, "an instance")),
        }
    }
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        Ok(value.clone())
    }

    fn absent() -> Result<Self, Mismatch> {
        Ok(Self::Null)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if T::is_nothing(value) {
            Ok(None)
        } else {
            T::from_value(value).map(Some)
        }
    }

    fn absent() -> Result<Self, Mismatch> {
        Ok(None)
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        value.elements().iter().map(T::from_value).collect()
    }

    fn absent() -> Result<Self, Mismatch> {
        Ok(Self::new())
    }
}

/// The longest excerpt of a value in a message, in characters.
const SHOWN: usize = 60;

#[cfg(test)]
mod tests;
