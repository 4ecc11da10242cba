//! The settings of an HTTP transport.

use std::time::Duration;

use super::endpoint::Endpoint;
use super::multipart::PartHeaders;
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

/// The settings of an [`HttpTransport`](super::HttpTransport).
///
/// ```
/// use cimwire::Credentials;
/// use cimwire::transport::{HttpConfig, HttpTransport, Transport};
///
/// let credentials = Credentials::password(r"EXAMPLE\operator", "secret");
/// let transport = HttpTransport::new(HttpConfig::new("hv01.example", credentials)?)?;
/// assert_eq!(transport.endpoint(), "http://hv01.example:5985/wsman");
/// # Ok::<(), cimwire::transport::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HttpConfig {
    pub(crate) endpoint: Endpoint,
    pub(crate) credentials: Credentials,
    pub(crate) auth: Auth,
    pub(crate) trust: Trust,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) connect_timeout: Duration,
    pub(crate) authenticate_timeout: Duration,
    pub(crate) max_answer: usize,
    pub(crate) max_connections: usize,
    pub(crate) part_headers: PartHeaders,
    pub(crate) basic_without_tls: bool,
    #[cfg(feature = "kerberos")]
    pub(crate) kerberos: Kerberos,
    #[cfg(feature = "kerberos")]
    pub(crate) without_ticket: WithoutTicket,
}

impl HttpConfig {
    /// Creates the settings for a host, given by its name, `hv01.example`, or by its address,
    /// `https://hv01.example:5986/wsman`.
    ///
    /// Missing parts of the address take the values of WinRM: http, port 5985 (5986 for https), and the path `/wsman`.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Config`] if the address is invalid.
    pub fn new(endpoint: &str, credentials: Credentials) -> Result<Self, Error> {
        Ok(Self {
            endpoint: Endpoint::parse(endpoint)?,
            auth: match credentials.client_certificate() {
                Some(_) => Auth::Certificate,
                None => Auth::default(),
            },
            credentials,
            trust: Trust::default(),
            proxy: None,
            connect_timeout: CONNECT_TIMEOUT,
            authenticate_timeout: AUTHENTICATE_TIMEOUT,
            max_answer: MAX_ANSWER,
            max_connections: MAX_CONNECTIONS,
            part_headers: PartHeaders::Tabs,
            basic_without_tls: false,
            #[cfg(feature = "kerberos")]
            kerberos: Kerberos::default(),
            #[cfg(feature = "kerberos")]
            without_ticket: WithoutTicket::default(),
        })
    }

    /// Sets the login method. The default is [`Auth::Certificate`] if the credentials are a certificate, and
    /// [`Auth::Negotiate`] otherwise.
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// Sets the options of Kerberos, for logins that use it.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    #[must_use]
    pub fn kerberos(mut self, kerberos: Kerberos) -> Self {
        self.kerberos = kerberos;
        self
    }

    /// Trusts the authorities of this bundle (certificates in PEM) and no others, instead of the system's.
    ///
    /// A self-signed certificate is its own authority.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Config`] if the bundle holds no certificate, or one that cannot be read.
    pub fn ca_bundle(mut self, pem: &[u8]) -> Result<Self, Error> {
        self.trust = Trust::bundle(pem)?;
        Ok(self)
    }

