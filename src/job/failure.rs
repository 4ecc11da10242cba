//! Errors of jobs.

use std::fmt;

use crate::cim::{Instance, Properties};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::printable::excerpt;

use super::reference::JobReference;
use super::status::{JobState, JobStatus};

/// The reason why a job failed or was cancelled. It is a cause of the [`Error`] that [`Job::wait`](super::Job::wait)
/// returns:
///
/// ```
/// # fn report(error: cimwire::Error) {
/// use cimwire::job::JobFailure;
///
/// if let Some(failure) = error.cause::<JobFailure>() {
///     println!("{:?}: {}", failure.status().error_code, failure.message());
///     for detail in failure.errors() {
///         println!("{:?}", detail.get::<Option<String>>("Message"));
///     }
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct JobFailure {
    status: Box<JobStatus>,
    errors: Vec<Instance>,
    code_name: Option<String>,
}

impl JobFailure {
    /// Returns the last status: state, code, summary and description.
    pub fn status(&self) -> &JobStatus {
        &self.status
    }

    /// Returns the instances of `CIM_Error` from `GetErrorEx`, with message, message id and recommended actions.
    pub fn errors(&self) -> &[Instance] {
        &self.errors
    }

    /// Adds the name of the error code, which `Display` gives beside its number.
    pub(crate) fn with_code_name(mut self, name: String) -> Self {
        self.code_name = Some(name);
        self
    }

    /// Returns the most specific text, in the language of the host; it may be empty.
    pub fn message(&self) -> &str {
        let texts = [
            &self.status.error_description,
            &self.status.error_summary,
            &self.status.status,
        ];
        texts
            .into_iter()
            .map(|text| text.trim())
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }
}

/// Formats the message of the host, then the code.
impl fmt::Display for JobFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = excerpt(self.message());
        f.write_str(if message.is_empty() {
            "the host gave no reason"
        } else {
            message.trim_end_matches('.')
        })?;
        match (self.status.error_code, &self.code_name) {
            (Some(code), Some(name)) => write!(f, " (error code {code}, {name})"),
            (Some(code), None) => write!(f, " (error code {code})"),
            (None, _) => Ok(()),
        }
    }
}

impl std::error::Error for JobFailure {}

/// The reason why the end of a job is unknown although the host may still be working on it. It is a cause of an
/// [`Error`] of [`ErrorKind::OutcomeUnknown`]; such an error without it means that the host no longer knows the job.
#[derive(Debug)]
#[non_exhaustive]
pub enum StatusError {
    /// The response, or the state in it, cannot be read.
    Unreadable(Box<dyn std::error::Error + Send + Sync>),
    /// The host answered with another object than the job.
    OtherObject,
    /// The state is undocumented, and the job has not progressed for a minute.
    Stalled(JobState),
}

impl fmt::Display for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(_) => f.write_str("its status cannot be read"),
            Self::OtherObject => f.write_str("the host answered with another object"),
            Self::Stalled(state) => write!(f, "nothing moves, and its state is {state}"),
        }
    }
}

impl std::error::Error for StatusError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(error) => Some(&**error),
            Self::OtherObject | Self::Stalled(_) => None,
        }
    }
}

/// Returns the error of a job that failed or was cancelled. Asks the host for more details than the status has.
pub(super) async fn explained(client: &Client, status: JobStatus) -> Error {
    // The status has the main error; a failure to get more details must not replace it.
    let errors = get_errors(client, &status.reference)
        .await
        .unwrap_or_default();
    let (kind, end) = match status.state {
        JobState::Terminated => (ErrorKind::JobCancelled, "was cancelled"),
        JobState::Killed => (ErrorKind::JobCancelled, "was killed"),
        _ => (ErrorKind::JobFailed, "failed"),
    };
    let name = if status.name.is_empty() {
        status.reference.id()
    } else {
        &status.name
    };
    let name = excerpt(&format!("{name:?}"));
    Error::new(kind, format!("job {name} {end}"))
        .with_hint_or_none(recommended(&errors))
        .with_source(JobFailure {
            status: Box::new(status),
            errors,
            code_name: None,
        })
}

async fn get_errors(client: &Client, job: &JobReference) -> Result<Vec<Instance>, Error> {
    let output = client
        .invoke(job.as_reference(), "GetErrorEx", Properties::new())
        .await?;
    output.instances("Errors")
}

/// Returns the actions that the host recommends.
fn recommended(errors: &[Instance]) -> Option<String> {
    let actions = errors.iter().flat_map(|error| {
        error
            .get::<Vec<String>>("RecommendedActions")
            .unwrap_or_default()
    });
    let actions: Vec<_> = actions
        .map(|action| action.trim().to_owned())
        .filter(|action| !action.is_empty())
        .collect();
    (!actions.is_empty()).then(|| excerpt(&actions.join("; ")))
}

/// Returns the error of a job that the host no longer knows, and whose end was not seen.
pub(super) fn vanished(job: &JobReference) -> Error {
    Error::new(ErrorKind::OutcomeUnknown, format!("job {} vanished before its end was seen", excerpt(job.id())))
        .with_hint("hosts forget jobs five minutes after their end, and when vmms restarts: look at the object itself")
}

/// Returns the error of a job with an unknown state, while the host may still be working on it.
pub(super) fn unknown_status(job: &JobReference, error: StatusError) -> Error {
    let doing = format!("could not read the status of job {}", excerpt(job.id()));
    Error::new(ErrorKind::OutcomeUnknown, doing)
        .with_hint("ask for the job again later, or look at the object itself: the job goes on")
        .with_source(error)
}
