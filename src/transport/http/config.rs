//! The settings of an HTTP transport.

use std::fmt;
use std::time::Duration;

use super::endpoint::Endpoint;
use super::proxy::Proxy;
use super::trust::Trust;
use crate::Credentials;
#[cfg(feature = "kerberos")]
use crate::auth::kerberos::{Kerberos, WithoutTicket};
use crate::transport::{Delivery, Error, ErrorKind};

/// The login method.
///
/// The host's offers never change the choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// The most suitable method under the scheme `Negotiate`: Kerberos if it is built in (feature `kerberos`), the host
    /// is given by name and the user has a ticket; otherwise NTLM. Messages are sealed over http, and logins are bound
    /// to the TLS channel over https.
    ///
    /// With a password, the ticket in the cache must belong to the same user as the password, given with its domain or
    /// realm. Once Kerberos has been chosen, NTLM does not replace it when it fails.
    #[default]
    Negotiate,
    /// NTLM alone, under the scheme `Negotiate`. Its tokens are sent bare, and in SPNEGO if the host does not accept
    /// the first bare one.
    Ntlm,
    /// Like [`Negotiate`](Self::Negotiate), but NTLM is also sent in SPNEGO, from its first token on.
    Spnego,
    /// Kerberos alone, under the scheme `Kerberos`, with a ticket from the cache, from a keytab, or obtained with the
    /// password.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    Kerberos,
    /// The password itself in each request, for local accounts of hosts that allow it, and over https only.
    Basic,
    /// The client certificate of [`Credentials::certificate`], presented in the TLS handshake, so over https only.
    ///
    /// The host maps the certificate to a local account (`winrm create winrm/config/service/certmapping`) and must
    /// allow this login (`Auth\Certificate`), which it does not by default. By default it also asks for the certificate
    /// only after the handshake, which is not supported here: configure it to ask during the handshake
    /// (`netsh http update sslcert`, with `clientcertnegotiation=enable`).
    Certificate,
}

/// The settings of an [`HttpTransport`](super::HttpTransport), or of the connections of a [`Client`](crate::Client).
///
/// A name or an address converts into settings with all defaults. Settings are validated when the transport or the
/// client is created.
///
/// ```
/// use std::time::Duration;
/// use cimwire::transport::{Auth, HttpConfig};
/// use cimwire::{Client, Credentials};
///
/// let http = HttpConfig::new("https://hv01.example")
///     .auth(Auth::Ntlm)
///     .connect_timeout(Duration::from_secs(5));
/// let client = Client::builder(http)
///     .credentials(Credentials::password(r"EXAMPLE\operator", "secret"))
///     .build()?;
/// assert_eq!(client.endpoint(), "https://hv01.example:5986/wsman");
/// # Ok::<(), cimwire::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "settings do nothing until a transport or client is created from them"]
pub struct HttpConfig {
    address: String,
    pub(crate) credentials: Option<Credentials>,
    auth: Option<Auth>,
    ca_bundle: Option<Vec<u8>>,
    pinned: Option<String>,
    any_certificate: bool,
    basic_without_tls: bool,
    pub(super) proxy: Option<Proxy>,
    pub(super) connect_timeout: Duration,
    pub(super) authenticate_timeout: Duration,
    pub(crate) max_answer: Option<usize>,
    pub(super) max_connections: usize,
    #[cfg(feature = "kerberos")]
    pub(super) kerberos: Kerberos,
    #[cfg(feature = "kerberos")]
    pub(super) without_ticket: WithoutTicket,
}

