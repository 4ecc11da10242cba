//! `replica start`: starts the initial replication of a virtual machine.

use std::time::{Duration, SystemTime};

use cimwire::cim::DateTime;
use cimwire::hyperv::{InitialReplication, ReplicationService, VirtualMachine};
use cimwire::job::{Job, JobReference, Outcome};
use cimwire::{Client, Error, ErrorKind};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use crate::connect;
use crate::exit::Exit;
use crate::follow::{Follower, note_if_it_goes_on, show_end};
use crate::output::event::Event;
use crate::output::short;
use crate::report::{self, Failure, Problem};
use crate::session::Session;
use crate::session::{to_its_end, unless_interrupted};
use crate::time::{self, Start};

/// Start a virtual machine's initial replication, and follow its job to the end
///
/// The virtual machine has to be enabled for replication and wait for its first copy. The job that is followed ends
/// when the copy has begun; the copy itself may take hours.
#[derive(Debug, Args)]
pub(crate) struct StartReplication {
    /// The virtual machine: its name, or its GUID where several bear the name
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) vm: String,

    /// Write the copy into this directory of the host, to be carried to the replica server
    #[arg(long, value_name = "DIR", conflicts_with = "seeded", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) export: Option<String>,

    /// Send only what differs from a copy that the replica server has been given
    #[arg(long)]
    pub(crate) seeded: bool,

    /// When to begin, within seven days: 2030-01-15T21:00:00Z, or +2h from now; implies --no-wait
    #[arg(long, value_name = "TIME", value_parser = Start::read)]
    pub(crate) start_time: Option<Start>,

    /// Do not wait for the job
    #[arg(long)]
    pub(crate) no_wait: bool,
}

impl StartReplication {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let replication = self.replication(time::now())?;
        let client = connect::client(session).await?;
        start(session, &client, &self.vm, replication, self.no_wait).await
    }

    fn replication(&self, now: SystemTime) -> Result<InitialReplication, Problem> {
        let network = if self.seeded {
            InitialReplication::seeded()
        } else {
            InitialReplication::network()
        };
        let replication = match (&self.export, self.start_time) {
            (Some(_), Some(_)) => {
                return Err(
                    Problem::usage("an export cannot be scheduled: it begins at once")
                        .hint("leave --start-time out, or --export"),
                );
            }
            (Some(directory), None) => InitialReplication::export(directory),
            (None, None) => network.into(),
            (None, Some(start)) => match start.after(now) {
                Some(time) => network.at(time),
                None => {
                    return Err(Problem::usage(
                        "the start time is beyond what the clock can say",
                    ));
                }
            },
        };
        match replication.check(now) {
            Ok(()) => Ok(replication),
            Err(refused) => Err(Problem::usage(refused.to_string())
                .hint("give --start-time like 2030-01-15T21:00:00Z or 2030-01-15T22:00:00+01:00, or +2h from now")),
        }
    }
}

/// Starts the initial replication of a virtual machine, and follows its job unless that is to begin later.
pub(crate) async fn start(
    session: &Session,
    client: &Client,
    vm: &str,
    replication: InitialReplication,
    no_wait: bool,
) -> Result<Exit, Failure> {
    let service = unless_interrupted(session, ReplicationService::connect(client)).await?;
    let vm = unless_interrupted(session, service.vm(vm)).await?;
    let time = replication.start();
    match to_its_end(session, service.start_replication(&vm, replication)).await {
        Ok(Outcome::Started(job)) if time.is_none() && !no_wait => {
            follow(session, client, &service, &vm, job.reference()).await
        }
        Ok(outcome) => leave(session, &vm, outcome.job().map(Job::reference), time),
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            unknown(session, &service, &vm, None, &error).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn follow(
    session: &Session,
    client: &Client,
    service: &ReplicationService,
    vm: &VirtualMachine,
    job: &JobReference,
) -> Result<Exit, Failure> {
    let (output, name) = (session.output, short(&vm.name));
    let id = session.job_name(job);
    let told = output.json(&Event::new("started").vm(vm).job(job));
    let told = told.and_then(|()| {
        output.line(&format!(
            "Starting the initial replication of {name:?}: job {id}"
        ))
    });
    match told {
        Ok(()) => {}
        // The reader has gone away, and is told nothing.
        Err(Failure::Closed) => return Err(Failure::Closed),
        Err(failure) => {
            // The job is there, whether it could be told or not.
            report::note(&format!("job {id} was started, and goes on"));
            return Err(failure);
        }
    }
    let success = format!("Done: the initial replication of {name:?} is on its way");
    let mut follower = Follower::new(session, client, vec![job.clone()]).about(vm);
    let mut exit = Exit::Done;
    while let Some(end) = follower.next().await? {
        exit = match &end.status {
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                unknown(session, service, vm, Some(&end.job), error).await?
            }
            _ => show_end(session, Some(vm), &end, &success)?,
        };
    }
    Ok(exit)
}

/// Says what was started, where nothing is waited for, and how to watch it.
fn leave(
    session: &Session,
    vm: &VirtualMachine,
    job: Option<&JobReference>,
    time: Option<DateTime>,
) -> Result<Exit, Failure> {
    let (output, name) = (session.output, short(&vm.name));
    let (event, line) = match (time.map(time::text), job) {
        (Some(at), _) => (
            "scheduled",
            format!("Scheduled the initial replication of {name:?} for {at}"),
        ),
        (None, Some(_)) => (
            "started",
            format!("Started the initial replication of {name:?}"),
        ),
        (None, None) => (
            "completed",
            format!("Done: the initial replication of {name:?} is on its way"),
        ),
    };
    let event = Event::new(event).vm(vm).start_time(time);
    let Some(job) = job else {
        output.json(&event)?;
        output.line(&line)?;
        return Ok(Exit::Done);
    };
    let watch = session.watch_command([job]);
    output.json(&event.job(job).watch(watch.as_deref()))?;
    output.line(&format!("{line}: job {}", session.job_name(job)))?;
    if let Some(command) = watch {
        output.line(&format!("To watch it: {command}"))?;
    }
    Ok(Exit::Done)
}

/// The outcome of the call, or of its job, is unknown, so the virtual machine itself is looked at.
async fn unknown(
    session: &Session,
    service: &ReplicationService,
    vm: &VirtualMachine,
    job: Option<&JobReference>,
    error: &Error,
) -> Result<Exit, Failure> {
    let exit = report::error(error);
    let mut event = Event::new("outcome_unknown").vm(vm);
    if let Some(job) = job {
        note_if_it_goes_on(session, job, error);
        event = event.job(job);
    }
    let name = short(&vm.name);
    let looking = tokio::time::timeout(LOOK_TIME, service.vm(&vm.id));
    if let Some(Ok(Ok(now))) = session.interrupt.or(looking).await {
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
    session.output.json(&event)?;
    Ok(exit)
}

/// The longest time that a look may take after everything else went wrong.
const LOOK_TIME: Duration = Duration::from_secs(30);
