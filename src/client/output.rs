//! The output of a method.

use serde::de::DeserializeOwned;

use crate::cim::{FromValue, Instance, Properties, Value};
use crate::error::Error;
use crate::wsman::{ReplyError, cim_xml};

/// The output parameters and the return value of a method.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    method: Box<str>,
    parameters: Properties,
}

impl Output {
    pub(super) fn new(method: &str, parameters: Properties) -> Self {
        Self {
            method: method.into(),
            parameters,
        }
    }

    /// Returns the name of the method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the return value, which is a `uint32` in nearly all methods of WMI.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) if the return value is
    /// absent, null, duplicate or of another type: the call was sent, and its response does not tell whether it was
    /// carried out. For a method without a return value, do not call this function. [`get`](Self::get) reads a return
    /// value of any type.
    pub fn return_value(&self) -> Result<u32, Error> {
        let value = self.parameters.decode("ReturnValue", &self.method);
        value.map_err(|error| Error::unread_outcome(&self.method, error))
    }

    /// Returns an output parameter as a value of type `T`; `ReturnValue` is one of them.
    ///
    /// # Errors
    ///
    /// Returns an error if the value does not have the requested type, or if it is absent and the type is not an
    /// `Option`.
    pub fn get<T: FromValue>(&self, name: &str) -> Result<T, Error> {
        let decoded = self.parameters.decode(name, &self.method);
        decoded.map_err(|error| Error::from_decode(self.reading(), error))
    }

    /// Returns the embedded instances of an output parameter. The result is empty if the parameter is null or absent.
    ///
    /// Hyper-V sends them as CIM-XML text, other providers as elements; both are accepted.
    ///
    /// # Errors
    ///
    /// Returns an error if a value is neither CIM-XML text nor an instance.
    pub fn instances(&self, name: &str) -> Result<Vec<Instance>, Error> {
        let values = self.value(name).map_or(&[][..], Value::elements);
        let instances = values.iter().map(|value| match value {
            Value::String(text) => {
                cim_xml::read(text).map_err(|error| Error::from_reply(self.reading(), error.into()))
            }
            Value::Instance(instance) => Ok((**instance).clone()),
            _ => {
                let unlike = ReplyError::Unexpected(format!("{name} is not an embedded instance"));
                Err(Error::from_reply(self.reading(), unlike))
            }
        });
        instances.collect()
    }

    /// Returns the embedded instances of an output parameter as a Rust type. The result is empty if the parameter is null or
    /// absent.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`instances`](Self::instances), and if an instance does not fit the type.
    pub fn typed_instances<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<T>, Error> {
        let instances = self.instances(name)?.into_iter();
        let typed = instances.map(|instance| {
            let typed = instance.into_typed();
            typed.map_err(|error| Error::from_decode(self.reading(), error))
        });
        typed.collect()
    }

    pub(super) fn reading(&self) -> String {
        format!("could not read the output of {}", self.method)
    }

    /// Returns an output parameter as it was received.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.parameters.value(name)
    }

    /// Returns all output parameters, in the order in which they were sent.
    pub fn parameters(&self) -> &Properties {
        &self.parameters
    }
}
