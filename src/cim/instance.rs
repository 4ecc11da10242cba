//! Instances of classes.

use std::sync::Arc;

use super::from_value::{DecodeError, FromValue};
use super::{ClassPath, Properties, Value};

/// An instance: its class, and its properties as the server sent them.
///
/// Windows sends a projection (`SELECT a, b FROM …`) without the name of its class.
///
/// ```
/// use cimwire::cim::{ClassPath, Instance};
///
/// let job = Instance::new(ClassPath::new("root/virtualization/v2", "Msvm_ConcreteJob"))
///     .with("JobState", "4")
///     .with("PercentComplete", "42");
/// assert_eq!(job.get::<Option<u16>>("PercentComplete"), Ok(Some(42)));
/// assert_eq!(job.get::<u8>("ErrorCode").unwrap_err().to_string(), "ErrorCode of Msvm_ConcreteJob is absent");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    class: Option<Arc<ClassPath>>,
    properties: Properties,
}

impl Instance {
    /// Creates an instance of a class, without properties.
    pub fn new(class: impl Into<Arc<ClassPath>>) -> Self {
        Self {
            class: Some(class.into()),
            properties: Properties::new(),
        }
    }

    pub(crate) fn from_parts(class: Option<Arc<ClassPath>>, properties: Properties) -> Self {
        Self { class, properties }
    }

    /// Adds a property, or replaces the one of the same name.
    #[must_use]
    pub fn with(mut self, name: impl Into<Arc<str>>, value: impl Into<Value>) -> Self {
        self.properties.set(name, value);
        self
    }

    /// Adds a property, or replaces the one of the same name.
    pub fn set(&mut self, name: impl Into<Arc<str>>, value: impl Into<Value>) {
        self.properties.set(name, value);
    }

    /// Returns the class, or `None` for a projection.
    pub fn class(&self) -> Option<&ClassPath> {
        self.class.as_deref()
    }

    /// Returns the name of the class, or an empty text for a projection.
    pub fn class_name(&self) -> &str {
        self.class.as_deref().map_or("", ClassPath::name)
    }

    /// Returns a property, decoded. Names match in any case.
    ///
    /// # Errors
    ///
    /// Returns an error if the value does not have the requested type, or if the property is absent and the type cannot
    /// represent that. The error names the class, the property and the value.
    pub fn get<T: FromValue>(&self, name: &str) -> Result<T, DecodeError> {
        let owner = self
            .class
            .as_deref()
            .map_or("a projection", ClassPath::name);
        self.properties.decode(name, owner)
    }

    /// Returns a property without decoding it.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.properties.value(name)
    }

    /// Returns the properties, in the order in which they were sent.
    pub fn properties(&self) -> &Properties {
        &self.properties
    }

    /// Returns the instance with these properties only, in this order and spelling, null if they are absent.
    ///
    /// ```
    /// use cimwire::cim::{ClassPath, Instance, Value};
    ///
    /// let class = ClassPath::new("root/cimv2", "Win32_Service");
    /// let service = Instance::new(class).with("Name", "Spooler").with("State", "Running");
    /// let selected = service.select(["state", "PathName"]);
    /// let properties: Vec<_> = selected.properties().iter().collect();
    /// assert_eq!(properties, [("state", &Value::from("Running")), ("PathName", &Value::Null)]);
    /// ```
    #[must_use]
    pub fn select<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Self {
        let values = names.into_iter().map(|name| {
            let value = self.value(name).cloned().unwrap_or_default();
            (name, value)
        });
        Self {
            class: self.class.clone(),
            properties: values.collect(),
        }
    }

    pub(crate) fn into_properties(self) -> Properties {
        self.properties
    }

    /// Returns the class, shared by the instances of a response.
    pub(crate) fn shared_class(&self) -> Option<&Arc<ClassPath>> {
        self.class.as_ref()
    }

    /// Returns the class, and the properties to move values out of.
    pub(crate) fn parts_mut(&mut self) -> (Option<&Arc<ClassPath>>, &mut Properties) {
        (self.class.as_ref(), &mut self.properties)
    }

    pub(crate) fn into_parts(self) -> (Option<Arc<ClassPath>>, Properties) {
        (self.class, self.properties)
    }
}
