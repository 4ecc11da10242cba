//! `replica resync`: resynchronizes virtual machines.

use cimwire::cim::DateTime;
use cimwire::hyperv::{Action, Outcome, Relationship, ReplicationState, VirtualMachine};
use clap::Args;

use super::change;
use super::host::Host;
use super::start::start_time;
use super::vm_verb::{Seen, VmOptions, VmVerb, Which};
use crate::exit::Exit;
use crate::output::change::Words;
use crate::output::report::Failure;
use crate::session::Session;
use crate::time::Start;

/// Resynchronize virtual machines with their replicas
///
/// The hosts compare the disks, and the differing blocks are sent again. It deletes the recovery points of the replica.
#[derive(Debug, Args)]
pub(crate) struct Resync {
    #[command(flatten)]
    options: VmOptions,

    #[command(flatten)]
    which: Which,

    /// When to begin, within seven days: 22:00, tomorrow 03:00, 2030-01-15T21:00:00Z, or +2h from now; implies --no-wait
    #[arg(long, value_name = "TIME", value_parser = Start::read)]
    start_time: Option<Start>,
}

impl Resync {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let at = self.start_time.map(start_time).transpose()?;
        let resync = Resynchronization {
            options: self.options,
            relationship: self.which.relationship(),
            at,
        };
        change::run(session, &resync).await
    }
}

struct Resynchronization {
    options: VmOptions,
    relationship: Relationship,
    at: Option<DateTime>,
}

impl VmVerb for Resynchronization {
    fn words(&self) -> Words {
        Words {
            doing: "Resynchronizing",
            scheduled: "Scheduled the resynchronization of",
            event: "resynchronized",
            done: "resynchronized",
            changes: true,
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn relationship(&self) -> Relationship {
        self.relationship
    }

    fn at(&self) -> Option<DateTime> {
        self.at
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        Some(Action::Resynchronize)
    }

    fn is_done_in(&self, seen: Seen) -> bool {
        seen.is_in(&[ReplicationState::Resynchronizing])
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        host.change(host.service.resynchronize(vm, self.at)).await
    }
}
