//! Client-side selector filters: some services accept such a filter and send all instances (OMI).

use crate::cim::{ClassPath, KeyValue, Reference, Value};
use crate::error::{Error, ErrorKind};
use crate::wsman::{Item, is_same, is_same_key};

/// Returns true if an item has the requested values, which are the keys of a reference without a class.
///
/// A null or missing property does not match. If the item is a reference only, its keys are compared.
///
/// # Errors
///
/// Returns an error if a property cannot be compared: it is an array or an instance, or the item is a reference and the
/// property is not one of its keys.
pub(super) fn matches(item: &Item, wanted: &Reference, class: &ClassPath) -> Result<bool, Error> {
    for (name, value) in wanted.keys() {
        let is_match = match (&item.instance, &item.reference) {
            (Some(instance), _) => match instance.value(name) {
                Some(Value::Array(_)) => return Err(refuse(name, class, "it is an array")),
                Some(Value::Instance(_)) => return Err(refuse(name, class, "it is an instance")),
                found => found.is_some_and(|found| is_same(value, found)),
            },
            (None, Some(reference)) => is_key(reference, name, value, class)?,
            // The reader of the items refuses an empty item.
            (None, None) => true,
        };
        if !is_match {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_key(
    reference: &Reference,
    name: &str,
    value: &KeyValue,
    class: &ClassPath,
) -> Result<bool, Error> {
    match reference.key(name) {
        Some(found) => Ok(is_same_key(value, found)),
        None => {
            let error = refuse(name, class, "it is not a key of the references");
            Err(error.with_hint("request the instances, which have all properties"))
        }
    }
}

fn refuse(name: &str, class: &ClassPath, why: &str) -> Error {
    let doing = format!("could not compare {name} of {class}: {why}");
    Error::new(ErrorKind::Answer, doing).with_hint("use a query instead")
}
