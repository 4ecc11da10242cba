//! `demo`: a simulated host, a start, and its job to the end, in one process.

use std::io::IsTerminal;

use cimwire::Credentials;
use cimwire::simulator::Simulator;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::{replica, simulate};
use crate::connect;
use crate::exit::Exit;
use crate::options::ProgressMode;
use crate::output::report::Failure;
use crate::output::results::DemoHost;
use crate::session::Session;

/// Start an initial replication on a simulated host, and follow its job
///
/// All in one process, over a real socket and sealed NTLM. --vm tries another end: db01 completes with warnings, fail01
/// fails, cold01 is refused, gone01 vanishes, fast01 is done at once.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The virtual machine
    #[arg(long, value_name = "NAME", default_value = "web01", value_parser = NonEmptyStringValueParser::new())]
    vm: String,
}

impl Demo {
    pub(crate) async fn run(self, mut session: Session) -> Result<Exit, Failure> {
        session.host_ends_with_the_run();
        // Without a terminal there is no bar, and a demonstration should show its progress.
        let unseen = !std::io::stderr().is_terminal() && !session.output.is_json();
        if session.display.progress == ProgressMode::Auto && unseen {
            session.display.progress = ProgressMode::Plain;
        }
        let simulator = simulate::start(Simulator::builder()).await?;
        session.output.show(&DemoHost(simulator.url()))?;
        // No proxy leads to a host inside of this process.
        session.connection.proxy = None;
        let credentials = Credentials::password(simulator.user(), simulator.password());
        let client = connect::build(&session.connection, simulator.url(), credentials)?;
        replica::start(&session, &client, &self.vm).await
    }
}
