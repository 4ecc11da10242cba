use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use serde::Deserialize;

use super::*;
use crate::cim::{ClassPath, Instance, Mismatch};
use crate::cim::{DateTime, Interval, Reference};

fn service() -> Instance {
    Instance::new(ClassPath::new("root/cimv2", "Win32_Service"))
}

/// Reads in both ways, which must give the same result.
fn read<T: DeserializeOwned + PartialEq + Debug>(instance: &Instance) -> Result<T, String> {
    let borrowed = instance
        .deserialize::<T>()
        .map_err(|error| error.to_string());
    let owned = instance
        .clone()
        .into_typed::<T>()
        .map_err(|error| error.to_string());
    assert_eq!(borrowed, owned);
    owned
}

#[derive(Debug, Deserialize, PartialEq)]
struct One<T> {
    it: T,
}

/// Reads one property.
fn property<T: DeserializeOwned + PartialEq + Debug>(value: impl Into<Value>) -> Result<T, String> {
    read::<One<T>>(&service().with("It", value)).map(|one| one.it)
}

/// Returns the error about that property.
fn wrong<T>(how: &str) -> Result<T, String> {
    Err(format!("It of Win32_Service {how}"))
}

fn array(texts: &[&str]) -> Value {
    Value::Array(texts.iter().map(|text| Value::from(*text)).collect())
}

#[test]
fn scalars_from_text_and_from_typed_values() {
    assert_eq!(property("65535"), Ok(65_535u16));
    assert_eq!(property("-128"), Ok(-128i8));
    assert_eq!(property("18446744073709551615"), Ok(u64::MAX));
    assert_eq!(property("9007199254740993"), Ok(9_007_199_254_740_993u64));
    assert_eq!(property(u64::MAX), Ok(u128::from(u64::MAX)));
    assert_eq!(property("-7"), Ok(-7i128));
    assert_eq!(property(255u64), Ok(255u8));
    assert_eq!(property("TRUE"), Ok(true));
    assert_eq!(property("0"), Ok(false));
    assert_eq!(property("-INF"), Ok(f64::NEG_INFINITY));
    assert_eq!(property("1.5e3"), Ok(1500f32));
    assert_eq!(property("4"), Ok("4".to_owned()));
    assert_eq!(property(4u16), Ok("4".to_owned()));
    assert_eq!(property("4"), Ok(Box::<str>::from("4")));
    let nan = service().with("It", "NaN").deserialize::<One<f64>>();
    assert!(nan.is_ok_and(|one| one.it.is_nan()));
}

#[test]
fn characters() {
    assert_eq!(property(Value::Char16(65)), Ok('A'));
    assert_eq!(property("65"), Ok('A'));
    assert_eq!(property("é"), Ok('é'));
    assert_eq!(property("ab"), wrong::<char>("is not a char16: \"ab\""));
    assert_eq!(property(Value::Char16(65)), Ok(65u16));
    // Half of a surrogate pair is not a character.
    assert_eq!(
        property(Value::Char16(0xD800)),
        wrong::<char>("is not a char16: \"55296\"")
    );
}

#[test]
fn what_does_not_fit_is_named() {
    assert_eq!(
        property("65536"),
        wrong::<u16>("is not a uint16: \"65536\"")
    );
    assert_eq!(property("-1"), wrong::<u64>("is not a uint64: \"-1\""));
    assert_eq!(property("x"), wrong::<bool>("is not a boolean: \"x\""));
    assert_eq!(
        property("soon"),
        wrong::<DateTime>("is not a point in time: \"soon\"")
    );
    assert_eq!(property(Value::Null), wrong::<u8>("is not a uint8: null"));
    assert_eq!(
        property(array(&["1", "2"])),
        wrong::<u8>("is not a uint8: an array of 2")
    );
    assert_eq!(
        property(array(&["1", "x"])),
        wrong::<Vec<u8>>("is not a uint8: \"x\"")
    );
    assert_eq!(
        property("x"),
        wrong::<HashMap<String, u8>>("is not an instance: \"x\"")
    );
    assert_eq!(
        property(service()),
        wrong::<String>("is not a string: an instance")
    );
    assert_eq!(
        read::<One<u8>>(&service()),
        Err("it of Win32_Service is absent".to_owned())
    );
}

