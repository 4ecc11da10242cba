//! `replica start`: starts the initial replication of virtual machines.

use cimwire::cim::DateTime;
use cimwire::hyperv::{
    Action, InitialReplication, Outcome, Relationship, ReplicationMode, ReplicationState,
    VirtualMachine,
};
use cimwire::{Client, ErrorKind};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::change::{self, How};
use super::host::Host;
use super::selection;
use super::vm_verb::{Seen, VmOptions, VmVerb, Which};
use crate::exit::Exit;
use crate::output::change::Words;
use crate::output::report::{self, Failure, Problem};
use crate::session::Session;
use crate::time::{self, Start};

/// Start the initial replication of virtual machines, and follow its job to the end
///
/// A virtual machine has to be enabled for replication and wait for its first copy. The job that is followed ends
/// when the copy has begun; the copy itself may take hours.
#[derive(Debug, Args)]
pub(crate) struct StartReplication {
    /// Virtual machines: names, patterns with * and ?, or GUIDs where several have the name
    #[arg(value_name = "VM", required_unless_present = "all_ready", value_parser = NonEmptyStringValueParser::new())]
    vms: Vec<String>,

    /// All virtual machines of the host that are ready for their initial replication
    #[arg(long, conflicts_with = "vms")]
    all_ready: bool,

    /// Write the copy into this directory of the host, to be carried to the replica server
    #[arg(long, value_name = "DIR", conflicts_with = "seeded", value_parser = NonEmptyStringValueParser::new())]
    export: Option<String>,

    /// Send only what differs from a copy that the replica server has been given
    #[arg(long)]
    seeded: bool,

    /// When to begin, within seven days: 22:00, tomorrow 03:00, 2030-01-15T21:00:00Z, or +2h from now; implies --no-wait
    #[arg(long, value_name = "TIME", value_parser = Start::read)]
    start_time: Option<Start>,

    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    how: How,
}

impl StartReplication {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        change::run(session, &self.checked()?).await
    }

    fn checked(self) -> Result<Starting, Problem> {
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
            (None, Some(start)) => network.at(start_time(start)?),
        };
        Ok(Starting {
            options: VmOptions::of(self.vms, self.how),
            relationship: self.which.relationship(),
            all_ready: self.all_ready,
            replication,
        })
    }
}

/// Reports whether a start is pending. A host that refuses to tell, such as one without the association, has none that is known;
/// the start that was asked for is legal then too.
async fn has_pending_start(host: &Host<'_>, vm: &VirtualMachine) -> Result<bool, Failure> {
    match host.read(host.service.pending_start(vm)).await {
        Ok(pending) => Ok(pending.is_some()),
        Err(Failure::Library(error)) if error.kind() == ErrorKind::Fault => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Returns the time that an option names, if it is within the limits of Microsoft's own client.
pub(super) fn start_time(start: Start) -> Result<DateTime, Problem> {
    let now = time::now();
    let Some(time) = start.after(now) else {
        return Err(Problem::usage(
            "the start time is beyond what the clock can say",
        ));
    };
    let refused = InitialReplication::network().at(time).check(now);
    refused.map_err(|refused| {
        Problem::usage(refused.to_string())
            .hint("give --start-time like 2030-01-15T21:00:00Z or 2030-01-15T22:00:00+01:00, or +2h from now")
    })?;
    Ok(time)
}

/// A start, its options checked.
struct Starting {
    options: VmOptions,
    relationship: Relationship,
    all_ready: bool,
    replication: InitialReplication,
}

/// Starts the initial replication of a virtual machine over the network at a host, and follows its job.
pub(crate) async fn start(session: &Session, client: &Client, vm: &str) -> Result<Exit, Failure> {
    let starting = Starting {
        options: VmOptions::of(vec![vm.to_owned()], How::default()),
        relationship: Relationship::Primary,
        all_ready: false,
        replication: InitialReplication::network().into(),
    };
    change::run_on(session, client, &starting, None).await
}

impl VmVerb for Starting {
    fn words(&self) -> Words {
        Words {
            doing: "Starting the initial replication of",
            scheduled: "Scheduled the initial replication of",
            // The job is only the start: the copy itself goes on after it.
            event: "copying",
            done: "initial replication started; the copy continues on the host",
            changes: true,
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn relationship(&self) -> Relationship {
        self.relationship
    }

    async fn vms(&self, host: &Host<'_>) -> Result<Vec<VirtualMachine>, Failure> {
        if !self.all_ready {
            return selection::resolve(host, &self.options.selection.vms).await;
        }
        let mut vms = host.read(host.service.vms()).await?;
        vms.retain(|vm| vm.replication_state == Some(ReplicationState::Ready));
        if vms.is_empty() {
            report::note("no virtual machine is ready for its initial replication");
        }
        Ok(vms)
    }

    fn at(&self) -> Option<DateTime> {
        self.replication.start()
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        Some(Action::Start)
    }

    /// Reports whether the initial replication has been started, and nothing else has to be done about it.
    fn is_done_in(&self, seen: Seen) -> bool {
        use ReplicationState::{
            DiskUpdateInProgress, Replicating, Resynchronizing, WaitingToCompleteInitialReplication,
        };
        // On the receiving host, which waits for the copy, the code is the same.
        let copies = seen.mode == Some(ReplicationMode::Primary)
            && seen.is_in(&[WaitingToCompleteInitialReplication]);
        copies || seen.is_in(&[Replicating, Resynchronizing, DiskUpdateInProgress])
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        // A pending start is moved as Set-VMReplication does it; without --seeded it keeps its kind.
        if let InitialReplication::Network { start: Some(at) } = self.replication
            && has_pending_start(host, vm).await?
        {
            return host.change(host.service.reschedule(vm, at)).await;
        }
        let replication = self.replication.clone();
        host.change(host.service.start_replication(vm, replication))
            .await
    }
}
