//! Envelopes over HTTP: log in, seal, post, unseal.
//!
//! ```text
//! HttpTransport   who may send again, and when
//!   pool          hands out connections, each to one exchange
//!   connection    one login: seal and post, read and unseal
//!     login       tokens to and fro, until the connection is logged in
//!       aside     steps of it that block
//!     multipart   the framing of sealed messages
//!   wire          one HTTP client, bounded in size and time
//!     gate        keeps it on one TCP connection
//!     tls         keeps the certificate that the login is bound to
//!       trust     says whose certificates are taken
//!         raw_key checks a handshake where no authority vouches
//!       identity  is the certificate that we show
//!     proxy       is on the way, or not
//!   probe         a look at the host without a login
//!   failure       what went wrong, in a sentence
//! ```

mod aside;
mod challenge;
mod config;
mod connection;
mod endpoint;
mod failure;
mod gate;
mod identity;
mod login;
pub(crate) mod multipart;
mod pool;
mod probe;
mod proxy;
mod raw_key;
mod tls;
mod trust;
mod wire;

#[cfg(test)]
mod tests;

#[cfg(feature = "kerberos")]
use std::sync::Arc;
use std::time::Duration;

use tracing::debug;

use self::aside::Aside;
pub use self::config::{Auth, Dangerous, HttpConfig};
use self::connection::{Begin, Connection, Login};
use self::login::Scheme;
use self::pool::{Pool, Turn};
pub use self::probe::{Probe, Unauthenticated};
pub use self::proxy::Proxy;
use self::tls::Tls;
use self::wire::Line;
use super::{BoxFuture, Delivery, Error, ErrorKind, Repeat, Request, Response, Transport};
use crate::auth;
use crate::auth::Handshake;
#[cfg(feature = "kerberos")]
use crate::auth::kerberos::{Choice, KerberosClient, Logins};
use crate::auth::spnego::{BareFirst, Mechanism, SpnegoClient};

/// Carries envelopes over HTTP to a WinRM service, or another that speaks WS-Management.
///
/// It connects and logs in when it is first used, keeps connections for what comes next, and closes them when it is
/// dropped. It runs on Tokio, with IO and time enabled.
///
/// # Sending again
///
/// Nothing that may have run is run twice. What a connection can lose, and what then happens, once:
///
/// | lost                                        | [`Repeat::Read`] | [`Repeat::Once`]                         |
/// |---------------------------------------------|------------------|------------------------------------------|
/// | the connection, before anything was sent    | sent again       | sent again                               |
/// | the connection, at any later time           | sent again       | [`Delivery::Unknown`]                    |
/// | the login (HTTP 401, or 400 and no body)    | sent again       | sent again over verified TLS, else as above |
///
/// All of it concerns connections that have answered before. A new one that fails has not grown old, and is reported;
/// but a read whose login is lost at once is sent again, too, since a host that restarts its service does that.
#[derive(Debug)]
pub struct HttpTransport {
    line: Line,
    login: Login,
    authenticate_timeout: Duration,
    pool: Pool<Connection>,
}

impl HttpTransport {
    /// Makes a transport; nothing is sent yet. For an `https://` address it reads the system's certificate authorities,
    /// unless it has been given others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the settings cannot work.
    pub fn new(config: HttpConfig) -> Result<Self, Error> {
        config.check()?;
        let login = login(&config);
        Self::with_login(config, login)
    }

    fn with_login(config: HttpConfig, login: Login) -> Result<Self, Error> {
        let tls = config.endpoint.is_tls().then(|| tls(&config)).transpose()?;
        let proxy = match &config.proxy {
            Some(proxy) => proxy.route(&config.endpoint)?,
            None => None,
        };
        if let Some(proxy) = &proxy {
            debug!(endpoint = %config.endpoint, %proxy, "goes through a proxy");
        }
        Ok(Self {
            line: Line {
                endpoint: config.endpoint,
                tls,
                proxy,
                connect_timeout: config.connect_timeout,
                max_answer: config.max_answer,
            },
            login,
            authenticate_timeout: config.authenticate_timeout,
            pool: Pool::new(config.max_connections),
        })
    }

    /// Looks at what the host shows to whoever has not logged in: nothing of the credentials is sent, but for a client
    /// certificate that the host asks for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]. What else goes wrong is part of what was [seen](Probe::answer).
    pub async fn probe(&self) -> Result<Probe, Error> {
        probe::probe(&self.line, self.authenticate_timeout).await
    }

