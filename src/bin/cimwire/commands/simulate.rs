//! `simulate`: a simulated host, until stopped.

use clap::Args;
use serde_json::json;

use crate::exit::Exit;
use crate::interrupt;
use crate::report::{Failure, Problem};
use crate::session::Session;
use cimwire::simulator::{Builder, Simulator};

/// Run a simulated Hyper-V host on a loopback port, until Ctrl-C
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// How many instances the class Simulated_Row of root/cimv2 has, to try what takes long or much
    #[arg(
        long,
        value_name = "COUNT",
        default_value_t = 0,
        hide_default_value = true
    )]
    synthetic_instances: u32,
}

impl Simulate {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let builder = Simulator::builder().synthetic_instances(self.synthetic_instances);
        run(session, started(builder).await?).await
    }
}

async fn run(session: &Session, simulator: Simulator) -> Result<Exit, Failure> {
    let (url, user, password) = (simulator.url(), simulator.user(), simulator.password());
    let ready = json!({"url": url, "user": user, "password": password});
    session.output.json(&ready)?;
    session.output.block(&format!(
        "A simulated Hyper-V host answers at {url}, until Ctrl-C. Nothing there is real.\n\n\
         In another shell:\n\n  \
         export CIMWIRE_HOST={url} CIMWIRE_USER='{user}' CIMWIRE_PASSWORD='{password}'\n  \
         cimwire replica start web01\n  \
         cimwire query \"SELECT ElementName, ReplicationState FROM Msvm_ComputerSystem\""
    ))?;
    interrupt::pressed_or_terminated(&session.interrupt).await;
    Ok(Exit::Done)
}

pub(super) async fn start() -> Result<Simulator, Problem> {
    started(Simulator::builder()).await
}

async fn started(builder: Builder) -> Result<Simulator, Problem> {
    builder.start().await.map_err(|error| {
        Problem::new(
            Exit::Failure,
            format!("could not start the simulated host: {error}"),
        )
    })
}
