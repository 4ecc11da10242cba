//! `replica`: Hyper-V Replica, one file a verb.
//!
//! A verb that changes something makes its call and hands the outcome to [`change::Change`], which follows the job.

mod change;
mod start;

use cimwire::hyperv::NAMESPACE;
use clap::Subcommand;

use crate::exit::Exit;
use crate::output::report::{Failure, Problem};
use crate::session::Session;

pub(super) use self::start::{How, start};

/// Drive Hyper-V Replica
#[derive(Debug, Subcommand)]
pub(crate) enum Replica {
    Start(start::StartReplication),
}

impl Replica {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        // What is in the environment is meant for other commands too.
        if session.names_a_namespace {
            let what = format!("Hyper-V Replica is in {NAMESPACE} only");
            return Err(Problem::usage(what).hint("leave --namespace out").into());
        }
        match self {
            Self::Start(start) => start.run(session).await,
        }
    }
}
