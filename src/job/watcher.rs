//! Polling of many jobs of one host together.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::client::Client;
use crate::error::Error;

use super::failure::{self, StatusError};
use super::fetch::{self, Found};
use super::poll::{Observed, Schedule};
use super::reference::JobReference;
use super::status::{JobStatus, Verdict};

/// A watcher that follows many jobs of one host to their ends, with one round trip per poll for every twenty of them.
///
/// It is a [`Stream`] of [`JobEvent`]s, one per job and poll. The last event of a job is a status whose
/// [verdict](JobStatus::verdict) is success, or an error. An error of the stream itself means that the host can no
/// longer be queried, and ends the stream; the jobs continue on the host.
///
/// ```no_run
/// use cimwire::job::{JobReference, JobWatcher};
///
/// # async fn example(client: cimwire::Client, jobs: Vec<JobReference>) -> Result<(), cimwire::Error> {
/// let mut watcher = JobWatcher::new(&client, jobs)?;
/// while let Some(event) = watcher.next().await {
///     let event = event?;
///     match event.status {
///         Ok(status) => println!("{}: {}", event.job.id(), status.state),
///         Err(error) => println!("{}: {error}", event.job.id()),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream does nothing unless it is read"]
pub struct JobWatcher {
    client: Client,
    watched: Vec<(JobReference, Observed)>,
    schedule: Schedule,
    events: VecDeque<JobEvent>,
    /// The number of consecutive failed polls.
    failures: u32,
    state: State,
}

/// The status or the end of a job.
#[derive(Debug)]
#[non_exhaustive]
pub struct JobEvent {
    /// The reference of the job.
    pub job: JobReference,
    /// The status, or an error if the job failed, was cancelled, vanished, or cannot be read.
    pub status: Result<JobStatus, Error>,
}

enum State {
    Due,
    Polling(Boxed<Result<Vec<Found>, Error>>),
    Waiting(Pin<Box<tokio::time::Sleep>>),
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl JobWatcher {
    /// Creates a watcher for these jobs. Nothing is sent before the first event is requested.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Usage`](crate::ErrorKind::Usage) if a reference names another host than that of
    /// the client.
    pub fn new(
        client: &Client,
        jobs: impl IntoIterator<Item = JobReference>,
    ) -> Result<Self, Error> {
        let jobs = jobs.into_iter().map(|job| {
            // The events have the reference as it was given.
            job.clone().at(client).map(|_| job)
        });
        let jobs: Vec<_> = jobs.collect::<Result<_, _>>()?;
        Ok(Self::of(client, jobs))
    }

    /// Creates a watcher for jobs of the client's host.
    pub(super) fn of(client: &Client, jobs: impl IntoIterator<Item = JobReference>) -> Self {
        let jobs = jobs.into_iter();
        Self {
            client: client.clone(),
            watched: jobs.map(|job| (job, Observed::default())).collect(),
            schedule: Schedule::new(),
            events: VecDeque::new(),
            failures: 0,
            state: State::Due,
        }
    }

    /// Returns the next event, or `None` after the last.
    pub async fn next(&mut self) -> Option<Result<JobEvent, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    fn poll_host(&self) -> State {
        let client = self.client.clone();
        let jobs: Vec<_> = self.watched.iter().map(|(job, _)| job.clone()).collect();
        State::Polling(Box::pin(async move {
            let found = fetch::statuses(&client, &jobs).await?;
            let mut statuses = Vec::with_capacity(found.len());
            for status in found {
                statuses.push(settled(&client, status).await);
            }
            Ok(statuses)
        }))
    }

    /// Takes the response to a poll and schedules the next one. An error ends the stream.
    fn receive(&mut self, answer: Result<Vec<Found>, Error>) -> Result<(), Error> {
        let mut moved = false;
        match answer {
            Err(error) if !self.may_recover(&error) => {
                self.watched.clear();
                return Err(error);
            }
            Err(_) => self.failures += 1,
            Ok(statuses) => {
                self.failures = 0;
                for ((job, observed), status) in
                    std::mem::take(&mut self.watched).into_iter().zip(statuses)
                {
                    moved |= self.receive_one(job, observed, status);
                }
            }
        }
        self.state = State::Waiting(Box::pin(tokio::time::sleep(self.schedule.next(moved))));
        Ok(())
    }

    /// Takes the status of one job, and keeps watching it unless the job has ended. Returns true if the job has
    /// progressed.
    fn receive_one(&mut self, job: JobReference, mut observed: Observed, status: Found) -> bool {
        let running = status
            .as_ref()
            .ok()
            .filter(|status| !status.verdict().is_final());
        let moved = running.is_some_and(|status| observed.record(status, self.schedule.pause()));
        let stalled = running.filter(|_| observed.is_stalled()).map(|status| {
            let stalled = StatusError::Stalled(status.state);
            let stalled = failure::unknown_status(&job, stalled);
            self.client.attribute(stalled)
        });
        let goes_on = running.is_some() && stalled.is_none();
        let status = stalled.map_or(status, Err);
        self.events.push_back(JobEvent {
            job: job.clone(),
            status,
        });
        if goes_on {
            self.watched.push((job, observed));
        }
        moved
    }

    /// Returns true if a failed poll may be repeated. A host that answered before may recover: it is restarting its
    /// service, or the network failed for a moment.
    fn may_recover(&self, error: &Error) -> bool {
        error.is_transient()
            && self.failures < FAILED_POLLS
            && self.watched.iter().any(|(_, observed)| observed.is_seen())
    }
}

/// Returns a status, or the error of a failed or cancelled job, with details from the host.
async fn settled(client: &Client, status: Found) -> Found {
    let status = status?;
    match status.verdict() {
        Verdict::Failed | Verdict::Cancelled => {
            Err(client.attribute(failure::explained(client, status).await))
        }
        _ => Ok(status),
    }
}

impl Stream for JobWatcher {
    type Item = Result<JobEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            if self.watched.is_empty() {
                return Poll::Ready(None);
            }
            match &mut self.state {
                State::Due => self.state = self.poll_host(),
                State::Waiting(sleep) => {
                    ready!(sleep.as_mut().poll(context));
                    self.state = State::Due;
                }
                State::Polling(answer) => {
                    let answer = ready!(answer.as_mut().poll(context));
                    if let Err(error) = self.receive(answer) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
    }
}

impl fmt::Debug for JobWatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobWatcher")
            .field("watched", &self.watched.len())
            .finish_non_exhaustive()
    }
}

/// The most consecutive polls that may fail for lack of a connection.
const FAILED_POLLS: u32 = 5;
