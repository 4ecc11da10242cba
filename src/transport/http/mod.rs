//! Envelopes over HTTP: log in, seal, post, unseal.
//!
//! ```text
//! HttpTransport         the assembled settings
//!   sending             retries, and envelopes that are sent once
//!   pool                hands out connections, each to one exchange
//!   connection          one login, one exchange at a time
//!     protection        seal and unseal, or trust TLS; what a response proves
//!     login             tokens to and fro, until the connection is logged in
//!       blocking        runs its blocking steps
//!     multipart         the framing of sealed messages
//!   client              one HTTP client, bounded in size and time
//!     connect_guard     keeps it on one TCP connection
//!     tls               keeps the certificate that the login is bound to
//!       trust           decides which certificates are accepted
//!         raw_key       checks a handshake without an authority
//!       identity        the client certificate
//!     proxy             the proxy in front of the host, if any
//!   probe               a request without a login
//!   failure             errors, each with a message and a hint
//! ```

mod answer;
mod blocking;
mod challenge;
mod client;
mod config;
mod connect_guard;
mod connection;
mod endpoint;
mod failure;
mod identity;
mod login;
pub(crate) mod multipart;
mod pool;
mod probe;
mod protection;
mod proxy;
mod raw_key;
mod route;
mod sending;
mod tls;
mod trust;

#[cfg(test)]
mod tests;

#[cfg(feature = "kerberos")]
use std::sync::Arc;
use std::time::Duration;

use tracing::debug;

use self::blocking::BlockingPool;
use self::client::ConnectSettings;
pub use self::config::{Auth, Dangerous, HttpConfig};
use self::config::{MAX_ANSWER, Validated};
use self::connection::{Begin, Connection, Login};
use self::login::Scheme;
use self::pool::Pool;
pub use self::probe::{Probe, Unauthenticated};
pub use self::proxy::Proxy;
use self::sending::Form;
use self::tls::Tls;
use super::{BoxFuture, Error, Request, Response, Transport};
use crate::auth;
use crate::auth::Handshake;
#[cfg(feature = "kerberos")]
use crate::auth::kerberos::{Choice, KerberosClient, Logins};
use crate::auth::spnego::{BareFirst, Mechanism, SpnegoClient};
use crate::part_headers::PartHeaders;

/// A transport that carries envelopes over HTTP to WinRM or another WS-Management service.
///
/// It connects and logs in on first use, keeps connections for later requests, and closes them when it is dropped. It
/// runs on Tokio, with IO and time enabled.
///
/// # Retries
///
/// The bytes of an envelope with [`Repeat::Once`] leave the process at most once, over plain HTTP and TLS alike. A read
/// is sent at most twice:
///
/// | what is lost                                      | [`Repeat::Read`] | [`Repeat::Once`]      |
/// |---------------------------------------------------|------------------|-----------------------|
/// | an old connection, before anything was sent       | sent again       | sent on a new one     |
/// | an old connection, at any later time              | sent again       | [`Delivery::Unknown`] |
/// | a new connection                                  | an error         | an error; [`Delivery::Unknown`] if sent |
/// | the login (HTTP 401, or 400 with an empty body)   | sent again       | [`Delivery::Unknown`] |
///
/// An idle connection must not lead to an unknown outcome: an envelope with [`Repeat::Once`] goes out only on a
/// connection that has answered within the last 5 s. On any other connection [`Request::check`] is sent first; if it
/// fails or is missing, the envelope goes out on a new connection.
///
/// If messages are sealed and no response has shown yet which form of [part headers](Self::part_headers)
/// the host accepts, a check is sent first on a new connection too. If the host refuses the first sealed message of a
/// login (it closes the connection, or answers 400 with an empty body), a read or a check is sent once more in the
/// other form. The form that works is kept.
///
/// # What a response proves
///
/// A response that is compressed, or whose seal is broken or missing, proves nothing, nor does HTTP 502 or 504, even with
/// an unsealed envelope: [`Delivery::Unknown`]. HTTP 3xx, 403 to 405, 407 and 413 without an envelope prove that nothing ran
/// ([`Delivery::Answered`]) if they came over TLS with a verified or pinned certificate, and nothing otherwise.
///
/// [`Repeat::Read`]: super::Repeat::Read
/// [`Repeat::Once`]: super::Repeat::Once
/// [`Delivery::Unknown`]: super::Delivery::Unknown
/// [`Delivery::Answered`]: super::Delivery::Answered
#[derive(Debug)]
pub struct HttpTransport {
    settings: ConnectSettings,
    login: Login,
    authenticate_timeout: Duration,
    form: Form,
    pool: Pool<Connection>,
}