    /// Trusts only the certificate with this SHA-256 fingerprint, written in hexadecimal as
    /// `openssl x509 -noout -fingerprint -sha256` prints it.
    ///
    /// The certificate need not be signed by an authority, be for the host's name, still be valid, or be of X.509
    /// version 3: the fingerprint identifies it, and the host still proves that it holds the key. Pinning is therefore
    /// not weaker than an authority, and not one of the [`dangerous`](Self::dangerous) settings; but when the host gets
    /// another certificate, that one must be pinned. This setting replaces [`ca_bundle`](Self::ca_bundle).
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Config`] if the text is not a SHA-256 fingerprint; Windows shows that of SHA-1.
    pub fn pin_certificate(mut self, fingerprint: &str) -> Result<Self, Error> {
        self.trust = Trust::pinned(fingerprint)?;
        Ok(self)
    }

    /// Reaches the host through a proxy. Without this setting the connection is direct, and the environment is ignored.
    #[must_use]
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Sets the timeout for connecting, including name resolution and TLS. The default is 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the timeout for the login on an established connection. The default is 30 s.
    #[must_use]
    pub fn authenticate_timeout(mut self, timeout: Duration) -> Self {
        self.authenticate_timeout = timeout;
        self
    }

    /// Sets the size of the largest response that is read, in bytes. The default is four times WinRM's largest
    /// envelope.
    #[must_use]
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }

    /// Sets the number of connections to the host that may be open at a time. The default is 2, the minimum 1.
    ///
    /// Further requests wait and are served in the order of their arrival.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Sets whether the header lines in the parts of a sealed message begin with a tab, as Windows writes them. The
    /// default is true. OMI and openwec do not accept tabs.
    ///
    /// If the host refuses the first sealed message of a login, the other form is tried, and kept if it works.
    #[must_use]
    pub fn tabs_in_part_headers(mut self, tabs: bool) -> Self {
        self.part_headers = if tabs {
            PartHeaders::Tabs
        } else {
            PartHeaders::NoTabs
        };
        self
    }

    /// Returns the settings that reduce security.
    #[must_use]
    pub fn dangerous(self) -> Dangerous {
        Dangerous(self)
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        self.check_credentials()?;
        if self.auth == Auth::Certificate && !self.endpoint.is_tls() {
            return Err(
                unusable("a client certificate can be shown over https alone")
                    .with_hint("use an https:// address"),
            );
        }
        let exposed = self.auth == Auth::Basic && !self.endpoint.is_tls();
        if exposed && !self.basic_without_tls {
            let message = "Basic would send the password in the clear over http";
            return Err(unusable(message).with_hint(
                "use an https:// address, or log in with Negotiate, which seals what it sends",
            ));
        }
        Ok(())
    }

    /// Checks that the credentials are of the kind that the login needs.
    fn check_credentials(&self) -> Result<(), Error> {
        let certificate = self.credentials.client_certificate().is_some();
        let password = self.credentials.has_password();
        match self.auth {
            Auth::Certificate if !certificate => Err(unusable(
                "the login wants a client certificate, and there is none",
            )
            .with_hint("give a certificate and its key, or log in another way")),
            Auth::Certificate => Ok(()),
            _ if certificate => Err(unusable("this login does not take a client certificate")
                .with_hint("log in with the certificate alone, or give a user and a password")),
            Auth::Basic | Auth::Ntlm if !password => Err(unusable(
                "the login wants a password, and there is a ticket",
            )
            .with_hint("log in with Kerberos or Negotiate, or give a password")),
            // The server would read the text after the colon as the password (RFC 7617 section 2).
            Auth::Basic if self.credentials.has_colon() => Err(unusable(
                "a user name with a colon cannot be sent with Basic",
            )
            .with_hint("log in as another user, or with Negotiate")),
            _ => Ok(()),
        }
    }
}

fn unusable(message: &'static str) -> Error {
    Error::new(ErrorKind::Config, Delivery::NotSent, message)
}

/// The settings of an [`HttpConfig`] that reduce security; each says what is lost.
#[derive(Debug)]
pub struct Dangerous(HttpConfig);

impl Dangerous {
    /// Accepts any certificate: an attacker between the client and the host can read and change everything.
    #[must_use]
    pub fn accept_any_certificate(mut self) -> HttpConfig {
        self.0.trust = Trust::Anyone;
        self.0
    }

    /// Logs in with NTLM if [`Auth::Negotiate`] has chosen Kerberos and no ticket for the host can be obtained: an
    /// attacker who keeps the KDC from answering then sees NTLM, which proves less about the host.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    #[must_use]
    pub fn allow_ntlm_after_kerberos(mut self) -> HttpConfig {
        self.0.without_ticket = WithoutTicket::Ntlm;
        self.0
    }

    /// Sends the password and all messages in the clear if [`Auth::Basic`] is used with an `http://` address.
    #[must_use]
    pub fn allow_basic_without_tls(mut self) -> HttpConfig {
        self.0.basic_without_tls = true;
        self.0
    }
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The default timeout of logins. A domain controller that is asked for the first time can be slow.
const AUTHENTICATE_TIMEOUT: Duration = Duration::from_secs(30);
/// The default limit on responses. WinRM's `MaxEnvelopeSizekb` is 500, and a response in UTF-16 has twice the bytes;
/// the rest is reserve. A response is held in memory as a whole.
const MAX_ANSWER: usize = 4 * 512_000;
/// The default number of connections: one for long operations and one beside it. WinRM limits the operations of a user,
/// and each connection is a login.
const MAX_CONNECTIONS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn config(endpoint: &str) -> HttpConfig {
        HttpConfig::new(endpoint, Credentials::password("operator", "hunter2")).unwrap()
    }

    #[test]
    fn basic_wants_tls_or_an_explicit_word() {
        assert!(config("http://hv01").auth(Auth::Negotiate).check().is_ok());
        assert!(config("https://hv01").auth(Auth::Basic).check().is_ok());
        let exposed = config("http://hv01").auth(Auth::Basic);
        let error = exposed.check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.hint().unwrap().contains("https"));
        assert!(
            exposed
                .dangerous()
                .allow_basic_without_tls()
                .check()
                .is_ok()
        );
    }

    #[test]
    fn a_user_of_basic_has_no_colon_in_the_name() {
        let with = |user: &str, auth| {
            let credentials = Credentials::password(user, "hunter2");
            let config = HttpConfig::new("https://hv01", credentials).unwrap();
            config.auth(auth).check()
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
            HttpConfig::new(endpoint, Credentials::certificate("chain", "key")).unwrap()
        };
        assert!(with("https://hv01").check().is_ok());
        let message = |config: HttpConfig| {
            let error = config.check().unwrap_err();
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
            "the login wants a client certificate, and there is none"
        );
    }

    #[cfg(feature = "kerberos")]
    #[test]
    fn a_ticket_is_no_password() {
        let with = |auth| {
            let config = HttpConfig::new("https://hv01", Credentials::ticket()).unwrap();
            config.auth(auth).check()
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
    fn debug_shows_no_password() {
        let shown = format!("{:?}", config("hv01"));
        assert!(shown.contains("hv01"));
        assert!(!shown.contains("hunter2"));
    }
}
