//! The state of deserialization.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::fields::Fields;
use crate::cim::{ClassPath, Instance, Mismatch};

/// A function that reads an instance from text in a string, as Hyper-V sends them. The text is XML, which this module
/// does not know.
pub(crate) type ReadEmbedded = fn(&str) -> Result<Instance, Mismatch>;

/// A reader for values of one of the caller's types. A reader that is kept for many values remembers the fields of the
/// type.
#[derive(Debug)]
pub(crate) struct TypeReader {
    pub(super) embedded: ReadEmbedded,
    pub(super) fields: RefCell<Fields>,
    /// The nesting depth of instances in text.
    pub(super) depth: Cell<u8>,
}

/// The origin of the values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    /// The class, if it is known. It selects the variant of an enum.
    pub(crate) class: Option<&'a Arc<ClassPath>>,
    /// The name of the owner in an error.
    pub(crate) owner: &'a str,
}

impl<'a> Origin<'a> {
    /// Returns the origin of the properties of an instance.
    pub(crate) fn instance(class: Option<&'a Arc<ClassPath>>, nameless: &'a str) -> Self {
        Self {
            class,
            owner: class.map_or(nameless, |class| class.name()),
        }
    }
}

impl TypeReader {
    pub(crate) fn new(embedded: ReadEmbedded) -> Self {
        Self {
            embedded,
            fields: RefCell::default(),
            depth: Cell::default(),
        }
    }
}

/// Reports whether a text can be an instance in CIM-XML.
pub(super) fn may_be_embedded(text: &str) -> bool {
    text.len() >= SHORTEST_EMBEDDED && text.trim_start().starts_with('<')
}

/// The length of the shortest instance in CIM-XML. Most texts are shorter and need no further check.
const SHORTEST_EMBEDDED: usize = "<INSTANCE CLASSNAME=\"C\"/>".len();
