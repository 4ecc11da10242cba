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

/// The disabled safety checks.
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

    /// Sets the credentials. They are required.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets the authentication scheme. The default is [`Auth::Certificate`] for a certificate, and [`Auth::Negotiate`]
    /// for other credentials.
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = Some(auth);
        self
    }

    /// Sets the options of Kerberos.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    pub fn kerberos(mut self, kerberos: Kerberos) -> Self {
        self.kerberos = kerberos;
        self
    }

    /// Trusts only the certificate authorities of this bundle (PEM), instead of those of the system.
    pub fn ca_bundle(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_bundle = Some(pem.into());
        self
    }

    /// Trusts only the certificate with this SHA-256 fingerprint, in hexadecimal. It takes precedence over certificate
    /// authorities; see [`HttpConfig::pin_certificate`].
    pub fn pin_certificate(mut self, fingerprint: impl Into<String>) -> Self {
        self.pin = Some(fingerprint.into());
        self
    }

    /// Connects to the host through a proxy. Without it the connection is direct; the environment is ignored.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Sets the timeout for connecting. The default is 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Sets the timeout for authentication on a new connection. The default is 30 s.
    pub fn authenticate_timeout(mut self, timeout: Duration) -> Self {
        self.authenticate_timeout = Some(timeout);
        self
    }

    /// Sets the maximum number of open connections. The default is 2.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = Some(connections);
        self
    }

    /// Sets the operation timeout, after which the host ends an operation with a fault. The default is 60 s, which is
    /// also WinRM's default maximum (`MaxTimeoutms`).
    pub fn operation_timeout(mut self, timeout: Duration) -> Self {
        self.settings.operation_timeout = timeout.min(LONGEST_TIMEOUT);
        self
    }

    /// Sets the maximum size of a response, in bytes. The default is 512,000, WinRM's `MaxEnvelopeSizekb` of 500. WinRM
    /// rejects values below 8,192.
    pub fn max_envelope_size(mut self, bytes: u32) -> Self {
        self.settings.max_envelope_size = bytes;
        self
    }

    /// Sets the maximum number of instances in a page of an enumeration. The default is 500. The host sends fewer if
    /// they do not fit into the envelope.
    pub fn page_size(mut self, instances: u32) -> Self {
        self.settings.page_size = instances.max(1);
        self
    }

    /// Sets the retry policy for operations that are safe to retry. [`Retries::none`] disables retries.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.settings.retries = retries;
        self
    }

    /// Sets the language of texts, as a tag of RFC 5646 (`en-US`). By default the host uses its own.
    pub fn locale(mut self, tag: impl Into<String>) -> Self {
        self.settings.locale = Some(tag.into());
        self
    }

    /// Sets the profile of the service. The default is [`ServerProfile::windows`].
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

    /// Returns the settings that reduce security.
    pub fn dangerous(self) -> Dangerous {
        Dangerous(self)
    }

    /// Creates the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Usage`] if the settings are invalid.
    pub fn build(self) -> Result<Client, Error> {
        // The address is left out, since it may contain a misplaced password.
        let doing = || "could not set up the client".to_owned();
        let Some(credentials) = self.credentials.clone() else {
            return Err(Error::new(ErrorKind::Usage, doing()).with_hint("give it credentials"));
        };
        let config = self.http_config(credentials);
        let transport = config.and_then(HttpTransport::new);
        let transport = transport.map_err(|error| Error::from_transport(doing(), error, false))?;
        Ok(Client::assemble(Box::new(transport), self.settings))
    }

    /// Returns the properties of the host that an unauthenticated client can see with these settings: reachability,
    /// certificate, authentication schemes and clock. It needs no credentials.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Usage`] if the settings are invalid. Other failures are part of the
    /// [result](Probe::answer).
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

    /// Creates a client over another transport. Settings for connections are ignored.
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
        // A response in UTF-16 is twice as long as one in UTF-8, and some hosts exceed the limit.
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
        // Applied after `accept_any_certificate`, since it is the safer of the two.
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
    /// Leaves the unchecked host out: the address may contain a password.
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

/// Settings of a [`ClientBuilder`] that reduce security. Each one documents the risk.
#[derive(Debug)]
pub struct Dangerous(ClientBuilder);

impl Dangerous {
    /// Accepts any certificate: an attacker between the client and the host can read and change everything.
    pub fn accept_any_certificate(mut self) -> ClientBuilder {
        self.0.danger.any_certificate = true;
        self.0
    }

    /// Falls back to NTLM when [`Auth::Negotiate`] has chosen Kerberos and no ticket for the host is available. An
    /// attacker who blocks the KDC then receives NTLM messages, which authenticate the host less strongly.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    pub fn allow_ntlm_after_kerberos(mut self) -> ClientBuilder {
        self.0.danger.ntlm_after_kerberos = true;
        self.0
    }

    /// Sends the password and all messages in the clear when [`Auth::Basic`] is used with an `http://` address.
    pub fn allow_basic_without_tls(mut self) -> ClientBuilder {
        self.0.danger.basic_without_tls = true;
        self.0
    }
}

/// The default of WinRM's `MaxEnvelopeSizekb` since Windows 8 (MS-WSMV 2.2.4.10).
const MAX_ENVELOPE_SIZE: u32 = 512_000;
/// The default of WinRM's `MaxTimeoutms`; the host reduces larger values to it.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest timeout: longer than any host grants, and short enough not to overflow an instant.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// The default page size. The envelope usually holds fewer; WinRM's `MaxBatchItems` is 32,000.
const PAGE_SIZE: u32 = 500;
/// The lowest bound of a response. Some services ignore the envelope size, and a small one must not reject their small
/// responses.
const MIN_ANSWER_BOUND: usize = 1 << 20;
