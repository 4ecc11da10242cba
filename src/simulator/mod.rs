//! A simulated Hyper-V host, for tests and trials without Windows.
//!
//! It listens on a loopback port and answers as WinRM on a Hyper-V host does: NTLM under `Negotiate`, sealed messages,
//! HTTPS with channel bindings, WQL, paging, methods, jobs that make progress, events. It refuses the requests that
//! Windows refuses, but it is not Windows: undocumented behavior is a guess. Its response to Identify says that it is
//! simulated.
//!
//! | virtual machine        | when its initial replication is started                            |
//! |------------------------|--------------------------------------------------------------------|
//! | `web01`                | a job runs to its end                                              |
//! | `db01`                 | a job ends in 32768, completed with warnings                       |
//! | `fail01`               | a job ends in an exception, with an `Msvm_Error`                   |
//! | `cold01`               | refused with 32775: replication is not enabled                     |
//! | `fast01`               | done at once, without a job                                        |
//! | `gone01`               | a job vanishes before its end                                      |
//! | `web & <db> "01"`      | like `web01`; the name has to be quoted                            |
//! | `fünf`                 | like `web01`                                                       |
//! | `twin`, and `twin`     | like `web01`; two machines of one name                             |
//!
//! The generic operations work too: environment variables (`Win32_Environment`) are created, changed and deleted,
//! processes (`Win32_Process`) are started by a static method, services (`Win32_Service`) are stopped and started,
//! settings of virtual machines are changed by an embedded instance, classes are declared, and associations are
//! followed, in the dialects of Windows and of the DMTF.
//!
//! Clients that ask for the host first find one machine: `Win32_ComputerSystem`, `Win32_ComputerSystemProduct`,
//! `Win32_Processor` and `Win32_OperatingSystem` with all their properties, `CIM_DataFile` of `vmms.exe`. Virtual machines
//! change their state (`RequestStateChange`), are summed up (`GetSummaryInformation`), and have the performance counters
//! of Hyper-V Replica while they replicate.
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
//! # Supported operations
//!
//! | operation              | support                                                                             |
//! |------------------------|-------------------------------------------------------------------------------------|
//! | Identify               | also without a login                                                                |
//! | Get, Put               | instances, and one property by its name; the declaration of a class; WinRM's limits (`winrm/config`, Get alone) |
//! | Create, Delete         | environment variables; Delete also of processes                                     |
//! | Enumerate, Pull, Release | objects, references and both; by class, by selectors, by WQL, by association; polymorphism as the DMTF has it |
//! | Invoke                 | methods of instances and of classes, with references, times, arrays and embedded instances |
//! | Subscribe, Unsubscribe | creations, changes and deletions of instances, asked for in WQL and pulled          |
//!
//! **Events** are found as WMI finds them: the instances of the class are polled and compared in the interval of
//! `WITHIN`, by the clock of the host. A query without `WITHIN` is possible for `Msvm_ComputerSystem` alone, whose
//! provider reports events. A Pull waits for the operation timeout, in real time, and is then refused with `TimedOut`;
//! if heartbeats were asked for, a page without events comes when one is due. Up to 10,000 events between pulls are
//! kept.
//!
//! Not supported: shells, the event log, listeners, permissions except [one](Simulator::reader), pushed events, renewal
//! of subscriptions, bookmarks, Kerberos and CredSSP. The virtual machines have no guest, and they only start to
//! replicate: there is neither a failover nor a replica server.
//!
//! # Authentication
//!
//! | scheme                                   | setting of the builder                                                 |
//! |------------------------------------------|------------------------------------------------------------------------|
//! | Negotiate (NTLM, bare or in SPNEGO)      | nothing: messages are sealed over http                                 |
//! | the same over HTTPS, bound to its channel| [`https`](Builder::https), and how strictly: [`channel_binding`](Builder::channel_binding) |
//! | Basic                                    | [`basic`](Builder::basic), and `https` or [`allow_unencrypted`](Builder::allow_unencrypted) |
//! | a client's certificate                   | [`client_certificates`](Builder::client_certificates)                  |
//!
//! ```
//! use cimwire::simulator::{CbtHardening, Simulator};
//! use cimwire::transport::HttpConfig;
//! use cimwire::{Client, Credentials};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let host = Simulator::builder().https().channel_binding(CbtHardening::Strict).start().await?;
//! let http = HttpConfig::new(host.url()).ca_bundle(host.authority().unwrap_or_default());
//! let client = Client::builder(http)
//!     .credentials(Credentials::password(host.user(), host.password()))
//!     .build()?;
//! assert_eq!(client.identify().await?.product_vendor, "Microsoft Corporation");
//! # Ok(())
//! # }
//! ```
//!
//! # The path of a request
//!
//! ```text
//! front::listener       a connection, its TLS handshake, an HTTP request
//! front::login          a token of the login, or the user; opens a sealed body (framing)
//! service::dispatch     (begin, run_envelope, run_request)
//!                       reads the envelope (request, resource) and locks the site (hosts);
//!                       collects the events until now (eventing::subscriptions), then runs the operation:
//!   transfer              Get, Put, Create, Delete          (lookup, input, fragment)
//!   enumeration           Enumerate, Pull, Release          (filter, wql, associations; page, contexts)
//!   eventing              Subscribe, Unsubscribe, the Pull of events
//!   invoke                a method                          (lookup, input)
//!   declaration, config   Get of a class, of the limits
//! providers::host       finds the provider of the class
//! providers::hyperv, windows, synthetic
//!                       one table a class: instances, methods and changes, with time as an argument; no IO
//! service::response     the envelope with values (output), or a refusal (fault)
//! front::listener       seals it, and sends it
//! ```
//!
//! A [`Site`] joins hosts: one clock, and one lock over their states.

