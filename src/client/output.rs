//! What a method returned.

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

    /// The name of the method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The return value, which nearly all methods of WMI have as a `uint32`.
    ///
    /// # Errors
    ///
    /// Where it is absent or of another type; [`get`](Self::get) reads it as any.
    pub fn return_value(&self) -> Result<u32, Error> {
        self.get("ReturnValue")
    }

    /// An output parameter, decoded; `ReturnValue` is one of them.
    ///
    /// # Errors
    ///
    /// Where the value is none of the type asked for, or is absent and the type cannot say so.
    pub fn get<T: FromValue>(&self, name: &str) -> Result<T, Error> {
        let decoded = self.parameters.decode(name, &self.method);
        decoded.map_err(|error| Error::from_decode(self.reading(), error))
    }

    /// The embedded instances of an output parameter: none where it is null or absent.
    ///
    /// Hyper-V sends them as CIM-XML text, other providers as elements; both are taken.
    ///
    /// # Errors
    ///
    /// Where a value is neither.
    pub fn instances(&self, name: &str) -> Result<Vec<Instance>, Error> {
        let values = self.value(name).map_or(&[][..], Value::elements);
        let instances = values.iter().map(|value| match value {
            Value::String(text) => {
                cim_xml::read(text).map_err(|error| Error::from_reply(self.reading(), error.into()))
            }
            Value::Instance(instance) => Ok((**instance).clone()),
            _ => {
                let unlike = ReplyError::Unexpected(format!("{name} is no embedded instance"));
                Err(Error::from_reply(self.reading(), unlike))
            }
        });
        instances.collect()
    }

    pub(super) fn reading(&self) -> String {
        format!("could not read the output of {}", self.method)
    }

    /// An output parameter as it stands.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.parameters.value(name)
    }

    /// All output parameters, in the order in which they were sent.
    pub fn parameters(&self) -> &Properties {
        &self.parameters
    }
}
