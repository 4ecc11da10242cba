//! `job`: what runs at the host.

use cimwire::job::{Job, JobFailure, JobReference, JobStatus, StatusError};
use cimwire::{Error, ErrorKind, FaultKind};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

use super::server;
use crate::connect;
use crate::exit::Exit;
use crate::follow::{End, Follower, note_if_it_goes_on, show_end};
use crate::output::event::Event;
use crate::output::jobs::{Listed, ListedJob};
use crate::output::report::{self, Failure, Problem};
use crate::output::short;
use crate::session::Session;
use crate::session::{to_its_end, unless_interrupted};

/// List, show, watch and cancel jobs
#[derive(Debug, Subcommand)]
pub(crate) enum JobCommand {
    /// List the jobs of Hyper-V; hosts forget a job five minutes after its end
    List,
    /// Show how a job stands
    Show(One),
    Watch(Watch),
    Cancel(Cancel),
}

#[derive(Debug, Args)]
pub(crate) struct One {
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new(), help = ID_HELP)]
    id: String,
}

/// Follow jobs to their ends
///
/// Exits with 0 where all have completed, else with 6 where one failed, 8 where one vanished, 9 where one was
/// cancelled.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[arg(value_name = "ID", required = true, value_parser = NonEmptyStringValueParser::new(), help = ID_HELP)]
    ids: Vec<String>,
}

/// Cancel a job, and wait until it has ended
#[derive(Debug, Args)]
pub(crate) struct Cancel {
    #[command(flatten)]
    job: One,

    /// Do not wait for the end
    #[arg(long)]
    no_wait: bool,
}

impl JobCommand {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self {
            Self::List => session.output.show(&list(session).await?),
            Self::Show(one) => session.output.show(&show(session, &one.id).await?),
            Self::Watch(watch) => watch.run(session).await,
            Self::Cancel(cancel) => cancel.run(session).await,
        }
    }
}

async fn list(session: &Session) -> Result<Listed, Failure> {
    let client = connect::client(session).await?;
    let class = session.job_class();
    let jobs = unless_interrupted(session, Job::list(&client, &class)).await?;
    let listed = jobs.into_iter().map(|status| ListedJob {
        argument: session.job_argument(&status.reference),
        status,
    });
    Ok(Listed {
        jobs: listed.collect(),
    })
}

async fn show(session: &Session, id: &str) -> Result<JobStatus, Failure> {
    let reference = reference(session, id)?;
    let client = connect::client(session).await?;
    let job = Job::new(&client, reference)?;
    match unless_interrupted(session, job.status()).await {
        Err(Failure::Library(error)) if is_gone(&error) => Err(unknown(job.reference()).into()),
        Err(Failure::Library(error)) if error.kind() == ErrorKind::OutcomeUnknown => {
            let exit = report::error(&error);
            note_if_it_goes_on(session, job.reference(), &error);
            Err(Failure::Reported(exit))
        }
        status => status,
    }
}

impl Watch {
    async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let named = self.ids.iter().map(|id| reference(session, id));
        let named: Vec<_> = named.collect::<Result<_, _>>()?;
        let client = connect::client(session).await?;
        let mut jobs: Vec<JobReference> = Vec::new();
        for job in named {
            // An id and an address of the same job are equal once both have the host.
            let job = Job::new(&client, job)?.reference().clone();
            if !jobs.contains(&job) {
                jobs.push(job);
            }
        }
        Follower::new(session, &client, jobs)?
            .each(|end| show_watched(session, end))
            .await
    }
}

/// Shows the end of one of several jobs, so that it can be told which.
fn show_watched(session: &Session, end: &End) -> Result<Exit, Failure> {
    if let Err(error) = &end.status {
        if is_gone(error) && !end.was_seen {
            return show_unknown(session, end);
        }
        let word = match error.kind() {
            ErrorKind::JobFailed => "Failed",
            ErrorKind::JobCancelled => "Cancelled",
            _ => "Unknown",
        };
        session.output.line(&format!("{word}: {}", title(end)))?;
    }
    show_end(session, None, end, &format!("Completed: {}", title(end)))
}

