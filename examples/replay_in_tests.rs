//! Runs code against recorded answers, as a test of one's own would.
//!
//! ```sh
//! cargo run --features recording --example replay_in_tests
//! ```

use std::error::Error;
use std::sync::Arc;

use cimwire::hyperv::{InitialReplication, ReplicationService};
use cimwire::transport::Replay;
use cimwire::{Client, ErrorKind};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let replay = Arc::new(Replay::open("xml-fixtures/replication-refused")?);
    let client = Client::over(Arc::clone(&replay));

    let refused = start(&client, "cold01").await;
    assert_eq!(
        refused.map_err(|error| error.kind()),
        Err(ErrorKind::Refused)
    );

    // Fails if a recorded exchange was not asked for.
    replay.finish()?;
    println!("the code under test reports a refusal as one");
    Ok(())
}

/// The code under test.
async fn start(client: &Client, name: &str) -> Result<(), cimwire::Error> {
    let replica = ReplicationService::connect(client).await?;
    let vm = replica.vm(name).await?;
    let outcome = replica
        .start_replication(&vm, InitialReplication::network())
        .await?;
    outcome.wait().await.map(drop)
}
