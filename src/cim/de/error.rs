//! What goes wrong inside, before it has a place.

use std::fmt;

use serde::de::{Expected, Unexpected};

use crate::cim::Value;
use crate::cim::from_value::{DecodeError, Mismatch, described, shortened};
use crate::printable::printable;

use super::fields::Field;

/// Why a value is not what was asked for. On its way up it gets the value that was found, then the property and the
/// class.
#[derive(Debug)]
pub(super) struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    /// What serde, or the type itself, says. It does not know the value.
    Message(String),
    /// Words that follow the name of the property, the value among them.
    Mismatch(Mismatch),
    /// A field that has no default was not there.
    Missing(&'static str),
    /// The same, of a struct that can be read again.
    MissingIn(Field),
    /// With its place.
    Placed(DecodeError),
}

impl Error {
    pub(super) fn message(text: impl Into<String>) -> Self {
        Self(Box::new(Kind::Message(text.into())))
    }

    /// The field, where one was missing that can be shown to be absent.
    pub(super) fn missing(&self) -> Option<Field> {
        match *self.0 {
            Kind::MissingIn(field) => Some(field),
            _ => None,
        }
    }

    /// The same error, of a field of this struct.
    pub(super) fn in_struct(self, field: impl FnOnce(&'static str) -> Field) -> Self {
        match *self.0 {
            Kind::Missing(name) => Self(Box::new(Kind::MissingIn(field(name)))),
            _ => self,
        }
    }

    /// The same error, about this value.
    pub(super) fn about(self, found: &Found<'_>) -> Self {
        match *self.0 {
            Kind::Message(message) => {
                Mismatch::new(format!("is {}: {message}", found.words())).into()
            }
            Kind::Missing(field) => {
                Mismatch::new(format!("is {}: it has no {field}", found.words())).into()
            }
            _ => self,
        }
    }

    /// The same error, in this place.
    pub(super) fn at(self, owner: &str, name: &str) -> Self {
        let error = self.about(&Found::Words("not what was asked for"));
        match *error.0 {
            Kind::Mismatch(mismatch) => Self(Box::new(Kind::Placed(DecodeError::new(
                owner, name, mismatch,
            )))),
            _ => error,
        }
    }

    pub(super) fn into_decode_error(self, owner: &str) -> DecodeError {
        match *self.0 {
            Kind::Placed(error) => error,
            Kind::Missing(field) | Kind::MissingIn(Field { name: field, .. }) => {
                DecodeError::new(owner, field, Mismatch::absent())
            }
            Kind::Mismatch(mismatch) => DecodeError::new(owner, "", mismatch),
            Kind::Message(message) => {
                let mismatch = Mismatch::new(format!("is not what was asked for: {message}"));
                DecodeError::new(owner, "", mismatch)
            }
        }
    }
}

impl From<Mismatch> for Error {
    fn from(mismatch: Mismatch) -> Self {
        Self(Box::new(Kind::Mismatch(mismatch)))
    }
}

/// The value is added where it is known; serde's own words would repeat it whole.
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
        Self(Box::new(Kind::Missing(field)))
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self::message("it stands there twice")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Message(message) => f.write_str(message),
            Kind::Mismatch(mismatch) => mismatch.fmt(f),
            Kind::Missing(field) | Kind::MissingIn(Field { name: field, .. }) => {
                write!(f, "{field} is absent")
            }
            Kind::Placed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

/// What stood there, for an error.
pub(super) enum Found<'a> {
    /// A value that stays.
    Value(&'a Value),
    /// A small value.
    Copy(Value),
    /// The beginning of a text that is moved away, and the length of the text.
    Text([u8; EXCERPT], usize),
    /// An array that is moved away.
    Array(usize),
    /// In words.
    Words(&'static str),
}

impl Found<'_> {
    /// What will have stood there when it is used up.
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
                    // The last character may have been cut in two.
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

/// So much of a text that is moved away, in bytes, is kept for a message.
const EXCERPT: usize = 64;
/// How much of what a type says a message shows.
const MESSAGE: usize = 200;
