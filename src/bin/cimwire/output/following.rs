//! The life of jobs as it is shown: their start, their progress, their end, and how to watch on.

use cimwire::hyperv::VirtualMachine;
use cimwire::job::{JobFailure, JobReference, JobStatus, StatusError, Verdict};
use cimwire::{Error, ErrorKind};

use super::event::Event;
use super::jobs::error_code;
use super::report::{self, Failure, Problem};
use super::watch_command::WatchCommand;
use super::{Output, excerpt, short};
use crate::exit::Exit;
use crate::machines::Machines;

/// The end of a job.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) job: JobReference,
    pub(crate) status: Result<JobStatus, Error>,
    /// True if the host knew the job at some time.
    pub(crate) was_seen: bool,
}

impl End {
    /// Returns the job and its name, as far as they are known.
    pub(crate) fn title(&self) -> String {
        let name = match &self.status {
            Ok(status) => status.name.as_str(),
            Err(error) => error
                .cause::<JobFailure>()
                .map_or("", |failure| &failure.status().name),
        };
        match name {
            "" => format!("job {}", short(self.job.id())),
            name => format!("job {} {:?}", short(self.job.id()), short(name)),
        }
    }

    /// Reports whether the host does not know the job, or not any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.status.as_ref().is_err_and(is_gone)
    }
}

/// Reports whether an error says that the host does not know the job, or not any more.
pub(crate) fn is_gone(error: &Error) -> bool {
    error.kind() == ErrorKind::OutcomeUnknown && error.cause::<StatusError>().is_none()
}

/// The success of a job, as it is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done<'a> {
    pub(crate) event: &'static str,
    pub(crate) line: &'a str,
    /// `Some(true)` if the job has carried out a change that can be repeated.
    pub(crate) changed: Option<bool>,
}

impl<'a> Done<'a> {
    /// The success of a job about which nothing else is known.
    pub(crate) fn completed(line: &'a str) -> Self {
        Self {
            event: "completed",
            line,
            changed: None,
        }
    }
}

/// Shows jobs, and the virtual machine that they are about.
#[derive(Clone, Debug)]
pub(crate) struct Following {
    pub(crate) output: Output,
    pub(crate) watch: WatchCommand,
    /// The virtual machine that all of the jobs are about.
    pub(crate) vm: Option<VirtualMachine>,
    /// The virtual machine of each of several jobs.
    pub(crate) machines: Machines,
}