mod front;
mod providers;
mod service;
mod site;

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::auth::Secret;

use self::front::accounts::Accounts;
use self::front::listener::Server;
pub use self::front::login::CbtHardening;
use self::front::login::{LoginPolicy, LoginRules};
pub use self::front::tls::ClientCertificate;
use self::front::tls::{self, Identity, TlsSetup};
use self::providers::HostConfig;
pub use self::service::SeenRequest;
use self::service::Service;
use self::service::limits::ENUMERATION_TIMEOUT;
pub use self::site::Site;

/// A running simulated host. Dropping it frees its name and ends all its connections at once; a request that is under
/// way is not answered.
pub struct Simulator {
    url: String,
    user: String,
    password: Secret,
    authority: Option<String>,
    client: Option<ClientCertificate>,
    server: Arc<Server>,
}

impl Simulator {
    /// Starts a host with the default settings of a [`Builder`].
    ///
    /// # Errors
    ///
    /// Returns an error if no loopback port can be listened on.
    ///
    /// # Panics
    ///
    /// Panics outside a Tokio runtime with IO and time enabled.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Returns a builder with the default settings.
    pub fn builder() -> Builder {
        Builder {
            user: r"SIM\operator".to_owned(),
            password: "Simulated-Pa55w0rd".into(),
            host: HostConfig {
                name: "SIM".to_owned(),
                pace: Duration::from_millis(2_500),
                synthetic: 0,
            },
            membership: Membership::Alone { clock_speed: 1.0 },
            identity: None,
            enumeration_timeout: ENUMERATION_TIMEOUT,
            rules: LoginRules::default(),
            client_certificates: false,
        }
    }

    /// Returns the URL of its WS-Management service.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the name of the user with all rights.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the name of a user who may read, but not call methods. The password is the same.
    pub fn reader(&self) -> &str {
        READER
    }

    /// Returns the password of both users.
    pub fn password(&self) -> &str {
        self.password.expose()
    }

    /// Returns the authority that signed the host's certificate, in PEM, for a client to trust. Returns `None` if the
    /// host speaks plain HTTP, or was given its certificate.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// Returns the certificate with which [`user`](Self::user) can log in, if
    /// [certificates are accepted](Builder::client_certificates).
    pub fn client_certificate(&self) -> Option<&ClientCertificate> {
        self.client.as_ref()
    }

    /// Returns the number of enumerations that clients have neither read to their end nor released.
    pub fn open_enumerations(&self) -> usize {
        self.server.service.open_enumerations()
    }

    /// Returns the number of subscriptions that clients have not ended, and that have not expired.
    pub fn open_subscriptions(&self) -> usize {
        self.server.service.open_subscriptions()
    }

    /// Returns the last 100,000 requests that came from authenticated clients and could be read, the oldest first. They
    /// show a test which requests arrived, and how often.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.server.service.seen()
    }

    /// Moves the time of the host forward, and that of the other hosts of its [site](Builder::site).
    pub fn advance(&self, by: Duration) {
        self.server.service.clock().advance(by);
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.close();
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

/// The settings of a simulated host.
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    user: String,
    password: Secret,
    host: HostConfig,
    membership: Membership,
    /// Absent for plain HTTP.
    identity: Option<Identity>,
    enumeration_timeout: Duration,
    rules: LoginRules,
    client_certificates: bool,
}

/// The clock of a host.
#[derive(Clone, Debug)]
enum Membership {
    /// The clock of the host alone.
    Alone { clock_speed: f64 },
    /// That of a site.
    Of(Site),
}

