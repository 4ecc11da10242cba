//! What an HTTP transport needs to know.

use std::time::Duration;

use super::endpoint::Endpoint;
use super::tls::Trust;
use crate::Credentials;
#[cfg(feature = "kerberos")]
use crate::auth::kerberos::{Kerberos, WithoutTicket};
use crate::transport::{Delivery, Error, ErrorKind};

/// How to log in.
///
/// What the host offers never chooses for you.
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
    pub(crate) connect_timeout: Duration,
    pub(crate) authenticate_timeout: Duration,
    pub(crate) max_answer: usize,
    pub(crate) max_connections: usize,
    pub(crate) basic_without_tls: bool,
    #[cfg(feature = "kerberos")]
    pub(crate) kerberos: Kerberos,
    #[cfg(feature = "kerberos")]
    pub(crate) without_ticket: WithoutTicket,
}

impl HttpConfig {
    /// Settings for a host, named `hv01.example`, or by its address, `https://hv01.example:5986/wsman`.
    ///
    /// What the address leaves out is what WinRM has: http, port 5985 (5986 for https), and the path `/wsman`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when that is no address of a host.
    pub fn new(endpoint: &str, credentials: Credentials) -> Result<Self, Error> {
        Ok(Self {
            endpoint: Endpoint::parse(endpoint)?,
            credentials,
            auth: Auth::default(),
            trust: Trust::default(),
            connect_timeout: CONNECT_TIMEOUT,
            authenticate_timeout: AUTHENTICATE_TIMEOUT,
            max_answer: MAX_ANSWER,
            max_connections: MAX_CONNECTIONS,
            basic_without_tls: false,
            #[cfg(feature = "kerberos")]
            kerberos: Kerberos::default(),
            #[cfg(feature = "kerberos")]
            without_ticket: WithoutTicket::default(),
        })
    }

    /// How to log in; [`Auth::Negotiate`] unless said.
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// How Kerberos logs in, where it does.
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

    /// How long connecting may take, the search for the address and TLS included; 10 s unless said.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long the login may take once a connection stands; 30 s unless said.
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

    /// How many connections to the host may be open at a time; 2 unless said, and at least 1.
    ///
    /// Requests beyond it wait, first come, first served.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Settings that give safety away.
    #[must_use]
    pub fn dangerous(self) -> Dangerous {
        Dangerous(self)
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        #[cfg(feature = "kerberos")]
        if matches!(self.auth, Auth::Basic | Auth::Ntlm) && !self.credentials.has_password() {
            let message = "the login wants a password, and there is a ticket";
            return Err(Error::new(ErrorKind::Config, Delivery::NotSent, message)
                .with_hint("log in with Kerberos or Negotiate, or give a password"));
        }
        let exposed = self.auth == Auth::Basic && !self.endpoint.is_tls();
        if exposed && !self.basic_without_tls {
            let message = "Basic would send the password in the clear over http";
            return Err(
                Error::new(ErrorKind::Config, Delivery::NotSent, message).with_hint(
                    "use an https:// address, or log in with Negotiate, which seals what it sends",
                ),
            );
        }
        Ok(())
    }
}

/// Settings of an [`HttpConfig`] that give safety away; each says what is lost.
#[derive(Debug)]
pub struct Dangerous(HttpConfig);

impl Dangerous {
    /// Takes any certificate: whoever stands between us and the host can read and change everything.
    #[must_use]
    pub fn accept_any_certificate(mut self) -> HttpConfig {
        self.0.trust = Trust::Anyone;
        self.0
    }

    /// Logs in with NTLM when [`Auth::Negotiate`] has chosen Kerberos and there is no ticket to be had for the host: whoever
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
