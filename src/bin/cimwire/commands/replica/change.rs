//! A change of a virtual machine's replication: followed to its end, or left, and told.

use std::time::Duration;

use cimwire::cim::DateTime;
use cimwire::hyperv::{Outcome, ReplicationService, VirtualMachine};
use cimwire::job::{Job, JobReference};
use cimwire::{Client, Error, ErrorKind};

use crate::exit::Exit;
use crate::follow::{Follower, note_if_it_goes_on, say_how_to_watch, show_end};
use crate::output::event::Event;
use crate::output::report::{self, Failure};
use crate::output::short;
use crate::session::Session;
use crate::time;

/// A change that a verb asks a replication service for.
pub(super) struct Change<'a> {
    pub(super) session: &'a Session,
    pub(super) client: &'a Client,
    pub(super) service: &'a ReplicationService,
    pub(super) vm: &'a VirtualMachine,
    pub(super) wording: Wording,
    /// The time at which the change begins, if it is scheduled.
    pub(super) at: Option<DateTime>,
    /// True if the job is not waited for.
    pub(super) no_wait: bool,
}

/// The sentences of a verb, which name the virtual machine.
pub(super) struct Wording {
    /// The job runs and is followed; its id is added.
    pub(super) starting: String,
    /// The job runs and is left; its id is added.
    pub(super) started: String,
    /// The job begins later; the time is added.
    pub(super) scheduled: String,
    /// The change is done.
    pub(super) done: String,
}

impl Change<'_> {
    /// Tells the outcome of the call, and follows its job unless that begins later or is not waited for.
    pub(super) async fn tell(&self, outcome: Result<Outcome, Error>) -> Result<Exit, Failure> {
        match outcome {
            Ok(Outcome::Started(job)) if self.at.is_none() && !self.no_wait => {
                self.follow(job.reference()).await
            }
            Ok(outcome) => self.leave(outcome.job().map(Job::reference)),
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                self.unknown(None, &error).await
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn follow(&self, job: &JobReference) -> Result<Exit, Failure> {
        self.tell_start(job)?;
        let follower = Follower::new(self.session, self.client, vec![job.clone()])?.about(self.vm);
        let end = follower.end().await?;
        match &end.status {
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                self.unknown(Some(&end.job), error).await
            }
            _ => show_end(self.session, Some(self.vm), &end, &self.wording.done),
        }
    }

    fn tell_start(&self, job: &JobReference) -> Result<(), Failure> {
        let output = self.session.output;
        let id = self.session.job_name(job);
        let told = output.event(
            &Event::new("started").vm(self.vm).job(job),
            &format!("{}: job {id}", self.wording.starting),
        );
        // The job is there, whether it could be told or not. A reader that has gone away is told nothing.
        if let Err(failure) = &told
            && !matches!(failure, Failure::Closed)
        {
            report::note(&format!("job {id} was started, and goes on"));
        }
        told
    }

    /// Tells what was started if nothing is waited for, and how to watch it.
    fn leave(&self, job: Option<&JobReference>) -> Result<Exit, Failure> {
        let output = self.session.output;
        let (event, line) = match (self.at.map(time::text), job) {
            (Some(at), _) => ("scheduled", format!("{} for {at}", self.wording.scheduled)),
            (None, Some(_)) => ("started", self.wording.started.clone()),
            (None, None) => ("completed", self.wording.done.clone()),
        };
        let event = Event::new(event).vm(self.vm).start_time(self.at);
        let Some(job) = job else {
            output.event(&event, &line)?;
            return Ok(Exit::Done);
        };
        let watch = self.session.watch_command([job]);
        output.event(
            &event.job(job).watch(watch.as_deref()),
            &format!("{line}: job {}", self.session.job_name(job)),
        )?;
        say_how_to_watch(self.session, job)?;
        Ok(Exit::Done)
    }

    /// Looks at the virtual machine itself, as the outcome of the call or of its job is unknown.
    async fn unknown(&self, job: Option<&JobReference>, error: &Error) -> Result<Exit, Failure> {
        let exit = report::error(error);
        let mut event = Event::new("outcome_unknown").vm(self.vm);
        if let Some(job) = job {
            note_if_it_goes_on(self.session, job, error);
            event = event.job(job);
        }
        let name = short(&self.vm.name);
        let looking = tokio::time::timeout(LOOK_TIME, self.service.vm(&self.vm.id));
        if let Some(Ok(Ok(now))) = self.session.interrupt.or(looking).await {
            let state = now.replication_state.map(|state| state.to_string());
            let shown = state.as_deref().unwrap_or("not known");
            report::note(&format!(
                "the replication state of {name:?} is now: {shown}"
            ));
            event = event.replication_state(state);
        } else {
            report::note(&format!(
                "the replication state of {name:?} could not be asked for"
            ));
        }
        self.session.output.json(&event)?;
        Ok(exit)
    }
}

/// The longest time that a look may take after everything else went wrong.
const LOOK_TIME: Duration = Duration::from_secs(30);
