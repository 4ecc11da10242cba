//! A simulated Hyper-V host, to run against without Windows.
//!
//! It listens on a loopback port and answers as WinRM on a Hyper-V host does: NTLM under `Negotiate`, sealed messages,
//! WQL, paging, methods, jobs that make progress. It refuses what Windows refuses, so that what works here has a chance
//! to work there, but it is not Windows: where Windows is undocumented, it is a guess. Its answer to Identify says that it
//! is simulated.
//!
//! | virtual machine        | when its initial replication is started                            |
//! |------------------------|--------------------------------------------------------------------|
//! | `web01`                | a job runs to its end                                              |
//! | `db01`                 | a job ends in 32768, completed with warnings                       |
//! | `fail01`               | a job ends in an exception, with an `Msvm_Error`                   |
//! | `cold01`               | refused with 32775: replication is not enabled                     |
//! | `fast01`               | done at once, without a job                                        |
//! | `gone01`               | a job vanishes before its end can be seen                          |
//! | `web & <db> "01"`      | like `web01`, under a name that wants quoting                      |
//! | `fünf`                 | like `web01`                                                       |
//! | `twin`, and `twin`     | like `web01`; two machines of one name                             |
//!
//! What clients of any class ask for is there too: environment variables (`Win32_Environment`) are created, changed and
//! deleted, processes (`Win32_Process`) begun by a method of the class, settings of virtual machines changed by an embedded
//! instance, classes declared, and associations followed, in the dialects of Windows and of the DMTF.
//!
//! ```
//! use cimwire::simulator::Simulator;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let host = Simulator::start().await?;
//! assert!(host.url().starts_with("http://127.0.0.1:"));
//! assert_eq!(host.user(), r"SIM\operator");
//! # Ok(())
//! # }
//! ```
//!
//! # How it is built
//!
//! ```text
//! server        sockets and HTTP            login       the 401 dance, sealed bodies (framing), accounts
//!   service     an envelope in, an envelope out
//!     request   headers, checked            input       parameters, checked    resource   what is addressed
//!     transfer    Get (fragment), Put, Create, Delete    invoke   methods    declaration   classes    (target)
//!     enumerate   pages and contexts (enumeration, page), filters: queries (wql), associations
//!     response    answers (object), refusals (fault)
//!       host    virtual machines, jobs, replication; pure, with time as an argument
//! ```

mod accounts;
mod associations;
mod declaration;
mod enumerate;
mod enumeration;
mod fault;
mod fragment;
mod framing;
mod host;
mod input;
mod invoke;
mod login;
mod object;
mod page;
mod request;
mod resource;
mod response;
mod server;
mod service;
mod target;
#[cfg(test)]
mod testing;
mod transfer;
mod wql;

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::auth::Secret;

use self::accounts::Accounts;
use self::host::Clock;
use self::login::Policy;
use self::server::Shared;
use self::service::Service;

/// A simulated host that is running. Dropping it ends it, and all its connections.
pub struct Simulator {
    url: String,
    user: String,
    password: Secret,
    shared: Arc<Shared>,
    server: AbortHandle,
}

impl Simulator {
    /// Starts a host with what a [`Builder`] begins with.
    ///
    /// # Errors
    ///
    /// Where no loopback port can be listened on.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime with IO and time enabled.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A host that is still to be started.
    pub fn builder() -> Builder {
        Builder {
            user: r"SIM\operator".to_owned(),
            password: "Simulated-Pa55w0rd".into(),
            clock_speed: 1.0,
            pace: Duration::from_millis(2_500),
            synthetic: 0,
            enumeration_timeout: Duration::from_secs(60),
            is_open: false,
        }
    }

    /// The address of its WS-Management service.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A user who may do everything.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// A user who may read, but call no method. The password is the same.
    pub fn reader(&self) -> &str {
        READER
    }

    /// The password of both users.
    pub fn password(&self) -> &str {
        self.password.expose()
    }

    /// How many enumerations clients have begun, and neither read to their end nor released.
    pub fn open_enumerations(&self) -> usize {
        self.shared.service.open_enumerations()
    }

    /// Moves the time of the host forward.
    pub fn advance(&self, by: Duration) {
        self.shared.service.clock().advance(by);
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("url", &self.url)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// How a simulated host is to be.
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    user: String,
    password: Secret,
    clock_speed: f64,
    pace: Duration,
    synthetic: u32,
    enumeration_timeout: Duration,
    is_open: bool,
}

impl Builder {
    /// The user who may do everything, as `DOMAIN\user`.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = user.into();
        self
    }

    /// The password of the users.
    pub fn password(mut self, password: impl Into<Secret>) -> Self {
        self.password = password.into();
        self
    }

    /// How fast the time of the host runs: 60 makes an hour of a minute. At 0 it stands still until it is
    /// [advanced](Simulator::advance).
    pub fn clock_speed(mut self, speed: f64) -> Self {
        self.clock_speed = speed;
        self
    }

    /// How long a job takes, in the time of the host; the copy that follows it takes as long again.
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// How many instances the class `Simulated_Row` of `root/cimv2` has, which no real host knows: 0 to begin with. They
    /// are of some 300 bytes each, and made while they are sent.
    ///
    /// ```
    /// use cimwire::simulator::Simulator;
    /// use cimwire::{Client, Credentials};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let host = Simulator::builder().synthetic_instances(2_000).start().await?;
    /// let client = Client::builder(host.url())
    ///     .credentials(Credentials::password(host.user(), host.password()))
    ///     .build()?;
    /// let mut rows = client.namespace("root/cimv2").enumerate("Simulated_Row");
    /// let mut sum = 0;
    /// while let Some(row) = rows.next().await {
    ///     sum += row?.get::<u64>("Index")?;
    /// }
    /// assert_eq!(sum, 1_999_000);
    /// # Ok(())
    /// # }
    /// ```
    pub fn synthetic_instances(mut self, count: u32) -> Self {
        self.synthetic = count;
        self
    }

    /// How long an enumeration may rest between two pulls before the host forgets it, in the time of the host: a minute
    /// to begin with (WinRM's `EnumerationTimeoutms`).
    pub fn enumeration_timeout(mut self, timeout: Duration) -> Self {
        self.enumeration_timeout = timeout;
        self
    }

    /// Takes Basic, and messages that are not sealed, as WinRM does when it is told to (`Auth/Basic` and
    /// `AllowUnencrypted`). Whoever listens on the way then reads the password.
    pub fn allow_unencrypted(mut self, allow: bool) -> Self {
        self.is_open = allow;
        self
    }

    /// Starts the host.
    ///
    /// # Errors
    ///
    /// Where no loopback port can be listened on.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime with IO and time enabled.
    pub async fn start(self) -> io::Result<Simulator> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/wsman", listener.local_addr()?);
        let shared = Arc::new(Shared {
            service: Service::new(MACHINE, Clock::new(self.clock_speed), self.pace)
                .with_synthetic(self.synthetic)
                .with_enumeration_timeout(self.enumeration_timeout),
            policy: Policy {
                machine: MACHINE.to_owned(),
                accounts: Accounts::new(&self.user, READER, &self.password),
                is_open: self.is_open,
            },
        });
        let server = tokio::spawn(server::serve(listener, Arc::clone(&shared)));
        Ok(Simulator {
            url,
            user: self.user,
            password: self.password,
            shared,
            server: server.abort_handle(),
        })
    }
}

/// The name of the host.
const MACHINE: &str = "SIM";
const READER: &str = r"SIM\reader";
