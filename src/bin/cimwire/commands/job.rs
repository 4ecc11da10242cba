//! `job`: the jobs of a host.

use cimwire::job::{Job, JobReference, JobState, JobStatus};
use cimwire::{ErrorKind, FaultKind};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

use super::server;
use crate::connect;
use crate::exit::Exit;
use crate::follow::Follower;
use crate::machines::Machines;
use crate::output::event::word;
use crate::output::following::{is_gone, unknown};
use crate::output::jobs::ListedJob;
use crate::output::list::{self, columns};
use crate::output::report::{self, Failure, Problem};
use crate::output::short;
use crate::session::Session;
use crate::session::{to_its_end, unless_interrupted};

/// List, show, watch and cancel jobs
#[derive(Debug, Subcommand)]
pub(crate) enum JobCommand {
    List(List),
    /// Show the status of a job
    Show(One),
    Watch(Watch),
    Cancel(Cancel),
}

/// List the jobs of Hyper-V; hosts forget a job five minutes after its end
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only jobs of this virtual machine: its name or its GUID
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    vm: Option<String>,

    /// Only jobs in this state, once for each: running, completed, failed, …
    #[arg(long = "state", value_name = "STATE", value_parser = state)]
    states: Vec<JobState>,

    /// Only these columns, in this order; json has all fields
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', ignore_case = true, value_parser = columns::<ListedJob>())]
    columns: Vec<String>,

    /// No more than so many
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct One {
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new(), help = ID_HELP)]
    id: String,
}

/// Follow jobs to their ends
///
/// Exits with 0 if all completed, else with 6 if one failed, 8 if one vanished, 9 if one was cancelled.
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
    /// Reports whether the result is a list.
    pub(super) fn lists(&self) -> bool {
        matches!(self, Self::List(_))
    }

    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self {
            Self::List(list) => session.output.show(&list.run(session).await?),
            Self::Show(one) => session.output.show(&show(session, &one.id).await?),
            Self::Watch(watch) => watch.run(session).await,
            Self::Cancel(cancel) => cancel.run(session).await,
        }
    }
}

impl List {
    async fn run(self, session: &Session) -> Result<list::List<ListedJob>, Failure> {
        let client = connect::client(session).await?;
        let class = session.job_class();
        let mut jobs = unless_interrupted(session, Job::list(&client, class)).await?;
        jobs.retain(|job| self.states.is_empty() || self.states.contains(&job.state));
        let machines = match jobs[..] {
            [] => Machines::default(),
            _ => Machines::of_jobs(session, &client).await,
        };
        let listed = jobs
            .into_iter()
            .map(|status| listed(session, status, &machines));
        let listed = listed.filter(|job| match (&self.vm, &job.vm) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wanted), Some(vm)) => {
                let guid = wanted.trim_start_matches('{').trim_end_matches('}');
                *wanted == vm.name || guid.eq_ignore_ascii_case(&vm.id)
            }
        });
        let limit = self.limit.and_then(|limit| limit.try_into().ok());
        Ok(list::List {
            rows: listed.take(limit.unwrap_or(usize::MAX)).collect(),
            columns: self.columns,
        })
    }
}

fn listed(session: &Session, status: JobStatus, machines: &Machines) -> ListedJob {
    ListedJob {
        argument: session.watch.argument(&status.reference),
        vm: machines.of(&status.reference).cloned(),
        status,
    }
}

/// Reads the state of a job: its name as tables or JSON have it.
fn state(text: &str) -> Result<JobState, String> {
    let wanted = text.to_lowercase().replace([' ', '-'], "_");
    let mut states = STATES.map(JobState::from).into_iter();
    let known = states.clone().map(word).collect::<Vec<_>>();
    let found = states.find(|state| word(*state) == wanted);
    found.ok_or_else(|| format!("it is one of {}", known.join(", ")))
}

async fn show(session: &Session, id: &str) -> Result<ListedJob, Failure> {
    let reference = reference(session, id)?;
    let client = connect::client(session).await?;
    let job = Job::new(&client, reference)?;
    match unless_interrupted(session, job.status()).await {
        Err(Failure::Library(error)) if is_gone(&error) => Err(unknown(job.reference()).into()),
        Err(Failure::Library(error)) if error.kind() == ErrorKind::OutcomeUnknown => {
            let exit = report::error(&error);
            session
                .following(None)
                .note_if_it_goes_on(job.reference(), &error);
            Err(Failure::Reported(exit))
        }
        status => {
            let machines = Machines::of_jobs(session, &client).await;
            Ok(listed(session, status?, &machines))
        }
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
        let mut following = session.following(None);
        following.machines = Machines::of_jobs(session, &client).await;
        Follower::new(session, &client, following, jobs)?
            .each()
            .await
    }
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
        let mut shown = session.following(None);
        shown.machines = Machines::of_jobs(session, &client).await;
        shown.cancel_requested(job.reference())?;
        if self.no_wait {
            return Ok(Exit::Done);
        }
        let jobs = vec![job.reference().clone()];
        let follower = Follower::new(session, &client, shown.clone(), jobs)?;
        shown.end_of_cancelled(&follower.end().await?)
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

/// The codes of the states that have a name.
const STATES: [u16; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 32768];
const ID_HELP: &str = "The id of a job, its URI or its object path";
