//! Following jobs to their ends: with progress, a deadline, and signals.

use std::collections::HashMap;
use std::time::Duration;

use cimwire::hyperv::{self, VirtualMachine};
use cimwire::job::{
    JobEvent, JobFailure, JobReference, JobState, JobStatus, JobWatcher, StatusError, Verdict,
};
use cimwire::{Client, Error, ErrorKind};
use tokio::time::{Instant, timeout_at};

use crate::exit::Exit;
use crate::output::event::Event;
use crate::output::excerpt;
use crate::output::jobs::error_code;
use crate::output::progress::Progress;
use crate::output::report::{self, Failure, Problem};
use crate::session::Session;

/// Jobs that are followed to their ends, and shown while they go on.
pub(crate) struct Follower<'s> {
    session: &'s Session,
    /// The virtual machine that the jobs are about, if it is one.
    vm: Option<&'s VirtualMachine>,
    watcher: JobWatcher,
    left: Vec<JobReference>,
    seen: HashMap<JobReference, JobStatus>,
    progress: Progress,
    deadline: Option<Instant>,
}

/// The end of a job.
pub(crate) struct End {
    pub(crate) job: JobReference,
    pub(crate) status: Result<JobStatus, Error>,
    /// True if the host knew the job at some time.
    pub(crate) was_seen: bool,
}

impl<'s> Follower<'s> {
    pub(crate) fn new(
        session: &'s Session,
        client: &Client,
        jobs: Vec<JobReference>,
    ) -> Result<Self, Error> {
        Ok(Self {
            session,
            vm: None,
            watcher: JobWatcher::new(client, jobs.clone())?,
            progress: Progress::new(session.display, jobs.len()),
            left: jobs,
            seen: HashMap::new(),
            deadline: deadline(session.connection.wait_timeout),
        })
    }

    /// Says what the jobs are about.
    pub(crate) fn about(mut self, vm: &'s VirtualMachine) -> Self {
        self.vm = Some(vm);
        self
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
    pub(crate) async fn each(
        mut self,
        mut show: impl FnMut(&End) -> Result<Exit, Failure>,
    ) -> Result<Exit, Failure> {
        let mut exit = Exit::Done;
        while let Some(end) = self.next().await? {
            // No line may be written into the bars of the jobs that go on.
            let one = self.progress.pause(|| show(&end))?;
            exit = exit.or_worse(one);
        }
        Ok(exit)
    }

    /// The next end of a job; `None` after the last.
    async fn next(&mut self) -> Result<Option<End>, Failure> {
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
                Err(self.stopped(exit, word))
            }
            Some(None) => {
                let waited = self.session.connection.wait_timeout.unwrap_or_default();
                let why = format!("no end was seen within {} s", waited.as_secs());
                Err(self.stopped(Exit::Timeout, &why))
            }
            Some(Some(event)) => event.transpose().map_err(|error| self.lost(&error)),
        }
    }

    /// Waiting is over, and jobs are left.
    fn stopped(&self, exit: Exit, why: &str) -> Failure {
        let Some(command) = self.session.watch_command(&self.left) else {
            return Problem::new(exit, format!("{why}; the host ends with us")).into();
        };
        Problem::new(exit, format!("{why}; {}", go_on(&self.left)))
            .hint(format!("to watch on: {command}"))
            .into()
    }

    /// The host cannot be asked any more, and jobs are left.
    fn lost(&self, error: &Error) -> Failure {
        self.progress.clear();
        let exit = report::error(error);
        note_that_they_go_on(self.session, &self.left);
        Failure::Reported(exit)
    }

    /// Shows a job that goes on, where something about it has changed.
    fn goes_on(&mut self, status: JobStatus) -> Result<(), Failure> {
        let known = self.seen.get(&status.reference);
        if known.is_some_and(|known| is_alike(known, &status)) {
            return Ok(());
        }
        self.progress.show(&status);
        let event = of(self.vm, "progress").status(&status);
        let output = self.session.output;
        let written = self.progress.pause(|| output.json(&event));
        self.seen.insert(status.reference.clone(), status);
        written
    }
}

/// Shows the end of a job; says what to end the program with.
///
/// `success` is the line for people where the job has done what it should.
pub(crate) fn show_end(
    session: &Session,
    vm: Option<&VirtualMachine>,
    end: &End,
    success: &str,
) -> Result<Exit, Failure> {
    let output = session.output;
    match &end.status {
        Ok(status) => {
            if status.verdict() == Verdict::SucceededWithWarnings {
                report::warning(&warning(status));
            }
            output.event(&of(vm, "completed").status(status), success)?;
            Ok(Exit::Done)
        }
        Err(error) => {
            let exit = report::error(error);
            note_if_it_goes_on(session, &end.job, error);
            let event = of(
                vm,
                match error.kind() {
                    ErrorKind::JobFailed => "failed",
                    ErrorKind::JobCancelled => "cancelled",
                    ErrorKind::OutcomeUnknown => "outcome_unknown",
                    // That its status could not be read says nothing about the job.
                    _ => return Ok(exit),
                },
            );
            let event = match error.cause::<JobFailure>() {
                Some(failure) => event.failure(failure),
                None => event.job(&end.job),
            };
            output.json(&event)?;
            Ok(exit)
        }
    }
}

/// Says how to watch a job that is not waited for.
pub(crate) fn say_how_to_watch(session: &Session, job: &JobReference) -> Result<(), Failure> {
    match session.watch_command([job]) {
        Some(command) => session.output.line(&format!("To watch it: {command}")),
        None => Ok(()),
    }
}

/// Says how to watch a job on after an error that does not mean its end.
pub(crate) fn note_if_it_goes_on(session: &Session, job: &JobReference, error: &Error) {
    let goes_on = match error.kind() {
        ErrorKind::JobFailed | ErrorKind::JobCancelled => false,
        // Without that cause the host does not know the job any more.
        ErrorKind::OutcomeUnknown => error.cause::<StatusError>().is_some(),
        _ => true,
    };
    if goes_on {
        note_that_they_go_on(session, std::slice::from_ref(job));
    }
}

fn note_that_they_go_on(session: &Session, jobs: &[JobReference]) {
    if let Some(command) = session.watch_command(jobs) {
        report::note(&format!("{}; to watch on: {command}", go_on(jobs)));
    }
}

fn go_on(jobs: &[JobReference]) -> &'static str {
    match jobs.len() {
        1 => "the job goes on without us",
        _ => "the jobs go on without us",
    }
}

/// An event, with the virtual machine that it is about.
fn of<'a>(vm: Option<&'a VirtualMachine>, event: &'static str) -> Event<'a> {
    let event = Event::new(event);
    match vm {
        Some(vm) => event.vm(vm),
        None => event,
    }
}

/// Returns what a job that completed with warnings warns of.
fn warning(status: &JobStatus) -> String {
    let texts = [
        &status.error_description,
        &status.error_summary,
        &status.status,
    ];
    let text = texts
        .into_iter()
        .map(|text| text.trim())
        .find(|text| !text.is_empty());
    let mut line = excerpt(text.unwrap_or("the job completed with warnings"));
    if let Some(code) = error_code(status) {
        line.push_str(&format!(" (error code {code})"));
    }
    line
}

fn is_alike(one: &JobStatus, other: &JobStatus) -> bool {
    let shown =
        |status: &JobStatus| -> (JobState, Option<u16>) { (status.state, status.percent_complete) };
    shown(one) == shown(other) && one.status == other.status
}

fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    timeout.and_then(|timeout| Instant::now().checked_add(timeout))
}
