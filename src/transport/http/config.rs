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

/// The way to log in.
///
/// The offers of the host never choose for you.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// Whatever suits best under the scheme `Negotiate`: Kerberos where it is built in (feature `kerberos`), the host is
    /// named by a name and the user has a ticket, and else NTLM. Messages are sealed over http, and logins bound to the
    /// TLS channel over https.
    ///
    /// With a password, the ticket in the cache must be one of the very user that the password is for, written with its
    /// domain or realm. Once Kerberos has been chosen, NTLM does not take its place when it fails.
    #[default]
    Negotiate,
    /// NTLM alone, under the scheme `Negotiate`. Its tokens go bare, and in SPNEGO where the host does not take the first
    /// of them so.
    Ntlm,
    /// As [`Negotiate`](Self::Negotiate), but NTLM too is in SPNEGO, from its first token on.
    Spnego,
    /// Kerberos alone, under the scheme `Kerberos`, with a ticket from the cache, from a keytab, or got with the password.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    Kerberos,
    /// The password itself in each request, for local accounts of hosts that allow it, and over https alone.
    Basic,
    /// The client certificate of [`Credentials::certificate`], shown in the TLS handshake, so over https alone.
    ///
    /// The host maps the certificate to a local account of its own (`winrm create winrm/config/service/certmapping`),
    /// and has to allow this login (`Auth\Certificate`), which by default it does not. By default it asks for the
    /// certificate only after the handshake, too, which is not supported here: have it ask at once (`netsh http update
    /// sslcert`, with `clientcertnegotiation=enable`).
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
    /// Settings for a host, named `hv01.example`, or by its address, `https://hv01.example:5986/wsman`.
    ///
    /// Missing parts of the address are what WinRM has: http, port 5985 (5986 for https), and the path `/wsman`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when that is no address of a host.
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

    /// Sets how to log in; unless said, with [`Auth::Certificate`] where the credentials are a certificate, and else
    /// with [`Auth::Negotiate`].
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// Sets how Kerberos logs in, where it does.
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
    /// [`ErrorKind::Config`] when it holds no certificate, or one that cannot be read.
    pub fn ca_bundle(mut self, pem: &[u8]) -> Result<Self, Error> {
        self.trust = Trust::bundle(pem)?;
        Ok(self)
    }

    /// Trusts the one certificate that has this SHA-256 fingerprint, written in hexadecimal as
    /// `openssl x509 -noout -fingerprint -sha256` prints it, and no other.
    ///
    /// It need not be signed by anyone, be for the host's name, still be valid, or be of X.509 version 3: the fingerprint
    /// says which certificate it is, and the host still proves that it holds the key. So this is not weaker than an
    /// authority, and not one of the [`dangerous`](Self::dangerous) settings; but when the host gets another certificate,
    /// it has to be pinned anew. It takes the place of [`ca_bundle`](Self::ca_bundle).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when it is no SHA-256 fingerprint; Windows shows that of SHA-1.
    pub fn pin_certificate(mut self, fingerprint: &str) -> Result<Self, Error> {
        self.trust = Trust::pinned(fingerprint)?;
        Ok(self)
    }

    /// Reaches the host through a proxy. Without it the connection is direct, whatever the environment says.
    #[must_use]
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Sets how long connecting may take, the search for the address and TLS included; 10 s unless said.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how long the login may take once a connection stands; 30 s unless said.
    #[must_use]
    pub fn authenticate_timeout(mut self, timeout: Duration) -> Self {
        self.authenticate_timeout = timeout;
        self
    }

    /// The largest answer, in bytes, that is read; four times WinRM's largest envelope unless said.
    #[must_use]
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }

    /// Sets how many connections to the host may be open at a time; 2 unless said, and at least 1.
    ///
    /// Requests beyond it wait, first come, first served.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Begins the header lines in the parts of a sealed message with a tab, as Windows does; true unless set. OMI and
    /// openwec take none.
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

    /// Settings that give safety away.
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

    /// Reports whether the credentials are of the kind that the login wants.
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
            // The server would take what follows for the password (RFC 7617 section 2).
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

/// Settings of an [`HttpConfig`] that give safety away; each says what is lost.
#[derive(Debug)]
pub struct Dangerous(HttpConfig);

impl Dangerous {
    /// Takes any certificate: an attacker between us and the host can read and change everything.
    #[must_use]
    pub fn accept_any_certificate(mut self) -> HttpConfig {
        self.0.trust = Trust::Anyone;
        self.0
    }

    /// Logs in with NTLM when [`Auth::Negotiate`] has chosen Kerberos and there is no ticket to be had for the host: an attacker who
    /// keeps the KDC from answering then gets to see NTLM, which proves less about the host.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    #[must_use]
    pub fn allow_ntlm_after_kerberos(mut self) -> HttpConfig {
        self.0.without_ticket = WithoutTicket::Ntlm;
        self.0
    }

    /// Sends the password and all messages in the clear when [`Auth::Basic`] meets an `http://` address.
    #[must_use]
    pub fn allow_basic_without_tls(mut self) -> HttpConfig {
        self.0.basic_without_tls = true;
        self.0
    }
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A domain controller that is asked for the first time can be slow.
const AUTHENTICATE_TIMEOUT: Duration = Duration::from_secs(30);
/// WinRM's `MaxEnvelopeSizekb` is 500, and an answer in UTF-16 has twice the bytes; some room is left. What is read of
/// one answer lies in memory as a whole.
const MAX_ANSWER: usize = 4 * 512_000;
/// One for long operations and one beside it. WinRM bounds the operations of a user, and each connection is a login.
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
