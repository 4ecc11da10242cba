//! The names by which providers refer to declared classes.

use crate::cim::{ClassPath, Instance, Reference, Value};

use super::class::{Class, classes};

/// The values of an instance, each after the name of its property.
macro_rules! values {
    ($($property:ident: $value:expr),* $(,)?) => {
        [$((stringify!($property), crate::cim::Value::from($value))),*]
    };
}

pub(super) use values;

/// The name of a declared class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClassName {
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
}

impl ClassName {
    pub(super) const fn new(namespace: &'static str, name: &'static str) -> Self {
        Self { namespace, name }
    }

    /// Returns the declared class. A test makes sure that each table has one.
    pub(super) fn class(self) -> Option<&'static Class> {
        classes().find(|class| self.is(class))
    }

    /// Reports whether it is the name of this class.
    pub(super) fn is(self, class: &Class) -> bool {
        (self.namespace, self.name) == (class.namespace(), class.name())
    }

    /// Makes an instance with these values, and null for every other property that the class declares; an array without
    /// a value gets no element.
    pub(super) fn instance(
        self,
        values: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Instance {
        match self.class() {
            Some(class) => class.instance(values),
            None => Instance::new(ClassPath::new(self.namespace, self.name)),
        }
    }

    /// Begins a reference to an instance, whose keys are still to be added.
    pub(super) fn reference(self) -> Reference {
        Reference::new(self.namespace, self.name)
    }

    pub(super) fn is_a(self, name: &str) -> bool {
        self.class().is_some_and(|class| class.is_a(name))
    }
}
