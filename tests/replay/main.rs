//! The public interface over recorded and composed exchanges (`xml-fixtures/`).
//!
//! Each request is compared by meaning with the one in the scenario, so these are tests of what is sent as well.

mod client;
mod forms;
mod golden;
mod job;
mod mishaps;
mod omi;
mod openwsman;
mod operations;
mod outcomes;
mod replica;
mod replication;

use std::error::Error as _;
use std::sync::Arc;

use cimwire::transport::Replay;
use cimwire::{Client, ClientBuilder, Error};

/// A client over a scenario.
struct Scene {
    client: Client,
    replay: Arc<Replay>,
}

impl Scene {
    fn open(scenario: &str) -> Self {
        Self::open_with(scenario, |builder| builder)
    }

    fn open_with(scenario: &str, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let replay = Replay::open(format!("xml-fixtures/{scenario}"));
        let replay = Arc::new(replay.unwrap_or_else(|error| panic!("{error:?}")));
        let client = settings(Client::builder("replayed")).build_over(Arc::clone(&replay));
        Self { client, replay }
    }

    /// Nothing else was asked for, and nothing is left.
    fn finish(self) {
        if let Err(error) = self.replay.finish() {
            panic!("{error:?}");
        }
    }
}

/// An error and what lies behind it, in one line.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// A scenario that no test replays proves nothing.
#[test]
fn every_scenario_is_replayed() {
    let sources = [
        include_str!("client.rs"),
        include_str!("job.rs"),
        include_str!("mishaps.rs"),
        include_str!("omi.rs"),
        include_str!("openwsman.rs"),
        include_str!("operations.rs"),
        include_str!("replica.rs"),
        include_str!("replication.rs"),
    ];
    for folder in std::fs::read_dir("xml-fixtures").unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        // Declarations of classes, which other tests read, and the scenarios of golden.rs, which counts them itself.
        if ["classes", "replica"].contains(&name.as_str()) {
            continue;
        }
        let quoted = format!("{name:?}");
        assert!(
            sources.iter().any(|source| source.contains(&quoted)),
            "{name}"
        );
    }
}
