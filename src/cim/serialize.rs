//! CIM values as JSON, or as another serde format.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::{DateTime, Instance, Interval, KeyValue, Properties, Reference, Value, out_of_band};

/// Writes null, booleans, numbers and text as such. Times are RFC 3339 if they name an instant, else their 25
/// characters. References are object paths.
///
/// Text of a type that the server did not name remains text: only the schema tells that `"JobState": "4"` is a number.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Uint8(number) => serializer.serialize_u8(*number),
            Self::Uint16(number) => serializer.serialize_u16(*number),
            Self::Char16(unit) => {
                out_of_band::serialize(|| Self::Char16(*unit), || *unit, serializer)
            }
            Self::Uint32(number) => serializer.serialize_u32(*number),
            Self::Uint64(number) => serializer.serialize_u64(*number),
            Self::Sint8(number) => serializer.serialize_i8(*number),
            Self::Sint16(number) => serializer.serialize_i16(*number),
            Self::Sint32(number) => serializer.serialize_i32(*number),
            Self::Sint64(number) => serializer.serialize_i64(*number),
            Self::Real32(number) => serializer.serialize_f32(*number),
            Self::Real64(number) => serializer.serialize_f64(*number),
            Self::String(text) => serializer.serialize_str(text),
            Self::DateTime(time) => time.serialize(serializer),
            Self::Interval(interval) => interval.serialize(serializer),
            Self::Reference(reference) => reference.serialize(serializer),
            Self::Instance(instance) => instance.serialize(serializer),
            Self::Array(values) => {
                let mut sequence = serializer.serialize_seq(Some(values.len()))?;
                values
                    .iter()
                    .try_for_each(|value| sequence.serialize_element(value))?;
                sequence.end()
            }
        }
    }
}

/// Writes RFC 3339 if the value names an instant, else the 25 characters.
impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        out_of_band::serialize(|| (*self).into(), || open_time(self), serializer)
    }
}

/// Writes an `xs:duration` if all fields are known, else the 25 characters.
impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        out_of_band::serialize(|| (*self).into(), || open_interval(self), serializer)
    }
}

/// Writes an object path.
impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        out_of_band::serialize(|| self.into(), || self.to_string(), serializer)
    }
}

/// Writes a map of the properties, after `__CLASS` (WMI's name for it) if the class is known.
impl Serialize for Instance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        out_of_band::serialize(|| self.clone().into(), || Map(self), serializer)
    }
}

struct Map<'a>(&'a Instance);

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(class) = self.0.class() {
            map.serialize_entry(CLASS_KEY, class.name())?;
        }
        let mut properties = self.0.properties().iter();
        properties.try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

fn open_time(time: &DateTime) -> String {
    time.to_rfc3339().unwrap_or_else(|| time.to_string())
}

fn open_interval(interval: &Interval) -> String {
    let duration = interval.to_xs_duration();
    duration.unwrap_or_else(|| interval.to_string())
}

/// Returns the text of a scalar in the form used by this module.
pub(super) fn open_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::DateTime(time) => Some(open_time(time).into()),
        Value::Interval(interval) => Some(open_interval(interval).into()),
        Value::Reference(reference) => Some(reference.to_string().into()),
        value => value.to_text(),
    }
}

impl Serialize for KeyValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i128(*number),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Reference(reference) => reference.serialize(serializer),
        }
    }
}

/// Writes a map of the properties, in their order.
impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        self.iter()
            .try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

/// The name of the class of an instance in WMI (system property `__CLASS`).
pub(super) const CLASS_KEY: &str = "__CLASS";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cim::ClassPath;

    #[test]
    fn an_instance_as_json() {
        let instance = Instance::new(ClassPath::new("root/x", "C"))
            .with("Text", "4")
            .with("Big", u64::MAX)
            .with("When", DateTime::NEVER)
            .with("Long", "PT5M".parse::<Interval>().unwrap())
            .with("Some", vec![1u8, 2])
            .with("None", Value::Null)
            .with("Ref", Reference::new("root/x", "D").with_key("K", "v"));
        let json = serde_json::to_string(&instance).unwrap();
        assert_eq!(
            json,
            r#"{"__CLASS":"C","Text":"4","Big":18446744073709551615,"When":"1601-01-01T00:00:00Z","Long":"P0DT0H5M0S","Some":[1,2],"None":null,"Ref":"root/x:D.K=\"v\""}"#
        );
    }
}
