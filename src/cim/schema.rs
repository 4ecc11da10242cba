//! What a class declares: properties, methods and their parameters.

use std::fmt;

use super::from_value::{FromValue, Mismatch};
use super::{DateTime, Interval, Properties, Reference, Value};

/// The declaration of a class, as a host's repository has it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ClassSchema {
    /// The name.
    pub name: String,
    /// The class that it extends.
    pub superclass: Option<String>,
    /// What is said about the class itself.
    pub qualifiers: Vec<Qualifier>,
    /// Its properties, inherited ones included.
    pub properties: Vec<ElementSchema>,
    /// Its methods, inherited ones included.
    pub methods: Vec<MethodSchema>,
}

/// The declaration of a method.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MethodSchema {
    /// The name.
    pub name: String,
    /// The type of what it returns.
    pub return_type: CimType,
    /// What is said about it.
    pub qualifiers: Vec<Qualifier>,
    /// Its parameters, in order.
    pub parameters: Vec<ElementSchema>,
}

/// The declaration of a property or a parameter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ElementSchema {
    /// The name.
    pub name: String,
    /// The type, of one element where it is an array.
    pub cim_type: CimType,
    /// Whether it is an array.
    pub is_array: bool,
    /// What is said about it.
    pub qualifiers: Vec<Qualifier>,
}

/// Something that is said about a class, a property, a method or a parameter: `Key`, `In`, `Description`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Qualifier {
    /// The name.
    pub name: String,
    /// The value.
    pub value: Value,
}

/// An intrinsic type of CIM (DSP0004 5.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CimType {
    /// `boolean`.
    Boolean,
    /// `uint8`.
    Uint8,
    /// `uint16`.
    Uint16,
    /// `uint32`.
    Uint32,
    /// `uint64`.
    Uint64,
    /// `sint8`.
    Sint8,
    /// `sint16`.
    Sint16,
    /// `sint32`.
    Sint32,
    /// `sint64`.
    Sint64,
    /// `real32`.
    Real32,
    /// `real64`.
    Real64,
    /// `char16`.
    Char16,
    /// `string`, and what is embedded in one.
    String,
    /// `datetime`: a point in time or an interval.
    DateTime,
    /// A reference, to instances of this class.
    Reference(String),
}

impl CimType {
    /// The type of a name in MOF and CIM-XML; a name that is none counts as a string.
    pub(crate) fn named(name: &str) -> Self {
        let known = SCALARS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map_or(Self::String, |(_, cim_type)| cim_type.clone())
    }

    /// Makes a value of this type of a text. A reference is read as an object path.
    ///
    /// # Errors
    ///
    /// Where the text is no such value.
    pub fn parse(&self, text: &str) -> Result<Value, Mismatch> {
        self.convert(&Value::from(text))
    }

    /// Makes a value of this type of another value.
    pub(crate) fn convert(&self, value: &Value) -> Result<Value, Mismatch> {
        fn of<T: FromValue + Into<Value>>(value: &Value) -> Result<Value, Mismatch> {
            T::from_value(value).map(Into::into)
        }
        match self {
            Self::Boolean => of::<bool>(value),
            Self::Uint8 => of::<u8>(value),
            Self::Uint16 => of::<u16>(value),
            Self::Uint32 => of::<u32>(value),
            Self::Uint64 => of::<u64>(value),
            Self::Sint8 => of::<i8>(value),
            Self::Sint16 => of::<i16>(value),
            Self::Sint32 => of::<i32>(value),
            Self::Sint64 => of::<i64>(value),
            Self::Real32 => of::<f32>(value),
            Self::Real64 => of::<f64>(value),
            Self::Char16 => u16::from_value(value).map(Value::Char16),
            Self::DateTime => {
                of::<DateTime>(value).or_else(|wrong| of::<Interval>(value).map_err(|_| wrong))
            }
            Self::Reference(_) => of::<Reference>(value),
            Self::String => match value {
                Value::Instance(_) => Ok(value.clone()),
                value => of::<String>(value),
            },
        }
    }
}

impl fmt::Display for CimType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Reference(class) = self {
            return write!(f, "{class} REF");
        }
        let name = SCALARS
            .iter()
            .find(|(_, known)| known == self)
            .map_or("string", |(name, _)| name);
        f.pad(name)
    }
}

