//! The settings of a simulated host, and its start.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::auth::Secret;

use super::front::accounts::Accounts;
use super::front::listener::Server;
use super::front::login::{CbtHardening, LoginPolicy, LoginRules};
use super::front::tls::{self, Identity, TlsSetup};
use super::providers::{HostConfig, Language};
use super::service::Service;
use super::service::limits::ENUMERATION_TIMEOUT;
use super::site::Site;
use super::{READER, Simulator};

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
    pub(super) fn new() -> Self {
        Self {
            user: r"SIM\operator".to_owned(),
            password: "Simulated-Pa55w0rd".into(),
            host: HostConfig::default(),
            membership: Membership::Alone { clock_speed: 1.0 },
            identity: None,
            enumeration_timeout: ENUMERATION_TIMEOUT,
            rules: LoginRules::default(),
            client_certificates: false,
        }
    }

    /// Sets the name of the host, of at most 15 letters, digits and hyphens; `SIM` by default.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.host.name = name.into();
        self
    }

    /// Gives the host virtual machines with these names, in place of those that it starts with. They run and are not
    /// replicated. Their ids are the same each time that a host of this [name](Self::name) starts, and other ones on each
    /// host.
    pub fn virtual_machines<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.host.machines = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Lets the host accept replicas of all other hosts of its [site](Self::site), by Kerberos at port 80.
    pub fn replica_server(mut self) -> Self {
        self.host.accepts_replicas = true;
        self
    }

    /// Sets the language of the texts that the host localizes; English by default.
    pub fn language(mut self, language: Language) -> Self {
        self.host.language = language;
        self
    }

    /// Makes the host a node of a cluster, on which the methods for authorization entries are refused with 32770.
    pub fn cluster_node(mut self) -> Self {
        self.host.is_cluster_node = true;
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

    /// Sets the duration of a job, in the time of the host; 2.5 s by default. The copy that follows a start takes as long
    /// again, and eight times as long to another host of the site; a resynchronization takes four times as long.
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
