//! The state that reading a value needs.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::fields::Fields;
use crate::cim::{ClassPath, Instance, Mismatch};

/// Reads an instance that stands as text in a string, as Hyper-V sends them. The text is XML, which this module does
/// not know.
pub(crate) type ReadEmbedded = fn(&str) -> Result<Instance, Mismatch>;

/// Reads values of one type of the caller's. One that is kept for many values remembers what it learnt about the type.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(super) embedded: ReadEmbedded,
    pub(super) fields: RefCell<Fields>,
    /// The number of instances as text that are being read within one another.
    pub(super) depth: Cell<u8>,
}

/// Whose values are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    /// The class, where it is known: an enum has a variant for each.
    pub(crate) class: Option<&'a Arc<ClassPath>>,
    /// The name of the owner in an error.
    pub(crate) owner: &'a str,
}

impl<'a> Origin<'a> {
    /// An instance.
    pub(crate) fn instance(class: Option<&'a Arc<ClassPath>>, nameless: &'a str) -> Self {
        Self {
            class,
            owner: class.map_or(nameless, |class| class.name()),
        }
    }
}

impl Reading {
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

/// No instance is shorter in CIM-XML, and most texts are, which need not be looked at then.
const SHORTEST_EMBEDDED: usize = "<INSTANCE CLASSNAME=\"C\"/>".len();
