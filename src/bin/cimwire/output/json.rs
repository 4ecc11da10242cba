//! CIM values as JSON: numbers as numbers, times as RFC 3339, intervals in seconds, references as object paths.

use cimwire::cim::{Instance, Interval, Properties, Value};
use serde::Serialize;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};

/// A value as JSON.
pub(crate) struct Json<'a, T>(pub(crate) &'a T);

impl Serialize for Json<'_, Value> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Interval(interval) => seconds(interval, serializer),
            Value::Instance(instance) => Json(&**instance).serialize(serializer),
            Value::Array(values) => {
                let mut sequence = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    sequence.serialize_element(&Json(value))?;
                }
                sequence.end()
            }
            value => value.serialize(serializer),
        }
    }
}

impl Serialize for Json<'_, Properties> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0.iter() {
            map.serialize_entry(name, &Json(value))?;
        }
        map.end()
    }
}

/// The class comes first, under WMI's name for it; a projection has none.
impl Serialize for Json<'_, Instance> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(class) = self.0.class() {
            map.serialize_entry("__CLASS", class.name())?;
        }
        for (name, value) in self.0.properties().iter() {
            map.serialize_entry(name, &Json(value))?;
        }
        map.end()
    }
}

impl<T> Serialize for Json<'_, Option<T>>
where
    for<'a> Json<'a, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_ref().map(Json).serialize(serializer)
    }
}

/// An interval whose fields are not all known stays the text that it is.
fn seconds<S: Serializer>(interval: &Interval, serializer: S) -> Result<S::Ok, S::Error> {
    match interval.micros().map(std::time::Duration::from_micros) {
        Some(whole) if whole.subsec_micros() == 0 => serializer.serialize_u64(whole.as_secs()),
        Some(duration) => serializer.serialize_f64(duration.as_secs_f64()),
        None => serializer.serialize_str(&interval.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimwire::cim::{ClassPath, DateTime, Reference};

    #[test]
    fn values_are_written_with_their_types() {
        let interval = |text: &str| Value::from(text.parse::<Interval>().unwrap());
        let inner = Instance::new(ClassPath::new("root/x", "D")).with("Wait", interval("PT5M"));
        let instance = Instance::new(ClassPath::new("root/x", "C"))
            .with("Text", "4")
            .with("Big", u64::MAX)
            .with("Share", 0.5f32)
            .with("On", true)
            .with("When", DateTime::NEVER)
            .with("Whole", interval("00000001000000.000000:000"))
            .with("Part", interval("00000000000001.500000:000"))
            .with("Open", interval("000000010000**.******:000"))
            .with("One", vec![7u16])
            .with("Nothing", Value::Null)
            .with("Ref", Reference::new("root/x", "D").with_key("K", "v"))
            .with("Inner", inner);
        let expected = concat!(
            r#"{"__CLASS":"C","Text":"4","Big":18446744073709551615,"Share":0.5,"On":true,"#,
            r#""When":"1601-01-01T00:00:00Z","Whole":86400,"Part":1.5,"Open":"000000010000**.******:000","#,
            r#""One":[7],"Nothing":null,"Ref":"root/x:D.K=\"v\"","Inner":{"__CLASS":"D","Wait":300}}"#
        );
        assert_eq!(serde_json::to_string(&Json(&instance)).unwrap(), expected);
    }
}
