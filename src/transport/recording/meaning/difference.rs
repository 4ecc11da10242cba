//! The first difference in meaning between two envelopes.

use std::fmt;

use super::{ADDRESSING, Element, Name, SOAP, WINRM};
use crate::printable::excerpt;

impl Element {
    /// Returns the first place where a request differs from this one, or `None` if both have the same meaning.
    ///
    /// The text of elements named in `may_differ` may differ, their structure may not.
    pub(in crate::transport::recording) fn difference(
        &self,
        found: &Self,
        may_differ: &[String],
    ) -> Option<Difference> {
        if self.name != found.name {
            return Some(Difference::of_elements(Some(self), Some(found)));
        }
        compare(self, found, may_differ, false)
    }
}

/// The first place where two requests differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::transport::recording) struct Difference {
    path: String,
    expected: String,
    found: String,
}

impl Difference {
    fn of_texts(path: String, expected: &str, found: &str) -> Self {
        Self {
            path,
            expected: quoted(expected),
            found: quoted(found),
        }
    }

    /// Returns the difference between elements of different names, or of an element without a counterpart.
    fn of_elements(expected: Option<&Element>, found: Option<&Element>) -> Self {
        let alike = expected.map(Element::segment) == found.map(Element::segment);
        let shown = |element: Option<&Element>| match element {
            None => NOTHING.to_owned(),
            Some(element) if alike => excerpt(&element.name.in_full()),
            Some(element) => format!("the element {}", excerpt(&element.segment())),
        };
        let place = expected.or(found).map(Element::segment);
        Self {
            path: place.unwrap_or_default(),
            expected: shown(expected),
            found: shown(found),
        }
    }

    fn under(mut self, segment: &str) -> Self {
        let slash = if self.path.is_empty() { "" } else { "/" };
        self.path = format!("{}{slash}{}", excerpt(segment), self.path);
        self
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            expected,
            found,
        } = self;
        write!(f, "at {path}: expected {expected}, found {found}")
    }
}

impl std::error::Error for Difference {}

fn quoted(text: &str) -> String {
    format!("\"{}\"", excerpt(text))
}

/// Compares two elements of the same name. `free` is true if the texts from here on may differ.
fn compare(
    expected: &Element,
    found: &Element,
    may_differ: &[String],
    free: bool,
) -> Option<Difference> {
    let free = free || may_differ.contains(&expected.name.local);
    let inside = compare_attributes(expected, found)
        .or_else(|| {
            (!free && expected.text != found.text)
                .then(|| Difference::of_texts(String::new(), &expected.text, &found.text))
        })
        .or_else(|| compare_children(expected, found, may_differ, free));
    inside.map(|difference| difference.under(&expected.segment()))
}

fn compare_attributes(expected: &Element, found: &Element) -> Option<Difference> {
    let value = |element: &Element, name: &Name| {
        let attribute = element.attributes.iter().find(|(known, _)| known == name);
        attribute.map(|(_, value)| value.clone())
    };
    let names = expected.attributes.iter().chain(&found.attributes);
    names.map(|(name, _)| name).find_map(|name| {
        let (wanted, got) = (value(expected, name), value(found, name));
        let quoted = |value: Option<String>| {
            value.map_or_else(|| NOTHING.to_owned(), |value| quoted(&value))
        };
        (wanted != got).then(|| Difference {
            path: format!("@{}", name.local),
            expected: quoted(wanted),
            found: quoted(got),
        })
    })
}

fn compare_children(
    expected: &Element,
    found: &Element,
    may_differ: &[String],
    free: bool,
) -> Option<Difference> {
    let unordered = expected.is_unordered();
    let count = expected.children.len().max(found.children.len());
    (0..count).find_map(
        |place| match (expected.children.get(place), found.children.get(place)) {
            (Some(a), Some(b)) if a.key() == b.key() => {
                let free = free || (expected.is(SOAP, "Header") && is_personal(&a.name));
                compare(a, b, may_differ, free)
            }
            // Both sides are sorted, so the lesser element has no counterpart.
            (Some(a), Some(b)) if unordered && a.key() < b.key() => {
                Some(Difference::of_elements(Some(a), None))
            }
            (Some(_), Some(b)) if unordered => Some(Difference::of_elements(None, Some(b))),
            (a, b) => Some(Difference::of_elements(a, b)),
        },
    )
}

/// Reports whether a header differs in each message or for each host.
fn is_personal(name: &Name) -> bool {
    matches!(
        (name.ns.as_str(), name.local.as_str()),
        (ADDRESSING, "MessageID" | "To") | (WINRM, "OperationID")
    )
}

const NOTHING: &str = "nothing";
