//! CIM values.

use super::{DateTime, Instance, Interval, Reference};

/// A value of a property, a parameter or an element of an array (DSP0004, intrinsic types).
///
/// A value that a server sent without a type is a [`String`](Self::String), which [`FromValue`](super::FromValue)
/// converts to the requested type. The typed variants are for values to send, and for responses that name the type.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Null.
    #[default]
    Null,
    /// A boolean.
    Boolean(bool),
    /// `uint8`.
    Uint8(u8),
    /// `uint16`.
    Uint16(u16),
    /// `uint32`.
    Uint32(u32),
    /// `uint64`.
    Uint64(u64),
    /// `sint8`.
    Sint8(i8),
    /// `sint16`.
    Sint16(i16),
    /// `sint32`.
    Sint32(i32),
    /// `sint64`.
    Sint64(i64),
    /// `real32`.
    Real32(f32),
    /// `real64`.
    Real64(f64),
    /// `char16`: one UTF-16 code unit, which WS-Man writes as a number.
    Char16(u16),
    /// A string, or text of a type that the server did not name.
    String(String),
    /// A point in time.
    DateTime(DateTime),
    /// A length of time.
    Interval(Interval),
    /// A reference to an instance.
    Reference(Box<Reference>),
    /// An instance embedded in another, or in a parameter.
    Instance(Box<Instance>),
    /// An array.
    Array(Vec<Self>),
}

impl Value {
    /// Returns true if the value is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns the text, if the value is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the elements of an array. Any other value is an array of one, and null is an empty array.
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::Null => &[],
            Self::Array(values) => values,
            value => std::slice::from_ref(value),
        }
    }

    /// Returns the text of a scalar in WS-Man and CIM-XML, or `None` for null, references, instances and arrays.
    ///
    /// Times are written in their 25-character form.
    pub fn to_text(&self) -> Option<std::borrow::Cow<'_, str>> {
        let text = match self {
            Self::String(text) => return Some(text.into()),
            Self::Boolean(value) => return Some(if *value { "true" } else { "false" }.into()),
            Self::Uint8(number) => number.to_string(),
            Self::Uint16(number) | Self::Char16(number) => number.to_string(),
            Self::Uint32(number) => number.to_string(),
            Self::Uint64(number) => number.to_string(),
            Self::Sint8(number) => number.to_string(),
            Self::Sint16(number) => number.to_string(),
            Self::Sint32(number) => number.to_string(),
            Self::Sint64(number) => number.to_string(),
            Self::Real32(number) => real_text(f64::from(*number), number.to_string()),
            Self::Real64(number) => real_text(*number, number.to_string()),
            Self::DateTime(time) => time.to_string(),
            Self::Interval(interval) => interval.to_string(),
            Self::Null | Self::Reference(_) | Self::Instance(_) | Self::Array(_) => return None,
        };
        Some(text.into())
    }
}

/// Returns `finite`, the number as Rust writes it, unless the number is infinite: XML Schema spells that `INF`, Rust
/// `inf`.
fn real_text(number: f64, finite: String) -> String {
    match (number.is_infinite(), number.is_sign_negative()) {
        (true, false) => "INF".to_owned(),
        (true, true) => "-INF".to_owned(),
        _ => finite,
    }
}
