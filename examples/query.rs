//! Reads instances into a type of one's own, by a query and by a filter.
//!
//! ```sh
//! cargo run --features simulator --example query
//! ```
//!
//! With `CIMWIRE_HOST`, `CIMWIRE_USER` and `CIMWIRE_PASSWORD` set it asks that host instead of a simulated one.

mod common;

use std::error::Error;

use cimwire::Wql;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    name: String,
    state: String,
    process_id: Option<u32>,
}

cimwire::cim_class! { Service: "root/cimv2", "Win32_Service" }

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let connected = common::connect().await?;
    let client = &connected.client;

    // A stream holds one page in memory.
    let mut running =
        client.query::<Service>(Wql::select("Win32_Service").equals("State", "Running"))?;
    while let Some(service) = running.next().await {
        let service = service?;
        println!(
            "{} is {} as {:?}",
            service.name, service.state, service.process_id
        );
    }

    // Without a type, properties are decoded one by one.
    let stopped = client
        .namespace("root/cimv2")
        .matching("Win32_Service", [("State", "Stopped")]);
    for service in stopped.collect().await? {
        println!("{} is stopped", service.get::<String>("DisplayName")?);
    }
    Ok(())
}
