//! The origin of a line for programs: the time at which it was written, and the host that it is about.

use std::sync::OnceLock;

use cimwire::Error;
use serde::Serialize;

use crate::time;

/// The time and the host of an event or an error.
#[derive(Debug, Serialize)]
pub(crate) struct Origin<'a> {
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
}

impl<'a> Origin<'a> {
    /// Returns the origin of a line about the host that this run is connected to, if it is to one.
    pub(crate) fn now() -> Self {
        Self {
            time: time::stamp(),
            host: RUN.get().map(|run| run.host.as_str()),
        }
    }

    /// Returns the origin of a line about an error.
    pub(crate) fn of(error: &'a Error) -> Self {
        Self::at(error.host())
    }

    /// Returns the origin of a line about a host, if it is known, else about that of this run.
    pub(crate) fn at(host: Option<&'a str>) -> Self {
        let now = Self::now();
        Self {
            host: host.or(now.host),
            ..now
        }
    }

    pub(crate) fn host(&self) -> Option<&'a str> {
        self.host
    }
}

/// Sets the host, and the user who logs in there, for all that this run writes.
pub(crate) fn connected_to(host: &str, user: Option<&str>) {
    // A run connects to one host.
    let _ = RUN.set(Run {
        host: host.to_owned(),
        user: user.map(str::to_owned),
    });
}

/// Returns the host of this run, if it is connected to one.
pub(crate) fn host() -> Option<&'static str> {
    RUN.get().map(|run| run.host.as_str())
}

/// Returns the user who logs in at the host of this run, if one was named.
pub(crate) fn user() -> Option<&'static str> {
    RUN.get()?.user.as_deref()
}

#[derive(Debug)]
struct Run {
    host: String,
    user: Option<String>,
}

static RUN: OnceLock<Run> = OnceLock::new();