#[test]
fn an_instance_that_is_no_number() {
    let expected = "Win32_Service is not of the requested type: expected u8";
    assert_eq!(read::<u8>(&service()), Err(expected.to_owned()));
}

#[test]
fn what_a_type_itself_refuses_is_named() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(try_from = "String")]
    struct Short(String);

    impl TryFrom<String> for Short {
        type Error = String;

        fn try_from(text: String) -> Result<Self, String> {
            if text.len() < 4 {
                Ok(Self(text))
            } else {
                Err(format!("longer than three\u{1b}[2J {text}"))
            }
        }
    }

    assert_eq!(property("abc"), Ok(Short("abc".to_owned())));
    assert_eq!(
        property("abcd"),
        wrong::<Short>("is \"abcd\": longer than three\\u{1b}[2J abcd")
    );
    assert_eq!(
        property(array(&["a", "abcd"])),
        wrong::<Vec<Short>>("is \"abcd\": longer than three\\u{1b}[2J abcd")
    );
    let error = property::<Short>("y".repeat(100_000)).unwrap_err();
    assert!(
        error.contains(&format!("is \"{}…\": longer", "y".repeat(60))),
        "{error}"
    );
    assert!(error.len() < 400, "{error}");
    // A shorter excerpt is kept of text that is moved out, and it ends at a character.
    let long = service().with("It", "x".to_owned() + &"ä".repeat(1000));
    let error = long.into_typed::<One<Short>>().unwrap_err().to_string();
    assert!(
        error.contains(&format!("is \"x{}…\": longer", "ä".repeat(31))),
        "{error}"
    );
}

#[test]
fn names_in_any_case() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "PascalCase")]
    struct Service {
        instance_id: String,
        #[serde(alias = "Caption")]
        title: String,
    }

    for (id, title) in [
        ("InstanceID", "Title"),
        ("INSTANCEID", "CAPTION"),
        ("instanceid", "caption"),
    ] {
        let instance = service().with(id, "a").with("Other", "x").with(title, "b");
        let expected = Service {
            instance_id: "a".to_owned(),
            title: "b".to_owned(),
        };
        assert_eq!(read(&instance), Ok(expected), "{id}");
    }
}

#[test]
fn unknown_properties_where_they_are_denied() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        a: u8,
    }
    assert_eq!(read(&service().with("A", "1")), Ok(Strict { a: 1 }));
    assert_eq!(
        read::<Strict>(&service().with("A", "1").with("B", "2")),
        Err("B of Win32_Service is not a known field: expected no field but a".to_owned())
    );
}

#[test]
fn arrays_absent_null_one_and_many() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Lists {
        #[serde(rename = "A")]
        absent: Vec<u16>,
        #[serde(rename = "N")]
        null: Vec<u16>,
        #[serde(rename = "O")]
        one: Vec<u16>,
        #[serde(rename = "M")]
        many: Vec<u16>,
        #[serde(rename = "AO")]
        optional: Option<Vec<u16>>,
        #[serde(rename = "B")]
        absent_too: Vec<String>,
        #[serde(rename = "D", default = "two")]
        has_default: Vec<u16>,
        #[serde(rename = "V")]
        value: Value,
        #[serde(rename = "P")]
        pair: (u8, u8),
    }

    fn two() -> Vec<u16> {
        vec![2]
    }

    let instance = service()
        .with("N", Value::Null)
        .with("O", "2")
        .with("M", array(&["17", "2"]))
        .with("P", array(&["1", "2"]));
    let expected = Lists {
        absent: vec![],
        null: vec![],
        one: vec![2],
        many: vec![17, 2],
        optional: None,
        absent_too: vec![],
        has_default: vec![2],
        value: Value::Null,
        pair: (1, 2),
    };
    assert_eq!(read(&instance), Ok(expected));
    assert_eq!(property(Value::Null), Ok(Vec::<u8>::new()));
    assert_eq!(property(array(&["5"])), Ok(5u8));
}

