//! A simulated Hyper-V host, to run against without Windows.
//!
//! It listens on a loopback port and answers as WinRM on a Hyper-V host does: NTLM under `Negotiate`, sealed messages,
//! HTTPS with channel bindings, WQL, paging, methods, jobs that make progress, events. It refuses what Windows refuses, so
//! that what works here has a chance to work there, but it is not Windows: where Windows is undocumented, it is a guess.
//! Its answer to Identify says that it is simulated.
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
//! # What it can do, and what it cannot
//!
//! | asked for              | answered                                                                            |
//! |------------------------|-------------------------------------------------------------------------------------|
//! | Identify               | also without a login                                                                |
//! | Get, Put               | instances, and one property by its name; the declaration of a class; WinRM's limits (`winrm/config`, Get alone) |
//! | Create, Delete         | environment variables; Delete also of processes                                     |
//! | Enumerate, Pull, Release | objects, references and both; by class, by selectors, by WQL, by association; polymorphism as the DMTF has it |
//! | Invoke                 | methods of instances and of classes, with references, times, arrays and embedded instances |
//! | Subscribe, Unsubscribe | creations, changes and deletions of instances, asked for in WQL and pulled          |
//!
//! **Events** are found as WMI finds them: the instances of the class are compared each time that `WITHIN` says, by the
//! clock of the host. Without `WITHIN` there are those of `Msvm_ComputerSystem` alone, whose provider tells of them. A Pull
//! waits for the operation time-out, in real time, and is then refused with `TimedOut`; where heartbeats were asked for, a
//! page without events comes when one is due. Events between pulls are kept, up to 10,000 events.
//!
//! It has no shells, no event log, no listeners and no permissions but [one](Simulator::reader); it pushes no events, lets
//! no subscription be renewed, keeps no bookmarks, knows no Kerberos and no CredSSP, and its virtual machines do nothing
//! but replicate: there is no failover, and no replica server behind them.
//!
//! # Ways in
//!
//! | way                                      | what the builder has to be told                                        |
//! |------------------------------------------|------------------------------------------------------------------------|
//! | Negotiate (NTLM, bare or in SPNEGO)      | nothing: messages are sealed over http                                 |
//! | the same over HTTPS, bound to its channel| [`https`](Builder::https), and how strictly: [`channel_binding`](Builder::channel_binding) |
//! | Basic                                    | [`basic`](Builder::basic), and `https` or [`allow_unencrypted`](Builder::allow_unencrypted) |
//! | a client's certificate                   | [`client_certificates`](Builder::client_certificates)                  |
//!
//! ```
//! use cimwire::simulator::{CbtHardening, Simulator};
//! use cimwire::{Client, Credentials};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let host = Simulator::builder().https().channel_binding(CbtHardening::Strict).start().await?;
//! let client = Client::builder(host.url())
//!     .credentials(Credentials::password(host.user(), host.password()))
//!     .ca_bundle(host.authority().unwrap_or_default())
//!     .build()?;
//! assert_eq!(client.identify().await?.product_vendor, "Microsoft Corporation");
//! # Ok(())
//! # }
//! ```
//!
//! # How it is built
//!
//! ```text
//! server        sockets, TLS (tls), HTTP    login       the 401 dance, sealed bodies (framing), accounts
//!   service     an envelope in, an envelope out
//!     request   headers, checked            input       parameters, checked    resource   what is addressed
//!     transfer    Get (fragment), Put, Create, Delete    invoke   methods    declaration   classes    (target)
//!     enumerate   pages and contexts (enumeration, page), filters: queries (wql), associations
//!     subscribe   events that are pulled (subscription)    config   the limits of the service
//!     response    answers (object), refusals (fault)    journal   what came
//!       host    virtual machines, jobs, replication; pure, with time as an argument
//! ```

mod front;
mod providers;
mod service;

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::auth::Secret;

use self::front::accounts::Accounts;
use self::front::listener::{self, Shared};
pub use self::front::login::CbtHardening;
use self::front::login::Policy;
pub use self::front::tls::ClientCertificate;
use self::front::tls::{self, Identity, Made};
use self::providers::Clock;
pub use self::service::SeenRequest;
use self::service::Service;

/// A simulated host that is running. Dropping it ends it, and all its connections.
pub struct Simulator {
    url: String,
    user: String,
    password: Secret,
    authority: Option<String>,
    client: Option<ClientCertificate>,
    shared: Arc<Shared>,
    server: AbortHandle,
}

impl Simulator {
    /// Starts a host with what a [`Builder`] begins with.
    ///
    /// # Errors
    ///
    /// Returns an error if no loopback port can be listened on.
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
            identity: None,
            basic: false,
            synthetic: 0,
            enumeration_timeout: Duration::from_secs(60),
            is_open: false,
            hardening: CbtHardening::default(),
            client_certificates: false,
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

    /// The authority that signed the host's certificate, in PEM, for a client to trust; none where the host speaks http,
    /// or was given its certificate.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// A certificate that logs [`user`](Self::user) in, where [certificates are taken](Builder::client_certificates).
    pub fn client_certificate(&self) -> Option<&ClientCertificate> {
        self.client.as_ref()
    }

