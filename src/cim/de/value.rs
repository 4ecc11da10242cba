//! A value, read as the type that is asked for.

use std::borrow::Cow;
use std::{slice, vec};

use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, SeqAccess, Visitor};

use crate::cim::from_value::{FromValue, Mismatch, integer, scalar};
use crate::cim::handed;
use crate::cim::json::open_text;
use crate::cim::{DateTime, Instance, Interval, Reference, Value};

use super::error::{Error, Found};
use super::object::{Object, Values};
use super::{Origin, Reading};

/// Deserializes a value as [`FromValue`] decodes it, and instances as structs.
pub(super) struct OfType<'de, 'r> {
    pub(super) value: Cow<'de, Value>,
    pub(super) reading: &'r Reading,
}

macro_rules! scalars {
    ($($method:ident $visit:ident),* $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(FromValue::from_value(&self.value)?)
        })*
    };
}

impl<'de: 'r, 'r> Deserializer<'de> for OfType<'de, 'r> {
    type Error = Error;

    scalars! {
        deserialize_bool visit_bool, deserialize_u8 visit_u8, deserialize_u16 visit_u16, deserialize_u32 visit_u32,
        deserialize_u64 visit_u64, deserialize_i8 visit_i8, deserialize_i16 visit_i16, deserialize_i32 visit_i32,
        deserialize_i64 visit_i64, deserialize_f32 visit_f32, deserialize_f64 visit_f64,
        deserialize_bytes visit_byte_buf, deserialize_byte_buf visit_byte_buf,
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i128(integer(&self.value).ok_or_else(|| self.unlike("an integer"))?)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let number = integer(&self.value).and_then(|number| number.try_into().ok());
        visitor.visit_u128(number.ok_or_else(|| self.unlike("an unsigned integer"))?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_char(character(&self.value).ok_or_else(|| self.unlike("a char16"))?)
    }

    /// Text stays text, whatever it looks like; typed values stay what they are.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &*self.value {
            Value::Null => visitor.visit_unit(),
            Value::Boolean(value) => visitor.visit_bool(*value),
            Value::Uint8(number) => visitor.visit_u8(*number),
            Value::Uint16(number) | Value::Char16(number) => visitor.visit_u16(*number),
            Value::Uint32(number) => visitor.visit_u32(*number),
            Value::Uint64(number) => visitor.visit_u64(*number),
            Value::Sint8(number) => visitor.visit_i8(*number),
            Value::Sint16(number) => visitor.visit_i16(*number),
            Value::Sint32(number) => visitor.visit_i32(*number),
            Value::Sint64(number) => visitor.visit_i64(*number),
            Value::Real32(number) => visitor.visit_f32(*number),
            Value::Real64(number) => visitor.visit_f64(*number),
            Value::String(_) | Value::DateTime(_) | Value::Interval(_) | Value::Reference(_) => {
                self.deserialize_string(visitor)
            }
            Value::Instance(_) => self.deserialize_map(visitor),
            Value::Array(_) => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.only() {
            Cow::Borrowed(Value::String(text)) => visitor.visit_borrowed_str(text),
            Cow::Owned(Value::String(text)) => visitor.visit_string(text),
            value => match open_text(&value) {
                Some(text) => visitor.visit_str(&text),
                None => Err(Mismatch::unlike(&value, "a string").into()),
            },
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() {
            visitor.visit_unit()
        } else {
            Err(self.unlike("null"))
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let value = match name {
            handed::VALUE => self.value.into_owned(),
            handed::DATE_TIME => DateTime::from_value(&self.value)?.into(),
            handed::INTERVAL => Interval::from_value(&self.value)?.into(),
            handed::REFERENCE => match self.only() {
                Cow::Owned(value @ Value::Reference(_)) => value,
                value => Reference::from_value(&value)?.into(),
            },
            handed::INSTANCE => self.instance()?.into_owned().into(),
            _ => return visitor.visit_newtype_struct(self),
        };
        handed::give(value, || visitor.visit_unit())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Elements {
            values: match self.value {
                Cow::Borrowed(value) => Sequence::Borrowed(value.elements().iter()),
                Cow::Owned(Value::Null) => Sequence::Owned(Vec::new().into_iter()),
                Cow::Owned(Value::Array(values)) => Sequence::Owned(values.into_iter()),
                Cow::Owned(value) => Sequence::Owned(vec![value].into_iter()),
            },
            reading: self.reading,
        })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.object(|object| object.deserialize_map(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.object(|object| object.deserialize_struct(name, fields, visitor))
    }

    /// The variant that text names, or that bears the name of an instance's class.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match scalar(&self.value) {
            Value::Instance(_) => {}
            Value::String(text) if text.trim_start().starts_with('<') => {}
            value => {
                return match open_text(value) {
                    Some(text) => visitor.visit_enum(text.into_deserializer()),
                    None => Err(self.unlike("a name")),
                };
            }
        }
        self.object(|object| object.deserialize_enum(name, variants, visitor))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

impl<'de: 'r, 'r> OfType<'de, 'r> {
    fn unlike(&self, expected: &str) -> Error {
        Mismatch::unlike(&self.value, expected).into()
    }

    /// The only element of an array of one, since such an array cannot be told from a scalar; else the value itself.
    fn only(self) -> Cow<'de, Value> {
        match self.value {
            Cow::Borrowed(value) => Cow::Borrowed(scalar(value)),
            Cow::Owned(Value::Array(mut values)) if values.len() == 1 => {
                Cow::Owned(values.pop().unwrap_or_default())
            }
            owned => owned,
        }
    }

    /// The instance, or the one that stands in the text.
    fn instance(self) -> Result<Cow<'de, Instance>, Error> {
        let embedded = self.reading.embedded;
        match self.only() {
            Cow::Borrowed(Value::Instance(instance)) => Ok(Cow::Borrowed(instance)),
            Cow::Owned(Value::Instance(instance)) => Ok(Cow::Owned(*instance)),
            value => match &*value {
                Value::String(text) if text.trim_start().starts_with('<') => {
                    Ok(Cow::Owned(embedded(text)?))
                }
                value => Err(Mismatch::unlike(value, "an instance").into()),
            },
        }
    }