#[test]
fn what_was_learnt_about_a_type_does_no_harm_to_the_next_item() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Item {
        #[serde(alias = "caption")]
        name: Vec<String>,
        text: String,
        number: Option<u8>,
    }

    let reading = TypeReader::new(|_| Err(Mismatch::new("is not an instance")));
    let read = |instance: Instance| {
        let (class, properties) = instance.into_parts();
        let origin = Origin::instance(class.as_ref(), "nameless");
        reading
            .owned::<Item>(origin, properties)
            .map_err(|error| error.to_string())
    };
    let item = |name: &[&str], number| {
        Ok(Item {
            name: name.iter().map(|&text| text.to_owned()).collect(),
            text: "t".to_owned(),
            number,
        })
    };
    let base = service().with("Text", "t");
    // Each line omits other fields, so that knowledge from one line may be wrong for the next.
    assert_eq!(read(base.clone().with("Caption", "c")), item(&["c"], None));
    assert_eq!(read(base.clone().with("Name", "n")), item(&["n"], None));
    assert_eq!(read(base.clone()), item(&[], None));
    assert_eq!(read(base.clone().with("Caption", "c")), item(&["c"], None));
    assert_eq!(
        read(base.clone().with("Caption", "d").with("Number", "1")),
        item(&["d"], Some(1))
    );
    assert_eq!(read(base.clone().with("Number", "1")), item(&[], Some(1)));
    assert_eq!(
        read(base.clone().with("Caption", "c").with("Name", "n")),
        Err("name of Win32_Service appears twice".to_owned())
    );
    assert_eq!(
        read(base.with("Name", "n").with("Number", "1")),
        item(&["n"], Some(1))
    );
    assert_eq!(
        read(service()),
        Err("text of Win32_Service is absent".to_owned())
    );
}

#[test]
fn by_value_texts_are_moved_and_by_reference_borrowed() {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Moved {
        name: String,
        roles: Vec<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Borrowed<'a> {
        name: &'a str,
        #[serde(borrow)]
        title: Cow<'a, str>,
    }

    let roles = Value::Array(vec!["r".into()]);
    let instance = service()
        .with("Name", "n")
        .with("Title", "t")
        .with("Roles", roles);
    let place = |name| match instance.value(name) {
        Some(Value::String(text)) => text.as_ptr(),
        Some(Value::Array(values)) => values[0].as_str().unwrap().as_ptr(),
        _ => panic!("{name}"),
    };
    let (name, title, role) = (place("Name"), place("Title"), place("Roles"));

    let borrowed: Borrowed<'_> = instance.deserialize().unwrap();
    assert_eq!(borrowed.name.as_ptr(), name);
    assert!(matches!(borrowed.title, Cow::Borrowed(text) if text.as_ptr() == title));

    let moved: Moved = instance.into_typed().unwrap();
    assert_eq!(moved.name.as_ptr(), name);
    assert_eq!(moved.roles[0].as_ptr(), role);
}

#[test]
fn own_types_are_not_turned_into_text() {
    let inner = Reference::new("root/x", "D").with_key("K", 5u32);
    let reference = Reference::to_class(
        ClassPath::new("root/x", "C").with_base("http://vendor.example/schema/1"),
    )
    .with_key("Part", inner);
    let time: DateTime = "20240229******.******+***".parse().unwrap();
    let interval: Interval = "000000010203**.******:000".parse().unwrap();

    assert_eq!(property(&reference), Ok(reference.clone()));
    assert_eq!(property(&reference), Ok(Some(reference.clone())));
    assert_eq!(property(&reference), Ok(vec![reference.clone()]));
    assert_eq!(property(&reference), Ok(Value::from(&reference)));
    assert_eq!(
        property::<DateTime>(time).map(|time| time.to_string()),
        Ok(time.to_string())
    );
    assert_eq!(property(interval), Ok(interval));
    assert_eq!(
        property(service().with("A", time)),
        Ok(service().with("A", time))
    );
    assert_eq!(
        read(&service().with("A", &reference)),
        Ok(service().with("A", &reference))
    );
    let map = HashMap::from([("A".to_owned(), Value::from(&reference))]);
    assert_eq!(read(&service().with("A", &reference)), Ok(map));

    let noon: Result<DateTime, _> = property("20240229123456.000000+060");
    assert_eq!(noon, property("2024-02-29T11:34:56Z"));
    assert_eq!(
        property("PT5M"),
        Ok("00000000000500.000000:000".parse::<Interval>().unwrap())
    );
    assert_eq!(
        property("root/x:D.K=5"),
        Ok(Reference::new("root/x", "D").with_key("K", 5u32))
    );
    // A type that requests text receives a time as in JSON.
    let noon: DateTime = "20240229120000.500000+060".parse().unwrap();
    assert_eq!(property(noon), Ok("2024-02-29T12:00:00.5+01:00".to_owned()));
}

