//! A change of a virtual machine's replication, as it is shown.

use cimwire::cim::DateTime;
use cimwire::hyperv::ReplicationState;
use cimwire::job::JobReference;
use cimwire::{Error, Explanation};

use super::following::{Done, End, Following};
use super::origin;
use super::report::{self, Failure};
use super::short;
use crate::exit::Exit;
use crate::time;

/// A change of a virtual machine, which is that of `following`.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) following: Following,
    pub(crate) words: Words,
}

/// The words of a verb, to which the name of the virtual machine is added.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    /// The job runs: `Suspending the replication of`.
    pub(crate) doing: &'static str,
    /// The job begins later: `Scheduled the initial replication of`.
    pub(crate) scheduled: &'static str,
    /// The call and its job have succeeded: the event, and the sentence after the name.
    pub(crate) event: &'static str,
    pub(crate) done: &'static str,
    /// True if it changes something at the host.
    pub(crate) changes: bool,
}

impl Words {
    /// A change without words, which is not scheduled.
    pub(crate) const CHANGE: Self = Self {
        doing: "",
        scheduled: "",
        event: "",
        done: "",
        changes: true,
    };
}

/// The replication state of the virtual machine after a failure: `None` if it could not be read, else as far as the host
/// reports one.
pub(crate) type SeenState = Option<Option<ReplicationState>>;

impl Change {
    /// Shows that the job was started and is followed.
    pub(crate) fn started(&self, job: &JobReference) -> Result<(), Failure> {
        self.following.started(job, &self.line(self.words.doing))
    }

    /// Shows the end of the job that was followed.
    pub(crate) fn end(&self, end: &End) -> Result<Exit, Failure> {
        let done = Done {
            event: self.words.event,
            line: &self.done(),
            changed: self.words.changes.then_some(true),
        };
        self.following.end(end, done)
    }

    /// Shows what was started and is not waited for, and how to watch it.
    pub(crate) fn left(
        &self,
        job: Option<&JobReference>,
        at: Option<DateTime>,
    ) -> Result<Exit, Failure> {
        let words = &self.words;
        let (word, line) = match (at.map(time::text), job) {
            (Some(at), _) => (
                "scheduled",
                format!("{} for {at}", self.line(words.scheduled)),
            ),
            (None, Some(_)) => ("started", self.line(words.doing)),
            (None, None) => (words.event, self.done()),
        };
        let event = self
            .following
            .event(word)
            .changed(self.words.changes.then_some(true))
            .start_time(at);
        let Following { output, watch, .. } = &self.following;
        let Some(job) = job else {
            output.event(&event, &line)?;
            return Ok(Exit::Done);
        };
        let command = watch.of([job]);
        output.event(
            &event.job(job).watch(command.as_deref()),
            &format!("{line}: job {}", watch.name(job)),
        )?;
        self.following.how_to_watch(job)?;
        Ok(Exit::Done)
    }

    /// Shows that there was nothing to change.
    pub(crate) fn unchanged(&self, state: Option<ReplicationState>) -> Result<Exit, Failure> {
        let event = self.following.event("unchanged").changed(Some(false));
        let line = match state {
            Some(state) => format!("nothing to change; the replication state is: {state}"),
            None => "nothing to change".to_owned(),
        };
        let line = format!("{}: {line}", self.name());
        let event = event.replication_state(state);
        self.following.output.event(&event, &line)?;
        Ok(Exit::Done)
    }

    /// Shows the request that a dry run did not send.
    pub(crate) fn not_sent(&self, request: &Explanation) -> Result<Exit, Failure> {
        let event = self.following.event("dry_run").changed(Some(false));
        let line = format!("{}: nothing was changed; this would be sent:", self.name());
        let Following { output, .. } = &self.following;
        output.event(&event.request(request), &line)?;
        output.block(&request.to_string())?;
        Ok(Exit::Done)
    }

    /// Reports that the host refused the change, in the state that the virtual machine is in.
    pub(crate) fn refused(&self, error: &Error, state: SeenState) -> Exit {
        let exit = report::error_about(error, self.following.vm.as_ref(), state.flatten());
        self.note_state(state);
        exit
    }

    /// Reports that the outcome of the call, or of its job, is unknown.
    pub(crate) fn unknown(&self, job: Option<&JobReference>, error: &Error) -> Exit {
        let exit = report::error_about(error, self.following.vm.as_ref(), None);
        if let Some(job) = job {
            self.following.note_if_it_goes_on(job, error);
        }
        exit
    }

    /// Writes the event of an unknown outcome, with the state that the virtual machine is in.
    pub(crate) fn seen_after(
        &self,
        job: Option<&JobReference>,
        state: SeenState,
    ) -> Result<(), Failure> {
        self.note_state(state);
        let event = self.following.event("outcome_unknown");
        let event = match job {
            Some(job) => event.job(job),
            None => event,
        };
        let event = event.replication_state(state.flatten());
        self.following.output.json(&event)
    }

    /// Returns the name of the virtual machine, or of the host if that is changed.
    fn name(&self) -> String {
        match &self.following.vm {
            Some(vm) => short(&vm.name),
            None => origin::host().unwrap_or("the host").to_owned(),
        }
    }

    fn line(&self, words: &str) -> String {
        match &self.following.vm {
            Some(_) => format!("{words} {:?}", self.name()),
            None => format!("{words} {}", self.name()),
        }
    }

    fn done(&self) -> String {
        format!("{}: {}", self.name(), self.words.done)
    }

    fn note_state(&self, state: SeenState) {
        let Some(vm) = &self.following.vm else {
            return;
        };
        let name = short(&vm.name);
        report::note(&match state {
            None => format!("the replication state of {name:?} could not be read"),
            Some(None) => format!("the host does not report the replication state of {name:?}"),
            Some(Some(state)) => format!("the replication state of {name:?} is now: {state}"),
        });
    }
}
