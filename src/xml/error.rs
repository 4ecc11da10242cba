//! Errors of documents.

use std::fmt;

use quick_xml::Error as Library;
use quick_xml::events::attributes::AttrError;
use quick_xml::name::NamespaceError;

use crate::printable::shortened;

/// An error from reading or writing a document, with the position if it is known.
///
/// It may quote a document from a server, so the text is bounded and escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Error {
    what: Box<str>,
    position: Option<u64>,
}

impl Error {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            what: shortened(&what.into(), LONGEST).into(),
            position: None,
        }
    }

    /// Describes an error of quick-xml, whose messages refer to its settings and to positions in a part of the
    /// document.
    pub(super) fn words(error: &Library) -> String {
        match error {
            Library::Namespace(NamespaceError::TooManyBindings(bound)) => {
                format!("more than {bound} namespaces are bound at one element")
            }
            Library::Namespace(NamespaceError::TooDeeplyNested(bound)) => {
                format!("elements nested more than {bound} deep")
            }
            Library::InvalidAttr(AttrError::Duplicated(..)) => {
                "a duplicate attribute on an element".to_owned()
            }
            Library::InvalidAttr(AttrError::ExpectedEq(_)) => "an attribute without =".to_owned(),
            Library::InvalidAttr(AttrError::ExpectedValue(_)) => {
                "an attribute without a value".to_owned()
            }
            Library::InvalidAttr(AttrError::UnquotedValue(_) | AttrError::ExpectedQuote(..)) => {
                "the value of an attribute without its quotation marks".to_owned()
            }
            error => error.to_string(),
        }
    }

    pub(super) fn at(what: impl Into<String>, position: u64) -> Self {
        Self {
            position: Some(position),
            ..Self::new(what)
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

/// The longest message: enough for two names and the problem with them.
const LONGEST: usize = 300;

#[cfg(test)]
mod tests {
    use super::super::Reader;

    #[test]
    fn text_from_a_server_is_escaped() {
        let document = format!("<a\u{1b}[2J\u{202e}></b{}>", "x".repeat(10_000));
        let mut reader = Reader::new(&document);
        reader.root().unwrap();
        let error = reader.next_child().map(drop).unwrap_err().to_string();
        assert!(error.contains(r"a\u{1b}[2J\u{202e}"), "{error}");
        assert!(error.len() < 400 && error.contains("x… at byte"), "{error}");
    }
}
