//! Passing of this crate's own values through serde.
//!
//! serde's data model knows neither references nor times, so these are written as text (RFC 3339, an object path), in
//! which an offset of wildcards, a nested key or a vendor's resource URI would be lost. They announce themselves by the
//! name of a newtype struct, which other formats pass over. The serializer and the deserializer of this crate know the
//! names, and hand the value over beside the data model, in a slot of the thread that is filled and emptied within one
//! call.

use std::cell::Cell;

use serde::ser::{Serialize, Serializer};

use super::Value;

/// A type that is a variant of [`Value`], and text or a map to everybody else.
pub(super) trait Variant {
    /// The value itself.
    fn to_value(&self) -> Value;

    /// Returns what other formats see.
    fn serialize_openly<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Serializes a value so that it can be handed over.
pub(super) fn serialize<T: Variant, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(VALUE, &Handed(value))
}

struct Handed<'a, T>(&'a T);

impl<T: Variant> Serialize for Handed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if ASKED.replace(false) {
            SLOT.set(Some(self.0.to_value()));
            return serializer.serialize_unit();
        }
        self.0.serialize_openly(serializer)
    }
}

/// Lets `send` serialize what stands behind the marker, and returns what it handed over, or else what it wrote.
pub(super) fn ask<E>(send: impl FnOnce() -> Result<Value, E>) -> Result<Value, E> {
    ASKED.set(true);
    let written = send();
    // Another deserializer of the same name has not looked.
    ASKED.set(false);
    let handed = SLOT.take();
    written.map(|written| handed.unwrap_or(written))
}

/// Holds a value ready for `receive`, which takes it by [`taken`].
pub(super) fn give<R>(value: Value, receive: impl FnOnce() -> R) -> R {
    SLOT.set(Some(value));
    let received = receive();
    // Another deserializer of the same name has left it.
    SLOT.take();
    received
}

/// The value that is held ready.
pub(super) fn taken() -> Option<Value> {
    SLOT.take()
}

thread_local! {
    static SLOT: Cell<Option<Value>> = const { Cell::new(None) };
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// A value of any type.
pub(super) const VALUE: &str = "$cimwire::Value";
/// A point in time.
pub(super) const DATE_TIME: &str = "$cimwire::DateTime";
/// A length of time.
pub(super) const INTERVAL: &str = "$cimwire::Interval";
/// A reference.
pub(super) const REFERENCE: &str = "$cimwire::Reference";
/// An instance.
pub(super) const INSTANCE: &str = "$cimwire::Instance";
