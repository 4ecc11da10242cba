//! Types of the caller's as CIM values, through serde.

use std::fmt;

use serde::Serialize;
use serde::ser::{Impossible, Serializer};
use serde::ser::{SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant};
use serde::ser::{SerializeTuple, SerializeTupleStruct};

use super::handed;
use super::json::CLASS_KEY;
use super::{Class, ClassPath, Instance, Properties, Value};

/// The parameters of a method from a struct, or from a map with names as keys: each field by its name, typed as it is.
///
/// | in Rust | in CIM |
/// |---|---|
/// | `bool`, `u8` to `u64`, `i8` to `i64`, `f32`, `f64` | the type of that size |
/// | `char` | `char16` |
/// | `String`, `&str` | a string |
/// | [`DateTime`](super::DateTime), [`Interval`](super::Interval), [`Reference`](super::Reference), [`Instance`], [`Value`] | that |
/// | `Option` | null, which is not sent, or the value |
/// | `Vec`, slices, tuples, bytes | an array |
/// | a newtype struct | what is in it |
/// | `()`, a unit struct | null |
/// | an enum's variant without a value | its name, as a string |
/// | a struct inside | an instance of the class that bears the struct's name: say `#[serde(rename = "Msvm_…")]` |
/// | an enum's variant with a struct | an instance of the class that bears the variant's name |
/// | a map inside | an instance of the class that stands under `__CLASS` |
///
/// The outermost struct may bear any name. Times of other crates serialize as text; convert them to
/// [`DateTime`](super::DateTime) (features `jiff` and `chrono`) where a service wants a datetime.
///
/// ```
/// use cimwire::cim::{DateTime, Properties, Reference, Value, to_properties};
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// #[serde(rename_all = "PascalCase")]
/// struct StartReplication {
///     computer_system: Reference,
///     initial_replication_type: u16,
///     start_time: Option<DateTime>,
/// }
///
/// let vm = Reference::new("root/virtualization/v2", "Msvm_ComputerSystem").with_key("Name", "web01");
/// let input = StartReplication { computer_system: vm.clone(), initial_replication_type: 1, start_time: None };
/// let expected = Properties::new()
///     .with("ComputerSystem", &vm)
///     .with("InitialReplicationType", 1u16)
///     .with("StartTime", Value::Null);
/// assert_eq!(to_properties(&input)?, expected);
/// # Ok::<(), cimwire::cim::SerializeError>(())
/// ```
///
/// # Errors
///
/// Where a value has no form in CIM: an array in an array, a number beyond 64 bits, a map inside without a class; or
/// where the whole is neither a struct nor a map.
pub fn to_properties<T: Serialize + ?Sized>(value: &T) -> Result<Properties, SerializeError> {
    match value.serialize(ToValue { outermost: true })? {
        Value::Instance(instance) => Ok(instance.into_properties()),
        Value::Null => Ok(Properties::new()),
        _ => Err(SerializeError::new("a struct or a map was expected")),
    }
}

/// An instance of a struct's own class, to be put, created, or embedded in another.
///
/// Its properties are made as by [`to_properties`].
///
/// ```
/// use cimwire::cim::{Value, to_instance};
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// #[serde(rename_all = "PascalCase")]
/// struct Settings {
///     replication_interval: u16,
/// }
///
/// cimwire::cim_class!(Settings: "root/virtualization/v2", "Msvm_ReplicationSettingData");
///
/// let settings = to_instance(&Settings { replication_interval: 300 })?;
/// assert_eq!(settings.class_name(), "Msvm_ReplicationSettingData");
/// assert_eq!(settings.value("ReplicationInterval"), Some(&Value::Uint16(300)));
/// # Ok::<(), cimwire::cim::SerializeError>(())
/// ```
///
/// # Errors
///
/// As [`to_properties`].
pub fn to_instance<T: Class + Serialize>(value: &T) -> Result<Instance, SerializeError> {
    let properties = to_properties(value)?;
    Ok(Instance::from_parts(
        Some(T::class_path().into()),
        properties,
    ))
}

/// A value of the caller's that has no form in CIM. It names the field, where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerializeError {
    field: Option<Box<str>>,
    what: Box<str>,
}

impl SerializeError {
    fn new(what: impl Into<String>) -> Self {
        Self {
            field: None,
            what: what.into().into(),
        }
    }