impl HttpConfig {
    /// Creates the settings for a host, given by its name, `hv01.example`, or by its address,
    /// `https://hv01.example:5986/wsman`.
    ///
    /// Missing parts of the address take the values of WinRM: http, port 5985 (5986 for https), and the path `/wsman`.
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            credentials: None,
            auth: None,
            ca_bundle: None,
            pinned: None,
            any_certificate: false,
            basic_without_tls: false,
            proxy: None,
            connect_timeout: CONNECT_TIMEOUT,
            authenticate_timeout: AUTHENTICATE_TIMEOUT,
            max_answer: None,
            max_connections: MAX_CONNECTIONS,
            #[cfg(feature = "kerberos")]
            kerberos: Kerberos::default(),
            #[cfg(feature = "kerberos")]
            without_ticket: WithoutTicket::default(),
        }
    }

    /// Sets the credentials. They are required.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets the login method. The default is [`Auth::Certificate`] if the credentials are a certificate, and
    /// [`Auth::Negotiate`] otherwise.
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = Some(auth);
        self
    }

    /// Sets the options of Kerberos, for logins that use it.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    pub fn kerberos(mut self, kerberos: Kerberos) -> Self {
        self.kerberos = kerberos;
        self
    }

    /// Trusts the authorities of this bundle (certificates in PEM) and no others, instead of the system's.
    ///
    /// A self-signed certificate is its own authority.
    pub fn ca_bundle(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_bundle = Some(pem.into());
        self
    }

    /// Trusts only the certificate with this SHA-256 fingerprint, written in hexadecimal as
    /// `openssl x509 -noout -fingerprint -sha256` prints it.
    ///
    /// The certificate need not be signed by an authority, be for the host's name, still be valid, or be of X.509
    /// version 3: the fingerprint identifies it, and the host still proves that it holds the key. Pinning is therefore
    /// not weaker than an authority, and not one of the [`dangerous`](Self::dangerous) settings; but when the host gets
    /// another certificate, that one must be pinned. This setting takes precedence over [`ca_bundle`](Self::ca_bundle)
    /// and over [`accept_any_certificate`](Dangerous::accept_any_certificate).
    pub fn pin_certificate(mut self, fingerprint: impl Into<String>) -> Self {
        self.pinned = Some(fingerprint.into());
        self
    }

    /// Reaches the host through a proxy. Without this setting the connection is direct, and the environment is ignored.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Sets the timeout for connecting, including name resolution and TLS. The default is 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        // A longer one could not be added to an instant.
        self.connect_timeout = timeout.min(LONGEST_TIMEOUT);
        self
    }

    /// Sets the timeout for the login on an established connection. The default is 30 s.
    pub fn authenticate_timeout(mut self, timeout: Duration) -> Self {
        self.authenticate_timeout = timeout.min(LONGEST_TIMEOUT);
        self
    }

    /// Sets the size of the largest response that is read, in bytes. The default is four times the largest envelope:
    /// that of the [client](crate::ClientBuilder::max_envelope_size), or WinRM's.
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = Some(bytes);
        self
    }

    /// Sets the number of connections to the host that may be open at a time. The default is 2, the minimum 1.
    ///
    /// Further requests wait and are served in the order of their arrival.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Returns the settings that reduce security.
    pub fn dangerous(self) -> Dangerous {
        Dangerous(self)
    }

    /// Validates the settings, independent of the order in which they were made.
    pub(super) fn validated(self) -> Result<Validated, Error> {
        let endpoint = Endpoint::parse(&self.address)?;
        let trust = self.trust()?;
        let Some(credentials) = self.credentials.clone() else {
            return Err(unusable("no credentials were given").with_hint("set the credentials"));
        };
        let auth = self
            .auth
            .unwrap_or_else(|| match credentials.client_certificate() {
                Some(_) => Auth::Certificate,
                None => Auth::default(),
            });
        check_credentials(auth, &credentials)?;
        if auth == Auth::Certificate && !endpoint.is_tls() {
            return Err(
                unusable("a client certificate can be shown over https alone")
                    .with_hint("use an https:// address"),
            );
        }
        if auth == Auth::Basic && !endpoint.is_tls() && !self.basic_without_tls {
            let message = "Basic would send the password in the clear over http";
            return Err(unusable(message).with_hint(
                "use an https:// address, or log in with Negotiate, which seals what it sends",
            ));
        }
        Ok(Validated {
            endpoint,
            trust,
            credentials,
            auth,
            config: self,
        })
    }

    /// Returns the certificates to accept. A pinned one takes precedence, since it is the safest choice.
    fn trust(&self) -> Result<Trust, Error> {
        let bundle = self.ca_bundle.as_deref().map(Trust::bundle).transpose()?;
        let pinned = self.pinned.as_deref().map(Trust::pinned).transpose()?;
        let any = self.any_certificate.then_some(Trust::Any);
        Ok(pinned.or(any).or(bundle).unwrap_or_default())
    }
}

