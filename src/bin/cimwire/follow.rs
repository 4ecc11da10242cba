//! Following jobs to their ends: with progress, a deadline, and signals.

use std::collections::HashMap;

use cimwire::hyperv;
use cimwire::job::{JobEvent, JobReference, JobState, JobStatus, JobWatcher};
use cimwire::{Client, Error};
use tokio::time::{Instant, timeout_at};

use crate::exit::Exit;
use crate::output::following::{End, Following};
use crate::output::progress::Progress;
use crate::output::report::{Failure, Problem};
use crate::session::Session;
use crate::time;

/// Jobs that are followed to their ends, and shown while they go on.
pub(crate) struct Follower<'s> {
    session: &'s Session,
    shown: Following,
    watcher: JobWatcher,
    left: Vec<JobReference>,
    seen: HashMap<JobReference, JobStatus>,
    progress: Progress,
    deadline: Option<Instant>,
}

impl<'s> Follower<'s> {
    pub(crate) fn new(
        session: &'s Session,
        client: &Client,
        shown: Following,
        jobs: Vec<JobReference>,
    ) -> Result<Self, Error> {
        let timeout = session.connection.wait_timeout;
        Ok(Self {
            session,
            shown,
            watcher: JobWatcher::new(client, jobs.clone())?,
            progress: Progress::new(session.display, jobs.len()),
            left: jobs,
            seen: HashMap::new(),
            deadline: timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
        })
    }

    /// Waits for the end of the one job that is followed.
    ///
    /// # Errors
    ///
    /// Returns a failure that says how to go on, at a signal, at the deadline, or if the host cannot be asked any more.
    pub(crate) async fn end(mut self) -> Result<End, Failure> {
        match self.next().await? {
            Some(end) => Ok(end),
            None => Err(Problem::new(Exit::Unknown, "no end of the job was seen").into()),
        }
    }

    /// Waits for the ends of all jobs and shows each as it comes; returns the exit code of the worst.
    ///
    /// # Errors
    ///
    /// Returns a failure in the cases of [`Follower::end`], or if an end cannot be shown.
    pub(crate) async fn each(mut self) -> Result<Exit, Failure> {
        let mut exit = Exit::Done;
        while let Some(end) = self.next().await? {
            let one = self.beside_progress(|| self.shown.end_of_several(&end))?;
            exit = exit.or_worse(one);
        }
        Ok(exit)
    }

    /// The next end of a job; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<End>, Failure> {
        loop {
            let event = match self.event().await {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(None),
                Err(stop) => {
                    self.progress.clear();
                    return Err(stop);
                }
            };
            match event.status {
                Ok(status) if !status.verdict().is_final() => self.goes_on(status)?,
                status => {
                    self.progress.end(&event.job);
                    self.left.retain(|job| *job != event.job);
                    return Ok(Some(End {
                        was_seen: status.is_ok() || self.seen.contains_key(&event.job),
                        job: event.job,
                        status: status.map_err(hyperv::explain_job_failure),
                    }));
                }
            }
        }
    }

    /// Shows something while jobs go on: a line between their bars would tear them.
    pub(crate) fn beside_progress<T>(&self, show: impl FnOnce() -> T) -> T {
        self.progress.pause(show)
    }

    async fn event(&mut self) -> Result<Option<JobEvent>, Failure> {
        let next = self.watcher.next();
        let next = async {
            match self.deadline {
                Some(deadline) => timeout_at(deadline, next).await.ok(),
                None => Some(next.await),
            }
        };
        match self.session.interrupt.or(next).await {
            None => {
                let (exit, word) = self.session.interrupt.end();
                Err(self.shown.stopped(&self.left, exit, word))
            }
            Some(None) => {
                let waited = self.session.connection.wait_timeout.unwrap_or_default();
                let waited = time::duration_text(waited);
                let why = format!("no end was seen within {waited}");
                Err(self.shown.stopped(&self.left, Exit::Timeout, &why))
            }
            Some(Some(event)) => event.transpose().map_err(|error| {
                self.progress.clear();
                self.shown.lost(&self.left, &error)
            }),
        }
    }

    /// Shows a job that goes on, where something about it has changed.
    fn goes_on(&mut self, status: JobStatus) -> Result<(), Failure> {
        let known = self.seen.get(&status.reference);
        if known.is_some_and(|known| is_alike(known, &status)) {
            return Ok(());
        }
        let vm = self.shown.vm_of(&status.reference);
        self.progress.show(&status, vm.map(|vm| vm.name.as_str()));
        let written = self.progress.pause(|| self.shown.progress(&status));
        self.seen.insert(status.reference.clone(), status);
        written
    }
}

fn is_alike(one: &JobStatus, other: &JobStatus) -> bool {
    let shown =
        |status: &JobStatus| -> (JobState, Option<u16>) { (status.state, status.percent_complete) };
    shown(one) == shown(other) && one.status == other.status
}
