use std::collections::BTreeMap;

use super::*;
use crate::cim::{ClassPath, DateTime, Interval, Reference};

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
    let struct_only = "a variant with data must hold a struct";
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
        wrong("a nested map requires its class as __CLASS")
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
