//! The meaning of codes: the qualifiers `ValueMap` and `Values`.

use std::ops::RangeInclusive;

use crate::cim::Value;
use crate::cim::from_value::{FromValue, integer};

use super::{ElementSchema, MethodSchema, Qualifier, find};

impl ElementSchema {
    /// Returns the named values with their names (`ValueMap` and `Values`): `("2", "Enabled")`, or for a range
    /// `("32768..65535", "Vendor Reserved")`.
    pub fn value_map(&self) -> Vec<(String, String)> {
        value_map(&self.qualifiers)
    }

    /// Returns the name of a value, or of the range that contains it, if the declaration has one.
    pub fn value_name(&self, value: &Value) -> Option<String> {
        value_name(self.value_map(), value)
    }
}

impl MethodSchema {
    /// Returns the named return values with their names.
    pub fn value_map(&self) -> Vec<(String, String)> {
        value_map(&self.qualifiers)
    }

    /// Returns the name of a return value, or of the range that contains it, if the declaration has one.
    pub fn value_name(&self, value: &Value) -> Option<String> {
        value_name(self.value_map(), value)
    }
}

fn value_map(qualifiers: &[Qualifier]) -> Vec<(String, String)> {
    let texts =
        |name| find(qualifiers, name).and_then(|value| Vec::<String>::from_value(value).ok());
    match (texts("ValueMap"), texts("Values")) {
        (Some(map), Some(values)) => map.into_iter().zip(values).collect(),
        // Without a map, the names are numbered from 0.
        (None, Some(values)) => (0..).map(|n: u32| n.to_string()).zip(values).collect(),
        _ => Vec::new(),
    }
}

/// Returns the name of a value. An exact entry takes precedence over a range, and a range over `..`, which covers all
/// other values.
fn value_name(map: Vec<(String, String)>, value: &Value) -> Option<String> {
    let text = value.to_text()?;
    let number = integer(value);
    let rank = |key: &str| {
        let same = || Some(number? == key.trim().parse::<i128>().ok()?);
        if key == text || same() == Some(true) {
            return Some(0);
        }
        let range = range(key)?;
        let rank = if key.trim() == ".." { 2 } else { 1 };
        range.contains(&number?).then_some(rank)
    };
    let named = map
        .into_iter()
        .filter_map(|(key, name)| Some((rank(&key)?, name)));
    named.min_by_key(|(rank, _)| *rank).map(|(_, name)| name)
}

/// Parses a range of integers whose ends may be open: `4096..32767`, `32768..`, `..5`, `..`.
fn range(key: &str) -> Option<RangeInclusive<i128>> {
    let (first, last) = key.split_once("..")?;
    let end = |text: &str, open: i128| match text.trim() {
        "" => Some(open),
        text => text.parse().ok(),
    };
    Some(end(first, i128::MIN)?..=end(last, i128::MAX)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cim::CimType;

    fn texts(values: &[&str]) -> Value {
        Value::Array(values.iter().map(|text| Value::from(*text)).collect())
    }

    fn method(map: &[&str], values: &[&str]) -> MethodSchema {
        let named = [("ValueMap", map), ("Values", values)];
        let qualifiers = named.map(|(name, values)| Qualifier {
            name: name.to_owned(),
            value: texts(values),
        });
        MethodSchema {
            name: "M".to_owned(),
            return_type: CimType::Uint32,
            qualifiers: qualifiers.into(),
            parameters: Vec::new(),
        }
    }

    #[test]
    fn values_have_names() {
        let mut property = ElementSchema {
            name: "Type".to_owned(),
            cim_type: CimType::Uint16,
            is_array: false,
            qualifiers: Vec::new(),
        };
        property.qualifiers.push(Qualifier {
            name: "Values".to_owned(),
            value: texts(&["a", "b"]),
        });
        let pair = |key: &str, name: &str| (key.to_owned(), name.to_owned());
        assert_eq!(property.value_map(), [pair("0", "a"), pair("1", "b")]);
        assert_eq!(property.value_name(&1u16.into()), Some("b".to_owned()));
        property.qualifiers.push(Qualifier {
            name: "ValueMap".to_owned(),
            value: texts(&["7", "8"]),
        });
        assert_eq!(property.value_map(), [pair("7", "a"), pair("8", "b")]);
        assert_eq!(property.value_name(&1u16.into()), None);
    }

    #[test]
    fn values_in_ranges_have_names() {
        // The map of CIM_ConcreteJob.RequestStateChange, with a range inside a range added.
        let method = method(
            &[
                "0",
                "..",
                "4096",
                "4097..32767",
                "32768..65535",
                "40000",
                "..-5",
                "x",
            ],
            &[
                "done", "reserved", "started", "method", "vendor", "mine", "low", "text",
            ],
        );
        for (value, name) in [
            (Value::from("0"), "done"),
            (Value::from(4096u32), "started"),
            (Value::from("4097"), "method"),
            (Value::from("32767"), "method"),
            (Value::from("65535"), "vendor"),
            (Value::from("40000"), "mine"),
            (Value::from(-6i32), "low"),
            (Value::from("7"), "reserved"),
            (Value::from("65536"), "reserved"),
            (Value::from("x"), "text"),
        ] {
            assert_eq!(
                method.value_name(&value).as_deref(),
                Some(name),
                "{value:?}"
            );
        }
        assert_eq!(method.value_name(&"y".into()), None);
        assert_eq!(method.value_name(&Value::Null), None);
    }
}
