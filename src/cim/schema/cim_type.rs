//! The types of properties and parameters.

use std::fmt;

use crate::cim::from_value::{FromValue, Mismatch};
use crate::cim::{DateTime, Interval, Reference, Value};

/// An intrinsic type of CIM (DSP0004).
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
    /// `string`, including embedded instances.
    String,
    /// `datetime`: a point in time or an interval.
    DateTime,
    /// A reference, to instances of this class.
    Reference(String),
}

impl CimType {
    /// Returns the type of a name in MOF and CIM-XML. An unknown name counts as a string.
    pub(crate) fn named(name: &str) -> Self {
        let known = SCALARS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map_or(Self::String, |(_, cim_type)| cim_type.clone())
    }

    /// Parses a value of this type. A reference is parsed as an object path.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a value of this type.
    pub fn parse(&self, text: &str) -> Result<Value, Mismatch> {
        self.convert(&Value::from(text))
    }

    /// Converts a value to this type.
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
            // Converted by its text, since a whole number or a real of the other size is also valid.
            Self::Real32 => {
                of::<f32>(&textual(value)).map_err(|_| Mismatch::unlike(value, "a real32"))
            }
            Self::Real64 => {
                of::<f64>(&textual(value)).map_err(|_| Mismatch::unlike(value, "a real64"))
            }
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

fn textual(value: &Value) -> Value {
    let text = value.to_text();
    text.map_or_else(|| value.clone(), |text| Value::from(&*text))
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
