//! Types of the caller's as CIM values, through serde.

mod compound;
mod value;

use std::fmt;

use serde::Serialize;

use super::{Class, Instance, Properties, Value};

use value::ToValue;

/// The parameters of a method from a struct, or from a map with names as keys: each field by its name, typed as it is.
///
/// | in Rust | in CIM |
/// |---|---|
/// | `bool`, `u8` to `u64`, `i8` to `i64`, `f32`, `f64` | the type of that size |
/// | `char` | `char16` |
/// | `String`, `&str` | a string |
/// | [`DateTime`](super::DateTime), [`Interval`](super::Interval), [`Reference`](super::Reference), [`Instance`], [`Value`] | that |
/// | `Option` | null, which is not sent, or the value |
/// | `Vec`, slices, tuples, bytes | an array |
/// | a newtype struct | what is in it |
/// | `()`, a unit struct | null |
/// | an enum's variant without a value | its name, as a string |
/// | a struct inside | an instance of the class that bears the struct's name: say `#[serde(rename = "Msvm_…")]` |
/// | an enum's variant with a struct | an instance of the class that bears the variant's name |
/// | a map inside | an instance of the class that stands under `__CLASS` |
///
/// The outermost struct may bear any name. Times of other crates serialize as text; convert them to
/// [`DateTime`](super::DateTime) (features `jiff` and `chrono`) where a service wants a datetime.
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
/// Returns an error if a value has no form in CIM: an array in an array, a number beyond 64 bits, a map inside
/// without a class; or where the whole is neither a struct nor a map.
pub fn to_properties<T: Serialize + ?Sized>(value: &T) -> Result<Properties, SerializeError> {
    match value.serialize(ToValue { outermost: true })? {
        Value::Instance(instance) => Ok(instance.into_properties()),
        Value::Null => Ok(Properties::new()),
        _ => Err(SerializeError::new("a struct or a map was expected")),
    }
}

/// An instance of a struct's own class, to be put, created, or embedded in another.
///
/// Its properties are made as by [`to_properties`].
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
/// As [`to_properties`].
pub fn to_instance<T: Class + Serialize>(value: &T) -> Result<Instance, SerializeError> {
    let properties = to_properties(value)?;
    Ok(Instance::from_parts(
        Some(T::class_path().into()),
        properties,
    ))
}

/// A value of the caller's that has no form in CIM. It names the field, where there is one.
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

    /// The name of the field; of the innermost, where structs stand in one another.
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