impl Builder {
    /// Sets the name of the host, of at most 15 letters, digits and hyphens; `SIM` by default.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.host.name = name.into();
        self
    }

    /// Lets the host join a site, whose clock it shares in place of one of its [own](Self::clock_speed). The hosts of a
    /// site have different [names](Self::name).
    pub fn site(mut self, site: &Site) -> Self {
        self.membership = Membership::Of(site.clone());
        self
    }

    /// Sets the name of the user with all rights, as `DOMAIN\user`.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = user.into();
        self
    }

    /// Sets the password of the users.
    pub fn password(mut self, password: impl Into<Secret>) -> Self {
        self.password = password.into();
        self
    }

    /// Gives the host a clock of its own, outside of any [site](Self::site), of this speed: at 60, an hour passes in a
    /// minute. At 0 it stands still until it is [advanced](Simulator::advance).
    pub fn clock_speed(mut self, speed: f64) -> Self {
        self.membership = Membership::Alone { clock_speed: speed };
        self
    }

    /// Sets the duration of a job, in the time of the host. The copy that follows it takes as long again.
    pub fn pace(mut self, pace: Duration) -> Self {
        self.host.pace = pace;
        self
    }

    /// Sets the number of instances of the class `Simulated_Row` in `root/cimv2`, which real hosts do not have; 0 by
    /// default. They have some 300 bytes each, and are made while they are sent.
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
        self.host.synthetic = count;
        self
    }

    /// Sets the time between two pulls after which an enumeration expires (WinRM's `EnumerationTimeoutms`), in the time
    /// of the host; a minute by default.
    pub fn enumeration_timeout(mut self, timeout: Duration) -> Self {
        self.enumeration_timeout = timeout;
        self
    }

    /// Serves HTTPS alone, with a certificate for `localhost` and `127.0.0.1` whose
    /// [authority](Simulator::authority) is made for this host.
    pub fn https(mut self) -> Self {
        self.identity = Some(Identity::Generated);
        self
    }

    /// Serves HTTPS alone, with this certificate (followed by intermediate ones) and this key, in PEM.
    pub fn https_with(mut self, chain: impl Into<Vec<u8>>, key: impl Into<Secret>) -> Self {
        let (chain, key) = (chain.into(), key.into());
        self.identity = Some(Identity::Given { chain, key });
        self
    }

    /// Accepts Basic (`Auth/Basic` of WinRM); off by default, as in WinRM. Over plain HTTP it also needs
    /// [`allow_unencrypted`](Self::allow_unencrypted).
    pub fn basic(mut self, take: bool) -> Self {
        self.rules.basic = take;
        self
    }

    /// Accepts messages over plain HTTP that are not sealed (`AllowUnencrypted` of WinRM); off by default. With Basic,
    /// an attacker on the way can then read the password.
    pub fn allow_unencrypted(mut self, allow: bool) -> Self {
        self.rules.is_open = allow;
        self
    }

    /// Sets the treatment of the channel binding of a login over HTTPS; [`CbtHardening::Relaxed`] by default.
    pub fn channel_binding(mut self, hardening: CbtHardening) -> Self {
        self.rules.hardening = hardening;
        self
    }

    /// Serves HTTPS, and lets clients log in with certificates of its authority that are mapped to a user
    /// (`Auth/Certificate` of WinRM). [One](Simulator::client_certificate) is mapped, to the user with all rights.
    pub fn client_certificates(mut self, take: bool) -> Self {
        self.client_certificates = take;
        if take {
            self.identity.get_or_insert(Identity::Generated);
        }
        self
    }

    /// Starts the host.
    ///
    /// # Errors
    ///
    /// Returns an error if no loopback port can be listened on, if a given certificate or its key cannot be used, or if
    /// the name is invalid or that of another host of the site.
    ///
    /// # Panics
    ///
    /// Panics outside a Tokio runtime with IO and time enabled.
    pub async fn start(self) -> io::Result<Simulator> {
        let (tls, authority, client) = match self.make_tls()? {
            Some(made) => (Some(made.tls), made.authority, made.client),
            None => (None, None, None),
        };
        let mut accounts = Accounts::new(&self.user, READER, &self.password);
        if let Some(client) = &client {
            accounts.map(&self.user, client.der());
        }
        let service = self.make_service()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}/wsman", listener.local_addr()?);
        let policy = LoginPolicy {
            machine: self.host.name,
            accounts,
            rules: self.rules,
        };
        let server = Server::start(listener, service, policy, tls);
        Ok(Simulator {
            url,
            user: self.user,
            password: self.password,
            authority,
            client,
            server,
        })
    }

    /// Adds the host to its site, or to a new one.
    fn make_service(&self) -> io::Result<Service> {
        let is_known = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let name = &self.host.name;
        if !(1..=15).contains(&name.len()) || !name.chars().all(is_known) {
            let text = "the name of a host has 1 to 15 letters, digits and hyphens";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let site = match &self.membership {
            Membership::Alone { clock_speed } => Site::new(*clock_speed),
            Membership::Of(site) => site.clone(),
        };
        let service = Service::new(&self.host, self.enumeration_timeout, &site.0);
        service.ok_or_else(|| {
            let text = format!("the site already has a host named {name}");
            io::Error::new(io::ErrorKind::AlreadyExists, text)
        })
    }

    /// Makes the server side of TLS, or `None` for plain HTTP.
    fn make_tls(&self) -> io::Result<Option<TlsSetup>> {
        let user = self.client_certificates.then_some(self.user.as_str());
        let identity = self.identity.as_ref();
        identity
            .map(|identity| tls::make(identity, user))
            .transpose()
    }
}

const READER: &str = r"SIM\reader";
