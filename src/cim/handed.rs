//! Lossless passing of this crate's values through serde.
//!
//! serde's data model has neither references nor times, so these are written as text (RFC 3339, an object path). The
//! text loses an offset of wildcards, a nested key or a vendor's resource URI. Each value is therefore marked by the
//! name of a newtype struct, which other formats ignore. The serializer and the deserializer of this crate recognize
//! the names and pass the value outside the data model, in a thread-local slot that is filled and emptied within one
//! call.

use std::cell::Cell;

use serde::ser::{Serialize, Serializer};

use super::Value;

/// A type that is a variant of [`Value`], and text or a map to other formats.
pub(super) trait Variant {
    /// Returns the value.
    fn to_value(&self) -> Value;

    /// Serializes the form that other formats see.
    fn serialize_openly<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Serializes a value under its marker.
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

/// Requests the value behind the marker from `send`. Returns the passed value, or else the serialized one.
pub(super) fn ask<E>(send: impl FnOnce() -> Result<Value, E>) -> Result<Value, E> {
    ASKED.set(true);
    let written = send();
    // A type of another crate with the same marker name ignores the request.
    ASKED.set(false);
    let handed = SLOT.take();
    written.map(|written| handed.unwrap_or(written))
}

/// Offers a value to `receive`, which takes it with [`taken`].
pub(super) fn give<R>(value: Value, receive: impl FnOnce() -> R) -> R {
    SLOT.set(Some(value));
    let received = receive();
    // A type of another crate with the same marker name does not take it.
    SLOT.take();
    received
}

/// Takes the offered value.
pub(super) fn taken() -> Option<Value> {
    SLOT.take()
}

thread_local! {
    static SLOT: Cell<Option<Value>> = const { Cell::new(None) };
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// The marker of a value of any type.
pub(super) const VALUE: &str = "$cimwire::Value";
/// The marker of a point in time.
pub(super) const DATE_TIME: &str = "$cimwire::DateTime";
/// The marker of a length of time.
pub(super) const INTERVAL: &str = "$cimwire::Interval";
/// The marker of a reference.
pub(super) const REFERENCE: &str = "$cimwire::Reference";
/// The marker of an instance.
pub(super) const INSTANCE: &str = "$cimwire::Instance";
