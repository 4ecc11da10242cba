//! What can be wrong with a document.

use std::fmt;

/// Why a document cannot be read or written, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Error {
    what: Box<str>,
    position: Option<u64>,
}

impl Error {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into().into(),
            position: None,
        }
    }

    pub(super) fn at(what: impl Into<String>, position: u64) -> Self {
        Self {
            what: what.into().into(),
            position: Some(position),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match self.position {
            Some(position) => write!(f, " at byte {position} of the XML"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
