//! A connection that is ready for envelopes.

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderValue;
use tokio::time::Instant;
use tracing::debug;

use super::answer::Answer;
use super::blocking::BlockingPool;
use super::client::{ConnectSettings, HttpClient};
use super::connect_guard::ConnectGuard;
use super::failure;
use super::login::{self, Scheme};
use super::protection::{BASIC, Protection, RequestCredentials};
use crate::auth::{self, Credentials, Handshake};
use crate::part_headers::PartHeaders;
use crate::remedy::Remedy;
use crate::transport::{Delivery, Error, ErrorKind, Phase, Request, Response};

/// The login method of connections.
pub(crate) enum Login {
    /// Each connection logs in once, with tokens.
    Connection {
        /// The scheme of the tokens.
        scheme: Scheme,
        /// The function that begins the login of one connection.
        begin: Begin,
        /// The pool for blocking steps.
        blocking: BlockingPool,
    },
    /// Each request carries the password itself.
    Basic {
        credentials: Credentials,
        /// The pool for the callback that provides the password.
        blocking: BlockingPool,
    },
    /// Each request is made in the name of the client certificate that was presented in the TLS handshake.
    Certificate,
}

pub(crate) type Begin = Box<dyn Fn() -> Box<dyn Handshake> + Send + Sync>;

/// A connection for one exchange at a time.
pub(crate) struct Connection {
    http: HttpClient,
    protection: Protection,
    /// The time of the last response; before the first one, the time of the login.
    answered: Instant,
    /// True if the server closes the TCP connection after its last response.
    closing: bool,
    /// True if an envelope was sent.
    used: bool,
}

/// A failed exchange.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: Error,
    /// The form of part headers that the host may not accept: the message was the first sealed one after the login, and
    /// the host closed the connection without a response, or answered 400 with an empty body.
    pub(crate) refused: Option<PartHeaders>,
}

impl Connection {
    /// Opens a connection and logs it in. Its sealed messages have part headers of this form.
    pub(crate) async fn open(
        settings: &ConnectSettings,
        login: &Login,
        authenticate_timeout: Duration,
        part_headers: PartHeaders,
    ) -> Result<Self, Error> {
        let (http, protection) = match login {
            Login::Connection {
                scheme,
                begin,
                blocking,
            } => {
                let http = HttpClient::new(settings, ConnectGuard::once())?;
                let log_in = login::log_in(&http, *scheme, begin(), blocking);
                let session = in_time(&http, authenticate_timeout, log_in).await?;
                debug!(target: EXCHANGE, endpoint = %settings.endpoint, scheme = scheme.name, "logged in");
                let protection = Protection::of_session(settings, session, *scheme, part_headers);
                (http, protection)
            }
            Login::Basic {
                credentials,
                blocking,
            } => {
                let http = Self::unbound(settings)?;
                let ask = basic(credentials, blocking);
                let header = in_time(&http, authenticate_timeout, ask).await?;
                (
                    http,
                    Protection::of_requests(settings, header, RequestCredentials::Password),
                )
            }
            Login::Certificate => {
                let header = HeaderValue::from_static(MUTUAL);
                let protection =
                    Protection::of_requests(settings, header, RequestCredentials::Certificate);
                (Self::unbound(settings)?, protection)
            }
        };
        Ok(Self {
            http,
            protection,
            answered: Instant::now(),
            closing: false,
            used: false,
        })
    }

    /// Creates a client that reconnects whenever the server closes, since nothing is bound to the connection.
    fn unbound(settings: &ConnectSettings) -> Result<HttpClient, Error> {
        HttpClient::new(settings, ConnectGuard::open())
    }

    /// Reports whether another exchange may follow. A client that is not bound to its connection opens another one.
    pub(crate) fn is_usable(&self) -> bool {
        !(self.closing && self.protection.is_bound())
    }

    /// Reports whether the server may have closed the connection since its last response, so that a message sent now
    /// may be lost.
    pub(crate) fn has_rested(&self) -> bool {
        // A connection that the server closes after its response is not used again.
        !self.closing && self.answered.elapsed() > FRESH
    }

    /// Returns the form of part headers if the connection seals.
    pub(crate) fn part_headers(&self) -> Option<PartHeaders> {
        self.protection.part_headers()
    }

