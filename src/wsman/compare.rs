//! Comparison of requested keys and filter values with received ones, by value.

use crate::cim::{ClassPath, DateTime, Instance, Interval, KeyValue, Reference, Value};
use crate::printable::shortened;

use super::error::ReplyError;

/// Checks that an instance is the one that a reference names.
///
/// Keys that the instance does not contain are not compared. A service may name a subclass of the requested class; such
/// an instance is accepted if the class is declared as a subclass. If the declarations do not tell, it is accepted if it
/// contains all keys.
pub(crate) fn check_instance(instance: &Instance, target: &Reference) -> Result<(), ReplyError> {
    let mut all_are_shown = target.keys().len() > 0;
    for (name, asked) in target.keys() {
        let Some(found) = instance.value(name) else {
            all_are_shown = false;
            continue;
        };
        if !is_same(asked, found) {
            let (name, asked) = (shown(name), shown(&asked.to_string()));
            let found = match found.to_text() {
                Some(text) => format!("\"{}\"", shown(&text)),
                None => "another value".to_owned(),
            };
            let what = format!("the answer is an instance whose {name} is {found}, not {asked}");
            return Err(ReplyError::Unexpected(what));
        }
    }
    if derives(instance.class_name(), target.class()).unwrap_or(all_are_shown) {
        return Ok(());
    }
    check_class(instance.class_name(), target.class().name(), "an instance")
}

/// Checks that a received object, such as an instance, has the requested class.
pub(crate) fn check_class(found: &str, asked: &str, what: &str) -> Result<(), ReplyError> {
    if found.eq_ignore_ascii_case(asked) {
        return Ok(());
    }
    let (found, asked) = (shown(found), shown(asked));
    let what = format!("the answer is {what} of {found}, not of {asked}");
    Err(ReplyError::Unexpected(what))
}

/// Reports whether a class is `asked` or a subclass of it. Returns `None` if the declarations do not tell, which are
/// compiled in with the feature `simulator`.
pub(crate) fn derives(found: &str, asked: &ClassPath) -> Option<bool> {
    #[cfg(feature = "simulator")]
    if asked.base().is_none() {
        let found = ClassPath::new(asked.namespace(), found);
        return super::declared_classes().derives(&found, asked);
    }
    let _ = (found, asked);
    None
}

/// Returns true if a received value equals the requested one. Text is compared without regard to case; numbers,
/// booleans and times by their values. Null and arrays never match.
pub(crate) fn is_same(asked: &KeyValue, found: &Value) -> bool {
    match (asked, found) {
        (_, Value::Null | Value::Array(_) | Value::Instance(_)) => false,
        (KeyValue::Reference(asked), Value::Reference(found)) => is_same_reference(asked, found),
        (KeyValue::Text(asked), Value::Reference(found)) => asked
            .parse()
            .is_ok_and(|asked| is_same_reference(&asked, found)),
        (KeyValue::Reference(asked), Value::String(found)) => found
            .parse()
            .is_ok_and(|found| is_same_reference(asked, &found)),
        (KeyValue::Reference(_), _) => false,
        (KeyValue::Boolean(asked), found) => found
            .to_text()
            .and_then(|found| truth(&found))
            .is_some_and(|found| found == *asked),
        (KeyValue::Integer(asked), found) => number(found) == Some(*asked),
        (KeyValue::Text(asked), found) => is_same_text(asked, found),
    }
}

/// Returns true if two keys have the same value.
pub(crate) fn is_same_key(asked: &KeyValue, found: &KeyValue) -> bool {
    let found = match found {
        KeyValue::Reference(reference) => Value::Reference(reference.clone()),
        found => Value::String(found.as_text().unwrap_or_default().into_owned()),
    };
    is_same(asked, &found)
}

/// Returns true if two references name the same instance, by the requested keys; a service adds those that were left
/// out. The server name is ignored, and so is a namespace that only one reference has. With equal keys the class is
/// ignored too, since one may be a subclass of the other.
fn is_same_reference(asked: &Reference, found: &Reference) -> bool {
    let (asked_in, found_in) = (asked.class().namespace(), found.class().namespace());
    let is_elsewhere =
        !asked_in.is_empty() && !found_in.is_empty() && !asked_in.eq_ignore_ascii_case(found_in);
    let is_of_class = asked
        .class()
        .name()
        .eq_ignore_ascii_case(found.class().name());
    let mut keys = asked.keys();
    !is_elsewhere
        && (is_of_class || asked.keys().len() > 0)
        && (asked.keys().len() > 0 || found.keys().len() == 0)
        && keys.all(|(name, asked)| {
            found
                .key(name)
                .is_some_and(|found| is_same_key(asked, found))
        })
}

/// Compares a requested text, which may stand for a value of any type, with a received value, which may be text too.
fn is_same_text(asked: &str, found: &Value) -> bool {
    let text = found.to_text().unwrap_or_default();
    if is_same_case(asked, &text) {
        return true;
    }
    match found {
        Value::Boolean(found) => truth(asked) == Some(*found),
        Value::Real32(_) | Value::Real64(_) => is_same_real(asked, &text),
        Value::DateTime(found) => asked.parse().is_ok_and(|asked: DateTime| asked == *found),
        Value::Interval(found) => asked.parse().is_ok_and(|asked: Interval| asked == *found),
        Value::String(found) if is_real(found) => is_same_real(asked, found),
        Value::String(text) => is_same_time(asked, text) || is_same_number(asked, found),
        found => is_same_number(asked, found),
    }
}

fn is_same_time(asked: &str, found: &str) -> bool {
    let times = asked.parse::<DateTime>().ok().zip(found.parse().ok());
    let lengths = asked.parse::<Interval>().ok().zip(found.parse().ok());
    times.is_some_and(|(asked, found)| asked == found)
        || lengths.is_some_and(|(asked, found)| asked == found)
}

fn is_same_number(asked: &str, found: &Value) -> bool {
    let asked = asked.trim().parse().ok();
    asked.is_some_and(|asked: i128| number(found) == Some(asked))
}

/// Returns the number that a value represents. Services write numbers in canonical form only, so "007" is a name.
fn number(value: &Value) -> Option<i128> {
    let text = value.to_text()?;
    let number: i128 = text.parse().ok()?;
    (number.to_string() == *text).then_some(number)
}

/// Returns true if a text is a real number as services write it: with an exponent, which version numbers do not have.
fn is_real(text: &str) -> bool {
    let number = text.split_once(['e', 'E']);
    number.is_some_and(|(mantissa, _)| mantissa.contains('.')) && text.parse::<f64>().is_ok()
}

fn is_same_real(asked: &str, found: &str) -> bool {
    let numbers = asked.trim().parse::<f64>().ok().zip(found.parse().ok());
    numbers.is_some_and(|(asked, found): (f64, f64)| asked.total_cmp(&found).is_eq())
}

fn truth(text: &str) -> Option<bool> {
    match text.trim() {
        "1" => Some(true),
        "0" => Some(false),
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Returns true if two texts are equal without regard to case, as WMI compares them.
fn is_same_case(one: &str, other: &str) -> bool {
    let lower = |text: &str| -> Vec<char> { text.chars().flat_map(char::to_lowercase).collect() };
    one.eq_ignore_ascii_case(other) || (!one.is_ascii() && lower(one) == lower(other))
}

fn shown(text: &str) -> String {
    shortened(text, SHOWN).into_owned()
}

/// The longest part of a name or value shown in a message.
const SHOWN: usize = 100;

#[cfg(test)]
mod tests;
