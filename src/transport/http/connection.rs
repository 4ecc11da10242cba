//! One connection that is ready for envelopes.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use tracing::debug;

use super::aside::Aside;
use super::failure;
use super::gate::Gate;
use super::login::{self, Scheme};
use super::multipart;
use super::wire::{Answer, Line, Message, Wire};
use crate::auth::{self, Credentials, Handshake, Session};
use crate::transport::{Delivery, Error, ErrorKind, Phase, Request, Response};

/// How connections log in.
pub(crate) enum Login {
    /// Each connection once, with tokens.
    Connection {
        /// How the tokens are named.
        scheme: Scheme,
        /// Begins the login of one connection.
        begin: Begin,
        /// Where those of its steps are taken that block.
        aside: Aside,
    },
    /// Each request anew, with the password itself.
    Basic {
        credentials: Credentials,
        /// Where the password is asked for.
        aside: Aside,
    },
    /// Each request anew, in the name of the client certificate that TLS has shown.
    Certificate,
}

pub(crate) type Begin = Box<dyn Fn() -> Box<dyn Handshake> + Send + Sync>;

/// A connection that one exchange at a time may use.
pub(crate) struct Connection {
    wire: Wire,
    protection: Protection,
    closing: bool,
}

/// What stands between an envelope and the network.
enum Protection {
    /// The connection is logged in, and seals each message.
    Seal {
        session: Box<dyn Session>,
        scheme: Scheme,
    },
    /// The connection is logged in, and TLS protects it: from those who read, and when it is verified, from those who
    /// stand in between.
    Tls { verified: bool },
    /// Each request says who sends it, and nothing is bound to the connection. TLS protects it, or nothing does.
    Authorization(HeaderValue, Shows),
}

/// What a request shows that says who sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Password,
    Certificate,
}

impl Connection {
    /// Makes a connection and logs it in.
    pub(crate) async fn open(
        line: &Line,
        login: &Login,
        authenticate_timeout: Duration,
    ) -> Result<Self, Error> {
        let (wire, protection) = match login {
            Login::Connection {
                scheme,
                begin,
                aside,
            } => {
                let wire = Wire::new(line, Gate::once())?;
                let log_in = login::log_in(&wire, *scheme, begin(), aside);
                let session = in_time(&wire, authenticate_timeout, log_in).await?;
                debug!(endpoint = %line.endpoint, scheme = scheme.name, "logged in");
                let protection = Protection::of_session(line, session, *scheme);
                (wire, protection)
            }
            Login::Basic { credentials, aside } => {
                let wire = Self::unbound(line)?;
                let ask = basic(credentials, aside);
                let header = in_time(&wire, authenticate_timeout, ask).await?;
                (wire, Protection::Authorization(header, Shows::Password))
            }
            Login::Certificate => {
                let header = HeaderValue::from_static(MUTUAL);
                let protection = Protection::Authorization(header, Shows::Certificate);
                (Self::unbound(line)?, protection)
            }
        };
        Ok(Self {
            wire,
            protection,
            closing: false,
        })
    }

    /// A client that connects as often as the server closes, since nothing is bound to the connection.
    fn unbound(line: &Line) -> Result<Wire, Error> {
        Wire::new(line, Gate::open())
    }

    /// Whether another exchange may follow.
    pub(crate) fn is_usable(&self) -> bool {
        !self.closing
    }

    /// Sends one envelope and reads its answer. After an error the connection must not be used again.
    pub(crate) async fn exchange(&mut self, request: &Request) -> Result<Response, Error> {
        let message = self.protection.protect(&request.envelope)?;
        let post = self.wire.post(message, Delivery::Unknown);
        let answer = self
            .wire
            .within(request.timeout, Phase::Answer, Delivery::Unknown, post)
            .await
            .map_err(|error| self.explained(error))?;
        // A client that is not bound to its connection makes another one.
        let bound = !matches!(self.protection, Protection::Authorization(..));
        self.closing = bound && answer.closes();
        self.protection.unprotect(answer, &self.wire)
    }

