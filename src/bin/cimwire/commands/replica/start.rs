//! `replica start`: starts the initial replication of a virtual machine.

use std::time::SystemTime;

use cimwire::Client;
use cimwire::hyperv::{
    InitialReplication, ReplicationMode, ReplicationService, ReplicationState, VirtualMachine,
};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::change::Change;

use crate::connect;
use crate::exit::Exit;
use crate::output::change::{Change as Shown, Wording};
use crate::output::report::{Failure, Problem};
use crate::output::short;
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

    /// When to begin, within seven days: 22:00, tomorrow 03:00, 2030-01-15T21:00:00Z, or +2h from now; implies --no-wait
    #[arg(long, value_name = "TIME", value_parser = Start::read)]
    pub(crate) start_time: Option<Start>,

    /// Do not wait for the job
    #[arg(long)]
    pub(crate) no_wait: bool,

    /// Change nothing and exit with 0 if the virtual machine replicates already
    #[arg(long)]
    pub(crate) if_needed: bool,
}

impl StartReplication {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let replication = self.replication(time::now())?;
        let client = connect::client(session).await?;
        let how = How {
            no_wait: self.no_wait,
            if_needed: self.if_needed,
        };
        start(session, &client, &self.vm, replication, how).await
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

/// The options of a change beside what is changed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct How {
    no_wait: bool,
    if_needed: bool,
}

/// Starts the initial replication of a virtual machine, and follows its job unless that is to begin later.
pub(crate) async fn start(
    session: &Session,
    client: &Client,
    vm: &str,
    replication: InitialReplication,
    how: How,
) -> Result<Exit, Failure> {
    let service = unless_interrupted(session, ReplicationService::connect(client)).await?;
    let vm = unless_interrupted(session, service.vm(vm)).await?;
    let change = Change {
        session,
        client,
        service: &service,
        vm: &vm,
        shown: Shown {
            following: session.following(Some(vm.clone())),
            wording: wording(&short(&vm.name)),
        },
        at: replication.start(),
        no_wait: how.no_wait,
    };
    if let Some(state) = vm.replication_state
        && how.if_needed
        && replicates(&vm, state)
    {
        return change.shown.unchanged(state);
    }
    let outcome = to_its_end(session, service.start_replication(&vm, replication)).await;
    change.go_on(outcome).await
}

/// Reports whether the initial replication of a virtual machine has been started, and nothing else has to be done about it.
fn replicates(vm: &VirtualMachine, state: ReplicationState) -> bool {
    use ReplicationState::{DiskUpdateInProgress, Replicating, Resynchronizing};
    match state {
        Replicating | Resynchronizing | DiskUpdateInProgress => true,
        // On the receiving host, which waits for the copy, the code is the same.
        ReplicationState::WaitingToCompleteInitialReplication => {
            vm.replication_mode == Some(ReplicationMode::Primary)
        }
        _ => false,
    }
}

fn wording(name: &str) -> Wording {
    Wording {
        starting: format!("Starting the initial replication of {name:?}"),
        started: format!("Started the initial replication of {name:?}"),
        scheduled: format!("Scheduled the initial replication of {name:?}"),
        // The job is only the start: the copy itself goes on after it.
        done: (
            "copying",
            format!("{name}: initial replication started; the copy continues on the host"),
        ),
        unchanged: format!("{name}: nothing to start, the replication state is"),
    }
}