#[test]
fn codes_and_names_as_enums() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(try_from = "u16")]
    enum State {
        Enabled,
        Unknown(u16),
    }
    impl TryFrom<u16> for State {
        type Error = &'static str;

        fn try_from(code: u16) -> Result<Self, Self::Error> {
            match code {
                2 => Ok(Self::Enabled),
                0 => Err("zero is not a state"),
                code => Ok(Self::Unknown(code)),
            }
        }
    }
    #[derive(Debug, Deserialize, PartialEq)]
    enum Mode {
        Auto,
        #[serde(rename = "2")]
        Two,
    }

    assert_eq!(property("2"), Ok(State::Enabled));
    assert_eq!(
        property(array(&["2", "9"])),
        Ok(vec![State::Enabled, State::Unknown(9)])
    );
    assert_eq!(
        property("0"),
        wrong::<State>("is \"0\": zero is not a state")
    );
    assert_eq!(
        property("70000"),
        wrong::<State>("is not a uint16: \"70000\"")
    );
    assert_eq!(property("Auto"), Ok(Mode::Auto));
    assert_eq!(property("2"), Ok(Mode::Two));
    assert_eq!(property(2u16), Ok(Mode::Two));
    assert_eq!(
        property("Sometimes"),
        wrong::<Mode>("is \"Sometimes\": expected one of Auto, 2")
    );
    assert_eq!(property(Value::Null), wrong::<Mode>("is not a name: null"));
}

#[test]
fn instances_inside() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "PascalCase")]
    struct Disk {
        size: u64,
        #[serde(default)]
        path: Option<String>,
        tags: Vec<String>,
    }
    let disk = |size| Disk {
        size,
        path: None,
        tags: vec![],
    };
    let instance = |size| Instance::new(ClassPath::new("", "Msvm_Disk")).with("SIZE", size);
    let text = "<INSTANCE CLASSNAME=\"Msvm_Disk\"><PROPERTY NAME=\"Size\" TYPE=\"uint64\"><VALUE>5</VALUE></PROPERTY></INSTANCE>";

    assert_eq!(property(instance("5")), Ok(disk(5)));
    assert_eq!(property(text), Ok(disk(5)));
    assert_eq!(property(array(&[text, text])), Ok(vec![disk(5), disk(5)]));
    assert_eq!(
        property(instance("5")),
        Ok(BTreeMap::from([("SIZE".to_owned(), 5u64)]))
    );
    assert_eq!(
        property::<Instance>(text),
        Ok(Instance::new(ClassPath::new("", "Msvm_Disk")).with("Size", 5u64))
    );
    assert_eq!(property(text), Ok(text.to_owned()));
    // The missing array of the inner instance is noticed after the name was read. The name must not be lost.
    #[derive(Debug, Deserialize, PartialEq)]
    struct Drive {
        name: String,
        disk: Disk,
    }
    for inner in [Value::from(instance("5")), text.into(), array(&[text])] {
        let drive = Drive {
            name: "d".to_owned(),
            disk: disk(5),
        };
        assert_eq!(
            read(&service().with("Name", "d").with("Disk", inner)),
            Ok(drive)
        );
    }
    // The error concerns the inner instance.
    assert_eq!(
        property::<Disk>(instance("much")),
        Err("SIZE of Msvm_Disk is not a uint64: \"much\"".to_owned())
    );
    let error = property::<Disk>("<INSTANCE").unwrap_err();
    assert!(
        error.starts_with("It of Win32_Service is not an embedded instance: "),
        "{error}"
    );
}

