//! CIM values from JSON, or from another serde format: the reverse of `serialize`.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use super::out_of_band;
use super::serialize::CLASS_KEY;
use super::{ClassPath, DateTime, Instance, Interval, Properties, Reference, Value};

macro_rules! from_text {
    ($($type:ident, $marker:ident, $expected:literal;)*) => {
        $(impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_newtype_struct(out_of_band::$marker, Text::new($expected, |value| match value {
                    Value::$type(value) => Some(value),
                    _ => None,
                }))
            }
        })*
    };
}

from_text! {
    DateTime, DATE_TIME, "a point in time, as RFC 3339 or in 25 characters";
    Interval, INTERVAL, "an interval, as ISO 8601 duration or in 25 characters";
}

/// Reads a reference from an object path.
impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = Text::new("an object path", |value| match value {
            Value::Reference(reference) => Some(*reference),
            _ => None,
        });
        deserializer.deserialize_newtype_struct(out_of_band::REFERENCE, visitor)
    }
}

/// A visitor that parses text, unless this crate's deserializer passes the value itself.
struct Text<T> {
    expected: &'static str,
    select: fn(Value) -> Option<T>,
}

impl<T> Text<T> {
    fn new(expected: &'static str, select: fn(Value) -> Option<T>) -> Self {
        Self { expected, select }
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        let passed = out_of_band::take().and_then(self.select);
        passed.ok_or_else(|| E::invalid_type(Unexpected::Unit, &self))
    }
}

/// Reads null, booleans, numbers and strings as such, a list as an array, and a map as an instance. Numbers have the
/// type that the format gives them: `uint64`, `sint64` or `real64` in JSON. Text remains text.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(out_of_band::VALUE, AnyValue)
    }
}

struct AnyValue;

macro_rules! as_itself {
    ($($visit:ident $type:ty),* $(,)?) => {
        $(fn $visit<E: Error>(self, value: $type) -> Result<Value, E> {
            Ok(value.into())
        })*
    };
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CIM value")
    }

    as_itself! {
        visit_bool bool, visit_u8 u8, visit_u16 u16, visit_u32 u32, visit_u64 u64, visit_i8 i8, visit_i16 i16,
        visit_i32 i32, visit_i64 i64, visit_f32 f32, visit_f64 f64, visit_str &str, visit_string String,
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    /// Returns the value itself if this crate's deserializer passed it, else null.
    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(out_of_band::take().unwrap_or_default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        AnyInstance.visit_map(map).map(Value::from)
    }
}

/// Reads a map of the properties. `__CLASS` is the class, without a namespace; without it the instance is a projection.
impl<'de> Deserialize<'de> for Instance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(out_of_band::INSTANCE, AnyInstance)
    }
}

struct AnyInstance;

impl<'de> Visitor<'de> for AnyInstance {
    type Value = Instance;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instance")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Instance, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_unit<E: Error>(self) -> Result<Instance, E> {
        match out_of_band::take() {
            Some(Value::Instance(instance)) => Ok(*instance),
            _ => Err(E::invalid_type(Unexpected::Unit, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Instance, A::Error> {
        let mut class = None;
        let mut properties = Properties::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == CLASS_KEY {
                class = map.next_value::<Option<String>>()?;
            } else {
                properties.set(name, map.next_value::<Value>()?);
            }
        }
        let class = class.map(|name| ClassPath::new("", name).into());
        Ok(Instance::from_parts(class, properties))
    }
}

/// Reads a map of the values.
impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Properties;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("named values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut properties = Properties::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    properties.set(name, value);
                }
                Ok(properties)
            }
        }
        deserializer.deserialize_map(Map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_from_json() {
        let json = r#"{"__CLASS":"C","Text":"4","Big":18446744073709551615,"Low":-5,"Half":0.5,"Yes":true,"Some":[1,"a"],
            "None":null,"In":{"A":"x"}}"#;
        let instance: Instance = serde_json::from_str(json).unwrap();
        let inner = Instance::from_parts(None, Properties::new().with("A", "x"));
        let expected = Instance::new(ClassPath::new("", "C"))
            .with("Text", "4")
            .with("Big", u64::MAX)
            .with("Low", -5i64)
            .with("Half", 0.5)
            .with("Yes", true)
            .with("Some", Value::Array(vec![1u64.into(), "a".into()]))
            .with("None", Value::Null)
            .with("In", inner);
        assert_eq!(instance, expected);
        assert!(serde_json::from_str::<Instance>("null").is_err());
        assert_eq!(serde_json::from_str::<Value>("null").unwrap(), Value::Null);
    }

    #[test]
    fn times_and_references_from_json() {
        let time = |json: &str| serde_json::from_str::<DateTime>(json).map(|time| time.to_string());
        assert_eq!(
            time(r#""2025-06-15T15:06:41.5+02:00""#).unwrap(),
            "20250615150641.500000+120"
        );
        assert_eq!(
            time(r#""203001********.******+000""#).unwrap(),
            "203001********.******+000"
        );
        let error = time(r#""soon""#).unwrap_err().to_string();
        assert!(error.starts_with("not a CIM datetime: "), "{error}");
        let error = time("5").unwrap_err().to_string();
        assert!(
            error.contains("expected a point in time, as RFC 3339"),
            "{error}"
        );

        let interval: Interval = serde_json::from_str(r#""P0DT0H5M0S""#).unwrap();
        assert_eq!(interval.to_string(), "00000000000500.000000:000");
        let reference: Reference = serde_json::from_str(r#""root/x:D.K=\"v\"""#).unwrap();
        assert_eq!(reference, Reference::new("root/x", "D").with_key("K", "v"));
    }
}
