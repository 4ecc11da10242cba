//! A change of a virtual machine's replication, as it is shown.

use cimwire::Error;
use cimwire::cim::DateTime;
use cimwire::hyperv::ReplicationState;
use cimwire::job::JobReference;

use super::following::{Done, End, Following};
use super::report::{self, Failure};
use super::short;
use crate::exit::Exit;
use crate::time;

/// A change of a virtual machine, which is that of `following`.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) following: Following,
    pub(crate) wording: Wording,
}

/// The words of a verb. The sentences name the virtual machine.
#[derive(Debug)]
pub(crate) struct Wording {
    /// The job runs and is followed; its id is added.
    pub(crate) starting: String,
    /// The job runs and is left; its id is added.
    pub(crate) started: String,
    /// The job begins later; the time is added.
    pub(crate) scheduled: String,
    /// The call and its job have succeeded: the event and the sentence.
    pub(crate) done: (&'static str, String),
    /// There was nothing to change; the replication state is added.
    pub(crate) unchanged: String,
}

/// The replication state of the virtual machine after a failure: `None` if it could not be read, else as far as the host
/// reports one.
pub(crate) type SeenState = Option<Option<ReplicationState>>;

impl Change {
    /// Shows that the job was started and is followed.
    pub(crate) fn started(&self, job: &JobReference) -> Result<(), Failure> {
        self.following.started(job, &self.wording.starting)
    }

    /// Shows the end of the job that was followed.
    pub(crate) fn end(&self, end: &End) -> Result<Exit, Failure> {
        let (event, line) = &self.wording.done;
        let done = Done {
            event,
            line,
            changed: Some(true),
        };
        self.following.end(end, done)
    }

    /// Shows what was started and is not waited for, and how to watch it.
    pub(crate) fn left(
        &self,
        job: Option<&JobReference>,
        at: Option<DateTime>,
    ) -> Result<Exit, Failure> {
        let wording = &self.wording;
        let (word, line) = match (at.map(time::text), job) {
            (Some(at), _) => ("scheduled", format!("{} for {at}", wording.scheduled)),
            (None, Some(_)) => ("started", wording.started.clone()),
            (None, None) => (wording.done.0, wording.done.1.clone()),
        };
        let event = self
            .following
            .event(word)
            .changed(Some(true))
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
    pub(crate) fn unchanged(&self, state: ReplicationState) -> Result<Exit, Failure> {
        let event = self.following.event("unchanged").changed(Some(false));
        let line = format!("{}: {state}", self.wording.unchanged);
        let event = event.replication_state(Some(state));
        self.following.output.event(&event, &line)?;
        Ok(Exit::Done)
    }

    /// Reports that the host refused the change, in the state that the virtual machine is in.
    pub(crate) fn refused(&self, error: &Error, state: SeenState) -> Exit {
        let exit = report::error_of(error, state.flatten());
        self.note_state(state);
        exit
    }

    /// Reports that the outcome of the call, or of its job, is unknown.
    pub(crate) fn unknown(&self, job: Option<&JobReference>, error: &Error) -> Exit {
        let exit = report::error(error);
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

    fn note_state(&self, state: SeenState) {
        let name = short(self.following.vm.as_ref().map_or("", |vm| &vm.name));
        report::note(&match state {
            None => format!("the replication state of {name:?} could not be read"),
            Some(None) => format!("the host does not report the replication state of {name:?}"),
            Some(Some(state)) => format!("the replication state of {name:?} is now: {state}"),
        });
    }
}