impl ClassSchema {
    /// A method, by its name in any case.
    pub fn method(&self, name: &str) -> Option<&MethodSchema> {
        self.methods
            .iter()
            .find(|method| method.name.eq_ignore_ascii_case(name))
    }

    /// A property, by its name in any case.
    pub fn property(&self, name: &str) -> Option<&ElementSchema> {
        self.properties
            .iter()
            .find(|property| property.name.eq_ignore_ascii_case(name))
    }

    /// The properties that are keys.
    pub fn keys(&self) -> impl Iterator<Item = &ElementSchema> {
        self.properties
            .iter()
            .filter(|property| is_true(&property.qualifiers, "Key", false))
    }
}

impl ElementSchema {
    /// Whether a parameter goes in, as all do that do not say otherwise (DSP0004 5.6.3.21).
    pub fn is_input(&self) -> bool {
        is_true(&self.qualifiers, "In", !self.is_output())
    }

    /// Whether a parameter comes out.
    pub fn is_output(&self) -> bool {
        is_true(&self.qualifiers, "Out", false)
    }

    /// Whether it must not be null.
    pub fn is_required(&self) -> bool {
        is_true(&self.qualifiers, "Required", false)
    }

    /// The values that are named, each with its name (`ValueMap` and `Values`).
    pub fn value_map(&self) -> Vec<(String, String)> {
        let texts = |name| {
            find(&self.qualifiers, name).and_then(|value| Vec::<String>::from_value(value).ok())
        };
        match (texts("ValueMap"), texts("Values")) {
            (Some(map), Some(values)) => map.into_iter().zip(values).collect(),
            // Without a map the names count from 0.
            (None, Some(values)) => (0..).map(|n: u32| n.to_string()).zip(values).collect(),
            _ => Vec::new(),
        }
    }

    fn convert(&self, value: &Value) -> Result<Value, Mismatch> {
        match value {
            Value::Null => Ok(Value::Null),
            value if self.is_array => {
                let values: Result<Vec<_>, _> = value
                    .elements()
                    .iter()
                    .map(|value| self.cim_type.convert(value))
                    .collect();
                values.map(Value::Array)
            }
            value => self.cim_type.convert(value),
        }
    }
}

impl MethodSchema {
    /// Whether the method is called on the class.
    pub fn is_static(&self) -> bool {
        is_true(&self.qualifiers, "Static", false)
    }

    /// Checks the input of a call, and gives it back as the method wants it: names in the case of the declaration,
    /// which services compare exactly; values of the declared types; parameters in the declared order.
    ///
    /// # Errors
    ///
    /// Where a parameter is not declared or not one that goes in, a value is none of the type, or a required parameter
    /// is missing.
    pub fn check(&self, input: &Properties) -> Result<Properties, InvalidInput> {
        let invalid = |parameter: &str, problem: String| InvalidInput {
            method: self.name.clone(),
            parameter: parameter.to_owned(),
            problem,
        };
        for (name, _) in input.iter() {
            if !self
                .parameters
                .iter()
                .any(|known| known.is_input() && known.name.eq_ignore_ascii_case(name))
            {
                let names: Vec<_> = self
                    .parameters
                    .iter()
                    .filter(|p| p.is_input())
                    .map(|p| p.name.as_str())
                    .collect();
                let known = if names.is_empty() {
                    "none".to_owned()
                } else {
                    names.join(", ")
                };
                return Err(invalid(
                    name,
                    format!("is no input parameter; there are: {known}"),
                ));
            }
        }
        let mut checked = Properties::new();
        for parameter in self
            .parameters
            .iter()
            .filter(|parameter| parameter.is_input())
        {
            match input.value(&parameter.name) {
                None | Some(Value::Null) if parameter.is_required() => {
                    return Err(invalid(&parameter.name, "is required".to_owned()));
                }
                None => {}
                Some(value) => {
                    let value = parameter.convert(value);
                    let value =
                        value.map_err(|mismatch| invalid(&parameter.name, mismatch.to_string()))?;
                    checked.set(parameter.name.as_str(), value);
                }
            }
        }
        Ok(checked)
    }
}

/// Why a method cannot be called with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidInput {
    method: String,
    parameter: String,
    problem: String,
}

