//! Recorded exchanges: scenarios, and their replay.

mod meaning;
mod replay;
mod scenario;

pub use replay::Replay;
pub use scenario::{Exchange, Scenario};