    async fn send(&self, request: Request) -> Result<Response, Error> {
        let turn = self.pool.turn().await;
        let idle = turn.idle();
        let is_new = idle.is_none();
        let outcome = match idle {
            Some(connection) => Self::attempt(&turn, connection, &request).await,
            None => self.attempt_anew(&turn, &request).await,
        };
        match outcome {
            Err(error) if self.may_repeat(&error, request.repeat, is_new) => {
                debug!(endpoint = %self.line.endpoint, %error, "sending again on a new connection");
                // What ended this connection has most likely ended the other idle ones.
                self.pool.forget_idle();
                let again = self.attempt_anew(&turn, &request).await;
                again.map_err(|again| match error.delivery() {
                    Delivery::NotSent => again,
                    _ => again.after_attempt(),
                })
            }
            outcome => outcome,
        }
    }

    async fn attempt_anew(
        &self,
        turn: &Turn<'_, Connection>,
        request: &Request,
    ) -> Result<Response, Error> {
        let connection =
            Connection::open(&self.line, &self.login, self.authenticate_timeout).await?;
        Self::attempt(turn, connection, request).await
    }

    /// Keeps the connection when all went well; else, and when this future is dropped, it is closed.
    async fn attempt(
        turn: &Turn<'_, Connection>,
        mut connection: Connection,
        request: &Request,
    ) -> Result<Response, Error> {
        let response = connection.exchange(request).await?;
        if connection.is_usable() {
            turn.give_back(connection);
        }
        Ok(response)
    }

    /// Whether a request that failed may be sent once more on a new connection.
    fn may_repeat(&self, error: &Error, repeat: Repeat, was_new: bool) -> bool {
        let verified = self.line.tls.as_ref().is_some_and(Tls::is_verified);
        match (error.kind(), repeat) {
            (ErrorKind::ContextLost, Repeat::Read) => true,
            _ if was_new => false,
            (ErrorKind::Lost, Repeat::Read) => true,
            (ErrorKind::Lost, Repeat::Once) => error.delivery() == Delivery::NotSent,
            // The status comes from the host itself, which refused before it looked at the request.
            (ErrorKind::ContextLost, Repeat::Once) => verified,
            _ => false,
        }
    }
}

fn tls(config: &HttpConfig) -> Result<Tls, Error> {
    let certificate = config.credentials.client_certificate();
    let identity = certificate.map(identity::read).transpose()?;
    Tls::new(&config.trust, identity)
}

/// How the connections of a transport log in.
fn login(config: &HttpConfig) -> Login {
    let credentials = config.credentials.clone();
    let host = config.endpoint.host().to_owned();
    let bare = move || auth::ntlm::client(credentials.clone(), &host);
    let ntlm = {
        let wrapped = config.auth == Auth::Spnego;
        move || -> Box<dyn Handshake> {
            if wrapped {
                Box::new(SpnegoClient::new(Mechanism::Ntlm, bare()))
            } else {
                Box::new(BareFirst::new(bare.clone()))
            }
        }
    };
    let begin: Begin = match config.auth {
        Auth::Basic => {
            return Login::Basic {
                credentials: config.credentials.clone(),
                aside: Aside::new(config.max_connections),
            };
        }
        Auth::Certificate => return Login::Certificate,
        Auth::Ntlm => Box::new(ntlm),
        #[cfg(not(feature = "kerberos"))]
        Auth::Negotiate | Auth::Spnego => Box::new(ntlm),
        #[cfg(feature = "kerberos")]
        Auth::Negotiate | Auth::Spnego => {
            let (logins, without_ticket) = (kerberos(config), config.without_ticket);
            Box::new(move || Box::new(Choice::new(logins.clone(), without_ticket, ntlm.clone())))
        }
        #[cfg(feature = "kerberos")]
        Auth::Kerberos => {
            let logins = kerberos(config);
            let bare = move || Box::new(KerberosClient::new(logins.clone(), None));
            if config.kerberos.is_in_spnego() {
                Box::new(move || Box::new(SpnegoClient::new(Mechanism::Kerberos, bare())))
            } else {
                Box::new(move || bare())
            }
        }
    };
    Login::Connection {
        scheme: scheme(config),
        begin,
        aside: Aside::new(config.max_connections),
    }
}

/// What the tokens are named.
fn scheme(config: &HttpConfig) -> Scheme {
    match config.auth {
        #[cfg(feature = "kerberos")]
        Auth::Kerberos if !config.kerberos.is_in_spnego() => Scheme::KERBEROS,
        _ => Scheme::NEGOTIATE,
    }
}

#[cfg(feature = "kerberos")]
fn kerberos(config: &HttpConfig) -> Arc<Logins> {
    let (credentials, options) = (config.credentials.clone(), config.kerberos.clone());
    let endpoint = &config.endpoint;
    Logins::new(credentials, options, endpoint.host(), endpoint.is_tls())
}

impl Transport for HttpTransport {
    fn endpoint(&self) -> &str {
        self.line.endpoint.as_str()
    }

    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.send(request))
    }
}
