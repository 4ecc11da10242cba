//! `replica`: Hyper-V Replica, one file a verb.
//!
//! A verb that changes virtual machines implements [`vm_verb::VmVerb`], one that changes the host [`change::Verb`]; [`change`]
//! makes the calls and follows the jobs. To add a verb, write its file, and add a variant and an arm here.

mod auth;
mod certificates;
mod change;
mod cluster;
mod commit;
mod confirm;
mod enable;
mod failover;
mod host;
mod import;
mod list;
mod network;
mod recovery_points;
mod remove;
mod reset_stats;
mod resume;
mod resync;
mod reverse;
mod revert;
mod selection;
mod server;
mod set;
mod settings;
mod start;
mod stats;
mod stop;
mod suspend;
mod test_connection;
mod test_failover;
mod vm_verb;

use cimwire::hyperv::NAMESPACE;
use clap::Subcommand;

use crate::exit::Exit;
use crate::output::report::{Failure, Problem};
use crate::session::Session;

pub(super) use self::host::Host;
pub(super) use self::selection::resolve;
pub(super) use self::start::start;

/// Drive Hyper-V Replica
#[derive(Debug, Subcommand)]
pub(crate) enum Replica {
    List(list::ListReplications),
    Status(list::Status),
    Stats(stats::Stats),
    Enable(enable::Enable),
    Set(set::Set),
    Start(start::StartReplication),
    Stop(stop::Stop),
    Suspend(suspend::Suspend),
    Resume(resume::Resume),
    Resync(resync::Resync),
    Failover(failover::Failover),
    TestFailover(test_failover::TestFailover),
    Commit(commit::Commit),
    Revert(revert::Revert),
    Reverse(reverse::Reverse),
    Extend(enable::Extend),
    Remove(remove::Remove),
    Import(import::Import),
    ResetStats(reset_stats::ResetStats),
    #[command(subcommand)]
    Server(server::ServerCommand),
    #[command(subcommand)]
    Auth(auth::AuthCommand),
    TestConnection(test_connection::TestConnection),
    Certificates(certificates::Certificates),
    RecoveryPoints(recovery_points::RecoveryPoints),
    #[command(subcommand)]
    Network(network::NetworkCommand),
}

impl Replica {
    /// Reports whether the result is a list.
    pub(super) fn lists(&self) -> bool {
        matches!(
            self,
            Self::RecoveryPoints(_)
                | Self::Network(network::NetworkCommand::Show(_))
                | Self::List(_)
                | Self::Stats(_)
                | Self::Certificates(_)
                | Self::Auth(auth::AuthCommand::List)
        )
    }

    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        // What is in the environment is meant for other commands too.
        if session.names_a_namespace {
            let what = format!("Hyper-V Replica is in {NAMESPACE} only");
            return Err(Problem::usage(what).hint("leave --namespace out").into());
        }
        match self {
            Self::List(list) => list.run(session).await,
            Self::Status(status) => status.run(session).await,
            Self::Stats(stats) => stats.run(session).await,
            Self::Enable(verb) => change::run(session, &verb).await,
            Self::Set(verb) => change::run(session, &verb).await,
            Self::Start(start) => start.run(session).await,
            Self::Stop(verb) => change::run(session, &verb).await,
            Self::Suspend(verb) => change::run(session, &verb).await,
            Self::Resume(verb) => change::run(session, &verb).await,
            Self::Resync(resync) => resync.run(session).await,
            Self::Failover(verb) => change::run(session, &verb).await,
            Self::TestFailover(verb) => change::run(session, &verb).await,
            Self::Commit(verb) => change::run(session, &verb).await,
            Self::Revert(verb) => change::run(session, &verb).await,
            Self::Reverse(verb) => change::run(session, &verb).await,
            Self::Extend(verb) => change::run(session, &verb).await,
            Self::Remove(verb) => change::run(session, &verb).await,
            Self::Import(verb) => change::run(session, &verb).await,
            Self::ResetStats(verb) => change::run(session, &verb).await,
            Self::Server(server) => server.run(session).await,
            Self::Auth(auth) => auth.run(session).await,
            Self::RecoveryPoints(points) => points.run(session).await,
            Self::Network(network) => network.run(session).await,
            Self::Certificates(certificates) => certificates.run(session).await,
            Self::TestConnection(verb) => change::run(session, &verb).await,
        }
    }
}
