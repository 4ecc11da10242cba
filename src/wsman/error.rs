//! Errors between a value and its envelope.

use std::fmt;

use crate::xml;

use super::Fault;

/// Why an operation cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EncodeError {
    /// A name of a class, method or parameter that is none.
    Name {
        /// The thing that it should name.
        what: &'static str,
        /// The name that was given.
        name: String,
    },
    /// A value that has no form on the wire.
    Value(String),
    /// Text that XML cannot bear.
    Xml(xml::Error),
    /// The same, in a place that is known.
    XmlAt {
        /// The names that lead there.
        place: String,
        /// The error of XML.
        error: xml::Error,
    },
}

impl EncodeError {
    /// The same for text that XML cannot bear, and where it stands.
    pub(crate) fn at(self, place: impl fmt::Display) -> Self {
        match self {
            Self::Xml(error) => Self::XmlAt {
                place: place.to_string(),
                error,
            },
            Self::XmlAt {
                place: inner,
                error,
            } => Self::XmlAt {
                place: format!("{place}: {inner}"),
                error,
            },
            other => other,
        }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { what, name } => write!(f, "{name:?} cannot be the name of a {what}"),
            Self::Value(what) => f.write_str(what),
            Self::Xml(error) => error.fmt(f),
            Self::XmlAt { place, error } => write!(f, "{place}: {error}"),
        }
    }
}

impl std::error::Error for EncodeError {}

impl From<xml::Error> for EncodeError {
    fn from(error: xml::Error) -> Self {
        Self::Xml(error)
    }
}

/// Why an answer is not what was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ReplyError {
    /// The server said no.
    Fault(Box<Fault>),
    /// The answer is no XML, or broken.
    Xml(xml::Error),
    /// The answer is XML, but not the answer to this.
    Unexpected(String),
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Xml(error) => error.fmt(f),
            Self::Unexpected(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for ReplyError {}

impl From<xml::Error> for ReplyError {
    fn from(error: xml::Error) -> Self {
        Self::Xml(error)
    }
}