impl From<&str> for HttpConfig {
    fn from(address: &str) -> Self {
        Self::new(address)
    }
}

impl From<&String> for HttpConfig {
    fn from(address: &String) -> Self {
        Self::new(address)
    }
}

impl From<String> for HttpConfig {
    fn from(address: String) -> Self {
        Self::new(address)
    }
}

impl fmt::Debug for HttpConfig {
    /// Leaves an invalid address out, since it may contain a misplaced password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpConfig")
            .field("endpoint", &Endpoint::parse(&self.address).ok())
            .field("credentials", &self.credentials)
            .field("auth", &self.auth)
            .field("pinned", &self.pinned)
            .field("any_certificate", &self.any_certificate)
            .field("basic_without_tls", &self.basic_without_tls)
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}

/// Settings that have been validated.
#[derive(Debug)]
pub(super) struct Validated {
    pub(super) endpoint: Endpoint,
    pub(super) trust: Trust,
    pub(super) credentials: Credentials,
    pub(super) auth: Auth,
    /// The settings that need no validation.
    pub(super) config: HttpConfig,
}

/// Checks that the credentials are of the kind that the login needs.
fn check_credentials(auth: Auth, credentials: &Credentials) -> Result<(), Error> {
    let certificate = credentials.client_certificate().is_some();
    match auth {
        Auth::Certificate if !certificate => {
            Err(unusable("the login requires a client certificate")
                .with_hint("give a certificate and its key, or log in another way"))
        }
        Auth::Certificate => Ok(()),
        _ if certificate => Err(unusable("this login does not take a client certificate")
            .with_hint("log in with the certificate alone, or give a user and a password")),
        Auth::Basic | Auth::Ntlm if !credentials.has_password() => {
            Err(unusable("the login requires a password")
                .with_hint("log in with Kerberos or Negotiate, or give a password"))
        }
        // The server would read the text after the colon as the password (RFC 7617 section 2).
        Auth::Basic if credentials.has_colon() => Err(unusable(
            "a user name with a colon cannot be sent with Basic",
        )
        .with_hint("log in as another user, or with Negotiate")),
        _ => Ok(()),
    }
}

fn unusable(message: &'static str) -> Error {
    Error::new(ErrorKind::Config, Delivery::NotSent, message)
}

/// The settings of an [`HttpConfig`] that reduce security; each says what is lost.
#[derive(Debug)]
#[must_use]
pub struct Dangerous(HttpConfig);

impl Dangerous {
    /// Accepts any certificate: an attacker between the client and the host can read and change everything.
    ///
    /// It takes precedence over [`ca_bundle`](HttpConfig::ca_bundle), and not over
    /// [`pin_certificate`](HttpConfig::pin_certificate).
    pub fn accept_any_certificate(mut self) -> HttpConfig {
        self.0.any_certificate = true;
        self.0
    }