#[test]
fn instances_in_texts_of_instances_end_somewhere() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Node {
        inner: Option<Box<Self>>,
    }
    let node = |inner: &str| {
        let inner = inner.replace('&', "&amp;").replace('<', "&lt;");
        format!(
            "<INSTANCE CLASSNAME=\"N\"><PROPERTY NAME=\"Inner\" TYPE=\"string\"><VALUE>{inner}</VALUE></PROPERTY></INSTANCE>"
        )
    };
    let nested = |depth| {
        (1..depth).fold("<INSTANCE CLASSNAME=\"N\"/>".to_owned(), |inner, _| {
            node(&inner)
        })
    };
    assert!(property::<Node>(nested(16)).is_ok());
    let error = property::<Node>(nested(17)).unwrap_err();
    assert!(
        error.ends_with(": instances are embedded too deeply"),
        "{error}"
    );
}

#[test]
fn a_class_for_each_variant() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[allow(non_camel_case_types, reason = "the names of the classes")]
    enum Any {
        Win32_Service(One<u8>),
        #[serde(rename_all = "PascalCase")]
        Win32_Process {
            handle: String,
            roles: Vec<u8>,
        },
        #[serde(other)]
        Other,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    enum Only {
        Msvm(One<u8>),
    }

    let of = |class: &str| Instance::new(ClassPath::new("root/cimv2", class));
    assert_eq!(
        read(&service().with("It", "1")),
        Ok(Any::Win32_Service(One { it: 1 }))
    );
    assert_eq!(
        read(&of("WIN32_PROCESS").with("Handle", "h")),
        Ok(Any::Win32_Process {
            handle: "h".to_owned(),
            roles: vec![]
        })
    );
    assert_eq!(read(&of("Win32_Thread")), Ok(Any::Other));
    assert_eq!(
        property(of("Win32_Service").with("It", "1")),
        Ok(Any::Win32_Service(One { it: 1 }))
    );
    assert_eq!(
        read::<Only>(&service()),
        Err("Win32_Service is not of the requested type: expected one of Msvm".to_owned())
    );
    let projection = Instance::from_parts(None, Properties::new());
    assert_eq!(
        read::<Any>(&projection),
        Err("a projection is not of the requested type: its class is not known".to_owned())
    );
}

#[test]
fn flattened_and_tagged_types_get_text_as_text() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "PascalCase")]
    struct Named {
        name: String,
        rank: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, Value>,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(untagged)]
    enum Either {
        Number(u8),
        Text(String),
    }

    let instance = service()
        .with("Name", "n")
        .with("Rank", "7")
        .with("Pid", "12")
        .with("Exit", 0u32);
    let rest = [
        ("Exit".to_owned(), 0u32.into()),
        ("Pid".to_owned(), "12".into()),
    ];
    let expected = Named {
        name: "n".to_owned(),
        rank: 7,
        rest: BTreeMap::from(rest),
    };
    assert_eq!(read(&instance), Ok(expected));
    assert_eq!(property("12"), Ok(Either::Text("12".to_owned())));
    assert_eq!(property(12u8), Ok(Either::Number(12)));
    let json: serde_json::Value = instance.deserialize().unwrap();
    assert_eq!(
        json,
        serde_json::json!({"Name": "n", "Rank": "7", "Pid": "12", "Exit": 0})
    );
}

#[test]
fn newtypes_bytes_and_units() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Id(String);
    #[derive(Debug, Deserialize, PartialEq)]
    struct All(Vec<u8>);
    #[derive(Debug, Deserialize, PartialEq)]
    struct Nothing;

    assert_eq!(property("x"), Ok(Id("x".to_owned())));
    assert_eq!(read::<One<All>>(&service()), Ok(One { it: All(vec![]) }));
    assert_eq!(property(array(&["1", "2"])), Ok([1u8, 2]));
    assert_eq!(property(Value::Null), Ok(()));
    assert_eq!(property(Value::Null), Ok(Nothing));
    assert_eq!(property("x"), wrong::<()>("is not null: \"x\""));
}
