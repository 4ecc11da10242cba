//! References of jobs.

use std::fmt;
use std::str::FromStr;

use crate::cim::{
    ClassPath, FromValue, KeyValue, Mismatch, ParseObjectPathError, Reference, Value,
};
use crate::wsman;

/// The reference of a job: its class and its `InstanceID`.
///
/// Its text form is an object path, which can be parsed back:
///
/// ```
/// use cimwire::job::JobReference;
///
/// let text = "root/virtualization/v2:Msvm_ConcreteJob.InstanceID=\"AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82\"";
/// let reference: JobReference = text.parse()?;
/// assert_eq!(reference.id(), "AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82");
/// assert_eq!(reference.to_string(), text);
/// # Ok::<(), cimwire::job::ParseJobReferenceError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JobReference(Reference);

impl JobReference {
    /// Creates the reference of the job with this `InstanceID` in a class of a namespace.
    pub fn new(namespace: &str, class: &str, id: impl Into<String>) -> Self {
        Self::of_class(ClassPath::new(namespace, class), id)
    }

    /// Creates the reference of the job with this `InstanceID` in a class.
    pub(super) fn of_class(class: ClassPath, id: impl Into<String>) -> Self {
        Self(Reference::to_class(class).with_key(INSTANCE_ID, id.into()))
    }

    /// Returns the `InstanceID`, a GUID on Hyper-V.
    pub fn id(&self) -> &str {
        match self.0.key(INSTANCE_ID) {
            Some(KeyValue::Text(id)) => id,
            _ => "",
        }
    }

    /// Returns the underlying reference.
    pub fn as_reference(&self) -> &Reference {
        &self.0
    }
}

impl TryFrom<Reference> for JobReference {
    type Error = ParseJobReferenceError;

    /// Returns an error if the reference has no text key `InstanceID`, or if no request can contain it, so that a
    /// started job could not be followed.
    fn try_from(reference: Reference) -> Result<Self, Self::Error> {
        match reference.key(INSTANCE_ID) {
            Some(KeyValue::Text(id)) if !id.is_empty() => {}
            _ => return Err(ParseJobReferenceError(Wrong::Keys)),
        }
        if reference.to_string().len() > LONGEST_PATH {
            return Err(ParseJobReferenceError(Wrong::TooLong));
        }
        match wsman::check_reference(&reference) {
            Ok(()) => Ok(Self(reference)),
            Err(_) => Err(ParseJobReferenceError(Wrong::Unsendable)),
        }
    }
}

impl FromStr for JobReference {
    type Err = ParseJobReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let reference: Reference = text
            .parse()
            .map_err(|error| ParseJobReferenceError(Wrong::Path(error)))?;
        reference.try_into()
    }
}

impl fmt::Display for JobReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromValue for JobReference {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let reference = Reference::from_value(value)?;
        reference
            .try_into()
            .map_err(|ParseJobReferenceError(wrong)| Mismatch::new(format!("is {wrong}")))
    }
}

/// Error returned when a text or a reference does not name a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseJobReferenceError(Wrong);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Path(ParseObjectPathError),
    Keys,
    TooLong,
    Unsendable,
}

impl fmt::Display for ParseJobReferenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(error) => error.fmt(f),
            Self::Keys => f.write_str("no reference to a job: it has no key InstanceID"),
            Self::TooLong => write!(
                f,
                "no reference to a job: it is longer than {LONGEST_PATH} bytes"
            ),
            Self::Unsendable => f.write_str(
                "no reference to a job: its class is malformed, or XML forbids a character of it",
            ),
        }
    }
}

impl std::error::Error for ParseJobReferenceError {}

const INSTANCE_ID: &str = "InstanceID";
/// The longest object path of a job, in bytes. Those of Windows have about 90; the path is part of messages and of the
/// command that resumes a job.
const LONGEST_PATH: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_of_a_vendors_class_keeps_its_base_as_text() {
        let class = ClassPath::new("root/x", "V_Job").with_base("http://v.example/schema/");
        let job = Reference::to_class(class).with_key(INSTANCE_ID, "a=\"b\".c/d");
        let job = JobReference::try_from(job).unwrap();
        assert_eq!(job.to_string().parse(), Ok(job));
    }
}
