//! Starts the initial replication of two virtual machines and watches both jobs with one enumeration a poll.
//!
//! ```sh
//! cargo run --features simulator --example watch_jobs
//! ```
//!
//! With `CIMWIRE_HOST`, `CIMWIRE_USER` and `CIMWIRE_PASSWORD` set it asks that host: change the names first.

mod common;

use std::error::Error;

use cimwire::hyperv::{InitialReplication, ReplicationService};
use cimwire::job::JobWatcher;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let connected = common::connect().await?;
    let client = &connected.client;

    let replica = ReplicationService::connect(client).await?;
    let mut jobs = Vec::new();
    for name in ["web01", "fail01"] {
        let vm = replica.vm(name).await?;
        let outcome = replica
            .start_replication(&vm, InitialReplication::network())
            .await?;
        // The reference survives a restart of this program as text.
        jobs.extend(outcome.job().map(|job| job.reference().clone()));
    }

    let mut watcher = JobWatcher::new(client, jobs)?;
    while let Some(event) = watcher.next().await {
        let event = event?;
        match event.status {
            Ok(status) => println!("{}: {}", event.job.id(), status.state),
            Err(error) => println!("{}: {error}", event.job.id()),
        }
    }
    Ok(())
}