    /// Sends one envelope and reads the response. After an error the connection must not be used again.
    pub(crate) async fn exchange(&mut self, request: &Request) -> Result<Response, Failed> {
        let unproven = self.protection.unproven();
        let message = self.protection.protect(&request.envelope)?;
        let trace = ExchangeTrace {
            began: Instant::now(),
            sent: message.len(),
            sealed: self.part_headers().is_some(),
            reused: std::mem::replace(&mut self.used, true) && !self.closing,
        };
        let mut has_answer = false;
        let post = async {
            let response = self.http.send(message, Delivery::Unknown).await?;
            has_answer = true;
            self.http.read(response, Delivery::Unknown).await
        };
        let answer = self
            .http
            .within(request.timeout, Phase::Answer, Delivery::Unknown, post)
            .await;
        trace.finish(&answer);
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                let is_lost = error.kind() == ErrorKind::Lost && !has_answer;
                let was_sent = error.delivery() != Delivery::NotSent;
                return Err(match unproven.filter(|_| is_lost && was_sent) {
                    None => self.explained(error).into(),
                    refused => Failed {
                        error: error
                            .with_hint(failure::PART_HEADERS)
                            .with_remedy(Remedy::PartHeaders),
                        refused,
                    },
                });
            }
        };
        self.answered = Instant::now();
        self.closing = answer.closes();
        let is_bad_request = answer.status.as_u16() == 400 && answer.body.is_empty();
        let response = self.protection.unprotect(answer, &self.http);
        response.map_err(|error| Failed {
            error,
            refused: unproven.filter(|_| is_bad_request),
        })
    }

    /// Adds a hint if the host may have closed the connection because of the client certificate, which it did not
    /// receive or did not accept.
    fn explained(&self, error: Error) -> Error {
        let shows = matches!(
            self.protection,
            Protection::Authorization {
                credentials: RequestCredentials::Certificate,
                ..
            }
        );
        let peer = self.http.peer();
        if !shows || peer.certificate().is_none() || error.kind() != ErrorKind::Lost {
            error
        } else if peer.asked_for_ours() {
            error.with_hint(failure::MAY_NOT_ACCEPT)
        } else {
            error.with_hint(failure::ASKS_LATE)
        }
    }
}

/// What is known of an exchange before its response.
struct ExchangeTrace {
    began: Instant,
    sent: usize,
    sealed: bool,
    reused: bool,
}

impl ExchangeTrace {
    /// Traces the end of the exchange. Sizes are those on the network, without HTTP headers.
    fn finish(&self, answer: &Result<Answer, Error>) {
        let Self { sent, sealed, .. } = self;
        let connection = if self.reused { "reused" } else { "new" };
        let duration_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        match answer {
            Ok(answer) => {
                let (status, received) = (answer.status.as_u16(), answer.body.len());
                debug!(target: EXCHANGE, status, sent, received, sealed, connection, duration_ms, "exchanged");
            }
            Err(error) => {
                debug!(target: EXCHANGE, sent, sealed, connection, duration_ms, %error, "lost");
            }
        }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self {
            error,
            refused: None,
        }
    }
}

/// Returns the header with the password. If a callback keeps the password, the callback is asked first.
async fn basic(credentials: &Credentials, blocking: &BlockingPool) -> Result<HeaderValue, Error> {
    let header = if credentials.asks() {
        let credentials = credentials.clone();
        let ask = move || auth::basic::header(&credentials);
        blocking.run(ask).await.map_err(login::broke_off)?
    } else {
        auth::basic::header(credentials)
    };
    let header = header.map_err(login::unusable)?;
    HeaderValue::try_from(header.as_str()).map_err(|error| {
        let message = "the credentials cannot be sent";
        Error::new(ErrorKind::Config, Delivery::NotSent, message).with_source(error)
    })
}

/// Runs a login with a timeout. Until it is over, no envelope was sent.
async fn in_time<T>(
    http: &HttpClient,
    timeout: Duration,
    login: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    http.within(timeout, Phase::Authenticate, Delivery::NotSent, login)
        .await
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connection { scheme, .. } => scheme.name,
            Self::Basic { .. } => BASIC,
            Self::Certificate => "client certificate",
        })
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("endpoint", self.http.endpoint())
            .finish_non_exhaustive()
    }
}

/// The target of the traces of exchanges over HTTP.
pub(super) const EXCHANGE: &str = "cimwire::exchange";

/// The time after a response during which a connection is assumed to work. Servers and load balancers keep idle
/// connections for longer than this, and the polling interval of a job is shorter.
const FRESH: Duration = Duration::from_secs(5);

/// The security profile of mutual TLS, sent in place of a scheme (\[MS-WSMV\] 3.1.4.1.29.2 gives a short form of it).
const MUTUAL: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";
