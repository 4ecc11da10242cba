//! Errors of encoding requests and reading responses.

use std::fmt;

use crate::xml;

use super::Fault;

/// An error of encoding an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EncodeError {
    /// An invalid name of a class, method or parameter.
    Name {
        /// The kind of name.
        what: &'static str,
        /// The invalid name.
        name: String,
    },
    /// A value that has no form on the wire.
    Value(String),
    /// Text with a character that XML forbids.
    Xml(xml::Error),
    /// Text with a character that XML forbids, at a known place.
    XmlAt {
        /// The names that lead to the text.
        place: String,
        /// The error of the XML writer.
        error: xml::Error,
    },
}

impl EncodeError {
    /// Adds the place of the text to an XML error.
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

/// An error of reading a response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ReplyError {
    /// The server answered with a fault.
    Fault(Box<Fault>),
    /// The response is not well-formed XML.
    Xml(xml::Error),
    /// The response is well-formed XML, but does not answer the request.
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