    /// A host may end the connection over a client certificate that it did not get to see, or does not like.
    fn explained(&self, error: Error) -> Error {
        let shows = matches!(
            self.protection,
            Protection::Authorization(_, Shows::Certificate)
        );
        let seen = self.wire.seen();
        if !shows || seen.certificate().is_none() || error.kind() != ErrorKind::Lost {
            error
        } else if seen.asked_for_ours() {
            error.with_hint(failure::MAY_NOT_ACCEPT)
        } else {
            error.with_hint(failure::ASKS_LATE)
        }
    }
}

/// The header that shows the password, which is asked for first where somebody else keeps it.
async fn basic(credentials: &Credentials, aside: &Aside) -> Result<HeaderValue, Error> {
    let header = if credentials.asks() {
        let credentials = credentials.clone();
        let ask = move || auth::basic::header(&credentials);
        aside.run(ask).await.map_err(login::broke_off)?
    } else {
        auth::basic::header(credentials)
    };
    let header = header.map_err(login::unusable)?;
    HeaderValue::try_from(header.as_str()).map_err(|error| {
        let message = "the credentials cannot be sent";
        Error::new(ErrorKind::Config, Delivery::NotSent, message).with_source(error)
    })
}

/// A login takes no longer than this; until it is over, no envelope was sent.
async fn in_time<T>(
    wire: &Wire,
    timeout: Duration,
    login: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    wire.within(timeout, Phase::Authenticate, Delivery::NotSent, login)
        .await
}

impl Protection {
    /// TLS protects what it carries; without it the session of the login seals.
    fn of_session(line: &Line, session: Box<dyn Session>, scheme: Scheme) -> Self {
        match &line.tls {
            Some(tls) => Self::Tls {
                verified: tls.is_verified(),
            },
            None => Self::Seal { session, scheme },
        }
    }

    fn protect(&mut self, envelope: &Bytes) -> Result<Message, Error> {
        match self {
            Self::Seal { session, scheme } => {
                let failed = |cause: Box<dyn std::error::Error + Send + Sync>| {
                    let message = "the envelope cannot be sealed";
                    Error::new(ErrorKind::Sealing, Delivery::NotSent, message).with_source(cause)
                };
                let sealed = session.seal(envelope).map_err(|e| failed(e.into()))?;
                let body = multipart::frame(scheme.protocol, envelope.len(), &sealed)
                    .map_err(|e| failed(e.into()))?;
                let content_type = HeaderValue::try_from(multipart::content_type(scheme.protocol))
                    .map_err(|e| failed(e.into()))?;
                Ok(Message::new(content_type, body.into()))
            }
            Self::Tls { .. } => Ok(Message::envelope(envelope.clone())),
            Self::Authorization(header, _) => {
                Ok(Message::envelope(envelope.clone()).secret(AUTHORIZATION, header.clone()))
            }
        }
    }

    fn unprotect(&mut self, answer: Answer, wire: &Wire) -> Result<Response, Error> {
        match self {
            Self::Seal { .. } if answer.is_encoded() => {
                Err(failure::compressed(&answer, Delivery::Unknown))
            }
            _ if answer.is_encoded() => Err(failure::compressed(&answer, Delivery::Answered)),
            Self::Seal { session, .. } if multipart::is_sealed(answer.content_type()) => {
                unseal(session.as_mut(), &answer)
            }
            Self::Seal { .. } => Err(unsealed(&answer, wire)),
            Self::Tls { .. } | Self::Authorization(..) if is_envelope(&answer) => Ok(Response {
                status: answer.status.as_u16(),
                charset: multipart::parameter(answer.content_type(), "charset").map(str::to_owned),
                body: answer.body.into(),
            }),
            Self::Tls { verified } if is_context_lost(&answer) => {
                let delivery = if *verified {
                    Delivery::Answered
                } else {
                    Delivery::Unknown
                };
                Err(failure::context_lost(answer.status, delivery))
            }
            Self::Tls { .. } => Err(no_envelope(&answer, wire)),
            Self::Authorization(_, shows) => Err(shows.refusal(&answer, wire)),
        }
    }
}

