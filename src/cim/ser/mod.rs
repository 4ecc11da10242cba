//! Serialization of the caller's types into CIM values, through serde.

mod compound;
mod value;

use std::fmt;

use serde::Serialize;

use super::{Class, Instance, Properties, Value};

use value::ToValue;

/// Returns the parameters of a method from the fields of a struct, or from a map with names as keys.
///
/// | type in Rust | type in CIM |
/// |---|---|
/// | `bool`, `u8` to `u64`, `i8` to `i64`, `f32`, `f64` | the type of the same size |
/// | `char` | `char16` |
/// | `String`, `&str` | a string |
/// | [`DateTime`](super::DateTime), [`Interval`](super::Interval), [`Reference`](super::Reference), [`Instance`], [`Value`] | the same |
/// | `Option` | null, which is not sent, or the value |
/// | `Vec`, slices, tuples, bytes | an array |
/// | a newtype struct | as for the inner type |
/// | `()`, a unit struct | null |
/// | a unit variant of an enum | its name, as a string |
/// | a nested struct | an instance of the class named like the struct: set it with `#[serde(rename = "Msvm_…")]` |
/// | a variant of an enum with a struct | an instance of the class named like the variant |
/// | a nested map | an instance of the class in the entry `__CLASS` |
///
/// The outermost struct may have any name. Times of other crates serialize as text; convert them to
/// [`DateTime`](super::DateTime) (feature `jiff`) if a service requires a datetime.
///
/// ```
/// use cimwire::cim::{DateTime, Properties, Reference, Value, to_properties};
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// #[serde(rename_all = "PascalCase")]
/// struct StartReplication {
///     computer_system: Reference,
///     initial_replication_type: u16,
///     start_time: Option<DateTime>,
/// }
///
/// let vm = Reference::new("root/virtualization/v2", "Msvm_ComputerSystem").with_key("Name", "web01");
/// let input = StartReplication { computer_system: vm.clone(), initial_replication_type: 1, start_time: None };
/// let expected = Properties::new()
///     .with("ComputerSystem", &vm)
///     .with("InitialReplicationType", 1u16)
///     .with("StartTime", Value::Null);
/// assert_eq!(to_properties(&input)?, expected);
/// # Ok::<(), cimwire::cim::SerializeError>(())
/// ```
///
/// # Errors
///
/// Returns an error if a value has no form in CIM (an array in an array, a number beyond 64 bits, a nested map without
/// a class), or if the outermost value is neither a struct nor a map.
pub fn to_properties<T: Serialize + ?Sized>(value: &T) -> Result<Properties, SerializeError> {
    match value.serialize(ToValue { outermost: true })? {
        Value::Instance(instance) => Ok(instance.into_properties()),
        Value::Null => Ok(Properties::new()),
        _ => Err(SerializeError::new("a struct or a map was expected")),
    }
}

/// Returns an instance of a struct's own class, for a put, a create or an embedded instance.
///
/// Its properties are those of [`to_properties`].
///
/// ```
/// use cimwire::cim::{Value, to_instance};
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// #[serde(rename_all = "PascalCase")]
/// struct Settings {
///     replication_interval: u16,
/// }
///
/// cimwire::cim_class!(Settings: "root/virtualization/v2", "Msvm_ReplicationSettingData");
///
/// let settings = to_instance(&Settings { replication_interval: 300 })?;
/// assert_eq!(settings.class_name(), "Msvm_ReplicationSettingData");
/// assert_eq!(settings.value("ReplicationInterval"), Some(&Value::Uint16(300)));
/// # Ok::<(), cimwire::cim::SerializeError>(())
/// ```
///
/// # Errors
///
/// Returns an error under the same conditions as [`to_properties`].
pub fn to_instance<T: Class + Serialize>(value: &T) -> Result<Instance, SerializeError> {
    let properties = to_properties(value)?;
    Ok(Instance::from_parts(
        Some(T::class_path().into()),
        properties,
    ))
}

/// An error for a value that has no form in CIM. It names the field, if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerializeError {
    field: Option<Box<str>>,
    what: Box<str>,
}

impl SerializeError {
    fn new(what: impl Into<String>) -> Self {
        Self {
            field: None,
            what: what.into().into(),
        }
    }

    fn at(mut self, field: &str) -> Self {
        self.field.get_or_insert_with(|| field.into());
        self
    }

    /// Returns the name of the field; for nested structs, of the innermost one.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl fmt::Display for SerializeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{field} has no form in CIM: {}", self.what),
            None => write!(f, "no CIM values: {}", self.what),
        }
    }
}

impl std::error::Error for SerializeError {}

impl serde::ser::Error for SerializeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

#[cfg(test)]
mod tests;