    /// Logs in with NTLM if [`Auth::Negotiate`] has chosen Kerberos and no ticket for the host can be obtained: an
    /// attacker who keeps the KDC from answering then sees NTLM, which proves less about the host.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    pub fn allow_ntlm_after_kerberos(mut self) -> HttpConfig {
        self.0.without_ticket = WithoutTicket::Ntlm;
        self.0
    }

    /// Sends the password and all messages in the clear if [`Auth::Basic`] is used with an `http://` address.
    pub fn allow_basic_without_tls(mut self) -> HttpConfig {
        self.0.basic_without_tls = true;
        self.0
    }
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest timeout: longer than any login takes, and short enough not to overflow an instant.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// The default timeout of logins. A domain controller that is asked for the first time can be slow.
const AUTHENTICATE_TIMEOUT: Duration = Duration::from_secs(30);
/// The default limit on responses. WinRM's `MaxEnvelopeSizekb` is 500, and a response in UTF-16 has twice the bytes;
/// the rest is reserve. A response is held in memory as a whole.
pub(super) const MAX_ANSWER: usize = 4 * 512_000;
/// The default number of connections: one for long operations and one beside it. WinRM limits the operations of a user,
/// and each connection is a login.
const MAX_CONNECTIONS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn config(endpoint: &str) -> HttpConfig {
        HttpConfig::new(endpoint).credentials(Credentials::password("operator", "hunter2"))
    }

    #[test]
    fn basic_wants_tls_or_an_explicit_word() {
        assert!(
            config("http://hv01")
                .auth(Auth::Negotiate)
                .validated()
                .is_ok()
        );
        assert!(config("https://hv01").auth(Auth::Basic).validated().is_ok());
        let exposed = config("http://hv01").auth(Auth::Basic);
        let error = exposed.clone().validated().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.hint().unwrap().contains("https"));
        assert!(
            exposed
                .dangerous()
                .allow_basic_without_tls()
                .validated()
                .is_ok()
        );
    }

    #[test]
    fn a_user_of_basic_has_no_colon_in_the_name() {
        let with = |user: &str, auth| {
            let credentials = Credentials::password(user, "hunter2");
            let config = HttpConfig::new("https://hv01").credentials(credentials);
            config.auth(auth).validated()
        };
        for user in ["a:b", ":", r"EXAMPLE:TEST\operator", r"EXAMPLE\a:b"] {
            let error = with(user, Auth::Basic).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert_eq!(
                error.to_string(),
                "a user name with a colon cannot be sent with Basic"
            );
            assert!(error.hint().is_some());
            assert!(with(user, Auth::Ntlm).is_ok());
        }
        assert!(with("operator", Auth::Basic).is_ok());
    }

    #[test]
    fn a_certificate_wants_https_and_its_own_login() {
        let with = |endpoint: &str| {
            HttpConfig::new(endpoint).credentials(Credentials::certificate("chain", "key"))
        };
        assert!(with("https://hv01").validated().is_ok());
        let message = |config: HttpConfig| {
            let error = config.validated().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.hint().is_some());
            error.to_string()
        };
        assert_eq!(
            message(with("http://hv01")),
            "a client certificate can be shown over https alone"
        );
        for auth in [Auth::Negotiate, Auth::Ntlm, Auth::Spnego, Auth::Basic] {
            assert_eq!(
                message(with("https://hv01").auth(auth)),
                "this login does not take a client certificate"
            );
        }
        assert_eq!(
            message(config("https://hv01").auth(Auth::Certificate)),
            "the login requires a client certificate"
        );
    }

    #[cfg(feature = "kerberos")]
    #[test]
    fn a_ticket_is_no_password() {
        let with = |auth| {
            let config = HttpConfig::new("https://hv01").credentials(Credentials::ticket());
            config.auth(auth).validated()
        };
        for auth in [Auth::Kerberos, Auth::Negotiate, Auth::Spnego] {
            assert!(with(auth).is_ok(), "{auth:?}");
        }
        for auth in [Auth::Ntlm, Auth::Basic] {
            let error = with(auth).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.hint().unwrap().contains("password"));
        }
    }

    #[test]
    fn a_pinned_certificate_takes_precedence_in_every_order() {
        let any = |config: HttpConfig| config.dangerous().accept_any_certificate();
        let pin = |config: HttpConfig| config.pin_certificate("00".repeat(32));
        for config in [
            any(pin(config("https://hv01"))),
            pin(any(config("https://hv01"))),
        ] {
            assert!(matches!(config.trust(), Ok(Trust::Pinned(_))));
        }
        assert!(matches!(
            any(config("https://hv01")).trust(),
            Ok(Trust::Any)
        ));
    }

    #[test]
    fn settings_that_are_not_applied_are_validated_too() {
        let config = config("hv01").pin_certificate("00".repeat(32));
        let error = config.ca_bundle("no certificate").validated().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.to_string(), "the CA bundle holds no certificate");
    }

    #[test]
    fn credentials_are_required() {
        let error = HttpConfig::new("hv01").validated().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.to_string(), "no credentials were given");
        assert!(error.hint().is_some());
    }

    #[test]
    fn debug_shows_no_password() {
        let shown = format!("{:?}", config("hv01"));
        assert!(shown.contains("hv01"));
        assert!(!shown.contains("hunter2"));
        let misplaced = HttpConfig::from("http://operator:hunter2@hv01");
        assert!(!format!("{misplaced:?}").contains("hunter2"));
    }
}
