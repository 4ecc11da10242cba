//! References of jobs.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize, Serializer};

use crate::cim::{
    ClassPath, FromValue, KeyValue, Mismatch, ParseObjectPathError, Reference, Value,
};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::printable::excerpt;
use crate::wsman;

use super::service::Service;

/// The reference of a job: its host, its class and its `InstanceID`.
///
/// The text form is a WBEM URI (DSP0207): the scheme, host and port of the service, then the object path, percent-encoded
/// so that no shell interprets a character of it. A service whose path is not `/wsman` has its path and `//` between
/// them. It can be stored and parsed back; serde uses it too. The host in it
/// is compared with that of the client ([`Job::new`](super::Job::new)) and never chooses where a request goes. A
/// reference whose host is not known is a plain object path:
///
/// ```
/// use cimwire::job::JobReference;
///
/// let text = "https://hv01.example:5986/root/virtualization/v2:Msvm_ConcreteJob\
///             .InstanceID=%22AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82%22";
/// let reference: JobReference = text.parse()?;
/// assert_eq!(reference.host(), Some("hv01.example"));
/// assert_eq!(reference.id(), "AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82");
/// assert_eq!(reference.to_string(), text);
///
/// let path = "root/virtualization/v2:Msvm_ConcreteJob.InstanceID=\"AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82\"";
/// let reference: JobReference = path.parse()?;
/// assert_eq!(reference.host(), None);
/// # Ok::<(), cimwire::job::ParseJobReferenceError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct JobReference {
    service: Option<Service>,
    reference: Reference,
}

impl JobReference {
    /// Creates the reference of the job with this `InstanceID` in a class of a namespace.
    pub fn new(namespace: &str, class: &str, id: impl Into<String>) -> Self {
        Self::of_class(ClassPath::new(namespace, class), id)
    }

    /// Creates the reference of the job with this `InstanceID` in a class.
    pub(super) fn of_class(class: ClassPath, id: impl Into<String>) -> Self {
        Self {
            service: None,
            reference: Reference::to_class(class).with_key(INSTANCE_ID, id.into()),
        }
    }

    /// Adds the host of a client.
    ///
    /// # Errors
    ///
    /// Returns an error if the reference has another host.
    pub(super) fn at(self, client: &Client) -> Result<Self, Error> {
        let here = client.url().as_ref().and_then(Service::of);
        match &self.service {
            Some(service) if !here.as_ref().is_some_and(|here| service.is(here)) => {
                Err(client.attribute(elsewhere(&self, client)))
            }
            _ => Ok(Self {
                service: here,
                ..self
            }),
        }
    }

    /// Returns the host of the job, as far as it is known.
    pub fn host(&self) -> Option<&str> {
        self.service.as_ref().map(Service::host)
    }

    /// Returns the `InstanceID`, a GUID on Hyper-V.
    pub fn id(&self) -> &str {
        match self.reference.key(INSTANCE_ID) {
            Some(KeyValue::Text(id)) => id,
            _ => "",
        }
    }

    /// Returns the underlying reference.
    pub fn as_reference(&self) -> &Reference {
        &self.reference
    }

    /// Returns the same reference in `namespace`, if it had no namespace.
    #[must_use]
    pub fn or_namespace(self, namespace: &str) -> Self {
        Self {
            reference: self.reference.or_namespace(namespace),
            ..self
        }
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
            Ok(()) => Ok(Self {
                service: None,
                reference,
            }),
            Err(_) => Err(ParseJobReferenceError(Wrong::Unsendable)),
        }
    }
}

impl FromStr for JobReference {
    type Err = ParseJobReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A URI has no quotation marks, which enclose the id in an object path.
        let (service, path) = match text.split_once("://") {
            Some((scheme, rest)) if !text.contains('"') => {
                let (service, path) =
                    Service::parse(scheme, rest).ok_or(ParseJobReferenceError(Wrong::Uri))?;
                (Some(service), Cow::from(path))
            }
            _ => (None, Cow::from(text)),
        };
        let reference: Reference = path
            .parse()
            .map_err(|error| ParseJobReferenceError(Wrong::Path(error)))?;
        Ok(Self {
            service,
            ..reference.try_into()?
        })
    }
}

