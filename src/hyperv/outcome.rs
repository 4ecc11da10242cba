//! The result of a method, and the errors of the jobs that methods start.

use crate::client::{Client, Output};
use crate::error::{Error, ErrorKind};
use crate::job::{Job, JobFailure, JobStatus};

use super::ReturnCode;

/// The result of a method that may start a job.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "a job that was started may fail"]
pub enum Outcome {
    /// The method completed immediately.
    Completed,
    /// The method started a job.
    Started(Job),
}

impl Outcome {
    /// Waits for the end of the job. Returns `None` if there was no job.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`Job::wait`], [explained](explain_job_failure) if the job failed.
    pub async fn wait(self) -> Result<Option<JobStatus>, Error> {
        match self {
            Self::Completed => Ok(None),
            Self::Started(job) => job.wait().await.map(Some).map_err(explain_job_failure),
        }
    }

    /// Returns the job, if there is one.
    pub fn job(&self) -> Option<&Job> {
        match self {
            Self::Completed => None,
            Self::Started(job) => Some(job),
        }
    }

    /// Reads the result of a Hyper-V method. All of these methods share one table of return codes.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Refused`] with the [`ReturnCode`] among its causes if the host refused. Returns
    /// an error of [`ErrorKind::OutcomeUnknown`] if the return value is not a single number, or if the reference of the
    /// started job is unusable.
    pub fn read(client: &Client, output: &Output) -> Result<Self, Error> {
        Self::of(client, output).map_err(|error| client.attribute(error))
    }

    fn of(client: &Client, output: &Output) -> Result<Self, Error> {
        let method = output.method();
        match ReturnCode::from(output.return_value()?) {
            ReturnCode::Completed => Ok(Self::Completed),
            ReturnCode::Started => match output.parameters().decode("Job", method) {
                Ok(Some(reference)) => Job::new(client, reference).map(Self::Started),
                Ok(None) => Err(unnamed_job(method)),
                Err(error) => Err(unnamed_job(method).with_source(error)),
            },
            code => Err(refused(method, code)),
        }
    }
}

/// Returns the error for a method that the host refused.
pub(super) fn refused(method: &str, code: ReturnCode) -> Error {
    let error = Error::new(ErrorKind::Refused, format!("the host refused {method}"));
    error
        .with_hint_or_none(code.hint_for(method))
        .with_source(code)
}

/// Adds the meaning of the error code and its hint to the error of a failed job of Hyper-V. The hint of the host comes
/// first. Other errors are returned as they are.
///
/// [`Outcome::wait`] does this; the errors of a [`Job`] or a [`JobWatcher`](crate::job::JobWatcher) have the number only.
///
/// ```no_run
/// use cimwire::hyperv;
///
/// # async fn example(job: cimwire::job::Job) {
/// if let Err(error) = job.wait().await.map_err(hyperv::explain_job_failure) {
///     println!("{error}: {}", error.hint().unwrap_or("no hint"));
/// }
/// # }
/// ```
pub fn explain_job_failure(error: Error) -> Error {
    let Some(failure) = error.cause::<JobFailure>() else {
        return error;
    };
    let Some(code) = ReturnCode::of_job(failure.status()) else {
        return error;
    };
    let hint = error.hint().map(|hint| hint.to_owned().into());
    let hint = hint.or_else(|| code.hint());
    let failure = failure.clone().with_code_name(code.to_string());
    error.with_hint_or_none(hint).with_source(failure)
}

/// Returns the error of a method that started a job without a usable reference to it.
fn unnamed_job(method: &str) -> Error {
    let doing = format!("{method} started a job that the host did not name");
    Error::new(ErrorKind::OutcomeUnknown, doing).with_hint(
        "list the jobs of the host to find it before asking again: it may have been done",
    )
}
