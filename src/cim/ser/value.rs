//! The serializer of scalars. Structs, maps and arrays continue in `compound`.

use serde::Serialize;
use serde::ser::{Impossible, Serializer};

use crate::cim::{ClassPath, Instance, Value, out_of_band};

use super::SerializeError;
use super::compound::{Array, Object};

/// A serializer that creates values. The outermost struct becomes an instance without a class.
#[derive(Clone, Copy)]
pub(super) struct ToValue {
    pub(super) outermost: bool,
}

pub(super) const INSIDE: ToValue = ToValue { outermost: false };

macro_rules! scalars {
    ($($method:ident $type:ty),* $(,)?) => {
        $(fn $method(self, value: $type) -> Result<Value, SerializeError> {
            Ok(value.into())
        })*
    };
}

impl Serializer for ToValue {
    type Ok = Value;
    type Error = SerializeError;
    type SerializeSeq = Array;
    type SerializeTuple = Array;
    type SerializeTupleStruct = Array;
    type SerializeTupleVariant = Impossible<Value, SerializeError>;
    type SerializeMap = Object;
    type SerializeStruct = Object;
    type SerializeStructVariant = Object;

    scalars! {
        serialize_bool bool, serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64, serialize_i8 i8,
        serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_f32 f32, serialize_f64 f64,
        serialize_str &str,
    }

    fn serialize_char(self, character: char) -> Result<Value, SerializeError> {
        let unit = u16::try_from(u32::from(character));
        unit.map(Value::Char16)
            .map_err(|_| SerializeError::new("the character takes more than one UTF-16 code unit"))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Value, SerializeError> {
        Ok(bytes.to_vec().into())
    }

    fn serialize_none(self) -> Result<Value, SerializeError> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, SerializeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, SerializeError> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, SerializeError> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value, SerializeError> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Value, SerializeError> {
        match name {
            out_of_band::VALUE => out_of_band::request(|| value.serialize(self)),
            _ => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, SerializeError> {
        match value.serialize(Self { outermost: true })? {
            Value::Instance(instance) => {
                let class = ClassPath::new("", variant);
                Ok(Instance::from_parts(Some(class.into()), instance.into_properties()).into())
            }
            _ => Err(SerializeError::new(
                "a variant with data must hold a struct",
            )),
        }
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Array, SerializeError> {
        Ok(Array(Vec::with_capacity(length.unwrap_or_default())))
    }

    fn serialize_tuple(self, length: usize) -> Result<Array, SerializeError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        length: usize,
    ) -> Result<Array, SerializeError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, SerializeError> {
        Err(SerializeError::new(
            "a variant with data must hold a struct",
        ))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object, SerializeError> {
        Ok(Object::new(None, self.outermost))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Object, SerializeError> {
        let class = (!self.outermost).then_some(name);
        Ok(Object::new(class, self.outermost))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Object, SerializeError> {
        INSIDE.serialize_struct(variant, length)
    }
}
