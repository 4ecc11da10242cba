//! A site: hosts that know of each other, with one clock.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::providers::Clock;
use super::service::Hosts;

/// Simulated hosts that share one clock.
///
/// A host [joins](super::Builder::site) a site when it starts, and leaves it when it is dropped. Clones of a site are the
/// same site.
///
/// ```
/// use std::time::Duration;
///
/// use cimwire::simulator::{Simulator, Site};
/// use cimwire::{Client, Credentials};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let site = Site::new(0.0); // time stands still until it is advanced
/// let primary = Simulator::builder().site(&site).name("HV01").start().await?;
/// let replica = Simulator::builder().site(&site).name("HV02").start().await?;
/// site.advance(Duration::from_secs(60));
///
/// let mut names = Vec::new();
/// for host in [&primary, &replica] {
///     let client = Client::builder(host.url())
///         .credentials(Credentials::password(host.user(), host.password()))
///         .build()?;
///     let mut systems = client.namespace("root/cimv2").enumerate("Win32_OperatingSystem");
///     while let Some(system) = systems.next().await {
///         names.push(system?.get::<String>("CSName")?);
///     }
/// }
/// assert_eq!(names, ["HV01", "HV02"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Site(pub(super) Arc<Hosts>);

impl Site {
    /// Returns a site without hosts, whose clock runs `clock_speed` times as fast as real time. At 0 it stands still
    /// until it is [advanced](Self::advance).
    pub fn new(clock_speed: f64) -> Self {
        Self(Arc::new(Hosts::new(Clock::new(clock_speed))))
    }

    /// Moves the time of all hosts forward.
    pub fn advance(&self, by: Duration) {
        self.0.clock().advance(by);
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").finish_non_exhaustive()
    }
}
