//! The connection to a replica server, and what can go wrong with it and with other tasks.

use crate::cim::Properties;

use super::super::super::Call;
use super::super::job::{Ending, JobError, Task};
use super::super::state::{Hyperv, Work};
use super::super::vm::IMAGINARY;

/// A reason for which a job fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Trouble {
    /// The replica server does not answer.
    Timeout,
    /// Its name is not known.
    Unresolved,
    /// It does not accept replicas, or not at this port or with this authentication.
    NoConnection,
    /// It does not accept replicas of this host.
    NotAuthorized,
    /// It has another virtual machine with this id.
    Exists,
    /// An export was not found.
    NoFile,
    /// The other end is not in a state that allows the task.
    Aborted,
}

impl Trouble {
    /// Returns the cause, the number of the error, and advice.
    fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Timeout => (
                "the operation timed out, replica server '{}'",
                "0x00002EE2",
                "Check that the replica server is running and can be reached.",
            ),
            Self::Unresolved => (
                "the name of the replica server '{}' could not be resolved",
                "0x00002EE7",
                "Check the name of the replica server.",
            ),
            Self::NoConnection => (
                "no connection to the replica server '{}'",
                "0x00002EFD",
                "Check that the replica server accepts replication on this port, and that a firewall lets it through.",
            ),
            Self::NotAuthorized => (
                "the replica server '{}' does not accept replication from this server",
                "0x80070005",
                "Add an authorization entry for this server on the replica server.",
            ),
            Self::Exists => (
                "a virtual machine with this ID exists on the replica server '{}'",
                "0x80070050",
                "Remove the virtual machine from the replica server.",
            ),
            Self::Aborted => (
                "the virtual machine on '{}' is running, or is not the primary one",
                "0x80004004",
                "Turn off the virtual machine on the other server.",
            ),
            Self::NoFile => (
                "the exported copy was not found",
                "0x80070002",
                "Check the directory of the exported copy.",
            ),
        }
    }
}

impl Hyperv {
    /// Returns the end of a job that fails.
    pub(in super::super) fn failure(&self, trouble: Trouble, work: &Work, server: &str) -> Ending {
        let vm = self.vms.iter().find(|vm| vm.id == work.vm);
        let name = vm.map_or(&self.machine, |vm| &vm.name);
        let language = self.language;
        let title = language.text(Task::of(work.kind).title);
        let (cause, number, advice) = trouble.texts();
        let cause = language.text(cause).replace("{}", server);
        let summary = language.text("'{name}' failed: {task}.");
        let summary = summary.replace("{name}", name).replace("{task}", title);
        let id = &work.vm;
        Ending::Failed(JobError {
            description: format!("{summary} {cause} ({number}, virtual machine ID {id})"),
            summary,
            advice,
        })
    }

    /// Connects to the replica server that settings name. Returns its name, or `None` for the imaginary one; if it cannot
    /// be used, returns the reason, and the name that was given.
    pub(super) fn reach(
        &self,
        call: &Call<'_>,
        settings: &Properties,
    ) -> Result<Option<String>, (Trouble, String)> {
        let text = |name| settings.get::<String>(name).unwrap_or_default();
        let number = |name| settings.get::<u16>(name).unwrap_or_default();
        let point = text("RecoveryConnectionPoint");
        let fails = |trouble| Err((trouble, point.clone()));
        if self.is_cut_off {
            return fails(Trouble::Timeout);
        }
        let first = point.split('.').next().unwrap_or_default();
        let primary = self.full_name();
        let (port, authentication) = (
            number("RecoveryServerPortNumber"),
            number("AuthenticationType"),
        );
        let accepts = |peer: &mut Self| {
            if peer.is_cut_off {
                return Err(Trouble::Timeout);
            }
            peer.server.accepts(port, authentication.max(1), &primary)
        };
        match call.peers.with(first, accepts) {
            Some(Ok(())) => Ok(Some(first.to_uppercase())),
            Some(Err(trouble)) => fails(trouble),
            None if point.eq_ignore_ascii_case(IMAGINARY) => Ok(None),
            None => fails(Trouble::Unresolved),
        }
    }
}
