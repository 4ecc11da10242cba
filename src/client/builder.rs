//! The settings of a client.

use std::fmt;
use std::time::Duration;

use crate::auth::Credentials;
use crate::error::{Error, ErrorKind};
#[cfg(feature = "kerberos")]
use crate::transport::Kerberos;
use crate::transport::{Auth, HttpConfig, HttpTransport, Probe, Proxy, Transport};
use crate::wsman::{PartHeaders, ServerProfile};

use super::{Client, Retries, Settings};

/// The settings of a [`Client`].
///
/// ```
/// use std::time::Duration;
/// use cimwire::{Client, Credentials};
///
/// let client = Client::builder("hv01.example")
///     .credentials(Credentials::password(r"EXAMPLE\operator", "secret"))
///     .operation_timeout(Duration::from_secs(120))
///     .build()?;
/// assert_eq!(client.endpoint(), "http://hv01.example:5985/wsman");
/// # Ok::<(), cimwire::Error>(())
/// ```
#[must_use = "a builder does nothing unless it builds"]
pub struct ClientBuilder {
    host: String,
    credentials: Option<Credentials>,
    auth: Option<Auth>,
    ca_bundle: Option<Vec<u8>>,
    pin: Option<String>,
    proxy: Option<Proxy>,
    connect_timeout: Option<Duration>,
    authenticate_timeout: Option<Duration>,
    max_connections: Option<usize>,
    danger: Danger,
    #[cfg(feature = "kerberos")]
    kerberos: Kerberos,
    settings: Settings,
}

/// Which safety was given away.
#[derive(Clone, Copy, Debug, Default)]
struct Danger {
    any_certificate: bool,
    basic_without_tls: bool,
    #[cfg(feature = "kerberos")]
    ntlm_after_kerberos: bool,
}

impl ClientBuilder {
    pub(super) fn new(host: String) -> Self {
        Self {
            host,
            credentials: None,
            auth: None,
            ca_bundle: None,
            pin: None,
            proxy: None,
            connect_timeout: None,
            authenticate_timeout: None,
            max_connections: None,
            danger: Danger::default(),
            #[cfg(feature = "kerberos")]
            kerberos: Kerberos::default(),
            settings: Settings {
                profile: ServerProfile::default(),
                max_envelope_size: MAX_ENVELOPE_SIZE,
                operation_timeout: OPERATION_TIMEOUT,
                locale: None,
                page_size: PAGE_SIZE,
                retries: Retries::default(),
            },
        }
    }

