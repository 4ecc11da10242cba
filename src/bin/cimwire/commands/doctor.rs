//! `doctor`: an examination of a connection, step by step.
//!
//! What can be seen without a login is examined first. Nothing is changed at the host, each
//! step claims only what was seen, and says what to do next.

mod certificate;
mod datetimes;
mod dialect;
mod host;
mod report;
mod settings;
mod unauthenticated;

use std::time::Duration;

use clap::Args;

use self::report::Report;
use crate::connect;
use crate::exit::Exit;
use crate::output::origin;
use crate::output::report::Failure;
use crate::session::Session;
use crate::session::unless_interrupted;

/// Look for what is wrong with a connection, step by step, and say what to do
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Doctor {
    /// Ask also which forms of datetime parameters the host takes, by starting the replication of a virtual machine that
    /// it does not have
    #[arg(long)]
    datetime_forms: bool,
}

impl Doctor {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let (http, knows_who) = connect::settings(session).await?;
        let mut report = Report::new(session.output);
        let wait = session.connection.connect_timeout.unwrap_or(PROBE_TIME);
        let unauthenticated = http.clone().authenticate_timeout(wait);
        let unauthenticated = connect::builder(&session.connection, unauthenticated);
        let probe = unless_interrupted(session, unauthenticated.probe()).await?;
        if let Some(address) = probe.host() {
            origin::connected_to(&address, &session.connection);
        }
        if !unauthenticated::examine(&mut report, session, &probe)? {
            return report.end("not reached");
        }
        if !knows_who {
            let why = r"no user is named (--user DOMAIN\user)";
            return report.end(why);
        }
        let client = connect::build_with(&session.connection, http)?;
        host::examine(&mut report, session, &client, self.datetime_forms).await?;
        report.end("not reached")
    }
}

/// The longest time that a host may take to answer a request without a login. Microsoft OMI never answers one.
const PROBE_TIME: Duration = Duration::from_secs(10);
const AFTER_HELP: &str = "\
Nothing is changed at the host. The exit code is that of the first step that fails: 4 for the connection, 3 for the
login, 5 where the host refuses, 2 where an option does not suit, 1 for the rest.";
