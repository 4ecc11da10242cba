//! What Put, Create and Delete do with the instances of a class.

use crate::cim::Instance;

use super::clock::Moment;
use super::state::Host;

/// The changes that a class takes; those that it lacks are refused.
pub(crate) struct Writing {
    /// Makes an instance what it shall be. Its keys, and what is not writable, are as they were.
    pub(crate) put: Option<Write>,
    /// Makes an instance, whose keys are all there.
    pub(crate) create: Option<Write>,
    /// Takes an instance away.
    pub(crate) delete: Option<Write>,
}

/// A change of the host, by an instance as it shall be, or as it was.
pub(crate) type Write = fn(&mut Host, &Instance, Moment) -> Result<(), ChangeError>;

/// A change that the provider does not make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeError {
    /// There is such an instance.
    Exists,
    /// A value is missing, or one that the class does not allow.
    Value,
}

impl Writing {
    /// The class can only be read.
    pub(super) const NONE: Self = Self {
        put: None,
        create: None,
        delete: None,
    };
}