    fn at(mut self, field: &str) -> Self {
        self.field.get_or_insert_with(|| field.into());
        self
    }

    /// The name of the field; of the innermost, where structs stand in one another.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl fmt::Display for SerializeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{field} has no form in CIM: {}", self.what),
            None => write!(f, "no CIM values: {}", self.what),
        }
    }
}

impl std::error::Error for SerializeError {}

impl serde::ser::Error for SerializeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

/// Makes values. The outermost struct becomes an instance without a class.
#[derive(Clone, Copy)]
struct ToValue {
    outermost: bool,
}

const INSIDE: ToValue = ToValue { outermost: false };

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
            handed::VALUE => handed::ask(|| value.serialize(self)),
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
        match value.serialize(ToValue { outermost: true })? {
            Value::Instance(instance) => {
                let class = ClassPath::new("", variant);
                Ok(Instance::from_parts(Some(class.into()), instance.into_properties()).into())
            }
            _ => Err(SerializeError::new(
                "a variant that holds something holds a struct",
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
            "a variant that holds something holds a struct",
        ))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object, SerializeError> {
        Ok(Object {
            class: None,
            nameless: self.outermost,
            properties: Properties::new(),
            name: String::new(),
        })
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Object, SerializeError> {
        let mut object = self.serialize_map(None)?;
        object.class = (!self.outermost).then_some(name.to_owned());
        Ok(object)
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

struct Array(Vec<Value>);

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

impl SerializeTuple for Array {
    type Ok = Value;
    type Error = SerializeError;

    fn serialize_element<T: Serialize + ?Sized>(
        &mut self,
        value: &T,
    ) -> Result<(), SerializeError> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Value, SerializeError> {
        SerializeSeq::end(self)
    }
}

impl SerializeTupleStruct for Array {
    type Ok = Value;
    type Error = SerializeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerializeError> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Value, SerializeError> {
        SerializeSeq::end(self)
    }
}

struct Object {
    class: Option<String>,
    /// Whether it needs no class.
    nameless: bool,
    properties: Properties,
    /// The key of a map whose value comes next.
    name: String,
}

impl Object {
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
                "a map inside another wants its class as __CLASS",
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
            _ => Err(SerializeError::new("the key of a map is no name")),
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

impl SerializeStruct for Object {
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
}

impl SerializeStructVariant for Object {
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
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::cim::{DateTime, Interval, Reference};

    #[derive(Serialize)]
    struct One<T> {
        #[serde(rename = "It")]
        it: T,
    }

    fn value<T: Serialize>(it: T) -> Result<Value, String> {
        let properties = to_properties(&One { it }).map_err(|error| error.to_string())?;
        assert_eq!(properties.len(), 1);
        Ok(properties.value("It").cloned().unwrap())
    }

    fn wrong(how: &str) -> Result<Value, String> {
        Err(format!("It has no form in CIM: {how}"))
    }

    #[test]
    fn types_are_kept() {
        assert_eq!(value(true), Ok(Value::Boolean(true)));
        assert_eq!(value(1u8), Ok(Value::Uint8(1)));
        assert_eq!(value(1u16), Ok(Value::Uint16(1)));
        assert_eq!(value(1u32), Ok(Value::Uint32(1)));
        assert_eq!(value(u64::MAX), Ok(Value::Uint64(u64::MAX)));
        assert_eq!(value(-1i8), Ok(Value::Sint8(-1)));
        assert_eq!(value(-1i16), Ok(Value::Sint16(-1)));
        assert_eq!(value(-1i32), Ok(Value::Sint32(-1)));
        assert_eq!(value(i64::MIN), Ok(Value::Sint64(i64::MIN)));
        assert_eq!(value(0.5f32), Ok(Value::Real32(0.5)));
        assert_eq!(value(f64::INFINITY), Ok(Value::Real64(f64::INFINITY)));
        assert_eq!(value('é'), Ok(Value::Char16(0xE9)));
        assert_eq!(value("x"), Ok("x".into()));
        assert_eq!(value(None::<u8>), Ok(Value::Null));
        assert_eq!(value(Some(5u8)), Ok(Value::Uint8(5)));
        assert_eq!(value(()), Ok(Value::Null));
        assert_eq!(
            value([1u8, 2]),
            Ok(Value::Array(vec![Value::Uint8(1), Value::Uint8(2)]))
        );
        assert_eq!(
            value(("a", None::<u8>)),
            Ok(Value::Array(vec!["a".into(), Value::Null]))
        );
        assert_eq!(value(Vec::<u8>::new()), Ok(Value::Array(vec![])));
    }

    #[test]
    fn own_types_are_not_turned_into_text() {
        let inner = Reference::new("root/x", "D").with_key("K", 5u32);
        let class = ClassPath::new("root/x", "C").with_base("http://vendor.example/schema/1");
        let reference = Reference::to_class(class).with_key("Part", inner);
        let time: DateTime = "20240229******.******+***".parse().unwrap();
        let interval: Interval = "000000010203**.******:000".parse().unwrap();
        let instance = Instance::new(ClassPath::new("root/x", "C")).with("R", &reference);

        assert_eq!(value(&reference), Ok((&reference).into()));
        assert_eq!(value(Some(&reference)), Ok((&reference).into()));
        assert_eq!(
            value(vec![&reference]),
            Ok(Value::Array(vec![(&reference).into()]))
        );
        assert_eq!(value(interval), Ok(interval.into()));
        assert_eq!(value(&instance), Ok(instance.clone().into()));
        let Ok(Value::DateTime(sent)) = value(time) else {
            panic!("a datetime was expected")
        };
        assert_eq!(sent.to_string(), time.to_string());
        for any in [
            Value::Null,
            Value::Char16(0xD800),
            Value::Array(vec![time.into(), Value::Null]),
            instance.clone().into(),
        ] {
            assert_eq!(value(&any), Ok(any));
        }
        assert_eq!(to_properties(&instance).as_ref(), Ok(instance.properties()));
        assert_eq!(
            to_properties(instance.properties()).as_ref(),
            Ok(instance.properties())
        );
    }

    #[test]
    fn structs_and_variants_inside() {
        #[derive(Serialize)]
        #[serde(rename = "Msvm_Disk", rename_all = "PascalCase")]
        struct Disk {
            size: u64,
        }
        #[derive(Serialize)]
        #[allow(non_camel_case_types, reason = "the names of the classes")]
        enum Setting {
            Msvm_Cpu(Disk),
            Msvm_Port { address: &'static str },
            Auto,
            Pair(u8, u8),
            Number(u8),
        }
        let of = |class: &str| Instance::new(ClassPath::new("", class));

        assert_eq!(
            value(Disk { size: 5 }),
            Ok(of("Msvm_Disk").with("Size", 5u64).into())
        );
        let cpu = Setting::Msvm_Cpu(Disk { size: 1 });
        assert_eq!(value(cpu), Ok(of("Msvm_Cpu").with("Size", 1u64).into()));
        let port = Setting::Msvm_Port { address: "a" };
        assert_eq!(value(port), Ok(of("Msvm_Port").with("address", "a").into()));
        assert_eq!(value(Setting::Auto), Ok("Auto".into()));
        let struct_only = "a variant that holds something holds a struct";
        assert_eq!(value(Setting::Pair(1, 2)), wrong(struct_only));
        assert_eq!(value(Setting::Number(1)), wrong(struct_only));
        let map = BTreeMap::from([("__CLASS", "C"), ("A", "x")]);
        assert_eq!(value(map), Ok(of("C").with("A", "x").into()));
    }

    #[test]
    fn what_has_no_form_is_named() {
        assert_eq!(value(vec![vec![1u8]]), wrong("an array in an array"));
        assert_eq!(
            value(BTreeMap::from([("A", 1)])),
            wrong("a map inside another wants its class as __CLASS")
        );
        assert_eq!(
            value('😀'),
            wrong("the character takes more than one UTF-16 code unit")
        );
        assert!(value(u128::MAX).is_err());
        assert!(value(BTreeMap::from([(1u8, 1u8)])).is_err());
        let error = to_properties("text").unwrap_err();
        assert_eq!(
            error.to_string(),
            "no CIM values: a struct or a map was expected"
        );
        assert_eq!(to_properties(&()), Ok(Properties::new()));
        assert_eq!(
            to_properties(&BTreeMap::from([("A", 1u8)])),
            Ok(Properties::new().with("A", 1u8))
        );
    }
}