impl HttpTransport {
    /// Creates a transport; nothing is sent yet. For an `https://` address it reads the system's certificate
    /// authorities, unless it was given others.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Config`](super::ErrorKind::Config) if the settings cannot work.
    pub fn new(config: HttpConfig) -> Result<Self, Error> {
        let settings = config.validated()?;
        let login = login(&settings);
        Self::with_login(settings, login)
    }

    fn with_login(settings: Validated, login: Login) -> Result<Self, Error> {
        let tls = settings.endpoint.is_tls().then(|| tls(&settings));
        let tls = tls.transpose()?;
        let Validated {
            endpoint, config, ..
        } = settings;
        let proxy = match &config.proxy {
            Some(proxy) => proxy.route(&endpoint)?,
            None => None,
        };
        if let Some(proxy) = &proxy {
            debug!(%endpoint, %proxy, "goes through a proxy");
        }
        Ok(Self {
            settings: ConnectSettings {
                endpoint,
                tls,
                proxy,
                connect_timeout: config.connect_timeout,
                max_answer: config.max_answer.unwrap_or(MAX_ANSWER),
            },
            login,
            authenticate_timeout: config.authenticate_timeout,
            form: Form::new(PartHeaders::default()),
            pool: Pool::new(config.max_connections),
        })
    }

    /// Sets the form of the part headers of sealed messages, in place of that of Windows. A client sets the form of its
    /// [profile](crate::ServerProfile::part_headers).
    ///
    /// If the host refuses the first sealed message of a login, the other form is tried, and kept if it works.
    #[must_use]
    pub fn part_headers(mut self, form: PartHeaders) -> Self {
        self.form = Form::new(form);
        self
    }

    /// Probes the host without a login. No credentials are sent except a client certificate, if the host asks for one.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Config`](super::ErrorKind::Config) if the settings cannot work. Any other
    /// failure is part of the [result](Probe::answer).
    pub async fn probe(&self) -> Result<Probe, Error> {
        probe::probe(&self.settings, self.authenticate_timeout).await
    }
}

fn tls(settings: &Validated) -> Result<Tls, Error> {
    let certificate = settings.credentials.client_certificate();
    let identity = certificate.map(identity::read).transpose()?;
    Tls::new(&settings.trust, identity)
}

/// Returns the login of a transport's connections.
fn login(settings: &Validated) -> Login {
    let Validated {
        credentials,
        auth,
        config,
        ..
    } = settings;
    let host = settings.endpoint.host().to_owned();
    let bare = {
        let credentials = credentials.clone();
        move || auth::ntlm::client(credentials.clone(), &host)
    };
    let ntlm = {
        let wrapped = *auth == Auth::Spnego;
        move || -> Box<dyn Handshake> {
            if wrapped {
                Box::new(SpnegoClient::new(Mechanism::Ntlm, bare()))
            } else {
                Box::new(BareFirst::new(bare.clone()))
            }
        }
    };
    let begin: Begin = match auth {
        Auth::Basic => {
            return Login::Basic {
                credentials: credentials.clone(),
                blocking: BlockingPool::new(config.max_connections),
            };
        }
        Auth::Certificate => return Login::Certificate,
        Auth::Ntlm => Box::new(ntlm),
        #[cfg(not(feature = "kerberos"))]
        Auth::Negotiate | Auth::Spnego => Box::new(ntlm),
        #[cfg(feature = "kerberos")]
        Auth::Negotiate | Auth::Spnego => {
            let (logins, without_ticket) = (kerberos(settings), config.without_ticket);
            Box::new(move || Box::new(Choice::new(logins.clone(), without_ticket, ntlm.clone())))
        }
        #[cfg(feature = "kerberos")]
        Auth::Kerberos => {
            let logins = kerberos(settings);
            let bare = move || Box::new(KerberosClient::new(logins.clone(), None));
            if config.kerberos.is_in_spnego() {
                Box::new(move || Box::new(SpnegoClient::new(Mechanism::Kerberos, bare())))
            } else {
                Box::new(move || bare())
            }
        }
    };
    Login::Connection {
        scheme: scheme(settings),
        begin,
        blocking: BlockingPool::new(config.max_connections),
    }
}

/// Returns the scheme of the tokens.
fn scheme(settings: &Validated) -> Scheme {
    match settings.auth {
        #[cfg(feature = "kerberos")]
        Auth::Kerberos if !settings.config.kerberos.is_in_spnego() => Scheme::KERBEROS,
        _ => Scheme::NEGOTIATE,
    }
}

#[cfg(feature = "kerberos")]
fn kerberos(settings: &Validated) -> Arc<Logins> {
    let (credentials, options) = (
        settings.credentials.clone(),
        settings.config.kerberos.clone(),
    );
    let endpoint = &settings.endpoint;
    Logins::new(credentials, options, endpoint.host(), endpoint.is_tls())
}

impl Transport for HttpTransport {
    fn endpoint(&self) -> &str {
        self.settings.endpoint.as_str()
    }

    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.send(request))
    }
}
