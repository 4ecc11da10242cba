//! The origin of a line for programs: the time at which it was written, and the host that it is about.

use std::sync::OnceLock;

use cimwire::Error;
use serde::Serialize;

use crate::options::Connection;
use crate::time;

/// The time and the host of an event or an error.
#[derive(Debug, Serialize)]
pub(crate) struct Origin<'a> {
    time: String,
    /// The name in the configuration file, else the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    /// The address of a host that is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
}

impl<'a> Origin<'a> {
    /// Returns the origin of a line about the host that this run is connected to, if it is to one.
    pub(crate) fn now() -> Self {
        let run = RUN.get();
        let name = run.and_then(|run| run.name.as_deref());
        let address = run.map(|run| run.address.as_str());
        Self {
            time: time::stamp(),
            host: name.or(address),
            address: address.filter(|_| name.is_some()),
        }
    }

    /// Returns the origin of a line about an error.
    pub(crate) fn of(error: &'a Error) -> Self {
        Self::at(error.host())
    }

    /// Returns the origin of a line about a host, given by its address, or else about that of this run.
    pub(crate) fn at(address: Option<&'a str>) -> Self {
        let now = Self::now();
        let other = address.filter(|address| RUN.get().is_none_or(|run| run.address != *address));
        match other {
            Some(address) => Self {
                host: Some(address),
                address: None,
                ..now
            },
            None => now,
        }
    }

    /// Returns the host as text: `hv01 (10.0.0.7:5985)`.
    pub(crate) fn text(&self) -> Option<String> {
        let host = self.host?;
        Some(match self.address {
            Some(address) => format!("{host} ({address})"),
            None => host.to_owned(),
        })
    }
}

/// Sets the host, and the user who logs in there, for all that this run writes.
pub(crate) fn connected_to(address: &str, options: &Connection) {
    // A run connects to one host.
    let _ = RUN.set(Run {
        name: options.host_name.clone(),
        address: address.to_owned(),
        user: options.user.clone(),
    });
}

/// Returns the host of this run, if it is connected to one.
pub(crate) fn host() -> Option<&'static str> {
    let run = RUN.get()?;
    Some(run.name.as_deref().unwrap_or(&run.address))
}

/// Returns the user who logs in at the host of this run, if one was named.
pub(crate) fn user() -> Option<&'static str> {
    RUN.get()?.user.as_deref()
}

#[derive(Debug)]
struct Run {
    /// The name in the configuration file.
    name: Option<String>,
    address: String,
    user: Option<String>,
}

static RUN: OnceLock<Run> = OnceLock::new();