impl Following {
    /// Returns an event, with the virtual machine that it is about.
    pub(crate) fn event(&self, event: &'static str) -> Event<'_> {
        let event = Event::new(event);
        match &self.vm {
            Some(vm) => event.vm(vm),
            None => event,
        }
    }

    /// Returns the virtual machine that a job is about, if it is known.
    pub(crate) fn vm_of(&self, job: &JobReference) -> Option<&VirtualMachine> {
        self.vm.as_ref().or_else(|| self.machines.of(job))
    }

    /// Returns an event of a job, with the virtual machine that it is about.
    fn job_event(&self, event: &'static str, job: &JobReference) -> Event<'_> {
        let event = Event::new(event);
        match self.vm_of(job) {
            Some(vm) => event.vm(vm),
            None => event,
        }
    }

    /// Returns a job with its name and its virtual machine, as far as they are known.
    fn title(&self, end: &End) -> String {
        match self.machines.of(&end.job) {
            Some(vm) => format!("{} of {:?}", end.title(), short(&vm.name)),
            None => end.title(),
        }
    }

    /// Shows that a job was started and is followed.
    pub(crate) fn started(&self, job: &JobReference, doing: &str) -> Result<(), Failure> {
        let id = self.watch.name(job);
        let shown = self.output.event(
            &self.job_event("started", job).job(job),
            &format!("{doing}: job {id}"),
        );
        // The job runs even if this line cannot be written. A reader that has closed stdout gets no note.
        if let Err(failure) = &shown
            && !matches!(failure, Failure::Closed)
        {
            report::note(&format!("job {id} was started and continues on the host"));
        }
        shown
    }

    /// Writes the status of a job that goes on; nothing in a table.
    pub(crate) fn progress(&self, status: &JobStatus) -> Result<(), Failure> {
        let event = self.job_event("progress", &status.reference);
        self.output.json(&event.status(status))
    }

    /// Shows the end of a job, and returns the exit code for it.
    pub(crate) fn end(&self, end: &End, done: Done<'_>) -> Result<Exit, Failure> {
        match &end.status {
            Ok(status) => {
                if status.verdict() == Verdict::SucceededWithWarnings {
                    report::warning_about(&warning(status), self.vm_of(&end.job));
                }
                let event = self.job_event(done.event, &end.job).changed(done.changed);
                self.output.event(&event.status(status), done.line)?;
                Ok(Exit::Done)
            }
            Err(error) => {
                let exit = report::error_about(error, self.vm_of(&end.job), None);
                self.note_if_it_goes_on(&end.job, error);
                let word = match error.kind() {
                    ErrorKind::JobFailed => "failed",
                    ErrorKind::JobCancelled => "cancelled",
                    ErrorKind::OutcomeUnknown => "outcome_unknown",
                    // An unreadable status says nothing about the job.
                    _ => return Ok(exit),
                };
                self.output.json(&self.ended(word, end))?;
                Ok(exit)
            }
        }
    }

    /// Shows the end of one of several jobs, so that it can be told which.
    pub(crate) fn end_of_several(&self, end: &End) -> Result<Exit, Failure> {
        if let Err(error) = &end.status {
            if end.is_gone() && !end.was_seen {
                let exit = report::problem(&unknown(&end.job));
                let event = self.job_event("outcome_unknown", &end.job).job(&end.job);
                let line = format!("Unknown: {}", self.title(end));
                self.output.event(&event, &line)?;
                return Ok(exit);
            }
            let word = match error.kind() {
                ErrorKind::JobFailed => "Failed",
                ErrorKind::JobCancelled => "Cancelled",
                _ => "Unknown",
            };
            self.output.line(&format!("{word}: {}", self.title(end)))?;
        }
        self.end(
            end,
            Done::completed(&format!("Completed: {}", self.title(end))),
        )
    }

    /// Shows that the host was asked to cancel a job.
    pub(crate) fn cancel_requested(&self, job: &JobReference) -> Result<(), Failure> {
        let line = format!("The host was asked to cancel job {}", self.watch.name(job));
        self.output
            .event(&self.job_event("cancel_requested", job).job(job), &line)
    }

    /// Shows the end of a job that was to be cancelled. That it was cancelled is the success here.
    pub(crate) fn end_of_cancelled(&self, end: &End) -> Result<Exit, Failure> {
        match &end.status {
            Err(error) if error.kind() == ErrorKind::JobCancelled => {
                let line = format!("Cancelled: {}", self.title(end));
                self.output.event(&self.ended("cancelled", end), &line)?;
                Ok(Exit::Done)
            }
            Ok(_) => {
                self.end(
                    end,
                    Done::completed(&format!("Completed: {}", self.title(end))),
                )?;
                let what = "the job completed before it could be cancelled";
                Err(Problem::new(Exit::Failure, what).into())
            }
            Err(_) => self.end(end, Done::completed("")),
        }
    }

    /// Shows how to watch a job that is not waited for.
    pub(crate) fn how_to_watch(&self, job: &JobReference) -> Result<(), Failure> {
        match self.watch.of([job]) {
            Some(command) => self.output.line(&format!("To watch it: {command}")),
            None => Ok(()),
        }
    }

    /// Returns the end of waiting while jobs are left.
    pub(crate) fn stopped(&self, left: &[JobReference], exit: Exit, why: &str) -> Failure {
        let Some(command) = self.watch.of(left) else {
            let what = format!("{why}; the simulated host ends with this program");
            return Problem::new(exit, what).into();
        };
        Problem::new(exit, format!("{why}; {}", go_on(left)))
            .hint(format!("to watch on: {command}"))
            .into()
    }

    /// Reports that the host cannot be asked any more while jobs are left.
    pub(crate) fn lost(&self, left: &[JobReference], error: &Error) -> Failure {
        let exit = report::error(error);
        self.note_that_they_go_on(left);
        Failure::Reported(exit)
    }

    /// Says how to watch a job on after an error that does not mean its end.
    pub(crate) fn note_if_it_goes_on(&self, job: &JobReference, error: &Error) {
        let goes_on = match error.kind() {
            ErrorKind::JobFailed | ErrorKind::JobCancelled => false,
            ErrorKind::OutcomeUnknown => !is_gone(error),
            _ => true,
        };
        if goes_on {
            self.note_that_they_go_on(std::slice::from_ref(job));
        }
    }

    fn note_that_they_go_on(&self, jobs: &[JobReference]) {
        if let Some(command) = self.watch.of(jobs) {
            report::note(&format!("{}; to watch on: {command}", go_on(jobs)));
        }
    }

    /// Returns the event of a job that did not complete, with all that is known of it.
    fn ended<'a>(&'a self, word: &'static str, end: &'a End) -> Event<'a> {
        let failure = end.status.as_ref().err().and_then(Error::cause);
        match failure {
            Some(failure) => self.job_event(word, &end.job).failure(failure),
            None => self.job_event(word, &end.job).job(&end.job),
        }
    }
}

/// Returns the error for a job that the host does not know, and may never have known.
pub(crate) fn unknown(job: &JobReference) -> Problem {
    let what = format!("job {} was not found on the host", short(job.id()));
    Problem::new(Exit::Unknown, what)
        .hint("hosts forget a job five minutes after its end, and when vmms restarts")
}

fn go_on(jobs: &[JobReference]) -> &'static str {
    match jobs.len() {
        1 => "the job continues on the host",
        _ => "the jobs continue on the host",
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
