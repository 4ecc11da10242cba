//! Properties that hold for any value, not for chosen ones.

mod any;
mod wire;

use any::*;
use cimwire::Wql;
use cimwire::cim::{
    ClassPath, DateTime, Instance, Interval, Properties, Reference, Value, to_properties,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

/// A struct with a field of every kind.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Everything {
    boolean: bool,
    bytes: (u8, i8),
    shorts: Vec<u16>,
    signed: Option<i32>,
    large: u64,
    very_signed: i64,
    real: f64,
    character: char,
    text: String,
    time: DateTime,
    times: Vec<DateTime>,
    interval: Option<Interval>,
    reference: Reference,
    value: Value,
    inside: Vec<Inside>,
    kind: Kind,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Inside {
    number: u32,
    texts: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
enum Kind {
    Plain,
    Other,
}

fn everything() -> impl Strategy<Value = Everything> {
    let bmp = any::<u16>().prop_filter_map("half of a pair", |unit| char::from_u32(unit.into()));
    let inside =
        (any::<u32>(), vec(text(), 0..3)).prop_map(|(number, texts)| Inside { number, texts });
    let numbers = (
        any::<bool>(),
        any::<(u8, i8)>(),
        vec(any::<u16>(), 0..3),
        any::<Option<i32>>(),
    );
    let large = (any::<u64>(), any::<i64>(), any::<f64>(), bmp, text());
    let times = (time(), vec(time(), 0..3), option::of(interval()));
    let rest = (
        reference(),
        value(),
        vec(inside, 0..3),
        prop_oneof![Just(Kind::Plain), Just(Kind::Other)],
    );
    (numbers, large, times, rest).prop_map(|(numbers, large, times, rest)| Everything {
        boolean: numbers.0,
        bytes: numbers.1,
        shorts: numbers.2,
        signed: numbers.3,
        large: large.0,
        very_signed: large.1,
        real: large.2,
        character: large.3,
        text: large.4,
        time: times.0,
        times: times.1,
        interval: times.2,
        reference: rest.0,
        value: rest.1,
        inside: rest.2,
        kind: rest.3,
    })
}

/// What a service sends for these values: scalars as text without a type, arrays of none left out, arrays of one as
/// scalars.
fn as_sent(properties: &Properties) -> Properties {
    let untyped = |value: &Value| match value {
        value @ (Value::Instance(_) | Value::Reference(_) | Value::Null) => value.clone(),
        scalar => scalar.to_text().expect("a scalar").into_owned().into(),
    };
    let sent = properties.iter().filter_map(|(name, value)| {
        let value = match value {
            Value::Array(values) => match values.as_slice() {
                [] => return None,
                [only] => untyped(only),
                values => Value::Array(values.iter().map(untyped).collect()),
            },
            value => untyped(value),
        };
        Some((name, value))
    });
    sent.collect()
}

fn instance_of(properties: &Properties) -> Instance {
    let instance = Instance::new(ClassPath::new("root/x", "C"));
    let set =
        |instance: Instance, (name, value): (&str, &Value)| instance.with(name, value.clone());
    properties.iter().fold(instance, set)
}

/// A WQL string literal, read by the rule of the WMI SDK ("WQL"): it stands in single quotation marks, and a backslash
/// takes the character after it as it is.
fn read_literal(literal: &str) -> Option<String> {
    let mut rest = literal.strip_prefix('\'')?.chars();
    let mut text = String::new();
    loop {
        match rest.next()? {
            '\'' => return rest.next().is_none().then_some(text),
            '\\' => text.push(rest.next()?),
            character => text.push(character),
        }
    }
}

/// The one text that a pattern of WQL fits, if there is but one: a character alone in brackets is itself.
fn read_pattern(pattern: &str) -> Option<String> {
    let mut rest = pattern.chars();
    let mut text = String::new();
    while let Some(character) = rest.next() {
        match character {
            '%' | '_' => return None,
            '[' => {
                text.push(rest.next()?);
                if rest.next()? != ']' {
                    return None;
                }
            }
            character => text.push(character),
        }
    }
    Some(text)
}

proptest! {
    #[test]
    fn a_time_is_written_as_it_was_read(text in cim_time()) {
        let time: DateTime = text.parse().unwrap();
        prop_assert_eq!(time.to_string(), text);
        // In JSON too, where it is RFC 3339 if it names an instant.
        let json = serde_json::to_string(&time).unwrap();
        let again: DateTime = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(again.to_string(), time.to_string());
        prop_assert_eq!(time.to_rfc3339().is_some(), time.instant().is_some());
    }

    #[test]
    fn a_time_is_its_instant(micros in instant(), offset in -999i64..=999) {
        let time = DateTime::from_unix_micros(micros).unwrap();
        prop_assert_eq!(time.instant(), Some(micros));
        prop_assert_eq!(time.to_string().parse::<DateTime>().unwrap().instant(), Some(micros));
        prop_assert_eq!(time.to_rfc3339().unwrap().parse::<DateTime>().unwrap().instant(), Some(micros));
        // The same wall clock at another offset is that much earlier.
        let elsewhere = format!("{}{offset:+04}", &time.to_string()[..21]);
        let elsewhere: DateTime = elsewhere.parse().unwrap();
        prop_assert_eq!(elsewhere.instant(), Some(micros - offset * 60_000_000));
    }

    #[test]
    fn an_instant_is_the_same_in_jiff(micros in instant()) {
        let time = DateTime::from_unix_micros(micros).unwrap();
        // jiff ends a day before the year does, to have room for offsets.
        if let Ok(jiff) = jiff::Timestamp::try_from(time) {
            prop_assert_eq!(jiff.as_microsecond(), micros);
            prop_assert_eq!(DateTime::try_from(jiff), Ok(time));
            prop_assert_eq!(jiff.to_string().parse::<DateTime>(), Ok(time));
        } else {
            prop_assert!(micros > 2_932_895 * DAY);
        }
    }

    #[test]
    fn an_interval_is_written_as_it_was_read(text in cim_interval()) {
        let interval: Interval = text.parse().unwrap();
        prop_assert_eq!(interval.to_string(), text);
        let json = serde_json::to_string(&interval).unwrap();
        let again: Interval = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(again.to_string(), interval.to_string());
    }

    #[test]
    fn an_interval_is_its_length(micros in 0..100_000_000 * 86_400_000_000u64) {
        let interval = Interval::from_micros(micros).unwrap();
        prop_assert_eq!(interval.micros(), Some(micros));
        prop_assert_eq!(interval.to_string().parse(), Ok(interval));
        prop_assert_eq!(interval.to_xs_duration().unwrap().parse(), Ok(interval));
        let duration = std::time::Duration::try_from(interval).unwrap();
        prop_assert_eq!(duration, std::time::Duration::from_micros(micros));
        prop_assert_eq!(Interval::try_from(duration), Ok(interval));
        let signed = jiff::SignedDuration::try_from(interval).unwrap();
        prop_assert_eq!(signed.unsigned_abs(), duration);
        prop_assert_eq!(Interval::try_from(signed), Ok(interval));
    }

    #[test]
    fn any_text_may_be_asked_to_be_a_time(text in "[0-9TZ:.+*-]{0,30}") {
        // It may be refused, and nothing worse; what is taken is written so that it is read again.
        if let Ok(time) = text.parse::<DateTime>() {
            prop_assert_eq!(time.to_string().parse::<DateTime>().map(|time| time.to_string()), Ok(time.to_string()));
        }
        if let Ok(interval) = text.parse::<Interval>() {
            prop_assert_eq!(interval.to_string().parse(), Ok(interval));
        }
    }

    #[test]
    fn any_reference_survives_as_an_object_path(reference in reference()) {
        prop_assert_eq!(reference.to_string().parse(), Ok(reference.clone()));
        let json = serde_json::to_string(&reference).unwrap();
        prop_assert_eq!(serde_json::from_str::<Reference>(&json).unwrap(), reference);
    }

    #[test]
    fn any_text_survives_as_a_key(server in option::of("[a-z0-9.-]{1,12}"), text in text()) {
        let mut reference = Reference::new("root/cimv2", "C").with_key("A", text.as_str()).with_key("B", text);
        if let Some(server) = server {
            reference = reference.with_server(server);
        }
        prop_assert_eq!(reference.to_string().parse(), Ok(reference));
    }

    #[test]
    fn any_text_survives_as_a_wql_literal(text in text()) {
        let query = Wql::select("C").equals("P", &text).to_string();
        let literal = query.strip_prefix("SELECT * FROM C WHERE P = ").unwrap();
        prop_assert_eq!(read_literal(literal), Some(text));
    }

    #[test]
    fn any_text_survives_as_a_wql_pattern(text in "[%_\\[\\]^a'\\\\-]{0,8}") {
        for (query, before, after) in [
            (Wql::select("C").starts_with("P", &text), "", "%"),
            (Wql::select("C").ends_with("P", &text), "%", ""),
            (Wql::select("C").contains("P", &text), "%", "%"),
        ] {
            let query = query.to_string();
            let literal = query.strip_prefix("SELECT * FROM C WHERE P LIKE ").unwrap();
            let pattern = read_literal(literal).unwrap();
            let pattern = pattern.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            prop_assert_eq!(read_pattern(pattern.unwrap()), Some(text.clone()));
        }
    }

    #[test]
    fn any_value_survives_serde(value in value()) {
        #[derive(Debug, Deserialize, PartialEq, Serialize)]
        struct One {
            it: Value,
        }
        let one = One { it: value };
        let properties = to_properties(&one).unwrap();
        prop_assert_eq!(properties.value("it"), Some(&one.it));
        let instance = instance_of(&properties);
        prop_assert_eq!(instance.deserialize::<One>().unwrap(), one);
        let one: One = instance.clone().into_typed().unwrap();
        prop_assert_eq!(instance.value("it"), Some(&one.it));
    }

    #[test]
    fn any_struct_survives_as_properties(everything in everything()) {
        let typed = to_properties(&everything).unwrap();
        let instance = instance_of(&typed);
        prop_assert_eq!(instance.deserialize::<Everything>().unwrap(), everything.clone());
        prop_assert_eq!(instance.into_typed::<Everything>().unwrap(), everything);
    }

    #[test]
    fn any_struct_survives_as_a_service_sends_it(everything in everything()) {
        // A value of any type is what is sent, and what is sent has no types.
        let everything = Everything { value: "text".into(), ..everything };
        let instance = instance_of(&as_sent(&to_properties(&everything).unwrap()));
        prop_assert_eq!(instance.deserialize::<Everything>().unwrap(), everything.clone());
        prop_assert_eq!(instance.into_typed::<Everything>().unwrap(), everything);
    }
}
