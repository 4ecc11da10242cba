//! Conversions of Rust values to CIM values.

use super::{DateTime, Instance, Interval, Reference, Value};

macro_rules! value_from {
    ($($type:ty => $variant:ident),* $(,)?) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(value)
            }
        })*
    };
}

value_from! {
    bool => Boolean, u8 => Uint8, u16 => Uint16, u32 => Uint32, u64 => Uint64, i8 => Sint8, i16 => Sint16,
    i32 => Sint32, i64 => Sint64, f32 => Real32, f64 => Real64, String => String, DateTime => DateTime,
    Interval => Interval,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<Reference> for Value {
    fn from(reference: Reference) -> Self {
        Self::Reference(Box::new(reference))
    }
}

impl From<&Reference> for Value {
    fn from(reference: &Reference) -> Self {
        reference.clone().into()
    }
}

impl From<Instance> for Value {
    fn from(instance: Instance) -> Self {
        Self::Instance(Box::new(instance))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}
