use super::*;
use crate::cim::ClassPath;

fn text(text: &str) -> KeyValue {
    text.into()
}

fn came(text: &str) -> Value {
    text.into()
}

#[test]
fn text_is_compared_without_regard_to_case() {
    assert!(is_same(&text("Web01"), &came("wEB01")));
    assert!(is_same(&text("FÜNF"), &came("fünf")));
    assert!(is_same(&text(""), &came("")));
    assert!(!is_same(&text("web01"), &came("web01 ")));
    assert!(!is_same(&text(""), &Value::Null));
    assert!(!is_same(&text("a"), &Value::Array(vec!["a".into()])));
}

#[test]
fn numbers_are_compared_as_numbers_where_a_service_wrote_one() {
    for (asked, found, same) in [
        ("7", "7", true),
        ("+7", "7", true),
        ("007", "7", true),
        ("7", "007", false),
        ("-7", "7", false),
        // A text that looks like a decimal number is usually a version.
        ("1.1", "1.10", false),
        ("1.5", "1.50000e+000", true),
        ("10.0.1", "10.0.1", true),
        ("5e10", "50000000000", false),
        // A name that looks like a number with an exponent.
        ("50000000000", "5e10", false),
    ] {
        assert_eq!(is_same(&text(asked), &came(found)), same, "{asked} {found}");
    }
    assert!(is_same(&KeyValue::Integer(7), &Value::Uint32(7)));
    assert!(is_same(&text("1.50"), &Value::Real32(1.5)));
    assert!(!is_same(&KeyValue::Integer(7), &came("7a")));
    assert!(!is_same(&KeyValue::Integer(1), &Value::Boolean(true)));
}

#[test]
fn truth_values_are_compared_as_such_where_one_side_is_one() {
    assert!(is_same(&true.into(), &came("TRUE")));
    assert!(is_same(&true.into(), &came("1")));
    assert!(is_same(&text("1"), &Value::Boolean(true)));
    assert!(!is_same(&text("1"), &came("true")));
    assert!(!is_same(&false.into(), &came("")));
}

#[test]
fn times_are_compared_by_what_they_mean() {
    for (asked, found, same) in [
        (
            "20300115220000.000000+060",
            "20300115210000.000000+000",
            true,
        ),
        ("2030-01-15T21:00:00Z", "20300115210000.000000+000", true),
        ("2030-01-15T21:00:01Z", "20300115210000.000000+000", false),
        ("PT5M", "00000000000500.000000:000", true),
        ("PT6M", "P0DT0H5M0S", false),
    ] {
        assert_eq!(is_same(&text(asked), &came(found)), same, "{asked} {found}");
        let time = found.parse().map(Value::DateTime);
        let length = found.parse().map(Value::Interval);
        let typed = time.unwrap_or_else(|_| length.unwrap());
        assert_eq!(is_same(&text(asked), &typed), same, "{asked} {typed:?}");
    }
}

#[test]
fn references_are_compared_by_class_and_keys() {
    let vm = |class: &str, name: &str| Reference::new("root/x", class).with_key("Name", name);
    let asked: KeyValue = vm("C", "A").into();
    let same = |found: Reference| is_same(&asked, &found.into());
    assert!(same(vm("c", "a")));
    assert!(same(vm("Derived", "A")));
    assert!(same(Reference::new("", "C").with_key("NAME", "a")));
    assert!(!same(vm("C", "B")));
    assert!(!same(Reference::new("root/y", "C").with_key("Name", "A")));
    assert!(same(vm("C", "A").with_key("More", 1u32)));
    let more: KeyValue = vm("C", "A").with_key("More", 1u32).into();
    assert!(!is_same(&more, &vm("C", "A").into()));
    assert!(!same(Reference::new("root/x", "C")));
    assert!(is_same(&asked, &came("root/x:C.Name=\"A\"")));
    let path = text(r#"\\HV01\root\x:C.Name="A""#);
    assert!(is_same(&path, &vm("C", "A").into()));
    assert!(!is_same(&text("A"), &vm("C", "A").into()));
    let only = |class: &str| Reference::new("root/x", class);
    assert!(is_same(&only("C").into(), &only("c").into()));
    assert!(!is_same(&only("C").into(), &only("D").into()));
    assert!(!is_same(&only("C").into(), &vm("C", "A").into()));
}

#[test]
fn an_instance_without_a_class_counts_by_all_its_keys() {
    let target = Reference::new("root/x", "X").with_key("A", 1u32);
    let both = target.clone().with_key("B", 2u32);
    let of = |class: &str| Instance::new(ClassPath::new("root/x", class)).with("A", "1");
    assert_eq!(check_instance(&of("Y"), &target), Ok(()));
    assert_eq!(check_instance(&of("x"), &both), Ok(()));
    let error = check_instance(&of("Y"), &both).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the answer is an instance of Y, not of X"
    );
    let error = check_instance(&of("X").with("A", "3"), &target).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the answer is an instance whose A is \"3\", not 1"
    );
}
