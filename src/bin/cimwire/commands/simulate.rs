//! `simulate`: a simulated host, until stopped.

use serde_json::json;

use crate::exit::Exit;
use crate::interrupt;
use crate::report::{Failure, Problem};
use crate::session::Session;
use cimwire::simulator::Simulator;

pub(crate) async fn run(session: &Session) -> Result<Exit, Failure> {
    let simulator = start().await?;
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
    let started = Simulator::start().await;
    started.map_err(|error| {
        Problem::new(
            Exit::Failure,
            format!("could not start the simulated host: {error}"),
        )
    })
}
