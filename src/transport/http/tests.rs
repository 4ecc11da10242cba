//! The transport against servers on a loopback socket.

mod asked;
mod basic;
#[cfg(feature = "kerberos")]
mod bind;
mod bounds;
mod certificate;
mod changes;
mod host;
pub(super) mod keys;
mod login;
mod part_headers;
mod probe;
mod proxy;
#[cfg(feature = "cli")]
mod quiet;
mod sealed;
mod secure;
mod server;
mod spnego;
mod version_one;

use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::Credentials;
use crate::transport::{Delivery, ErrorKind, Phase, Repeat};

const USER: &str = r"EXAMPLE\operator";
const PASSWORD: &str = "open sesame";

fn credentials() -> Credentials {
    Credentials::password(USER, PASSWORD)
}

fn config(endpoint: &str) -> HttpConfig {
    HttpConfig::new(endpoint).credentials(credentials())
}

fn read(envelope: &'static str) -> Request {
    Request {
        envelope: Bytes::from_static(envelope.as_bytes()),
        repeat: Repeat::Read,
        timeout: LONG,
        check: None,
    }
}

fn once(envelope: &'static str) -> Request {
    Request {
        repeat: Repeat::Once,
        ..read(envelope)
    }
}

/// A change, with an envelope to test the connection with.
fn change(envelope: &'static str) -> Request {
    Request {
        check: Some(Bytes::from_static(b"<identify/>")),
        ..once(envelope)
    }
}

/// Lets a connection be idle for too long for a change to go out on it.
async fn rest() {
    pass(Duration::from_secs(6)).await;
}

/// Lets time pass while nothing is in progress.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// Returns the kind, delivery and status of a failure.
fn facts(error: &Error) -> (ErrorKind, Delivery, Option<u16>) {
    (error.kind(), error.delivery(), error.status())
}

/// Formats an error with its causes, as the program shows it.
fn chain(error: &Error) -> String {
    let mut chain = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        chain += &format!(": {error}");
        next = error.source();
    }
    chain
}

/// The timeout of the tests: more than any exchange takes.
const LONG: Duration = Duration::from_secs(20);
