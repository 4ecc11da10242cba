//! `vm`: the virtual machines of a host.

use cimwire::hyperv::{EnabledState, VirtualMachine};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

use super::replica::{Host, resolve};
use crate::connect;
use crate::exit::Exit;
use crate::output::list::{List, columns};
use crate::output::report::Failure;
use crate::session::Session;

/// List virtual machines
#[derive(Debug, Subcommand)]
pub(crate) enum VmCommand {
    List(ListVms),
}

/// List the virtual machines of the host
#[derive(Debug, Args)]
pub(crate) struct ListVms {
    /// Only these: names, patterns with * and ?, or GUIDs
    #[arg(value_name = "VM", value_parser = NonEmptyStringValueParser::new())]
    vms: Vec<String>,

    /// Only those in this state, once for each: Running, Off, Saved, Paused, …
    #[arg(long = "state", value_name = "STATE", value_parser = state)]
    states: Vec<EnabledState>,

    /// Only these columns, in this order; json has all fields
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', ignore_case = true, value_parser = columns::<VirtualMachine>())]
    columns: Vec<String>,
}

impl VmCommand {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self {
            Self::List(list) => list.run(session).await,
        }
    }
}

impl ListVms {
    async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let client = connect::client(session).await?;
        let host = Host::connect(session, &client).await?;
        let mut rows = match &self.vms[..] {
            [] => host.read(host.service.vms()).await?,
            names => resolve(&host, names).await?,
        };
        rows.retain(|vm| {
            self.states.is_empty()
                || vm
                    .enabled_state
                    .is_some_and(|one| self.states.contains(&one))
        });
        let columns = self.columns;
        session.output.show(&List { rows, columns })
    }
}

/// Reads a state by the name that PowerShell has for it.
fn state(text: &str) -> Result<EnabledState, String> {
    let mut states = (1..=10).map(EnabledState::from);
    let found = states.find(|state| state.powershell_name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| {
        "it is one of Running, Off, Saved, Paused, Starting, Stopping, Other".to_owned()
    })
}
