//! Any value of any type.

use cimwire::cim::{ClassPath, DateTime, Instance, Interval, KeyValue, Reference, Value};
use proptest::collection::vec;
use proptest::prelude::*;

/// A field of so many digits, or of as many asterisks.
pub(crate) fn field(
    width: usize,
    numbers: std::ops::RangeInclusive<u32>,
) -> impl Strategy<Value = String> {
    prop_oneof![
        9 => numbers.prop_map(move |number| format!("{number:0width$}")),
        1 => Just("*".repeat(width)),
    ]
}

/// Six digits of microseconds, of which the last may be asterisks.
pub(crate) fn fraction() -> impl Strategy<Value = String> {
    let known = prop_oneof![4 => Just(6usize), 1 => 0..6usize];
    (0..1_000_000u32, known)
        .prop_map(|(micros, known)| format!("{:*<6}", &format!("{micros:06}")[..known]))
}

/// Every spelling of the 25 characters that names a time (DSP0004). Day 29 to 31 are left to the unit tests.
pub(crate) fn cim_time() -> impl Strategy<Value = String> {
    let date = (field(4, 0..=9999), field(2, 1..=12), field(2, 1..=28));
    let time = (
        field(2, 0..=23),
        field(2, 0..=59),
        field(2, 0..=59),
        fraction(),
    );
    let offset = (prop_oneof![Just('+'), Just('-')], field(3, 0..=999));
    (date, time, offset).prop_map(
        |((year, month, day), (hour, minute, second, fraction), (sign, offset))| {
            // Nothing has no sign.
            let sign = if offset == "000" || offset == "***" {
                '+'
            } else {
                sign
            };
            format!("{year}{month}{day}{hour}{minute}{second}.{fraction}{sign}{offset}")
        },
    )
}

/// Every spelling of the 25 characters that is an interval.
pub(crate) fn cim_interval() -> impl Strategy<Value = String> {
    (
        field(8, 0..=99_999_999),
        field(2, 0..=23),
        field(2, 0..=59),
        field(2, 0..=59),
        fraction(),
    )
        .prop_map(|(days, hours, minutes, seconds, fraction)| {
            format!("{days}{hours}{minutes}{seconds}.{fraction}:000")
        })
}

/// Microseconds since 1970, of the years 0 to 9999.
pub(crate) fn instant() -> impl Strategy<Value = i64> {
    // 719,528 days from 0000-01-01 to 1970-01-01, 2,932,897 from there to 10000-01-01.
    -719_528 * DAY..2_932_897 * DAY
}

pub(crate) const DAY: i64 = 86_400_000_000;

/// Texts with many quotation marks, backslashes and other characters that mean something somewhere.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let mean = prop::sample::select(vec![
        '"', '\'', '\\', ',', '=', '.', ':', '&', '<', '\n', '\0',
    ]);
    vec(prop_oneof![any::<char>(), mean], 0..20).prop_map(String::from_iter)
}

pub(crate) fn time() -> impl Strategy<Value = DateTime> {
    cim_time().prop_map(|text| text.parse().expect("a time"))
}

pub(crate) fn interval() -> impl Strategy<Value = Interval> {
    cim_interval().prop_map(|text| text.parse().expect("an interval"))
}

pub(crate) fn reference() -> impl Strategy<Value = Reference> {
    reference_with(text())
}

pub(crate) fn reference_with(
    text: impl Strategy<Value = String>,
) -> impl Strategy<Value = Reference> {
    let key = prop_oneof![
        text.prop_map(KeyValue::from),
        any::<i64>().prop_map(KeyValue::from),
        any::<bool>().prop_map(KeyValue::from),
    ];
    let name = "[A-Za-z_][A-Za-z0-9_]{0,8}";
    (name, vec((name, key), 0..4)).prop_map(|(class, keys)| {
        let reference = Reference::new("root/cimv2", class);
        keys.into_iter().fold(reference, |reference, (name, key)| {
            reference.with_key(name, key)
        })
    })
}

pub(crate) fn value() -> impl Strategy<Value = Value> {
    let scalar = prop::strategy::Union::new(scalars(text().boxed()));
    let value = prop_oneof![
        scalar.clone(),
        vec(scalar, 0..4).prop_map(Value::Array),
        Just(Value::Null)
    ];
    nested(value)
}

/// A value as CIM has them: the elements of an array are of one type, or null.
pub(crate) fn uniform(text: BoxedStrategy<String>) -> impl Strategy<Value = Value> {
    let arrays = scalars(text.clone()).into_iter().map(|scalar| {
        let element = prop_oneof![5 => scalar, 1 => Just(Value::Null)];
        vec(element, 0..4).prop_map(Value::Array).boxed()
    });
    let scalar = prop::strategy::Union::new(scalars(text));
    let array = prop::strategy::Union::new(arrays);
    nested(prop_oneof![4 => scalar, 4 => array, 1 => Just(Value::Null)])
}

/// Text without what XML 1.0 forbids (section 2.2).
pub(crate) fn xml_text() -> BoxedStrategy<String> {
    let allowed = |text: String| text.chars().filter(|c| !is_forbidden(*c)).collect();
    text().prop_map(allowed).boxed()
}

/// A character that XML 1.0 forbids, written out from its section 2.2.
pub(crate) fn is_forbidden(c: char) -> bool {
    !matches!(u32::from(c), 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x10000..=0x10FFFF)
}

pub(crate) fn scalars(text: BoxedStrategy<String>) -> Vec<BoxedStrategy<Value>> {
    vec![
        any::<bool>().prop_map(Value::from).boxed(),
        any::<u8>().prop_map(Value::from).boxed(),
        any::<u16>().prop_map(Value::from).boxed(),
        any::<u16>().prop_map(Value::Char16).boxed(),
        any::<u32>().prop_map(Value::from).boxed(),
        any::<u64>().prop_map(Value::from).boxed(),
        any::<i8>().prop_map(Value::from).boxed(),
        any::<i16>().prop_map(Value::from).boxed(),
        any::<i32>().prop_map(Value::from).boxed(),
        any::<i64>().prop_map(Value::from).boxed(),
        any::<f32>().prop_map(Value::from).boxed(),
        any::<f64>().prop_map(Value::from).boxed(),
        text.clone().prop_map(Value::from).boxed(),
        time().prop_map(Value::from).boxed(),
        interval().prop_map(Value::from).boxed(),
        reference_with(text).prop_map(Value::from).boxed(),
    ]
}

pub(crate) fn nested(
    value: impl Strategy<Value = Value> + 'static,
) -> impl Strategy<Value = Value> {
    value.prop_recursive(2, 8, 3, |inner| {
        vec(("[A-Z][a-z]{0,8}", inner), 0..3).prop_map(|properties| {
            let instance = Instance::new(ClassPath::new("root/x", "C"));
            let set =
                |instance: Instance, (name, value): (String, Value)| instance.with(name, value);
            properties.into_iter().fold(instance, set).into()
        })
    })
}
