//! Errors of deserialization, before their location is known.

use std::fmt;

use serde::de::{Expected, Unexpected};

use crate::cim::Value;
use crate::cim::from_value::{DecodeError, Mismatch, described, shortened};
use crate::printable::printable;

/// The reason why a value does not have the requested type. The value is added first, then the property and the class.
#[derive(Debug)]
pub(super) struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    /// A message of serde or of the type itself. It does not contain the value.
    Message(String),
    /// Words that follow the name of the property. They contain the value.
    Mismatch(Mismatch),
    /// An error of a struct about one of its fields.
    FieldError(FieldError),
    /// The error to return unless another attempt succeeds.
    Retry(DecodeError),
    /// An error with its location.
    Located(DecodeError),
}

/// An error of a struct about one of its fields.
#[derive(Clone, Copy, Debug)]
pub(super) enum FieldError {
    /// A missing field without a default.
    Missing(&'static str),
    /// A duplicate field, possibly by an alias.
    Twice(&'static str),
}

impl Error {
    pub(super) fn message(text: impl Into<String>) -> Self {
        Self(Box::new(Kind::Message(text.into())))
    }

    /// Returns the error about a field of the struct that was just read, if this is one.
    pub(super) fn field_error(&self) -> Option<FieldError> {
        match *self.0 {
            Kind::FieldError(field_error) => Some(field_error),
            _ => None,
        }
    }

    /// Returns the same error, marked as one of a struct that another attempt may read.
    pub(super) fn retry(self, owner: &str) -> Self {
        Self(Box::new(Kind::Retry(self.into_decode_error(owner))))
    }

    pub(super) fn is_retry(&self) -> bool {
        matches!(*self.0, Kind::Retry(_))
    }

    /// Adds the value to the error.
    pub(super) fn about(self, found: &Found<'_>) -> Self {
        match *self.0 {
            Kind::Message(message) => {
                Mismatch::new(format!("is {}: {message}", found.words())).into()
            }
            Kind::FieldError(field_error) => {
                Mismatch::new(format!("is {}: {}", found.words(), field_error.inside())).into()
            }
            _ => self,
        }
    }

    /// Adds the location to the error.
    pub(super) fn at(self, owner: &str, name: &str) -> Self {
        let error = self.about(&Found::Words("not of the requested type"));
        match *error.0 {
            Kind::Mismatch(mismatch) => Self(Box::new(Kind::Located(DecodeError::new(
                owner, name, mismatch,
            )))),
            _ => error,
        }
    }

    pub(super) fn into_decode_error(self, owner: &str) -> DecodeError {
        match *self.0 {
            Kind::Located(error) => error,
            Kind::Retry(error) => error,
            Kind::FieldError(FieldError::Missing(field)) => {
                DecodeError::new(owner, field, Mismatch::absent())
            }
            Kind::FieldError(FieldError::Twice(field)) => {
                DecodeError::new(owner, field, Mismatch::new("appears twice"))
            }
            Kind::Mismatch(mismatch) => DecodeError::new(owner, "", mismatch),
            Kind::Message(message) => {
                let mismatch = Mismatch::new(format!("is not of the requested type: {message}"));
                DecodeError::new(owner, "", mismatch)
            }
        }
    }
}

impl FieldError {
    /// Describes the error, to follow the value that the struct was read from.
    fn inside(self) -> String {
        match self {
            Self::Missing(field) => format!("it has no {field}"),
            Self::Twice(field) => format!("it has {field} twice"),
        }
    }
}

impl From<Mismatch> for Error {
    fn from(mismatch: Mismatch) -> Self {
        Self(Box::new(Kind::Mismatch(mismatch)))
    }
}

/// The value is added later, at the place that has it; serde's own messages would contain it in full.
impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::message(shortened(&printable(&message.to_string()), MESSAGE))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::message(format!("expected {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::message(format!("expected {expected}"))
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::message(format!("expected {expected}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::message(format!("expected one of {}", expected.join(", ")))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::message(format!("expected no field but {}", expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self(Box::new(Kind::FieldError(FieldError::Missing(field))))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self(Box::new(Kind::FieldError(FieldError::Twice(field))))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Message(message) => f.write_str(message),
            Kind::Mismatch(mismatch) => mismatch.fmt(f),
            Kind::FieldError(field_error) => f.write_str(&field_error.inside()),
            Kind::Retry(error) => error.fmt(f),
            Kind::Located(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

/// The value in an error.
pub(super) enum Found<'a> {
    /// A value that remains available.
    Value(&'a Value),
    /// A copy of a small value.
    Copy(Value),
    /// The beginning of a text that is moved out, and the length of the text.
    Text([u8; EXCERPT], usize),
    /// The length of an array that is moved out.
    Array(usize),
    /// A description.
    Words(&'static str),
}

impl Found<'_> {
    /// Returns the description of a value that is about to be moved out.
    pub(super) fn before_use(value: &Value) -> Self {
        match value {
            Value::String(text) => {
                let mut excerpt = [0; EXCERPT];
                let kept = text.len().min(EXCERPT);
                if let (Some(to), Some(from)) =
                    (excerpt.get_mut(..kept), text.as_bytes().get(..kept))
                {
                    to.copy_from_slice(from);
                }
                Self::Text(excerpt, text.len())
            }
            Value::Array(values) => Self::Array(values.len()),
            Value::Reference(_) => Self::Words("a reference"),
            Value::Instance(_) => Self::Words("an instance"),
            scalar => Self::Copy(scalar.clone()),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Value(value) => described(value),
            Self::Copy(value) => described(value),
            Self::Text(excerpt, length) => {
                let kept = excerpt.get(..*length).unwrap_or(excerpt);
                let mut text = String::from_utf8_lossy(kept).into_owned();
                if *length > EXCERPT {
                    // The last character may be incomplete.
                    text.truncate(text.trim_end_matches(char::REPLACEMENT_CHARACTER).len());
                    text.push('…');
                }
                described(&text.into())
            }
            Self::Array(length) => format!("an array of {length}"),
            Self::Words(words) => (*words).to_owned(),
        }
    }
}

/// The number of bytes kept of a text that is moved out.
const EXCERPT: usize = 64;
/// The longest message of a type that is shown.
const MESSAGE: usize = 200;
