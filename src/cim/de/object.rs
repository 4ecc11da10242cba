//! Named values: the properties of an instance, the output of a method.

use std::any::type_name;
use std::borrow::Cow;
use std::slice;
use std::sync::Arc;
use std::vec;

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, MapAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::cim::handed;
use crate::cim::{Instance, Properties, Value};

use super::absent::Absent;
use super::error::{Error, Found};
use super::fields::Field;
use super::value::OfType;
use super::{Origin, Reading};

/// Deserializes a struct or a map from the values, and an enum from the class.
pub(super) struct Object<'de, 'r> {
    pub(super) reading: &'r Reading,
    pub(super) origin: Origin<'r>,
    pub(super) values: Values<'de>,
}

pub(super) enum Values<'de> {
    /// Texts may be borrowed from them.
    Borrowed(&'de Properties),
    /// They may be used up.
    Owned(Properties),
    /// They may be used up where it is certain that they are not read again.
    Lent(&'de mut Properties),
}

impl<'de: 'r, 'r> Object<'de, 'r> {
    fn fill<V: Visitor<'de>>(
        self,
        variant: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let known = &self.reading.fields;
        let of = (type_name::<V>(), variant);
        let plan = known.borrow().plan(of, fields, self.values.names());
        let certain = known.borrow().are_harmless(&plan);
        let filled = visitor.visit_map(Entries {
            reading: self.reading,
            owner: self.origin.owner,
            values: self.values.into_entries(certain),
            fills: plan.filled.iter(),
            absent: plan.shown.iter(),
            current: None,
        });
        match filled {
            Ok(value) => {
                known.borrow_mut().did_no_harm(&plan);
                Ok(value)
            }
            Err(error) => Err(error.in_struct(|name| Field { of, name })),
        }
    }
}

impl<'de: 'r, 'r> Deserializer<'de> for Object<'de, 'r> {
    type Error = Error;

    /// A map of all values, under the names that they were sent with.
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
            .ok_or_else(|| Error::message("it does not say its class"))?
            .name();
        let variant = variants
            .iter()
            .find(|name| name.eq_ignore_ascii_case(class));
        visitor.visit_enum(OfClass {
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
            handed::VALUE | handed::INSTANCE => {
                let class = self.origin.class.cloned();
                let instance = Instance::from_parts(class, self.values.into_properties());
                handed::give(instance.into(), || visitor.visit_unit())
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

impl<'de> Values<'de> {
    fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        let properties = match self {
            Self::Borrowed(properties) => properties,
            Self::Owned(properties) => properties,
            Self::Lent(properties) => &**properties,
        };
        properties.entries().map(|(name, _)| &**name)
    }

    /// The values one by one. Lent ones are used up where it is `certain` that they will not be read again.
    fn into_entries(self, certain: bool) -> NamedValues<'de> {
        match self {
            Self::Borrowed(properties) => NamedValues::Borrowed(properties.entries()),
            Self::Owned(properties) => NamedValues::Owned(properties.into_entries()),
            Self::Lent(properties) if certain => {
                NamedValues::Owned(std::mem::take(properties).into_entries())
            }
            Self::Lent(properties) => NamedValues::Borrowed(properties.entries()),
        }
    }

    fn into_properties(self) -> Properties {
        match self {
            Self::Borrowed(properties) => properties.clone(),
            Self::Owned(properties) => properties,
            Self::Lent(properties) => std::mem::take(properties),
        }
    }
}

enum NamedValues<'de> {
    Borrowed(slice::Iter<'de, (Arc<str>, Value)>),
    Owned(vec::IntoIter<(Arc<str>, Value)>),
}

impl<'de> Iterator for NamedValues<'de> {
    type Item = (Name<'de>, Cow<'de, Value>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Borrowed(values) => {
                let (name, value) = values.next()?;
                Some((Name::Borrowed(name), Cow::Borrowed(value)))
            }
            Self::Owned(values) => {
                let (name, value) = values.next()?;
                Some((Name::Shared(name), Cow::Owned(value)))
            }
        }
    }
}

enum Name<'de> {
    Borrowed(&'de str),
    Shared(Arc<str>),
}

impl Name<'_> {
    fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(name) => name,
            Self::Shared(name) => name,
        }
    }
}

/// The values, and behind them the fields that are to be shown as absent.
struct Entries<'de, 'r> {
    reading: &'r Reading,
    owner: &'r str,
    values: NamedValues<'de>,
    /// For each value, the field that it fills. A map has none.
    fills: slice::Iter<'r, Option<&'static str>>,
    absent: slice::Iter<'r, &'static str>,
    /// The name that was given, and its value, or `None` for an absent one.
    current: Option<(Name<'de>, Option<Cow<'de, Value>>)>,
}

impl<'de: 'r, 'r> MapAccess<'de> for Entries<'de, 'r> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((name, value)) = self.values.next() else {
            let Some(field) = self.absent.next() else {
                return Ok(None);
            };
            self.current = Some((Name::Borrowed(field), None));
            return seed
                .deserialize(BorrowedStrDeserializer::new(field))
                .map(Some);
        };
        let field = self.fills.next().copied().flatten();
        let key = match (field, &name) {
            (Some(field), _) => seed.deserialize(BorrowedStrDeserializer::new(field)),
            (None, Name::Borrowed(name)) => seed.deserialize(BorrowedStrDeserializer::new(name)),
            (None, Name::Shared(name)) => seed.deserialize(StrDeserializer::new(name)),
        };
        let key = key.map_err(|error: Error| {
            let name = name.as_str();
            error.at(self.owner, name, &Found::Words("not asked for"))
        })?;
        self.current = Some((name, Some(value)));
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((name, value)) = self.current.take() else {
            return Err(Error::message("a value was read before its name"));
        };
        let (read, found) = match value {
            Some(value) => {
                let found = Found::new(&value);
                (
                    seed.deserialize(OfType {
                        value,
                        reading: self.reading,
                    }),
                    found,
                )
            }
            None => (seed.deserialize(Absent), Found::Words("absent")),
        };
        read.map_err(|error| error.at(self.owner, name.as_str(), &found))
    }

    fn size_hint(&self) -> Option<usize> {
        match &self.values {
            NamedValues::Borrowed(values) => Some(values.len()),
            NamedValues::Owned(values) => Some(values.len()),
        }
    }
}

/// An enum with a variant for each class.
struct OfClass<'de, 'r> {
    class: &'r str,
    /// The variant that bears the name of the class in any case.
    variant: Option<&'static str>,
    object: Object<'de, 'r>,
}

impl<'de: 'r, 'r> EnumAccess<'de> for OfClass<'de, 'r> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name = self.variant.unwrap_or(self.class);
        let name: StrDeserializer<'_, Error> = StrDeserializer::new(name);
        let variant = seed.deserialize(name)?;
        Ok((variant, self))
    }
}

impl<'de: 'r, 'r> VariantAccess<'de> for OfClass<'de, 'r> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.object)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(Error::message(
            "a variant with several nameless values is no instance",
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
