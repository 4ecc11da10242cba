//! Get, Put, Create and Delete (DSP0226 7).

use std::cmp::Ordering;
use std::time::Duration;

use crate::cim::{ElementSchema, Instance, Properties, Value};
use crate::simulator::providers::{Change, ChangeError, Class, Host, Moment, Snapshot};
use crate::wsman::server_side::uris;

use super::fault::{self, Refusal};
use super::fragment;
use super::input;
use super::lookup::{class_of, find, is_key, keys_of, require_selectors, selected};
use super::output;
use super::request::{Head, Request};
use super::response::respond;

/// Answers with an instance, or a part of it.
pub(crate) fn get(host: Snapshot<'_>, request: Request<'_>) -> Result<String, Refusal> {
    request.body.pass_over()?;
    let head = request.head;
    let class = class_of(&head)?;
    let instance = selected(host, class, &head)?;
    represent(uris::GET, class, instance, &head)
}

/// Changes an instance. A property that is left out keeps its value, and one that is null becomes null. A property that
/// cannot be changed may be present with its current value.
pub(crate) fn put(host: &mut Host, request: Request<'_>, now: Moment) -> Result<String, Refusal> {
    let head = request.head;
    let class = class_of(&head)?;
    let given = request
        .body
        .read(|reader, body| input::representation(reader, body, class, &head))?;
    // The Put of a fragment changes that fragment alone.
    let is_meant = |(name, _): (&str, _)| head.fragment.as_deref().is_none_or(|part| part == name);
    if !given.iter().all(is_meant) {
        return Err(fault::SCHEMA);
    }
    let before = selected(host.at(now), class, &head)?;
    if !host.takes(class, Change::Put) {
        return Err(fault::NOT_CAPABLE);
    }
    // The same host a moment later shows which properties are clocks.
    let later = selected(host.at(now.plus(MOMENT)), class, &head)?;
    let after = merged(class, before, &later, given)?;
    change(host, class, Change::Put, &after, now)?;
    let instance = selected(host.at(now), class, &head)?;
    represent(uris::PUT, class, instance, &head)
}

/// Creates an instance, and answers with its reference. Keys may stand in the selectors instead of the representation.
pub(crate) fn create(
    host: &mut Host,
    request: Request<'_>,
    now: Moment,
) -> Result<String, Refusal> {
    let head = request.head;
    let class = class_of(&head)?;
    let mut given = request
        .body
        .read(|reader, body| input::representation(reader, body, class, &head))?;
    for (key, value) in keys_of(class, &head.selectors)? {
        match given.value(key) {
            None => given.set(key, value),
            Some(said) if is_key(said, &value) => {}
            Some(_) => return Err(fault::INVALID_VALUES),
        }
    }
    let is_there = |key: &String| given.value(key).is_some_and(|value| !value.is_null());
    if !class.keys().iter().all(is_there) {
        return Err(fault::MISSING_VALUES);
    }
    let instance = Instance::from_parts(None, given);
    change(host, class, Change::Create, &instance, now)?;
    let reference = class.reference(&instance);
    respond(&head, uris::CREATE, |writer| {
        output::created(writer, &reference, &head.resource)
    })
}

/// Deletes an instance.
pub(crate) fn delete(
    host: &mut Host,
    request: Request<'_>,
    now: Moment,
) -> Result<String, Refusal> {
    request.body.pass_over()?;
    let head = request.head;
    let class = class_of(&head)?;
    require_selectors(class, &head.selectors)?;
    let instance = find(host.at(now), class, &head.selectors)?;
    change(host, class, Change::Delete, &instance, now)?;
    respond(&head, uris::DELETE, |_| Ok(()))
}

/// Writes a response with an instance, or with the part of it that was asked for.
fn represent(
    action: &str,
    class: &Class,
    instance: Instance,
    head: &Head,
) -> Result<String, Refusal> {
    let instance = match &head.fragment {
        None => instance,
        Some(path) => fragment::of(class, instance, path)?,
    };
    respond(head, action, |writer| {
        output::instance(writer, &instance, &head.resource)
    })
}

/// Returns an instance with the values of a representation. A property that moves with time keeps its value: an
/// instance that was read earlier can be sent back as a whole.
fn merged(
    class: &Class,
    mut instance: Instance,
    later: &Instance,
    given: Properties,
) -> Result<Instance, Refusal> {
    for (name, value) in given.iter() {
        let old = instance.value(name).unwrap_or(&Value::Null);
        let is_clock = later.value(name) != Some(old);
        if is_clock || is_same(old, value) || class.has_key(name) && is_key(old, value) {
            continue;
        }
        if !class.property(name).is_some_and(ElementSchema::is_writable) {
            return Err(fault::INVALID_VALUES);
        }
        instance.set(name, value.clone());
    }
    Ok(instance)
}

/// Reports whether a value is unchanged. Times are compared as instants.
fn is_same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::DateTime(old), Value::DateTime(new)) => {
            old.partial_cmp(new) == Some(Ordering::Equal)
        }
        (old, new) => old == new,
    }
}

fn change(
    host: &mut Host,
    class: &Class,
    change: Change,
    instance: &Instance,
    now: Moment,
) -> Result<(), Refusal> {
    let changed = host.change(class, change, instance, now);
    changed
        .ok_or(fault::NOT_CAPABLE)?
        .map_err(|error| match error {
            ChangeError::Exists => fault::ALREADY_EXISTS,
            ChangeError::Value => fault::INVALID_VALUES,
        })
}

const MOMENT: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