impl Shows {
    /// What an answer without an envelope says of what was shown.
    fn refusal(self, answer: &Answer, wire: &Wire) -> Error {
        match (self, answer.status.as_u16()) {
            (Self::Password, 401) => {
                failure::of_login(answer, BASIC, true, wire.way(), Delivery::Answered)
            }
            (Self::Certificate, 401 | 403) => {
                failure::of_certificate(answer, wire.seen().asked_for_ours())
            }
            // nginx, where it ends TLS for a host, tells with a page that it does not like a certificate.
            (Self::Certificate, 400 | 495 | 496) => {
                no_envelope(answer, wire).with_hint(failure::MAY_NOT_ACCEPT)
            }
            _ => no_envelope(answer, wire),
        }
    }
}

/// What came unsealed where messages are sealed. Its status is looked at, its body never; and since anyone on the way
/// could have written it, it does not prove what became of the request.
fn unsealed(answer: &Answer, wire: &Wire) -> Error {
    match answer.status.as_u16() {
        _ if is_context_lost(answer) => failure::context_lost(answer.status, Delivery::Unknown),
        200 | 500 => failure::unsealed(answer),
        _ => failure::of_status(answer, wire.way(), Delivery::Unknown),
    }
}

/// What came without an envelope over TLS, or in the clear. A status that refuses at the door says that nothing ran. Any
/// other may be that of something on the way, behind whose back the host goes on.
fn no_envelope(answer: &Answer, wire: &Wire) -> Error {
    let delivery = match answer.status.as_u16() {
        300..400 | 403..=405 | 407 | 413 => Delivery::Answered,
        _ => Delivery::Unknown,
    };
    failure::of_status(answer, wire.way(), delivery)
}

/// Whether a host does not know the login of the connection any more.
fn is_context_lost(answer: &Answer) -> bool {
    answer.status == StatusCode::UNAUTHORIZED
        || (answer.status == StatusCode::BAD_REQUEST && answer.body.is_empty())
}

fn unseal(session: &mut dyn Session, answer: &Answer) -> Result<Response, Error> {
    let broken = |cause: Box<dyn std::error::Error + Send + Sync>| {
        let message = "the seal of the answer is broken";
        Error::new(ErrorKind::Sealing, Delivery::Unknown, message)
            .with_source(cause)
            .with_status(answer.status.as_u16())
    };
    let sealed =
        multipart::read(answer.content_type(), &answer.body).map_err(|e| broken(e.into()))?;
    let plain = session
        .unseal(sealed.header, sealed.data.to_vec())
        .map_err(|e| broken(e.into()))?;
    Ok(Response {
        status: answer.status.as_u16(),
        charset: sealed.charset,
        body: plain.into(),
    })
}

/// Whether an answer holds an envelope, whatever its status: faults come with 500, 400 and 200.
pub(crate) fn is_envelope(answer: &Answer) -> bool {
    let media_type = multipart::media_type(answer.content_type());
    !answer.body.is_empty()
        && ENVELOPES
            .iter()
            .any(|envelope| media_type.eq_ignore_ascii_case(envelope))
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
            .field("endpoint", self.wire.endpoint())
            .finish_non_exhaustive()
    }
}

const BASIC: &str = "Basic";

/// The security profile of mutual TLS, which stands in the place of a scheme (\[MS-WSMV\] 3.1.4.1.29.2 names it short).
const MUTUAL: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";

/// The type of SOAP 1.2, and the one that some servers give to anything in XML.
const ENVELOPES: [&str; 2] = ["application/soap+xml", "text/xml"];
