//! Declarations of classes: properties, methods and their parameters.

mod check;
mod cim_type;
mod repository;
mod typed;
mod value_map;

use super::Value;
use super::from_value::FromValue;

pub use check::InvalidInput;
pub use cim_type::CimType;
pub use repository::Repository;

/// The declaration of a class in a host's repository.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ClassSchema {
    /// The name.
    pub name: String,
    /// The superclass.
    pub superclass: Option<String>,
    /// The qualifiers of the class itself.
    pub qualifiers: Vec<Qualifier>,
    /// The properties, including inherited ones.
    pub properties: Vec<ElementSchema>,
    /// The methods, including inherited ones.
    pub methods: Vec<MethodSchema>,
}

/// The declaration of a method.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MethodSchema {
    /// The name.
    pub name: String,
    /// The return type.
    pub return_type: CimType,
    /// The qualifiers.
    pub qualifiers: Vec<Qualifier>,
    /// The parameters, in order.
    pub parameters: Vec<ElementSchema>,
}

/// The declaration of a property or a parameter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ElementSchema {
    /// The name.
    pub name: String,
    /// The type; for an array, the type of one element.
    pub cim_type: CimType,
    /// True if it is an array.
    pub is_array: bool,
    /// The qualifiers.
    pub qualifiers: Vec<Qualifier>,
}

/// A qualifier of a class, a property, a method or a parameter: `Key`, `In`, `Description`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Qualifier {
    /// The name.
    pub name: String,
    /// The value.
    pub value: Value,
}

impl ClassSchema {
    /// Creates the declaration of a class that has a name only.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Returns a property. Names match in any case.
    pub fn property(&self, name: &str) -> Option<&ElementSchema> {
        self.properties
            .iter()
            .find(|property| property.name.eq_ignore_ascii_case(name))
    }

    /// Returns the key properties.
    pub fn keys(&self) -> impl Iterator<Item = &ElementSchema> {
        self.properties.iter().filter(|property| property.is_key())
    }
}

impl ElementSchema {
    /// Reports whether a parameter is an input, which is the default (qualifier In of DSP0004).
    pub fn is_input(&self) -> bool {
        is_true(&self.qualifiers, "In", !self.is_output())
    }

    /// Reports whether a parameter is an output.
    pub fn is_output(&self) -> bool {
        is_true(&self.qualifiers, "Out", false)
    }

    /// Reports whether the element must not be null.
    pub fn is_required(&self) -> bool {
        is_true(&self.qualifiers, "Required", false)
    }

    /// Reports whether a property is a key of its class.
    pub fn is_key(&self) -> bool {
        is_true(&self.qualifiers, "Key", false)
    }

    /// Reports whether a client may write the property (the qualifier Write).
    pub fn is_writable(&self) -> bool {
        is_true(&self.qualifiers, "Write", false)
    }

    /// Returns a qualifier. Names match in any case.
    pub fn qualifier(&self, name: &str) -> Option<&Qualifier> {
        let mut qualifiers = self.qualifiers.iter();
        qualifiers.find(|qualifier| qualifier.name.eq_ignore_ascii_case(name))
    }

    /// Returns the class of embedded instances (as CIM-XML text or as elements), if the declaration names it by the
    /// qualifier `EmbeddedInstance` or Hyper-V's `HyperVEmbeddedInstance`.
    pub fn embedded_class(&self) -> Option<&str> {
        let named = |name| find(&self.qualifiers, name).and_then(Value::as_str);
        named("EmbeddedInstance").or_else(|| named("HyperVEmbeddedInstance"))
    }
}

impl MethodSchema {
    /// Reports whether the method is called on the class.
    pub fn is_static(&self) -> bool {
        is_true(&self.qualifiers, "Static", false)
    }
}

fn find<'q>(qualifiers: &'q [Qualifier], name: &str) -> Option<&'q Value> {
    let qualifier = qualifiers
        .iter()
        .find(|qualifier| qualifier.name.eq_ignore_ascii_case(name));
    qualifier.map(|qualifier| &qualifier.value)
}

fn is_true(qualifiers: &[Qualifier], name: &str, otherwise: bool) -> bool {
    find(qualifiers, name).map_or(otherwise, |value| {
        bool::from_value(value).unwrap_or(otherwise)
    })
}
