//! Values of this crate that pass through serde out of band, without a loss.
//!
//! serde's data model has neither references nor times nor instances. Other formats see text (RFC 3339, an object path)
//! or a map. The serializer and the deserializer of this crate recognize such a value by the name of a newtype struct,
//! which other formats ignore, and pass the value itself in a thread-local slot that is filled and emptied within one
//! call.
//!
//! A text under that name, as `toml::Datetime` uses, would serve for times only. A reference has no text form that keeps
//! the base of a vendor's resource URI and nested keys, and the text of an instance, CIM-XML, keeps neither the
//! namespace of its class nor references, is not known to this module, and would be written and parsed again for each
//! value.

use std::cell::Cell;

use serde::ser::{Serialize, Serializer};

use super::Value;

/// Serializes a value under its marker. Other formats see what `open` returns.
pub(super) fn serialize<S: Serializer, O: Serialize>(
    value: impl Fn() -> Value,
    open: impl Fn() -> O,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(VALUE, &Marked { value, open })
}

struct Marked<V, O> {
    value: V,
    open: O,
}

impl<T: Serialize, V: Fn() -> Value, O: Fn() -> T> Serialize for Marked<V, O> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if REQUESTED.replace(false) {
            SLOT.set(Some((self.value)()));
            return serializer.serialize_unit();
        }
        (self.open)().serialize(serializer)
    }
}

/// Requests the value behind the marker from `send`. Returns the passed value, or else the serialized one.
pub(super) fn request<E>(send: impl FnOnce() -> Result<Value, E>) -> Result<Value, E> {
    REQUESTED.set(true);
    let written = send();
    // A type of another crate with the same marker name ignores the request.
    REQUESTED.set(false);
    let passed = SLOT.take();
    written.map(|written| passed.unwrap_or(written))
}

/// Offers a value to `receive`, which takes it with [`take`].
pub(super) fn offer<R>(value: Value, receive: impl FnOnce() -> R) -> R {
    SLOT.set(Some(value));
    let received = receive();
    // A type of another crate with the same marker name does not take it.
    SLOT.take();
    received
}

/// Takes the offered value.
pub(super) fn take() -> Option<Value> {
    SLOT.take()
}

thread_local! {
    static SLOT: Cell<Option<Value>> = const { Cell::new(None) };
    static REQUESTED: Cell<bool> = const { Cell::new(false) };
}

/// The marker of a value of any type.
pub(super) const VALUE: &str = "$cimwire::Value";
/// The marker of a point in time.
pub(super) const DATE_TIME: &str = "$cimwire::DateTime";
/// The marker of an interval.
pub(super) const INTERVAL: &str = "$cimwire::Interval";
/// The marker of a reference.
pub(super) const REFERENCE: &str = "$cimwire::Reference";
/// The marker of an instance.
pub(super) const INSTANCE: &str = "$cimwire::Instance";
