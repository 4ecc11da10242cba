//! The deserializer of a field without a value.

use serde::de::value::SeqDeserializer;
use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::cim::out_of_band;
use crate::cim::{Mismatch, Value};

use super::error::Error;

/// A deserializer that gives `None` to an `Option`, null to a [`Value`], an empty array to a `Vec`, and an error to
/// other types.
pub(super) struct Absent;

impl<'de> Deserializer<'de> for Absent {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Mismatch::absent().into())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_none()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let none: [u8; 0] = [];
        visitor.visit_seq(SeqDeserializer::new(none.into_iter()))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            out_of_band::VALUE => out_of_band::offer(Value::Null, || visitor.visit_unit()),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit_struct tuple
        tuple_struct map struct enum identifier ignored_any
    }
}
