//! A verb that changes something: called for one virtual machine after the other, the jobs followed together.

use std::time::Duration;

use cimwire::cim::DateTime;
use cimwire::hyperv::{NotAllowed, Outcome, VirtualMachine};
use cimwire::job::{Job, JobReference};
use cimwire::{Client, Error, ErrorKind};
use clap::Args;

use super::confirm::Risk;
use super::host::Host;
use crate::connect;
use crate::dry_run::DryRun;
use crate::exit::Exit;
use crate::follow::Follower;
use crate::output::change::{Change as Shown, SeenState, Words};
use crate::output::following::{End, Following};
use crate::output::report::{self, Failure};
use crate::output::short;
use crate::session::Session;

/// A verb that changes virtual machines, or the host itself.
pub(super) trait Verb {
    /// Returns the words for it.
    fn words(&self) -> Words;

    /// Returns its options.
    fn how(&self) -> How;

    /// Returns what it puts at risk, if it has to be confirmed.
    fn risk(&self) -> Option<Risk> {
        None
    }

    /// Returns the time at which the change begins, if it is scheduled.
    fn at(&self) -> Option<DateTime> {
        None
    }

    /// Returns what it is called for, one after the other.
    async fn subjects(&self, host: &Host<'_>) -> Result<Vec<Subject>, Failure>;

    /// Reports whether there is nothing left to change.
    async fn is_done(&self, host: &Host<'_>, subject: &Subject) -> Result<bool, Failure>;

    /// Checks whether the state of a subject allows the change.
    async fn check(&self, host: &Host<'_>, subject: &Subject) -> Result<(), Failure>;

    /// Makes the change.
    async fn call(&self, host: &Host<'_>, subject: &Subject) -> Result<Outcome, Failure>;
}

/// The options of a change.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct How {
    /// Do not wait for the job
    #[arg(long)]
    pub(super) no_wait: bool,

    /// Change nothing and exit with 0 if there is nothing to change
    #[arg(long)]
    pub(super) if_needed: bool,

    /// Show what would be sent, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Do not check first whether the state allows the change; the host decides
    #[arg(long)]
    pub(super) no_checks: bool,
}

/// Connects to the host, and makes a change there.
pub(super) async fn run(session: &Session, verb: &impl Verb) -> Result<Exit, Failure> {
    let how = verb.how();
    if let Some(risk) = verb.risk().filter(|_| !how.dry_run) {
        risk.can_be_asked()?;
    }
    if how.dry_run {
        let dry_run = DryRun::default();
        let client = connect::dry_client(session, dry_run.clone()).await?;
        return run_on(session, &client, verb, Some(dry_run)).await;
    }
    let client = connect::client(session).await?;
    run_on(session, &client, verb, None).await
}

/// Makes a change at a host.
pub(super) async fn run_on(
    session: &Session,
    client: &Client,
    verb: &impl Verb,
    dry_run: Option<DryRun>,
) -> Result<Exit, Failure> {
    let host = Host::connect(session, client).await?;
    let subjects = verb.subjects(&host).await?;
    if let Some(risk) = verb.risk().filter(|_| dry_run.is_none()) {
        risk.ask(session, &subjects).await?;
    }
    let changes = Changes {
        host: &host,
        verb,
        how: verb.how(),
        dry_run,
    };
    changes.make(&subjects).await
}

/// What a change is made to: a virtual machine, or `None` for the host itself.
pub(super) type Subject = Option<VirtualMachine>;

/// The changes of one run.
struct Changes<'a, V> {
    host: &'a Host<'a>,
    verb: &'a V,
    how: How,
    /// Keeps the changes back, if they are not to be sent.
    dry_run: Option<DryRun>,
}

/// What has become of a call.
enum Called {
    /// Its job is to be followed.
    Started(JobReference),
    /// There is nothing to follow.
    Ended(Exit),
}

impl<V: Verb> Changes<'_, V> {
    /// Calls for one subject after the other, then follows all jobs to their ends.
    async fn make(&self, subjects: &[Subject]) -> Result<Exit, Failure> {
        let mut exit = Exit::Done;
        let mut started = Vec::new();
        for (index, subject) in subjects.iter().enumerate() {
            let left = subjects.get(index + 1..).unwrap_or_default();
            let shown = self.shown(subject);
            match self.call(subject, &shown).await {
                Ok(Called::Started(job)) => started.push((job, shown)),
                Ok(Called::Ended(ended)) => exit = exit.or_worse(ended),
                Err(failure) => {
                    exit = exit.or_worse(report::failure_of(&failure, subject.as_ref()));
                    note_left_out(left);
                    break;
                }
            }
            if self.host.session.interrupt.came() && !left.is_empty() {
                exit = exit.or_worse(self.host.session.interrupt.end().0);
                note_left_out(left);
                break;
            }
        }
        if !started.is_empty() {
            exit = exit.or_worse(self.follow(&started).await?);
        }
        Ok(exit)
    }

    /// Makes the call for a subject, and shows what has become of it.
    async fn call(&self, subject: &Subject, shown: &Shown) -> Result<Called, Failure> {
        if self.how.if_needed && self.verb.is_done(self.host, subject).await? {
            let state = subject.as_ref().and_then(|vm| vm.replication_state);
            return shown.unchanged(state).map(Called::Ended);
        }
        let checked = match self.how.no_checks {
            true => Ok(()),
            false => self.verb.check(self.host, subject).await,
        };
        let outcome = match checked {
            Ok(()) => self.verb.call(self.host, subject).await,
            Err(failure) => Err(failure),
        };
        if let Some(request) = self.dry_run.as_ref().and_then(DryRun::take) {
            return shown.not_sent(&request).map(Called::Ended);
        }
        let at = self.verb.at();
        match outcome {
            Ok(Outcome::Started(job)) if at.is_none() && !self.how.no_wait => {
                shown.started(job.reference())?;
                Ok(Called::Started(job.reference().clone()))
            }
            Ok(outcome) => {
                let job = outcome.job().map(Job::reference);
                shown.left(job, at).map(Called::Ended)
            }
            Err(Failure::Library(error)) if error.kind() == ErrorKind::OutcomeUnknown => {
                self.unknown(shown, None, &error).await.map(Called::Ended)
            }
            Err(Failure::Library(error)) if error.kind() == ErrorKind::Refused => {
                let exit = match error.cause::<NotAllowed>() {
                    // The error says the state.
                    Some(refused) => report::error_about(&error, subject.as_ref(), refused.state()),
                    None => shown.refused(&error, self.state(shown).await),
                };
                Ok(Called::Ended(exit))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Follows jobs to their ends, and shows each end as it comes.
    async fn follow(&self, started: &[(JobReference, Shown)]) -> Result<Exit, Failure> {
        let jobs = started.iter().map(|(job, _)| job.clone()).collect();
        let vms = started.iter().filter_map(|(job, shown)| {
            let vm = shown.following.vm.clone()?;
            Some((job.clone(), vm))
        });
        let following = Following {
            machines: vms.collect(),
            ..self.host.session.following(None)
        };
        let mut follower = Follower::new(self.host.session, self.host.client, following, jobs)?;
        let mut exit = Exit::Done;
        while let Some(end) = follower.next().await? {
            let mut started = started.iter();
            if let Some((_, shown)) = started.find(|(job, _)| *job == end.job) {
                exit = exit.or_worse(self.end(shown, &end, &follower).await?);
            }
        }
        Ok(exit)
    }

    async fn end(
        &self,
        shown: &Shown,
        end: &End,
        follower: &Follower<'_>,
    ) -> Result<Exit, Failure> {
        match &end.status {
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                self.unknown(shown, Some(&end.job), error).await
            }
            _ => follower.beside_progress(|| shown.end(end)),
        }
    }

    /// Reads the state of the virtual machine itself, as the outcome of the call or of its job is unknown.
    async fn unknown(
        &self,
        shown: &Shown,
        job: Option<&JobReference>,
        error: &Error,
    ) -> Result<Exit, Failure> {
        // The error stands before the wait for the state.
        let exit = shown.unknown(job, error);
        shown.seen_after(job, self.state(shown).await)?;
        Ok(exit)
    }

    async fn state(&self, shown: &Shown) -> SeenState {
        let vm = shown.following.vm.as_ref()?;
        let reading = tokio::time::timeout(STATE_TIME, self.host.service.vm(&vm.id));
        match self.host.session.interrupt.or(reading).await {
            Some(Ok(Ok(now))) => Some(now.replication_state),
            _ => None,
        }
    }

    fn shown(&self, subject: &Subject) -> Shown {
        Shown {
            following: self.host.session.following(subject.clone()),
            words: self.verb.words(),
        }
    }
}

/// Says for which virtual machines nothing was asked, as the change ended early.
fn note_left_out(left: &[Subject]) {
    let names: Vec<_> = left
        .iter()
        .flatten()
        .map(|vm| format!("{:?}", short(&vm.name)))
        .collect();
    if !names.is_empty() {
        report::note(&format!(
            "the host was not asked about: {}",
            names.join(", ")
        ));
    }
}

/// The longest time that reading the state may take after everything else failed.
const STATE_TIME: Duration = Duration::from_secs(30);
