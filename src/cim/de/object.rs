//! Deserialization of named values: the properties of an instance, or the output of a method.

use std::any::type_name;
use std::slice;
use std::sync::Arc;

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, MapAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::cim::out_of_band;
use crate::cim::{Instance, Properties, Value};

use super::absent::Absent;
use super::error::{Error, FieldError, Found};
use super::source::Source;
use super::type_reader::{Origin, TypeReader};

/// A deserializer of a struct or a map from the values, and of an enum from the class.
pub(super) struct ObjectDeserializer<'de, 'v> {
    pub(super) reading: &'v TypeReader,
    pub(super) origin: Origin<'v>,
    pub(super) values: Values<'de, 'v>,
}

pub(super) enum Values<'de, 'v> {
    /// Values whose text may be borrowed.
    Borrowed(&'de Properties),
    /// Values to read only.
    Shared(&'v Properties),
    /// Values that may be moved out.
    Movable(&'v mut Properties),
    /// Values that may be moved out once it is certain that they are not read again.
    MovableOnce(&'v mut Properties),
}

impl<'de, 'v> ObjectDeserializer<'de, 'v> {
    fn fill<V: Visitor<'de>>(
        self,
        variant: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let known = &self.reading.fields;
        let of = (type_name::<V>(), variant);
        let plan = known.borrow().plan(of, fields, self.values.names());
        let filled = visitor.visit_map(Entries {
            reading: self.reading,
            owner: self.origin.owner,
            values: self.values.into_entries(plan.certain),
            fills: plan.filled.iter(),
            absent: plan.shown.iter(),
            current: None,
        });
        let mut known = known.borrow_mut();
        match filled {
            Ok(value) => {
                known.prove(&plan);
                Ok(value)
            }
            Err(error) => {
                let learnt = match error.field_error() {
                    Some(FieldError::Missing(field)) => known.want(&plan, field),
                    Some(FieldError::Twice(field)) => known.hide(&plan, field),
                    None => false,
                };
                Err(if learnt {
                    error.retry(self.origin.owner)
                } else {
                    error
                })
            }
        }
    }
}

impl<'de> Deserializer<'de> for ObjectDeserializer<'de, '_> {
    type Error = Error;

    /// Deserializes a map of all values, under the names in which they were sent.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Entries {
            reading: self.reading,
            owner: self.origin.owner,
            values: self.values.into_entries(true),
            fills: [].iter(),
            absent: [].iter(),
            current: None,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.fill("", fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let class = self.origin.class;
        let class = class
            .ok_or_else(|| Error::message("its class is not known"))?
            .name();
        let variant = variants
            .iter()
            .find(|name| name.eq_ignore_ascii_case(class));
        visitor.visit_enum(ClassVariant {
            class,
            variant: variant.copied(),
            object: self,
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            out_of_band::VALUE | out_of_band::INSTANCE => {
                let class = self.origin.class.cloned();
                let instance = Instance::from_parts(class, self.values.into_properties());
                out_of_band::offer(instance.into(), || visitor.visit_unit())
            }
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}

impl<'de, 'v> Values<'de, 'v> {
    fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        let properties = match self {
            Self::Borrowed(properties) => properties,
            Self::Shared(properties) => properties,
            Self::Movable(properties) | Self::MovableOnce(properties) => &**properties,
        };
        properties.entries().iter().map(|(name, _)| &**name)
    }

    /// Returns the values one by one. Those that are `MovableOnce` are moved out if it is `certain` that they are not
    /// read again.
    fn into_entries(self, certain: bool) -> NamedValues<'de, 'v> {
        match self {
            Self::Borrowed(properties) => NamedValues::Borrowed(properties.entries().iter()),
            Self::Shared(properties) => NamedValues::Shared(properties.entries().iter()),
            Self::MovableOnce(properties) if !certain => {
                NamedValues::Shared(properties.entries().iter())
            }
            Self::Movable(properties) | Self::MovableOnce(properties) => {
                NamedValues::Movable(properties.entries_mut().iter_mut())
            }
        }
    }

    fn into_properties(self) -> Properties {
        match self {
            Self::Borrowed(properties) => properties.clone(),
            Self::Shared(properties) => properties.clone(),
            Self::Movable(properties) | Self::MovableOnce(properties) => std::mem::take(properties),
        }
    }
}

enum NamedValues<'de, 'v> {
    Borrowed(slice::Iter<'de, (Arc<str>, Value)>),
    Shared(slice::Iter<'v, (Arc<str>, Value)>),
    Movable(slice::IterMut<'v, (Arc<str>, Value)>),
}

impl<'de, 'v> Iterator for NamedValues<'de, 'v> {
    type Item = (Name<'de, 'v>, Source<'de, 'v>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Borrowed(values) => {
                let (name, value) = values.next()?;
                Some((Name::Borrowed(name), Source::Borrowed(value)))
            }
            Self::Shared(values) => {
                let (name, value) = values.next()?;
                Some((Name::Shared(name), Source::Shared(value)))
            }
            Self::Movable(values) => {
                let (name, value) = values.next()?;
                Some((Name::Shared(name), Source::Movable(value)))
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Name<'de, 'v> {
    Borrowed(&'de str),
    Shared(&'v str),
}

impl<'a> Name<'a, 'a> {
    fn as_str(self) -> &'a str {
        match self {
            Self::Borrowed(name) | Self::Shared(name) => name,
        }
    }
}

/// The values, followed by the fields to present as absent.
struct Entries<'de, 'v, 'p> {
    reading: &'v TypeReader,
    owner: &'v str,
    values: NamedValues<'de, 'v>,
    /// The field that each value fills. A map has none.
    fills: slice::Iter<'p, Option<&'static str>>,
    absent: slice::Iter<'p, &'static str>,
    /// The current name and its value.
    current: Option<(Name<'de, 'v>, Given<'de, 'v>)>,
}

enum Given<'de, 'v> {
    Requested(Source<'de, 'v>),
    Unrequested(Source<'de, 'v>),
    Absent,
}

impl<'de> MapAccess<'de> for Entries<'de, '_, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((name, value)) = self.values.next() else {
            let Some(field) = self.absent.next() else {
                return Ok(None);
            };
            self.current = Some((Name::Borrowed(field), Given::Absent));
            return seed
                .deserialize(BorrowedStrDeserializer::new(field))
                .map(Some);
        };
        // A map has no fields, and accepts every name.
        let fill = self.fills.next().copied();
        let key = match (fill.flatten(), name) {
            (Some(field), _) => seed.deserialize(BorrowedStrDeserializer::new(field)),
            (None, Name::Borrowed(name)) => seed.deserialize(BorrowedStrDeserializer::new(name)),
            (None, Name::Shared(name)) => seed.deserialize(StrDeserializer::new(name)),
        };
        let key = key.map_err(|error: Error| {
            let error = error.about(&Found::Words("not a known field"));
            error.at(self.owner, name.as_str())
        })?;
        let given = match fill {
            Some(None) => Given::Unrequested(value),
            _ => Given::Requested(value),
        };
        self.current = Some((name, given));
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((name, given)) = self.current.take() else {
            return Err(Error::message("a value was read before its name"));
        };
        let read = match given {
            Given::Requested(value) => value.read(seed, self.reading),
            Given::Unrequested(value) => value.read_unrequested(seed, self.reading),
            Given::Absent => seed.deserialize(Absent),
        };
        read.map_err(|error| error.at(self.owner, name.as_str()))
    }

    fn size_hint(&self) -> Option<usize> {
        match &self.values {
            NamedValues::Borrowed(values) => Some(values.len()),
            NamedValues::Shared(values) => Some(values.len()),
            NamedValues::Movable(values) => Some(values.len()),
        }
    }
}

/// An enum with a variant for each class.
struct ClassVariant<'de, 'v> {
    class: &'v str,
    /// The variant named like the class, in any case.
    variant: Option<&'static str>,
    object: ObjectDeserializer<'de, 'v>,
}

impl<'de> EnumAccess<'de> for ClassVariant<'de, '_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name = self.variant.unwrap_or(self.class);
        let name: StrDeserializer<'_, Error> = StrDeserializer::new(name);
        let variant = seed.deserialize(name)?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for ClassVariant<'de, '_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.object)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(Error::message(
            "an instance cannot be read as a tuple variant",
        ))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.object
            .fill(self.variant.unwrap_or_default(), fields, visitor)
    }
}
