//! Jobs: asynchronous operations that a method has started.
//!
//! ```text
//! Job ──progress──▶ JobStatus … ──▶ the last JobStatus, or an Error
//!         │ one query per poll
//!         ├─ status: the reading of a row (pure)
//!         └─ poll: the polling interval (pure)
//! ```
//!
//! A job remains on the host for about five minutes after its end. If it disappears before its end was seen, it is
//! reported as [`ErrorKind::OutcomeUnknown`], neither failed nor completed.

mod failure;
mod fetch;
mod poll;
mod progress;
mod reference;
mod service;
mod state_change;
mod status;
mod watcher;

use std::fmt;

use crate::cim::{ClassPath, Properties, Value};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::printable::excerpt;

pub use failure::{JobFailure, StatusError};
pub use progress::JobProgress;
pub use reference::{JobReference, ParseJobReferenceError};
pub use state_change::StateChangeCode;
pub use status::{JobState, JobStatus, Verdict};
pub use watcher::{JobEvent, JobWatcher};

/// A job on a host.
///
/// Its [`reference`](Self::reference) as text survives a restart of the caller:
///
/// ```no_run
/// use cimwire::job::{Job, JobReference};
///
/// # async fn example(client: cimwire::Client, job: Job) -> Result<(), Box<dyn std::error::Error>> {
/// let token = job.reference().to_string();
/// let reference: JobReference = token.parse()?;
/// let status = Job::new(&client, reference)?.wait().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Job {
    client: Client,
    reference: JobReference,
}

impl Job {
    /// Returns the job of a reference, on the client's host, which is added to the [`reference`](Self::reference).
    /// Nothing is sent. A server name in an object path (`\\SERVER\`) is ignored, since a host has several names.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Usage`] if the reference names another host than that of the client.
    pub fn new(client: &Client, reference: JobReference) -> Result<Self, Error> {
        Ok(Self {
            reference: reference.at(client)?,
            client: client.clone(),
        })
    }

    /// Lists the jobs of a class that the host knows, including those that ended within the last five minutes.
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses, or if a row has no id or state.
    pub async fn list(client: &Client, class: &ClassPath) -> Result<Vec<JobStatus>, Error> {
        let jobs = fetch::all(client, class).await;
        jobs.map_err(|error| client.attribute(error))
    }

    /// Returns the reference of the job.
    pub fn reference(&self) -> &JobReference {
        &self.reference
    }

    /// Returns the status of the job.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::OutcomeUnknown`] if the host no longer knows the job, or, with a
    /// [`StatusError`] among its causes, if the response does not tell the state of the job. Returns another error if
    /// the host cannot be queried.
    pub async fn status(&self) -> Result<JobStatus, Error> {
        let mut found =
            fetch::statuses(&self.client, std::slice::from_ref(&self.reference)).await?;
        found
            .pop()
            .unwrap_or_else(|| Err(failure::vanished(&self.reference)))
    }

    /// Returns a stream of the statuses of the job, one per poll, until the last.
    pub fn progress(&self) -> JobProgress {
        JobProgress::new(self)
    }

    /// Waits for the end of the job.
    ///
    /// There is no time limit, since a transfer may take hours. Use `tokio::time::timeout` for one; the job continues
    /// on the host.
    ///
    /// # Errors
    ///
    /// Returns an error of
    /// - [`ErrorKind::JobFailed`] or [`ErrorKind::JobCancelled`], with a [`JobFailure`] among its causes, if the job
    ///   did not succeed;
    /// - [`ErrorKind::OutcomeUnknown`] if the job vanished before its end was seen or, with a [`StatusError`] among its
    ///   causes, if the response does not tell the state of the job;
    /// - another kind if the host can no longer be queried.
    pub async fn wait(&self) -> Result<JobStatus, Error> {
        let mut progress = self.progress();
        loop {
            match progress.next().await {
                Some(Ok(status)) if status.verdict().is_final() => return Ok(status),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Err(self.client.attribute(failure::vanished(&self.reference))),
            }
        }
    }

    /// Asks the host to terminate the job (`RequestStateChange`, value 4).
    ///
    /// The host may take its time; [`wait`](Self::wait) returns the end of the job.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Refused`] if the job cannot be cancelled, for example because it has ended.
    pub async fn cancel(&self) -> Result<(), Error> {
        let input = Properties::new()
            .with("RequestedState", TERMINATE)
            .with("TimeoutPeriod", Value::Null);
        let output = self
            .client
            .invoke(self.reference.as_reference(), "RequestStateChange", input)
            .await?;
        let code = output.return_value();
        match StateChangeCode::from(code.map_err(|error| self.client.attribute(error))?) {
            StateChangeCode::Completed | StateChangeCode::Started => Ok(()),
            code => {
                let doing = format!(
                    "the host refused to cancel job {}",
                    excerpt(self.reference.id())
                );
                let hint = "a job that has ended, or that is not cancellable, cannot be cancelled";
                let error = Error::new(ErrorKind::Refused, doing);
                Err(self
                    .client
                    .attribute(error.with_hint(hint).with_source(code)))
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
