//! Deserialization of one value as the requested type.

use std::slice;

use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, SeqAccess, Visitor};

use crate::cim::from_value::{FromValue, Mismatch, integer, scalar};
use crate::cim::out_of_band;
use crate::cim::serialize::open_text;
use crate::cim::{DateTime, Instance, Interval, Reference, Value};

use super::error::Error;
use super::object::{ObjectDeserializer, Values};
use super::source::Source;
use super::type_reader::{Origin, TypeReader, may_be_embedded};

/// A deserializer that reads values as [`FromValue`] decodes them, and instances as structs.
pub(super) struct ValueDeserializer<'de, 'v> {
    pub(super) value: Source<'de, 'v>,
    pub(super) reading: &'v TypeReader,
}

macro_rules! scalars {
    ($($method:ident $visit:ident),* $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(FromValue::from_value(self.value.get())?)
        })*
    };
}

impl<'de> Deserializer<'de> for ValueDeserializer<'de, '_> {
    type Error = Error;

    scalars! {
        deserialize_bool visit_bool, deserialize_u8 visit_u8, deserialize_u16 visit_u16, deserialize_u32 visit_u32,
        deserialize_u64 visit_u64, deserialize_i8 visit_i8, deserialize_i16 visit_i16, deserialize_i32 visit_i32,
        deserialize_i64 visit_i64, deserialize_f32 visit_f32, deserialize_f64 visit_f64,
        deserialize_bytes visit_byte_buf, deserialize_byte_buf visit_byte_buf,
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i128(integer(self.value.get()).ok_or_else(|| self.unlike("an integer"))?)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let number = integer(self.value.get()).and_then(|number| number.try_into().ok());
        visitor.visit_u128(number.ok_or_else(|| self.unlike("an unsigned integer"))?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_char(character(self.value.get()).ok_or_else(|| self.unlike("a char16"))?)
    }

    /// Deserializes text as text, whatever it contains, and typed values as their type.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value.get() {
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
        match self.value.only() {
            Source::Borrowed(Value::String(text)) => visitor.visit_borrowed_str(text),
            Source::Shared(Value::String(text)) => visitor.visit_str(text),
            Source::Movable(Value::String(text)) => visitor.visit_string(std::mem::take(text)),
            value => match open_text(value.get()) {
                Some(text) => visitor.visit_str(&text),
                None => Err(Mismatch::unlike(value.get(), "a string").into()),
            },
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.get().is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.get().is_null() {
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
            out_of_band::VALUE => self.value.into_value(),
            out_of_band::DATE_TIME => DateTime::from_value(self.value.get())?.into(),
            out_of_band::INTERVAL => Interval::from_value(self.value.get())?.into(),
            out_of_band::REFERENCE => match self.value.only() {
                Source::Movable(value @ Value::Reference(_)) => std::mem::take(value),
                value => Reference::from_value(value.get())?.into(),
            },
            out_of_band::INSTANCE => match self.value.only() {
                value if matches!(value.get(), Value::Instance(_)) => value.into_value(),
                value => embedded(value.get(), self.reading)?.into(),
            },
            _ => return visitor.visit_newtype_struct(self),
        };
        out_of_band::offer(value, || visitor.visit_unit())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Elements {
            values: match self.value {
                Source::Borrowed(value) => Sequence::Borrowed(value.elements().iter()),
                Source::Shared(value) => Sequence::Shared(value.elements().iter()),
                Source::Movable(Value::Null) => Sequence::Movable(slice::IterMut::default()),
                Source::Movable(Value::Array(values)) => Sequence::Movable(values.iter_mut()),
                Source::Movable(value) => Sequence::Movable(slice::from_mut(value).iter_mut()),
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

    /// Selects the variant named by the text, or by the class of an instance.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match scalar(self.value.get()) {
            Value::Instance(_) => {}
            Value::String(text) if may_be_embedded(text) => {}
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

impl<'de> ValueDeserializer<'de, '_> {
    fn unlike(&self, expected: &str) -> Error {
        Mismatch::unlike(self.value.get(), expected).into()
    }

    /// Reads the instance, or the instance in the text.
    fn object<T>(
        self,
        read: impl FnOnce(ObjectDeserializer<'de, '_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let reading = self.reading;
        match self.value.only() {
            Source::Borrowed(Value::Instance(instance)) => read(ObjectDeserializer {
                reading,
                origin: Origin::instance(instance.shared_class(), NAMELESS),
                values: Values::Borrowed(instance.properties()),
            }),
            Source::Shared(Value::Instance(instance)) => read(ObjectDeserializer {
                reading,
                origin: Origin::instance(instance.shared_class(), NAMELESS),
                values: Values::Shared(instance.properties()),
            }),
            Source::Movable(Value::Instance(instance)) => read(used(instance, reading)),
            value => {
                let mut instance = embedded(value.get(), reading)?;
                let depth = reading.depth.get();
                if depth == MOST_EMBEDDED {
                    return Err(Error::message("instances are embedded too deeply"));
                }
                reading.depth.set(depth + 1);
                let value = read(used(&mut instance, reading));
                reading.depth.set(depth);
                value
            }
        }
    }
}

fn used<'v>(
    instance: &'v mut Instance,
    reading: &'v TypeReader,
) -> ObjectDeserializer<'static, 'v> {
    let (class, properties) = instance.parts_mut();
    ObjectDeserializer {
        reading,
        origin: Origin::instance(class, NAMELESS),
        values: Values::Movable(properties),
    }
}

/// Returns the instance in a text.
fn embedded(value: &Value, reading: &TypeReader) -> Result<Instance, Error> {
    match value {
        Value::String(text) if text.trim_start().starts_with('<') => Ok((reading.embedded)(text)?),
        value => Err(Mismatch::unlike(value, "an instance").into()),
    }
}

/// Returns the character of a `char16`, which WS-Man writes as the number of its code unit (DSP0230 8.1), or of a
/// string of one character.
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

struct Elements<'de, 'v> {
    values: Sequence<'de, 'v>,
    reading: &'v TypeReader,
}

enum Sequence<'de, 'v> {
    Borrowed(slice::Iter<'de, Value>),
    Shared(slice::Iter<'v, Value>),
    Movable(slice::IterMut<'v, Value>),
}

impl<'de> SeqAccess<'de> for Elements<'de, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let value = match &mut self.values {
            Sequence::Borrowed(values) => values.next().map(Source::Borrowed),
            Sequence::Shared(values) => values.next().map(Source::Shared),
            Sequence::Movable(values) => values.next().map(Source::Movable),
        };
        value
            .map(|value| value.read(seed, self.reading))
            .transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        match &self.values {
            Sequence::Borrowed(values) => Some(values.len()),
            Sequence::Shared(values) => Some(values.len()),
            Sequence::Movable(values) => Some(values.len()),
        }
    }
}

/// The maximum nesting of instances in text. Hyper-V uses two levels; the bound prevents a stack overflow for a type
/// that contains itself.
const MOST_EMBEDDED: u8 = 16;
/// The name in errors of an instance whose class is not known.
const NAMELESS: &str = "an embedded instance";