    /// Returns how many enumerations clients have begun, and neither read to their end nor released.
    pub fn open_enumerations(&self) -> usize {
        self.shared.service.open_enumerations()
    }

    /// Returns how many subscriptions to events there are that clients have not ended, and that have not expired.
    pub fn open_subscriptions(&self) -> usize {
        self.shared.service.open_subscriptions()
    }

    /// The last 100,000 requests that clients who had logged in sent, and that could be read; the oldest first. A test
    /// sees by them what really arrived, and how often.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.shared.service.seen()
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
    /// Absent for plain HTTP.
    identity: Option<Identity>,
    basic: bool,
    synthetic: u32,
    enumeration_timeout: Duration,
    is_open: bool,
    hardening: CbtHardening,
    client_certificates: bool,
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

    /// Sets how fast the time of the host runs: 60 makes an hour of a minute. At 0 it stands still until it is
    /// [advanced](Simulator::advance).
    pub fn clock_speed(mut self, speed: f64) -> Self {
        self.clock_speed = speed;
        self
    }

    /// Sets how long a job takes, in the time of the host; the copy that follows it takes as long again.
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// Sets how many instances the class `Simulated_Row` of `root/cimv2` has, which no real host knows: 0 to begin
    /// with. They are of some 300 bytes each, and made while they are sent.
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

    /// Sets how long an enumeration may rest between two pulls before the host forgets it, in the time of the host: a
    /// minute to begin with (WinRM's `EnumerationTimeoutms`).
    pub fn enumeration_timeout(mut self, timeout: Duration) -> Self {
        self.enumeration_timeout = timeout;
        self
    }

    /// Speaks HTTPS alone, with a certificate for `localhost` and `127.0.0.1` whose
    /// [authority](Simulator::authority) is made for this host.
    pub fn https(mut self) -> Self {
        self.identity = Some(Identity::Made);
        self
    }

    /// Speaks HTTPS alone, with this certificate (and what stands between it and its authority) and this key, in PEM.
    pub fn https_with(mut self, chain: impl Into<Vec<u8>>, key: impl Into<Secret>) -> Self {
        let (chain, key) = (chain.into(), key.into());
        self.identity = Some(Identity::Given { chain, key });
        self
    }

    /// Takes Basic (`Auth/Basic` of WinRM, which is off there too): over HTTPS, and over http only where messages
    /// [in the clear](Self::allow_unencrypted) are allowed.
    pub fn basic(mut self, take: bool) -> Self {
        self.basic = take;
        self
    }

    /// Takes messages that are not sealed over http, as WinRM does when it is told to (`AllowUnencrypted`). With Basic,
    /// an attacker on the way then reads the password.
    pub fn allow_unencrypted(mut self, allow: bool) -> Self {
        self.is_open = allow;
        self
    }

    /// Sets what becomes of the channel binding of a login over HTTPS; [`CbtHardening::Relaxed`] unless said.
    pub fn channel_binding(mut self, hardening: CbtHardening) -> Self {
        self.hardening = hardening;
        self
    }

    /// Speaks HTTPS, and lets clients log in with certificates of its authority that are mapped to a user
    /// (`Auth/Certificate` of WinRM). [One](Simulator::client_certificate) is, to the user who may do everything.
    pub fn client_certificates(mut self, take: bool) -> Self {
        self.client_certificates = take;
        if take {
            self.identity.get_or_insert(Identity::Made);
        }
        self
    }

    /// Starts the host.
    ///
    /// # Errors
    ///
    /// Returns an error if no loopback port can be listened on, and where a given certificate or its key cannot be
    /// used.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime with IO and time enabled.
    pub async fn start(self) -> io::Result<Simulator> {
        let (tls, authority, client) = match self.make_tls()? {
            Some(made) => (Some(made.tls), made.authority, made.client),
            None => (None, None, None),
        };
        let mut accounts = Accounts::new(&self.user, READER, &self.password);
        if let Some(client) = &client {
            accounts.map(&self.user, client.der());
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}/wsman", listener.local_addr()?);
        let shared = Arc::new(Shared {
            service: Service::new(MACHINE, Clock::new(self.clock_speed), self.pace)
                .with_synthetic(self.synthetic)
                .with_enumeration_timeout(self.enumeration_timeout),
            policy: Policy {
                machine: MACHINE.to_owned(),
                accounts,
                basic: self.basic,
                is_open: self.is_open,
                hardening: self.hardening,
            },
            tls,
        });
        let server = tokio::spawn(listener::serve(listener, Arc::clone(&shared)));
        Ok(Simulator {
            url,
            user: self.user,
            password: self.password,
            authority,
            client,
            shared,
            server: server.abort_handle(),
        })
    }

    /// Returns what HTTPS needs; nothing where the host speaks http.
    fn make_tls(&self) -> io::Result<Option<Made>> {
        let user = self.client_certificates.then_some(self.user.as_str());
        let identity = self.identity.as_ref();
        identity
            .map(|identity| tls::make(identity, user))
            .transpose()
    }
}

/// The name of the host.
const MACHINE: &str = "SIM";
const READER: &str = r"SIM\reader";
