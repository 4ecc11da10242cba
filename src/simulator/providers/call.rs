//! The method calls and changes that reach a provider, and its answers.

use crate::cim::{Instance, Properties, Value};

use super::clock::Moment;
use super::peers::Peers;

/// A method call that has been checked against the class.
pub(crate) struct Call<'a> {
    /// The instance that it goes to; for a method of the class, one without values.
    pub(crate) target: &'a Instance,
    /// The input parameters, each of the type that the method declares.
    pub(crate) input: &'a Properties,
    /// The user who calls.
    pub(crate) caller: &'a str,
    /// The other hosts of the site, which the call may change too.
    pub(crate) peers: &'a dyn Peers,
    pub(crate) now: Moment,
}

/// The output of a method.
#[derive(Debug, PartialEq)]
pub(crate) struct Output {
    /// The output parameters; null ones are named too.
    pub(crate) parameters: Vec<(&'static str, Value)>,
    pub(crate) return_value: u32,
}

/// A call that the provider does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallError {
    /// A reference does not carry the keys of its class.
    IncompleteReference,
}

/// A kind of change to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Gives an instance the values that are passed. Its keys, and properties that are not writable, are unchanged.
    Put,
    /// Makes an instance. All its keys are passed.
    Create,
    /// Removes an instance.
    Delete,
}

/// A change that the provider does not make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeError {
    /// The instance exists already.
    Exists,
    /// A value is missing, or the class does not allow it.
    Value,
}

impl Output {
    pub(super) fn code(return_value: u32) -> Self {
        Self {
            parameters: Vec::new(),
            return_value,
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }
}
