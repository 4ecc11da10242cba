//! Calls a method of a class, with its input checked against the declaration of the class before it is sent.
//!
//! ```sh
//! cargo run --features simulator --example invoke
//! ```
//!
//! With `CIMWIRE_HOST`, `CIMWIRE_USER` and `CIMWIRE_PASSWORD` set it starts a process on that host.

mod common;

use std::error::Error;

use cimwire::cim::{Properties, Reference};
use cimwire::transport::Delivery;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let connected = common::connect().await?;
    let client = &connected.client;

    let process = Reference::new("root/cimv2", "Win32_Process");
    let schema = client.schema(process.class()).await?;
    let method = schema.method("Create")?;
    let input = method.check(&Properties::new().with("commandline", "cmd.exe /c ver"))?;

    match client.invoke(&process, &method.name, input).await {
        Ok(output) if output.return_value()? == 0 => {
            println!("process {} was started", output.get::<u32>("ProcessId")?);
        }
        Ok(output) => println!("the host refused with {}", output.return_value()?),
        // The call may have been carried out: look at the host before calling again.
        Err(error) if error.delivery() == Delivery::Unknown => println!("unknown outcome: {error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
