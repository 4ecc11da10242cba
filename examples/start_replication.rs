//! Starts the initial replication of a virtual machine, and follows its job to the end.
//!
//! Against a simulated host, then against a real one:
//!
//! ```sh
//! cargo run --features simulator --example start_replication
//! export CIMWIRE_PASSWORD=…
//! cargo run --features simulator --example start_replication -- hv01.example 'EXAMPLE\operator' web01
//! ```

use std::error::Error;
use std::process::ExitCode;

use cimwire::hyperv::{InitialReplication, ReplicationService, explain_job_failure};
use cimwire::simulator::Simulator;
use cimwire::{Client, Credentials};

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let replicated = match arguments.as_slice() {
        [host, user, vm] => {
            let password = std::env::var("CIMWIRE_PASSWORD")?;
            replicate(host, Credentials::password(user, password), vm).await
        }
        [] => {
            let host = Simulator::start().await?;
            println!("No host is named, so this one is simulated: {}", host.url());
            let credentials = Credentials::password(host.user(), host.password());
            replicate(host.url(), credentials, "web01").await
        }
        _ => return Err("usage: start_replication [HOST USER VM]".into()),
    };
    Ok(replicated.map_or_else(report, |()| ExitCode::SUCCESS))
}

async fn replicate(host: &str, credentials: Credentials, vm: &str) -> Result<(), cimwire::Error> {
    let client = Client::builder(host).credentials(credentials).build()?;
    let replica = ReplicationService::connect(&client).await?;
    let vm = replica.vm(vm).await?;
    let outcome = replica
        .start_replication(&vm, InitialReplication::network())
        .await?;
    if let Some(job) = outcome.job() {
        println!("{} is started by {}", vm.name, job.reference());
        let mut progress = job.progress();
        while let Some(status) = progress.next().await {
            let status = status.map_err(explain_job_failure)?;
            println!(
                "{}: {} %",
                status.state,
                status.percent_complete.unwrap_or_default()
            );
        }
    }
    println!("{}: initial replication started.", vm.name);
    Ok(())
}

/// An error is a phrase and its causes, mostly with a hint on what to do.
fn report(error: cimwire::Error) -> ExitCode {
    eprint!("error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprint!(": {error}");
        cause = error.source();
    }
    eprintln!();
    if let Some(hint) = error.hint() {
        eprintln!("hint: {hint}");
    }
    ExitCode::FAILURE
}
