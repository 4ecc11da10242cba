//! The host that the examples talk to: the one that the environment names, else a simulated one.

use std::error::Error;

use cimwire::simulator::Simulator;
use cimwire::{Client, Credentials};

/// A client, and the simulated host that it talks to, if that is one. The host ends when this is dropped.
pub(crate) struct Connected {
    pub(crate) client: Client,
    _host: Option<Simulator>,
}

/// Connects to `CIMWIRE_HOST` as `CIMWIRE_USER` with `CIMWIRE_PASSWORD`, else to a simulated host.
pub(crate) async fn connect() -> Result<Connected, Box<dyn Error>> {
    let Ok(host) = std::env::var("CIMWIRE_HOST") else {
        let host = Simulator::start().await?;
        let credentials = Credentials::password(host.user(), host.password());
        return Ok(Connected {
            client: Client::builder(host.url())
                .credentials(credentials)
                .build()?,
            _host: Some(host),
        });
    };
    let (user, password) = (
        std::env::var("CIMWIRE_USER")?,
        std::env::var("CIMWIRE_PASSWORD")?,
    );
    let credentials = Credentials::password(user, password);
    Ok(Connected {
        client: Client::builder(host).credentials(credentials).build()?,
        _host: None,
    })
}