    /// Sets who logs in. Needed for every host.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets how to log in; unless said, with [`Auth::Certificate`] where the credentials are a certificate, and else
    /// with [`Auth::Negotiate`].
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = Some(auth);
        self
    }

    /// Sets how Kerberos logs in, where it does.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    pub fn kerberos(mut self, kerberos: Kerberos) -> Self {
        self.kerberos = kerberos;
        self
    }

    /// Trusts the certificate authorities of this bundle (PEM) and no others, instead of the system's.
    pub fn ca_bundle(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_bundle = Some(pem.into());
        self
    }

    /// Trusts the one certificate that has this SHA-256 fingerprint, in hexadecimal, and no other; it takes the place of
    /// any authority. More in [`HttpConfig::pin_certificate`].
    pub fn pin_certificate(mut self, fingerprint: impl Into<String>) -> Self {
        self.pin = Some(fingerprint.into());
        self
    }

    /// Reaches the host through a proxy. Without it the connection is direct, whatever the environment says.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Sets how long connecting may take; 10 s unless said.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Sets how long the login may take once a connection stands; 30 s unless said.
    pub fn authenticate_timeout(mut self, timeout: Duration) -> Self {
        self.authenticate_timeout = Some(timeout);
        self
    }

    /// Sets how many connections may be open at a time; 2 unless said.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = Some(connections);
        self
    }

    /// Sets how long the host may work on one operation before it gives up with a fault; 60 s unless said, which is
    /// also the most that WinRM grants by default (`MaxTimeoutms`).
    pub fn operation_timeout(mut self, timeout: Duration) -> Self {
        self.settings.operation_timeout = timeout.min(LONGEST_TIMEOUT);
        self
    }

    /// Sets how large an answer may be, in bytes; 512,000 unless said, which is WinRM's `MaxEnvelopeSizekb` of 500.
    /// WinRM takes nothing below 8,192.
    pub fn max_envelope_size(mut self, bytes: u32) -> Self {
        self.settings.max_envelope_size = bytes;
        self
    }

    /// Sets how many instances a page of an enumeration may hold; 500 unless said. The host sends fewer where they do
    /// not fit into the envelope.
    pub fn page_size(mut self, instances: u32) -> Self {
        self.settings.page_size = instances.max(1);
        self
    }

    /// For how long, and how often, to try again where that does no harm; [`Retries::none`] switches it off.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.settings.retries = retries;
        self
    }

    /// The language for texts, as a tag of RFC 5646 (`en-US`). Unless said, the host uses its own.
    pub fn locale(mut self, tag: impl Into<String>) -> Self {
        self.settings.locale = Some(tag.into());
        self
    }

    /// Sets how the service wants to be spoken to; the default is [`ServerProfile::windows`].
    ///
    /// ```
    /// use cimwire::{Client, Credentials, EmbeddedForm, ServerProfile};
    ///
    /// // Providers of the Management Infrastructure, such as that of PS_ScheduledTask, take instances as elements.
    /// let mut profile = ServerProfile::windows();
    /// profile.embedded_form = EmbeddedForm::Elements;
    /// let client = Client::builder("hv01.example")
    ///     .credentials(Credentials::password(r"EXAMPLE\operator", "secret"))
    ///     .profile(profile)
    ///     .build()?;
    /// # Ok::<(), cimwire::Error>(())
    /// ```
    pub fn profile(mut self, profile: ServerProfile) -> Self {
        self.settings.profile = profile;
        self
    }

    /// Settings that give safety away.
    pub fn dangerous(self) -> Dangerous {
        Dangerous(self)
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where the settings cannot work.
    pub fn build(self) -> Result<Client, Error> {
        // Not with the address, which may hold a password where one does not belong.
        let doing = || "could not set up the client".to_owned();
        let Some(credentials) = self.credentials.clone() else {
            return Err(Error::new(ErrorKind::Usage, doing()).with_hint("give it credentials"));
        };
        let config = self.http_config(credentials);
        let transport = config.and_then(HttpTransport::new);
        let transport = transport.map_err(|error| Error::from_transport(doing(), error, false))?;
        Ok(Client::assemble(Box::new(transport), self.settings))
    }

    /// Looks at what the host shows without a login, with these settings: whether it can
    /// be reached, its certificate, the schemes that it offers, its clock. It needs no credentials.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where the settings cannot work. What else goes wrong is part of what was
    /// [seen](Probe::answer).
    pub async fn probe(&self) -> Result<Probe, Error> {
        let nobody = || Credentials::password("", "");
        let config = self.http_config(self.credentials.clone().unwrap_or_else(nobody));
        let probed = match config.and_then(HttpTransport::new) {
            Ok(transport) => transport.probe().await,
            Err(error) => Err(error),
        };
        let doing = "could not look at the host";
        probed.map_err(|error| Error::from_transport(doing.to_owned(), error, false))
    }

    /// Makes a client over another transport; what concerns connections is the transport's own business.
    pub fn build_over(self, transport: impl Transport) -> Client {
        Client::assemble(Box::new(transport), self.settings)
    }

    fn http_config(&self, credentials: Credentials) -> Result<HttpConfig, crate::transport::Error> {
        let mut config = HttpConfig::new(&self.host, credentials)?;
        if let Some(auth) = self.auth {
            config = config.auth(auth);
        }
        if let Some(proxy) = &self.proxy {
            config = config.proxy(proxy.clone());
        }
        // An answer in UTF-16 has twice the bytes of one in UTF-8, and some hosts count generously.
        let size = usize::try_from(self.settings.max_envelope_size).unwrap_or(usize::MAX);
        config = config.max_answer(size.saturating_mul(4).max(MIN_ANSWER_BOUND));
        let has_tabs = self.settings.profile.part_headers == PartHeaders::Tabs;
        config = config.tabs_in_part_headers(has_tabs);
        if let Some(pem) = &self.ca_bundle {
            config = config.ca_bundle(pem)?;
        }
        if let Some(timeout) = self.connect_timeout {
            config = config.connect_timeout(timeout.min(LONGEST_TIMEOUT));
        }
        if let Some(timeout) = self.authenticate_timeout {
            config = config.authenticate_timeout(timeout.min(LONGEST_TIMEOUT));
        }
        if let Some(connections) = self.max_connections {
            config = config.max_connections(connections);
        }
        if self.danger.any_certificate {
            config = config.dangerous().accept_any_certificate();
        }
        // After it, since it is the safer of the two.
        if let Some(fingerprint) = &self.pin {
            config = config.pin_certificate(fingerprint)?;
        }
        if self.danger.basic_without_tls {
            config = config.dangerous().allow_basic_without_tls();
        }
        #[cfg(feature = "kerberos")]
        {
            config = config.kerberos(self.kerberos.clone());
            if self.danger.ntlm_after_kerberos {
                config = config.dangerous().allow_ntlm_after_kerberos();
            }
        }
        Ok(config)
    }
}

impl fmt::Debug for ClientBuilder {
    /// Leaves the host out until it is known to be one: a password may have been put into the address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("credentials", &self.credentials)
            .field("auth", &self.auth)
            .field("proxy", &self.proxy)
            .field("danger", &self.danger)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Settings of a [`ClientBuilder`] that give safety away; each says what is lost.
#[derive(Debug)]
pub struct Dangerous(ClientBuilder);

impl Dangerous {
    /// Takes any certificate: an attacker between us and the host can read and change everything.
    pub fn accept_any_certificate(mut self) -> ClientBuilder {
        self.0.danger.any_certificate = true;
        self.0
    }

    /// Logs in with NTLM when [`Auth::Negotiate`] has chosen Kerberos and there is no ticket to be had for the host: an attacker who
    /// keeps the KDC from answering then gets to see NTLM, which proves less about the host.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    pub fn allow_ntlm_after_kerberos(mut self) -> ClientBuilder {
        self.0.danger.ntlm_after_kerberos = true;
        self.0
    }

    /// Sends the password and all messages in the clear when [`Auth::Basic`] meets an `http://` address.
    pub fn allow_basic_without_tls(mut self) -> ClientBuilder {
        self.0.danger.basic_without_tls = true;
        self.0
    }
}

/// WinRM's `MaxEnvelopeSizekb` since Windows 8 (MS-WSMV 2.2.4.10).
const MAX_ENVELOPE_SIZE: u32 = 512_000;
/// WinRM's `MaxTimeoutms`: more is cut down to it.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(60);
/// More than any host grants, and little enough to be counted with.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// An envelope mostly holds less; WinRM's `MaxBatchItems` is 32,000.
const PAGE_SIZE: u32 = 500;
/// Services that know no envelope size answer as they like; a small envelope must not refuse a small answer.
const MIN_ANSWER_BOUND: usize = 1 << 20;
