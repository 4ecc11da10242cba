//! Serialization of structs, maps and arrays.

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant};
use serde::ser::{SerializeTuple, SerializeTupleStruct};

use crate::cim::serialize::CLASS_KEY;
use crate::cim::{ClassPath, Instance, Properties, Value};

use super::SerializeError;
use super::value::INSIDE;

/// A serializer of an array.
pub(super) struct Array(pub(super) Vec<Value>);

impl SerializeSeq for Array {
    type Ok = Value;
    type Error = SerializeError;

    fn serialize_element<T: Serialize + ?Sized>(
        &mut self,
        value: &T,
    ) -> Result<(), SerializeError> {
        match value.serialize(INSIDE)? {
            Value::Array(_) => Err(SerializeError::new("an array in an array")),
            value => {
                self.0.push(value);
                Ok(())
            }
        }
    }

    fn end(self) -> Result<Value, SerializeError> {
        Ok(Value::Array(self.0))
    }
}

macro_rules! like_a_sequence {
    ($($of:ident $method:ident),*) => {
        $(impl $of for Array {
            type Ok = Value;
            type Error = SerializeError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerializeError> {
                SerializeSeq::serialize_element(self, value)
            }

            fn end(self) -> Result<Value, SerializeError> {
                SerializeSeq::end(self)
            }
        })*
    };
}

like_a_sequence!(SerializeTuple serialize_element, SerializeTupleStruct serialize_field);

/// A serializer of an instance.
pub(super) struct Object {
    class: Option<String>,
    /// True if a class is not required.
    nameless: bool,
    properties: Properties,
    /// The current key of a map.
    name: String,
}

impl Object {
    pub(super) fn new(class: Option<&str>, nameless: bool) -> Self {
        Self {
            class: class.map(str::to_owned),
            nameless,
            properties: Properties::new(),
            name: String::new(),
        }
    }

    fn put<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), SerializeError> {
        let value = value.serialize(INSIDE).map_err(|error| error.at(name))?;
        match value {
            Value::String(class) if name == CLASS_KEY => self.class = Some(class),
            value => self.properties.set(name, value),
        }
        Ok(())
    }

    fn finish(self) -> Result<Value, SerializeError> {
        if self.class.is_none() && !self.nameless {
            return Err(SerializeError::new(
                "a nested map requires its class as __CLASS",
            ));
        }
        let class = self.class.map(|name| ClassPath::new("", name).into());
        Ok(Instance::from_parts(class, self.properties).into())
    }
}

impl SerializeMap for Object {
    type Ok = Value;
    type Error = SerializeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), SerializeError> {
        match key.serialize(INSIDE)? {
            Value::String(name) => {
                self.name = name;
                Ok(())
            }
            _ => Err(SerializeError::new("the key of a map is not a string")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerializeError> {
        let name = std::mem::take(&mut self.name);
        self.put(&name, value)
    }

    fn end(self) -> Result<Value, SerializeError> {
        self.finish()
    }
}

macro_rules! with_fields {
    ($($of:ident),*) => {
        $(impl $of for Object {
            type Ok = Value;
            type Error = SerializeError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), SerializeError> {
                self.put(name, value)
            }

            fn end(self) -> Result<Value, SerializeError> {
                self.finish()
            }
        })*
    };
}

with_fields!(SerializeStruct, SerializeStructVariant);
