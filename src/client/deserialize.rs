//! Deserialization of instances and outputs as Rust types.
//!
//! This module is not part of `cim`, since Hyper-V embeds instances as CIM-XML text, which `cim` does not know.

use serde::de::{Deserialize, DeserializeOwned};

use crate::cim::de::{Origin, TypeReader};
use crate::cim::{DecodeError, Instance, Mismatch};
use crate::error::Error;
use crate::wsman::cim_xml;

use super::Output;

impl Instance {
    /// Deserializes the instance. The type may borrow texts from it. The rules are in the
    /// [module](crate::cim#types-of-your-own).
    ///
    /// ```
    /// use cimwire::cim::{ClassPath, DateTime, Instance, Value};
    /// use serde::Deserialize;
    ///
    /// #[derive(Debug, Deserialize)]
    /// #[serde(rename_all = "PascalCase")]
    /// struct Job<'a> {
    ///     instance_id: &'a str,
    ///     job_state: u16,
    ///     start_time: Option<DateTime>,
    ///     operational_status: Vec<u16>,
    /// }
    ///
    /// // What a service sends is text mostly; an array of one looks like a scalar.
    /// let instance = Instance::new(ClassPath::new("root/virtualization/v2", "Msvm_ConcreteJob"))
    ///     .with("InstanceID", "0A1B")
    ///     .with("JobState", "4")
    ///     .with("StartTime", Value::Null)
    ///     .with("OperationalStatus", "2");
    /// let job: Job<'_> = instance.deserialize()?;
    /// assert_eq!((job.instance_id, job.job_state, job.operational_status), ("0A1B", 4, vec![2]));
    ///
    /// let error = instance.with("JobState", "70000").deserialize::<Job<'_>>().unwrap_err();
    /// assert_eq!(error.to_string(), "JobState of Msvm_ConcreteJob is not a uint16: \"70000\"");
    /// # Ok::<(), cimwire::cim::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if a property does not fit its field, or if it is absent and the field has no default. The
    /// error names the class, the property and the value.
    pub fn deserialize<'de, T: Deserialize<'de>>(&'de self) -> Result<T, DecodeError> {
        let origin = Origin::instance(self.shared_class(), PROJECTION);
        TypeReader::new(embedded_instance).borrowed(origin, self.properties())
    }

    /// Deserializes the instance, moving its texts instead of copying them.
    ///
    /// ```
    /// use cimwire::cim::{ClassPath, Instance};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// #[serde(rename_all = "PascalCase")]
    /// struct Service {
    ///     name: String,
    ///     started: bool,
    /// }
    ///
    /// let instance = Instance::new(ClassPath::new("root/cimv2", "Win32_Service"))
    ///     .with("Name", "vmms")
    ///     .with("Started", "true");
    /// let service: Service = instance.into_typed()?;
    /// assert!(service.started);
    /// # Ok::<(), cimwire::cim::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`deserialize`](Self::deserialize).
    pub fn into_typed<T: DeserializeOwned>(self) -> Result<T, DecodeError> {
        into_typed(self, &TypeReader::new(embedded_instance), PROJECTION)
    }
}

impl Output {
    /// Deserializes the output parameters, including the return value. The rules are in the module
    /// [`cim`](crate::cim#types-of-your-own).
    ///
    /// ```no_run
    /// use cimwire::cim::{Properties, Reference};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// #[serde(rename_all = "PascalCase")]
    /// struct Owner {
    ///     return_value: u32,
    ///     user: Option<String>,
    ///     domain: Option<String>,
    /// }
    ///
    /// # async fn example(client: cimwire::Client) -> Result<(), cimwire::Error> {
    /// let process = Reference::new("root/cimv2", "Win32_Process").with_key("Handle", 4u32);
    /// let output = client.invoke(&process, "GetOwner", Properties::new()).await?;
    /// let owner: Owner = output.deserialize()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if a parameter does not fit its field, or if it is absent and the field has no default.
    pub fn deserialize<'de, T: Deserialize<'de>>(&'de self) -> Result<T, Error> {
        let origin = Origin {
            class: None,
            owner: self.method(),
        };
        let read = TypeReader::new(embedded_instance).borrowed(origin, self.parameters());
        read.map_err(|error| Error::from_decode(self.reading(), error))
    }
}

/// Deserializes an instance by value. Errors use `nameless` for an instance without a class.
pub(super) fn into_typed<T: DeserializeOwned>(
    instance: Instance,
    reading: &TypeReader,
    nameless: &str,
) -> Result<T, DecodeError> {
    let (class, properties) = instance.into_parts();
    reading.owned(Origin::instance(class.as_ref(), nameless), properties)
}

/// Reads an embedded instance from its CIM-XML text (DSP0201), the form in which Hyper-V sends it.
///
/// ```
/// let text = r#"<INSTANCE CLASSNAME="Msvm_Error"><PROPERTY NAME="ErrorType" TYPE="uint16"><VALUE>1</VALUE></PROPERTY></INSTANCE>"#;
/// let error = cimwire::embedded_instance(text)?;
/// assert_eq!(error.get::<u16>("ErrorType"), Ok(1));
/// # Ok::<(), cimwire::cim::Mismatch>(())
/// ```
///
/// # Errors
///
/// Returns an error if the text is not an instance in CIM-XML.
pub fn embedded_instance(text: &str) -> Result<Instance, Mismatch> {
    cim_xml::read(text)
        .map_err(|error| Mismatch::new(format!("is not an embedded instance: {error}")))
}

/// The name of an instance without a class in errors.
pub(super) const PROJECTION: &str = "a projection";
