//! A change of a virtual machine's replication: followed to its end, or left.

use std::time::Duration;

use cimwire::cim::DateTime;
use cimwire::hyperv::{Outcome, ReplicationService, VirtualMachine};
use cimwire::job::{Job, JobReference};
use cimwire::{Client, Error, ErrorKind};

use crate::exit::Exit;
use crate::follow::Follower;
use crate::output::change::{Change as Shown, SeenState};
use crate::output::report::Failure;
use crate::session::Session;

/// A change that a verb asks a replication service for.
pub(super) struct Change<'a> {
    pub(super) session: &'a Session,
    pub(super) client: &'a Client,
    pub(super) service: &'a ReplicationService,
    pub(super) vm: &'a VirtualMachine,
    pub(super) shown: Shown,
    /// The time at which the change begins, if it is scheduled.
    pub(super) at: Option<DateTime>,
    /// True if the job is not waited for.
    pub(super) no_wait: bool,
}

impl Change<'_> {
    /// Goes on from the outcome of the call: follows its job, unless that begins later or is not waited for.
    pub(super) async fn go_on(&self, outcome: Result<Outcome, Error>) -> Result<Exit, Failure> {
        match outcome {
            Ok(Outcome::Started(job)) if self.at.is_none() && !self.no_wait => {
                self.follow(job.reference()).await
            }
            Ok(outcome) => self.shown.left(outcome.job().map(Job::reference), self.at),
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                self.unknown(None, &error).await
            }
            Err(error) if error.kind() == ErrorKind::Refused => {
                Ok(self.shown.refused(&error, self.state().await))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn follow(&self, job: &JobReference) -> Result<Exit, Failure> {
        self.shown.started(job)?;
        let following = self.shown.following.clone();
        let follower = Follower::new(self.session, self.client, following, vec![job.clone()])?;
        let end = follower.end().await?;
        match &end.status {
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                self.unknown(Some(&end.job), error).await
            }
            _ => self.shown.end(&end),
        }
    }

    /// Reads the state of the virtual machine itself, as the outcome of the call or of its job is unknown.
    async fn unknown(&self, job: Option<&JobReference>, error: &Error) -> Result<Exit, Failure> {
        // The error stands before the wait for the state.
        let exit = self.shown.unknown(job, error);
        self.shown.seen_after(job, self.state().await)?;
        Ok(exit)
    }

    async fn state(&self) -> SeenState {
        let reading = tokio::time::timeout(STATE_TIME, self.service.vm(&self.vm.id));
        match self.session.interrupt.or(reading).await {
            Some(Ok(Ok(now))) => Some(now.replication_state),
            _ => None,
        }
    }
}

/// The longest time that reading the state may take after everything else failed.
const STATE_TIME: Duration = Duration::from_secs(30);