/// Says that the host did not know a job when it was first asked for.
fn show_unknown(session: &Session, end: &End) -> Result<Exit, Failure> {
    let exit = report::problem(&unknown(&end.job));
    let event = Event::new("outcome_unknown").job(&end.job);
    let line = format!("Unknown: {}", title(end));
    session.output.event(&event, &line)?;
    Ok(exit)
}

/// Returns whether an error says that the host does not know the job, or not any more.
fn is_gone(error: &Error) -> bool {
    error.kind() == ErrorKind::OutcomeUnknown && error.cause::<StatusError>().is_none()
}

/// Returns what there is to say of a job that the host does not know, and may never have known.
fn unknown(job: &JobReference) -> Problem {
    let what = format!("the host knows no job {}", short(job.id()));
    Problem::new(Exit::Unknown, what)
        .hint("hosts forget a job five minutes after its end, and when vmms restarts")
}

impl Cancel {
    async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let reference = reference(session, &self.job.id)?;
        let client = connect::client(session).await?;
        let job = Job::new(&client, reference.clone())?;
        match to_its_end(session, job.cancel()).await {
            Err(error) if error.fault_kind() == Some(FaultKind::NotFound) => {
                return Err(unknown(&reference).into());
            }
            asked => asked?,
        }
        let argument = session.job_name(&reference);
        session.output.event(
            &Event::new("cancel_requested").job(&reference),
            &format!("The host was asked to cancel job {argument}"),
        )?;
        if self.no_wait {
            return Ok(Exit::Done);
        }
        let end = Follower::new(session, &client, vec![reference])?
            .end()
            .await?;
        show_cancelled(session, &end)
    }
}

/// Shows the end of a job that was to be cancelled, and for once has done what it should when it was.
fn show_cancelled(session: &Session, end: &End) -> Result<Exit, Failure> {
    match &end.status {
        Err(error) if error.kind() == ErrorKind::JobCancelled => {
            let event = Event::new("cancelled");
            let event = match error.cause() {
                Some(failure) => event.failure(failure),
                None => event.job(&end.job),
            };
            let line = format!("Cancelled: {}", title(end));
            session.output.event(&event, &line)?;
            Ok(Exit::Done)
        }
        Ok(_) => {
            show_end(session, None, end, &format!("Completed: {}", title(end)))?;
            Err(Problem::new(
                Exit::Failure,
                "the job was done before it could be cancelled",
            )
            .into())
        }
        Err(_) => show_end(session, None, end, ""),
    }
}

fn title(end: &End) -> String {
    let name = match &end.status {
        Ok(status) => status.name.as_str(),
        Err(error) => error
            .cause::<JobFailure>()
            .map_or("", |failure| &failure.status().name),
    };
    match name {
        "" => format!("job {}", short(end.job.id())),
        name => format!("job {} {:?}", short(end.job.id()), short(name)),
    }
}

/// Reads an id, or a reference as it is printed: a URI with the host, or an object path.
fn reference(session: &Session, text: &str) -> Result<JobReference, Problem> {
    let class = session.job_class();
    if !text.contains('=') {
        let id = text.trim().trim_start_matches('{').trim_end_matches('}');
        return Ok(JobReference::new(class.namespace(), class.name(), id));
    }
    let read: Result<JobReference, _> = text.parse();
    let job = read.map_err(|why| {
        Problem::usage(format!("{:?} names no job: {why}", short(text))).hint(format!(
            "give its id, or its object path in single quotes: '{class}.InstanceID=\"…\"'"
        ))
    })?;
    let path = job.as_reference();
    server::compare(session, path);
    let namespace = match path.class().base() {
        None => class.namespace(),
        // A vendor's resource URI needs no namespace.
        Some(_) => session.connection.namespace.as_deref().unwrap_or_default(),
    };
    Ok(job.or_namespace(namespace))
}

const ID_HELP: &str = "The id of a job, its URI or its object path";
