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
//! of Hyper-V Replica while they replicate. The copy that a start begins is a job of its own (type 116).
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
//! of subscriptions, bookmarks, Kerberos and CredSSP. The virtual machines have no guest.
//!
//! # Hyper-V Replica
//!
//! The hosts of a [`Site`] replicate virtual machines to each other. A call on one host changes the others too: when
//! replication is enabled, a replica appears on the replica server; when the copy ends, both hosts replicate. Enable,
//! start (over the network, seeded, exported and imported), suspend, resume, resynchronize, extend to a third host, fail
//! over (planned, unplanned, as a test), reverse and remove work as Hyper-V has them; a call in a wrong state is refused
//! with 32775. Replicas have recovery points, and statistics move with the replications. Each
//! replication is a job of both hosts (types 105 and 106). A replica server has settings, authorization entries and
//! certificates, and refuses what they do not allow. Tests [order](Simulator::order) other states and faults. A host that is alone, and the virtual
//! machines of the table above, replicate to an imaginary server, `replica.sim.example`.
//!
//! ```
//! use std::time::Duration;
//!
//! use cimwire::hyperv::{Relationship, ReplicationMode, ReplicationService};
//! use cimwire::simulator::{Simulator, Site};
//! use cimwire::{Client, Credentials};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let site = Site::new(0.0);
//! let host = |name| Simulator::builder().site(&site).name(name).replica_server();
//! let primary = host("HV01").virtual_machines(["app01"]).start().await?;
//! let replica = host("HV02").virtual_machines([""; 0]).start().await?;
//!
//! let connect = async |host: &Simulator| {
//!     let client = Client::builder(host.url())
//!         .credentials(Credentials::password(host.user(), host.password()))
//!         .build()?;
//!     ReplicationService::connect(&client).await
//! };
//! let service = connect(&primary).await?;
//! let vm = service.vm("app01").await?;
//! let mut settings = service.replication_settings(&vm, Relationship::Primary).await?;
//! settings.recovery_connection_point = Some("hv02.sim.example".to_owned());
//! settings.recovery_server_port_number = Some(80);
//! let _job = service.create_relationship(&vm, &settings).await?;
//! site.advance(Duration::from_secs(10));
//! let vm = connect(&replica).await?.vm("app01").await?;
//! assert_eq!(vm.replication_mode, Some(ReplicationMode::Replica));
//! # Ok(())
//! # }
//! ```
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

mod builder;
mod front;
mod providers;
mod service;
mod site;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::auth::Secret;

pub use self::builder::Builder;
use self::front::listener::Server;
pub use self::front::login::CbtHardening;
pub use self::front::tls::ClientCertificate;
pub use self::providers::{Language, Order};
pub use self::service::SeenRequest;
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
        Builder::new()
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

    /// Orders a state or a fault of the replication of a virtual machine, which is named by its display name or its id.
    /// Returns `false` if the order is impossible.
    ///
    /// ```
    /// use cimwire::hyperv::{ReplicationService, ReplicationState};
    /// use cimwire::simulator::{Order, Simulator};
    /// use cimwire::{Client, Credentials};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let host = Simulator::start().await?;
    /// assert!(host.order("web01", Order::State(12)));
    /// let client = Client::builder(host.url())
    ///     .credentials(Credentials::password(host.user(), host.password()))
    ///     .build()?;
    /// let vm = ReplicationService::connect(&client).await?.vm("web01").await?;
    /// assert_eq!(vm.replication_state, Some(ReplicationState::FailoverInProgress));
    /// # Ok(())
    /// # }
    /// ```
    pub fn order(&self, vm: &str, order: Order) -> bool {
        self.server.service.order(vm, order)
    }

    /// Cuts the host off from the other hosts of its [site](Builder::site), or connects it again. While it is cut off,
    /// nothing is replicated to it and from it, and calls that need the other host fail. Clients still reach it.
    pub fn set_reachable(&self, reachable: bool) {
        self.server.service.set_reachable(reachable);
    }

    /// Restarts the virtualization service: all jobs vanish. Copies in progress go on.
    pub fn restart_service(&self) {
        self.server.service.restart_service();
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

const READER: &str = r"SIM\reader";
