use super::*;

fn text(text: &str) -> Value {
    text.into()
}

#[test]
fn integers_are_checked_for_range() {
    assert_eq!(u16::from_value(&text("65535")), Ok(65_535));
    assert_eq!(u64::from_value(&text("18446744073709551615")), Ok(u64::MAX));
    assert_eq!(i64::from_value(&text("-9223372036854775808")), Ok(i64::MIN));
    assert_eq!(u8::from_value(&Value::Uint64(255)), Ok(255));
    let error = u16::from_value(&text("65536")).unwrap_err();
    assert_eq!(error.to_string(), "is not a uint16: \"65536\"");
    for wrong in ["", "-1", "1.0", "0x10", "one"] {
        assert!(u16::from_value(&text(wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn booleans_in_any_case() {
    for (spelling, expected) in [
        ("true", true),
        ("TRUE", true),
        ("False", false),
        ("1", true),
        ("0", false),
    ] {
        assert_eq!(
            bool::from_value(&text(spelling)),
            Ok(expected),
            "{spelling}"
        );
    }
    assert!(bool::from_value(&text("yes")).is_err());
}

#[test]
fn arrays_absent_nil_one_and_many() {
    type States = Vec<u16>;
    assert_eq!(States::absent(), Ok(vec![]));
    assert_eq!(States::from_value(&Value::Null), Ok(vec![]));
    assert_eq!(States::from_value(&text("2")), Ok(vec![2]));
    assert_eq!(
        States::from_value(&Value::Array(vec![text("17"), text("2")])),
        Ok(vec![17, 2])
    );
    assert_eq!(Option::<States>::absent(), Ok(None));
    assert_eq!(Option::<States>::from_value(&Value::Null), Ok(None));
    assert!(u16::from_value(&Value::Array(vec![text("17"), text("2")])).is_err());
    assert_eq!(u16::from_value(&Value::Array(vec![text("17")])), Ok(17));
}

#[test]
fn options() {
    assert_eq!(Option::<u16>::from_value(&text("5")), Ok(Some(5)));
    assert_eq!(Option::<u16>::from_value(&Value::Null), Ok(None));
    assert_eq!(Option::<u16>::absent(), Ok(None));
    // An empty element is an empty string, and null for types other than strings.
    assert_eq!(Option::<Reference>::from_value(&text("")), Ok(None));
    assert_eq!(Option::<u16>::from_value(&text(" ")), Ok(None));
    assert_eq!(
        Option::<String>::from_value(&text("")),
        Ok(Some(String::new()))
    );
    assert!(u16::absent().is_err());
    assert!(u16::from_value(&Value::Null).is_err());
}

#[test]
fn long_values_are_cut_in_messages() {
    let error = u16::from_value(&text(&"ä".repeat(1000))).unwrap_err();
    assert!(error.to_string().chars().count() < 100, "{error}");
}

#[test]
fn the_class_of_a_foreign_value_is_escaped() {
    let class = format!("C\u{1b}[2J\u{202e}{}", "x".repeat(100));
    let instance = Instance::new(crate::cim::ClassPath::new("", class));
    let error = instance.get::<u8>("A").unwrap_err().to_string();
    assert!(error.starts_with(r"A of C\u{1b}[2J\u{202e}xx"), "{error}");
    assert!(error.ends_with("x… is absent"), "{error}");
}
