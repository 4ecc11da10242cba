//! Jobs: what a method started, followed to its end.
//!
//! ```text
//! Outcome::Started(Job) ──progress──▶ JobStatus … ──▶ the last JobStatus, or an Error
//!                           │ one enumeration a poll
//!                           ├─ status: what a row says (pure)
//!                           └─ poll: when to ask again (pure)
//! ```
//!
//! A job lives at the host for about five minutes after its end; one that is gone before its end was seen is reported
//! as [`ErrorKind::OutcomeUnknown`], neither failed nor done.

mod failure;
mod fetch;
mod poll;
mod progress;
mod reference;
mod return_code;
mod status;
mod watcher;

use std::fmt;

use crate::cim::{ClassPath, Properties, Value};
use crate::client::{Client, Output};
use crate::error::{Error, ErrorKind};
use crate::printable::excerpt;

pub use failure::{JobFailure, StatusError};
pub use progress::JobProgress;
pub use reference::{JobReference, ParseJobReferenceError};
pub use return_code::{ReturnCode, StateChangeCode};
pub use status::{JobState, JobStatus, Verdict};
pub use watcher::{JobEvent, JobWatcher};

/// The outcome of a method that may take long.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "a job that was started may fail"]
pub enum Outcome {
    /// It was done at once.
    Completed,
    /// A job does it.
    Started(Job),
}

impl Outcome {
    /// Waits for the end; `None` where there was no job.
    ///
    /// # Errors
    ///
    /// As [`Job::wait`].
    pub async fn wait(self) -> Result<Option<JobStatus>, Error> {
        match self {
            Self::Completed => Ok(None),
            Self::Started(job) => job.wait().await.map(Some),
        }
    }

    /// The job, where there is one.
    pub fn job(&self) -> Option<&Job> {
        match self {
            Self::Completed => None,
            Self::Started(job) => Some(job),
        }
    }

    /// Judges what a method of Hyper-V returned, by the table that all of them share.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Refused`] with the [`ReturnCode`] among its causes if the host refused, and of
    /// [`ErrorKind::OutcomeUnknown`] if the return value is not one number, or if the job that was started cannot be
    /// followed by what the host named it.
    pub fn read(client: &Client, output: &Output) -> Result<Self, Error> {
        let method = output.method();
        match ReturnCode::from(output.return_value()?) {
            ReturnCode::Completed => Ok(Self::Completed),
            ReturnCode::Started => match output.parameters().decode("Job", method) {
                Ok(Some(reference)) => Ok(Self::Started(Job::resume(client, reference))),
                Ok(None) => Err(failure::unnamed(method)),
                Err(error) => Err(failure::unnamed(method).with_source(error)),
            },
            code => {
                let error = Error::new(ErrorKind::Refused, format!("the host refused {method}"));
                Err(match code.hint() {
                    Some(hint) => error.with_hint(hint),
                    None => error,
                }
                .with_source(code))
            }
        }
    }
}

/// A job at a host.
///
/// Its [`reference`](Self::reference) as text survives a restart of the caller:
///
/// ```no_run
/// use cimwire::job::{Job, JobReference};
///
/// # async fn example(client: cimwire::Client, job: Job) -> Result<(), Box<dyn std::error::Error>> {
/// let token = job.reference().to_string();
/// let reference: JobReference = token.parse()?;
/// let status = Job::resume(&client, reference).wait().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Job {
    client: Client,
    reference: JobReference,
}

impl Job {
    /// The job of a reference, at a client's host. A server that the reference may name is not looked at.
    pub fn resume(client: &Client, reference: JobReference) -> Self {
        Self {
            client: client.clone(),
            reference,
        }
    }

    /// The jobs of a class that the host knows, those that ended within the last five minutes among them.
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses, or a row has no id or state.
    pub async fn list(client: &Client, class: &ClassPath) -> Result<Vec<JobStatus>, Error> {
        fetch::all(client, class).await
    }

    /// Returns what names the job.
    pub fn reference(&self) -> &JobReference {
        &self.reference
    }

    /// Returns how the job stands.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::OutcomeUnknown`] if the host does not know the job any more, or, with a
    /// [`StatusError`] among its causes, if its answer does not tell how the job stands. Returns another error if the
    /// host cannot be asked.
    pub async fn status(&self) -> Result<JobStatus, Error> {
        let mut found =
            fetch::statuses(&self.client, std::slice::from_ref(&self.reference)).await?;
        let status = found.pop().unwrap_or(Ok(None))?;
        status.ok_or_else(|| failure::vanished(&self.reference))
    }

    /// The way of the job: its status whenever it is asked for, until the last.
    pub fn progress(&self) -> JobProgress {
        JobProgress::new(self)
    }

    /// Waits for the end.
    ///
    /// It does not give up by itself, since a transfer may take hours. Put `tokio::time::timeout` around it where that
    /// is wanted; the job goes on without us.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::JobFailed`] and [`ErrorKind::JobCancelled`] with a [`JobFailure`] among their causes,
    /// [`ErrorKind::OutcomeUnknown`] if the job vanished before its end was seen, or, with a [`StatusError`] among its
    /// causes, if the host's answer does not tell how the job stands; another if the host cannot be asked any more.
    pub async fn wait(&self) -> Result<JobStatus, Error> {
        let mut progress = self.progress();
        loop {
            match progress.next().await {
                Some(Ok(status)) if status.verdict().is_final() => return Ok(status),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Err(failure::vanished(&self.reference)),
            }
        }
    }

    /// Asks the host to terminate the job (`RequestStateChange`, value 4).
    ///
    /// The host may take its time; [`wait`](Self::wait) tells when the job has ended, and how.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`] where the job cannot be cancelled, for one because it has ended.
    pub async fn cancel(&self) -> Result<(), Error> {
        let input = Properties::new()
            .with("RequestedState", TERMINATE)
            .with("TimeoutPeriod", Value::Null);
        let output = self
            .client
            .invoke(self.reference.as_reference(), "RequestStateChange", input)
            .await?;
        match StateChangeCode::from(output.return_value()?) {
            StateChangeCode::Completed | StateChangeCode::Started => Ok(()),
            code => {
                let doing = format!(
                    "the host refused to cancel job {}",
                    excerpt(self.reference.id())
                );
                let hint = "a job that has ended, or that is not cancellable, cannot be cancelled";
                Err(Error::new(ErrorKind::Refused, doing)
                    .with_hint(hint)
                    .with_source(code))
            }
        }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Job").field(&self.reference).finish()
    }
}

/// The requested state "Terminate" of `CIM_ConcreteJob.RequestStateChange`.
const TERMINATE: u16 = 4;
