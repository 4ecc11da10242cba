//! The class and the instance that a request is for.

use crate::cim::{CimType, Instance, KeyValue, Reference, Value};
use crate::simulator::providers::{Class, Snapshot, class, has_namespace};

use super::fault::{self, Refusal};
use super::request::Head;
use super::resource::Selectors;

/// Returns the class that the resource URI names.
pub(crate) fn class_of(head: &Head) -> Result<&'static Class, Refusal> {
    let resource = &head.resource;
    if !has_namespace(resource.namespace()) {
        return Err(fault::NO_NAMESPACE);
    }
    class(resource.namespace(), resource.class()).ok_or(fault::NOT_FOUND)
}

/// Returns the instance that the selectors name. A singleton needs no selectors.
pub(crate) fn selected(
    host: Snapshot<'_>,
    class: &Class,
    head: &Head,
) -> Result<Instance, Refusal> {
    require_selectors(class, &head.selectors)?;
    find(host, class, &head.selectors)
}

/// Refuses a request that lacks selectors, except for a singleton.
pub(crate) fn require_selectors(class: &Class, selectors: &Selectors) -> Result<(), Refusal> {
    if selectors.is_empty() && !class.required_keys().is_empty() {
        return Err(fault::NO_KEYS);
    }
    Ok(())
}

/// Returns the selectors as keys of the class.
pub(crate) fn keys_of<'c>(
    class: &'c Class,
    selectors: &Selectors,
) -> Result<Vec<(&'c str, Value)>, Refusal> {
    let key = |(name, value): &(String, KeyValue)| {
        let mut keys = class.keys().iter().map(String::as_str);
        let key = keys.find(|key| key.eq_ignore_ascii_case(name));
        let key = key.ok_or(fault::UNEXPECTED_SELECTOR)?;
        let is_reference = class
            .property(key)
            .is_some_and(|key| matches!(key.cim_type, CimType::Reference(_)));
        match value {
            KeyValue::Reference(reference) if is_reference => {
                Ok((key, (**reference).clone().into()))
            }
            value if !is_reference => {
                let text = value.as_text().ok_or(fault::SELECTOR_TYPE)?;
                Ok((key, text.into_owned().into()))
            }
            _ => Err(fault::SELECTOR_TYPE),
        }
    };
    selectors.iter().map(key).collect()
}

/// Returns the instance that selectors name. Names and values of keys are compared without regard to case.
pub(crate) fn find(
    host: Snapshot<'_>,
    class: &Class,
    selectors: &Selectors,
) -> Result<Instance, Refusal> {
    let keys = keys_of(class, selectors)?;
    let has = |name: &str| keys.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    let is_complete = class.required_keys().iter().all(|key| has(key));
    let is_it = |instance: &Instance| {
        let mut keys = keys.iter();
        keys.all(|(name, wanted)| {
            instance
                .value(name)
                .is_some_and(|value| is_key(value, wanted))
        })
    };
    // Windows answers missing keys like an instance that does not exist.
    let mut instances = host.instances(class);
    instances
        .find(|instance| is_complete && is_it(instance))
        .ok_or(fault::NOT_FOUND)
}

/// Reports whether the value of a key is the one that is wanted. Texts are compared without regard to case.
pub(crate) fn is_key(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::Reference(value), Value::Reference(wanted)) => is_same_object(value, wanted),
        (value, wanted) => match (value.to_text(), wanted.to_text()) {
            (Some(value), Some(wanted)) => value.to_lowercase() == wanted.to_lowercase(),
            _ => false,
        },
    }
}

/// Reports whether two references are to one object: of one class, with the same keys in any order.
pub(crate) fn is_same_object(one: &Reference, other: &Reference) -> bool {
    let has = |(name, value): (&str, &KeyValue)| {
        let other = other.key(name);
        other.is_some_and(|other| match (value, other) {
            (KeyValue::Reference(value), KeyValue::Reference(other)) => {
                is_same_object(value, other)
            }
            (value, other) => match (value.as_text(), other.as_text()) {
                (Some(value), Some(other)) => value.to_lowercase() == other.to_lowercase(),
                _ => false,
            },
        })
    };
    let (class, others) = (one.class(), other.class());
    class.name().eq_ignore_ascii_case(others.name())
        && class.namespace().eq_ignore_ascii_case(others.namespace())
        && one.keys().len() == other.keys().len()
        && one.keys().all(has)
}