impl fmt::Display for InvalidInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} {}", self.parameter, self.method, self.problem)
    }
}

impl std::error::Error for InvalidInput {}

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

const SCALARS: [(&str, CimType); 14] = [
    ("boolean", CimType::Boolean),
    ("uint8", CimType::Uint8),
    ("uint16", CimType::Uint16),
    ("uint32", CimType::Uint32),
    ("uint64", CimType::Uint64),
    ("sint8", CimType::Sint8),
    ("sint16", CimType::Sint16),
    ("sint32", CimType::Sint32),
    ("sint64", CimType::Sint64),
    ("real32", CimType::Real32),
    ("real64", CimType::Real64),
    ("char16", CimType::Char16),
    ("string", CimType::String),
    ("datetime", CimType::DateTime),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(name: &str, cim_type: CimType, qualifiers: &[&str]) -> ElementSchema {
        let qualifiers = qualifiers.iter().map(|name| Qualifier {
            name: (*name).to_owned(),
            value: true.into(),
        });
        ElementSchema {
            name: name.to_owned(),
            cim_type,
            is_array: false,
            qualifiers: qualifiers.collect(),
        }
    }

    fn start_replication() -> MethodSchema {
        MethodSchema {
            name: "StartReplication".to_owned(),
            return_type: CimType::Uint32,
            qualifiers: Vec::new(),
            parameters: vec![
                parameter(
                    "ComputerSystem",
                    CimType::Reference("CIM_ComputerSystem".to_owned()),
                    &["In", "Required"],
                ),
                parameter("InitialReplicationType", CimType::Uint16, &["In"]),
                parameter("StartTime", CimType::DateTime, &["In"]),
                parameter(
                    "Job",
                    CimType::Reference("CIM_ConcreteJob".to_owned()),
                    &["Out"],
                ),
            ],
        }
    }

    #[test]
    fn input_is_put_right() {
        let input = Properties::new()
            .with("starttime", "2030-01-15T21:00:00Z")
            .with("initialreplicationtype", "1")
            .with("computerSystem", "root/x:C.K=\"v\"");
        let checked = start_replication().check(&input).unwrap();
        let names: Vec<_> = checked.iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            ["ComputerSystem", "InitialReplicationType", "StartTime"]
        );
        assert_eq!(
            checked.value("InitialReplicationType"),
            Some(&Value::Uint16(1))
        );
        assert!(matches!(
            checked.value("StartTime"),
            Some(Value::DateTime(_))
        ));
        assert!(matches!(
            checked.value("ComputerSystem"),
            Some(Value::Reference(_))
        ));
    }

    #[test]
    fn wrong_input_is_named() {
        let vm = Reference::new("root/x", "C").with_key("K", "v");
        let good = Properties::new().with("ComputerSystem", vm);
        for (input, problem) in [
            (
                good.clone().with("Type", 1u8),
                "Type of StartReplication is no input parameter; there are: ComputerSystem, InitialReplicationType, \
                 StartTime",
            ),
            (
                good.clone().with("InitialReplicationType", "65536"),
                "InitialReplicationType of StartReplication is not a uint16: \"65536\"",
            ),
            (
                Properties::new(),
                "ComputerSystem of StartReplication is required",
            ),
        ] {
            assert_eq!(
                start_replication().check(&input).unwrap_err().to_string(),
                problem
            );
        }
        let out = good.with("Job", Value::Null);
        assert!(start_replication().check(&out).is_err());
    }

    #[test]
    fn values_have_names() {
        let texts = |values: &[&str]| {
            Value::from(
                values
                    .iter()
                    .map(|text| (*text).to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        let mut property = parameter("Type", CimType::Uint16, &[]);
        property.qualifiers.push(Qualifier {
            name: "Values".to_owned(),
            value: texts(&["a", "b"]),
        });
        assert_eq!(
            property.value_map(),
            [
                ("0".to_owned(), "a".to_owned()),
                ("1".to_owned(), "b".to_owned())
            ]
        );
        property.qualifiers.push(Qualifier {
            name: "ValueMap".to_owned(),
            value: texts(&["7", "8"]),
        });
        assert_eq!(
            property.value_map(),
            [
                ("7".to_owned(), "a".to_owned()),
                ("8".to_owned(), "b".to_owned())
            ]
        );
    }
}
