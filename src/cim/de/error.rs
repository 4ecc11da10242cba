//! Errors of reading a type, before they have a place.

use std::fmt;

use serde::de::{Expected, Unexpected};

use crate::cim::Value;
use crate::cim::from_value::{DecodeError, Mismatch, described, shortened};
use crate::printable::printable;

/// Why a value is not what was asked for. On its way up it gets the value that was found, then the property and the
/// class.
#[derive(Debug)]
pub(super) struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    /// The words of serde, or of the type itself. They do not name the value.
    Message(String),
    /// Words that follow the name of the property, the value among them.
    Mismatch(Mismatch),
    /// A complaint of a struct about one of its fields.
    Complaint(Complaint),
    /// The error to give unless reading once more helps.
    Again(DecodeError),
    /// With its place.
    Placed(DecodeError),
}

/// A complaint of a struct about one of its fields.
#[derive(Clone, Copy, Debug)]
pub(super) enum Complaint {
    /// It has no default, and was not there.
    Missing(&'static str),
    /// It was there twice, perhaps under an alias.
    Twice(&'static str),
}

impl Error {
    pub(super) fn message(text: impl Into<String>) -> Self {
        Self(Box::new(Kind::Message(text.into())))
    }

    /// Returns what the struct that was just read says of a field.
    pub(super) fn complaint(&self) -> Option<Complaint> {
        match *self.0 {
            Kind::Complaint(complaint) => Some(complaint),
            _ => None,
        }
    }

    /// The same error, of a struct that may be read once more with better luck.
    pub(super) fn again(self, owner: &str) -> Self {
        Self(Box::new(Kind::Again(self.into_decode_error(owner))))
    }

    pub(super) fn is_again(&self) -> bool {
        matches!(*self.0, Kind::Again(_))
    }

    /// The same error, about this value.
    pub(super) fn about(self, found: &Found<'_>) -> Self {
        match *self.0 {
            Kind::Message(message) => {
                Mismatch::new(format!("is {}: {message}", found.words())).into()
            }
            Kind::Complaint(complaint) => {
                Mismatch::new(format!("is {}: {}", found.words(), complaint.inside())).into()
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
            Kind::Again(error) => error,
            Kind::Complaint(Complaint::Missing(field)) => {
                DecodeError::new(owner, field, Mismatch::absent())
            }
            Kind::Complaint(Complaint::Twice(field)) => {
                DecodeError::new(owner, field, Mismatch::new("stands there twice"))
            }
            Kind::Mismatch(mismatch) => DecodeError::new(owner, "", mismatch),
            Kind::Message(message) => {
                let mismatch = Mismatch::new(format!("is not what was asked for: {message}"));
                DecodeError::new(owner, "", mismatch)
            }
        }
    }
}

impl Complaint {
    /// In words, about what the struct was read from.
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
        Self(Box::new(Kind::Complaint(Complaint::Missing(field))))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self(Box::new(Kind::Complaint(Complaint::Twice(field))))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Message(message) => f.write_str(message),
            Kind::Mismatch(mismatch) => mismatch.fmt(f),
            Kind::Complaint(complaint) => f.write_str(&complaint.inside()),
            Kind::Again(error) => error.fmt(f),
            Kind::Placed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

/// The value that an error names.
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
    /// Returns what will have stood there when it is used up.
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
/// The longest message of a type that is shown.
const MESSAGE: usize = 200;