    fn object<T>(self, read: impl FnOnce(Object<'de, '_>) -> Result<T, Error>) -> Result<T, Error> {
        let reading = self.reading;
        match self.instance()? {
            Cow::Borrowed(instance) => read(Object {
                reading,
                origin: Origin::instance(instance.shared_class(), NAMELESS),
                values: Values::Borrowed(instance.properties()),
            }),
            Cow::Owned(instance) => {
                let (class, properties) = instance.into_parts();
                read(Object {
                    reading,
                    origin: Origin::instance(class.as_ref(), NAMELESS),
                    values: Values::Owned(properties),
                })
            }
        }
    }
}

/// A `char16`, which WS-Man writes as the number of its code unit (DSP0230 8.1); or a string of one character.
fn character(value: &Value) -> Option<char> {
    match scalar(value) {
        Value::Char16(unit) => char::from_u32((*unit).into()),
        Value::String(text) => match text.parse::<u16>() {
            Ok(unit) => char::from_u32(unit.into()),
            Err(_) => {
                let mut characters = text.chars();
                characters.next().filter(|_| characters.next().is_none())
            }
        },
        _ => None,
    }
}

struct Elements<'de, 'r> {
    values: Sequence<'de>,
    reading: &'r Reading,
}

enum Sequence<'de> {
    Borrowed(slice::Iter<'de, Value>),
    Owned(vec::IntoIter<Value>),
}

impl<'de: 'r, 'r> SeqAccess<'de> for Elements<'de, 'r> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let value = match &mut self.values {
            Sequence::Borrowed(values) => values.next().map(Cow::Borrowed),
            Sequence::Owned(values) => values.next().map(Cow::Owned),
        };
        let Some(value) = value else {
            return Ok(None);
        };
        let found = Found::new(&value);
        let element = seed.deserialize(OfType {
            value,
            reading: self.reading,
        });
        element.map(Some).map_err(|error| error.about(&found))
    }

    fn size_hint(&self) -> Option<usize> {
        match &self.values {
            Sequence::Borrowed(values) => Some(values.len()),
            Sequence::Owned(values) => Some(values.len()),
        }
    }
}

/// What an error calls an instance whose class is not known.
const NAMELESS: &str = "an embedded instance";