impl TryFrom<String> for JobReference {
    type Error = ParseJobReferenceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Serialize for JobReference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Returns the error of a reference to a job on another host.
fn elsewhere(job: &JobReference, client: &Client) -> Error {
    let service = job.service.as_ref().map(ToString::to_string);
    let doing = format!(
        "could not find job {} here: it is a job of {}, and the client is connected to {}",
        excerpt(job.id()),
        service.as_deref().unwrap_or("another host"),
        client.endpoint()
    );
    Error::new(ErrorKind::Usage, doing).with_hint("connect to the host of the job")
}

impl fmt::Display for JobReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.service {
            None => self.reference.fmt(f),
            Some(service) => {
                let path = self.reference.to_string();
                write!(f, "{service}/{}", utf8_percent_encode(&path, ENCODED))
            }
        }
    }
}

impl fmt::Debug for JobReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobReference({self})")
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
    Uri,
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
            Self::Uri => f.write_str("malformed address of a host before the path of a job"),
            Self::Keys => f.write_str("not a reference to a job: it has no key InstanceID"),
            Self::TooLong => write!(
                f,
                "not a reference to a job: it is longer than {LONGEST_PATH} bytes"
            ),
            Self::Unsendable => f.write_str(
                "not a reference to a job: its class is malformed, or XML forbids a character of it",
            ),
        }
    }
}

impl std::error::Error for ParseJobReferenceError {}

const INSTANCE_ID: &str = "InstanceID";
/// The characters of an object path that are percent-encoded in a URI: all that a POSIX shell or PowerShell interprets.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'/')
    .remove(b':')
    .remove(b'=');
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
        assert_eq!(job.to_string().parse(), Ok(job.clone()));
        let (service, _) = Service::parse("https", "[2001:db8::7]:5986/x").unwrap();
        let job = JobReference {
            service: Some(service),
            ..job
        };
        let text = "https://[2001:db8::7]:5986/root/x:http://v.example/schema/V_Job\
                    .InstanceID=%22a%3D%5C%22b%5C%22.c/d%22";
        assert_eq!(job.to_string(), text.replace("%3D", "="));
        assert_eq!(job.host(), Some("2001:db8::7"));
        assert_eq!(text.parse(), Ok(job));
    }

    /// Percent-encoding as in RFC 3986 2.1; the id has what a URI parser would resolve and a shell would interpret.
    #[test]
    fn a_uri_keeps_any_id() {
        for (id, encoded) in [
            ("A-1", "A-1"),
            ("a/../b c", "a/../b%20c"),
            ("100%22 'ü' $(x)", "100%2522%20%27%C3%BC%27%20%24%28x%29"),
        ] {
            let text = format!("http://hv01:5985/root/x:V_Job.InstanceID=%22{encoded}%22");
            let job: JobReference = text.parse().unwrap();
            assert_eq!(
                (job.id(), job.as_reference().class().namespace()),
                (id, "root/x")
            );
            assert_eq!(job.to_string(), text);
        }
    }

    #[test]
    fn rejects_a_malformed_uri() {
        for text in [
            "http://hv01:5985",
            "http://user:secret@hv01:5985/root/x:V_Job.InstanceID=%22A%22",
            "http://hv01?a/root/x:V_Job.InstanceID=%22A%22",
            "http://:5985/root/x:V_Job.InstanceID=%22A%22",
            "ftp://hv01/root/x:V_Job.InstanceID=%22A%22",
            "http://hv01:5985/root/x:V_Job.InstanceID=%22%FF%22",
        ] {
            let error = text.parse::<JobReference>().unwrap_err();
            assert_eq!(error, ParseJobReferenceError(Wrong::Uri), "{text}");
        }
        let keyless = "http://hv01:5985/root/x:V_Job.Name=%22A%22".parse::<JobReference>();
        assert_eq!(keyless, Err(ParseJobReferenceError(Wrong::Keys)));
    }

    #[test]
    fn serde_has_the_text() {
        for text in [
            "https://hv01:5986/root/x:V_Job.InstanceID=%22A%22",
            "https://gw:443/hv01/wsman//root/x:V_Job.InstanceID=%22a//b%22",
            "root/x:V_Job.InstanceID=\"A\"",
        ] {
            let job: JobReference = text.parse().unwrap();
            let json = serde_json::to_value(&job).unwrap();
            assert_eq!(json, text);
            assert_eq!(serde_json::from_value::<JobReference>(json).unwrap(), job);
        }
        assert!(serde_json::from_str::<JobReference>("\"A\"").is_err());
    }
}
