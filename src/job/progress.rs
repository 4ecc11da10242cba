//! The progress of one job, as a stream.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::error::Error;

use super::Job;
use super::status::JobStatus;
use super::watcher::JobWatcher;

/// A [`Stream`] of the statuses of a job, one per poll, until its end.
///
/// The last item is a status whose [verdict](JobStatus::verdict) is success, or an error: the job failed, was cancelled
/// or vanished, or the host can no longer be queried.
#[derive(Debug)]
#[must_use = "a stream does nothing unless it is read"]
pub struct JobProgress(JobWatcher);

impl JobProgress {
    pub(super) fn new(job: &Job) -> Self {
        Self(JobWatcher::of(&job.client, [job.reference.clone()]))
    }

    /// Returns the next status, or `None` after the last.
    pub async fn next(&mut self) -> Option<Result<JobStatus, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for JobProgress {
    type Item = Result<JobStatus, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let event = ready!(Pin::new(&mut self.0).poll_next(context));
        Poll::Ready(event.map(|event| event.and_then(|event| event.status)))
    }
}
