//! Logging in on one connection.
//!
//! ```text
//! -> POST, empty, Authorization: Negotiate <token>        <- 401, WWW-Authenticate: Negotiate <token>
//! -> POST, empty, Authorization: Negotiate <token>        <- 200, perhaps with one more token
//! ```
//!
//! Which token is the last, and who sends it, is the mechanism's business: with NTLM it is ours, with SPNEGO and Kerberos
//! the host's, which then comes with the 200.
//!
//! The posts are empty because over plain HTTP there is no seal for a body yet (\[MS-WSMV\] 3.1.4.1).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use tracing::trace;

use super::challenge;
use super::failure;
use super::wire::{Answer, Message, Wire};
use crate::auth::{self, Handshake, Session, Shown, Step};
use crate::transport::{Delivery, Error, ErrorKind};

/// What schemes that log in a connection differ by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scheme {
    /// Its name in `Authorization` and `WWW-Authenticate`.
    pub(crate) name: &'static str,
    /// The label of the messages that it seals (\[MS-WSMV\] 2.2.9.1).
    pub(crate) protocol: &'static str,
}

impl Scheme {
    /// NTLM, and whatever SPNEGO wraps: the label is the same when Kerberos is inside.
    pub(crate) const NEGOTIATE: Self = Self {
        name: "Negotiate",
        protocol: "application/HTTP-SPNEGO-session-encrypted",
    };
}

/// Logs the connection of `wire` in.
pub(crate) async fn log_in(
    wire: &Wire,
    scheme: Scheme,
    handshake: &mut dyn Handshake,
) -> Result<Box<dyn Session>, Error> {
    let mut received = Vec::new();
    let mut answered: Option<(Answer, Shown)> = None;
    for leg in 1..=MAX_LEGS {
        let binding = wire.channel_binding().map_err(unusable)?;
        let step = match (handshake.step(&received, binding.as_ref()), &answered) {
            // Said without a token, or in one.
            (Err(error), Some((answer, shown)))
                if received.is_empty() || error == auth::Error::Rejected =>
            {
                return Err(rejected(scheme, answer, *shown));
            }
            (step, _) => step.map_err(unusable)?,
        };
        let shown = handshake.shown();
        match step {
            Step::Continue(token) => {
                let answer = post(wire, scheme, leg, &token).await?;
                received = next_token(wire, scheme, &answer, shown)?;
                answered = Some((answer, shown));
            }
            Step::Done { token, session } => {
                if let Some(token) = token {
                    let answer = post(wire, scheme, leg, &token).await?;
                    check(wire, scheme, &answer, shown)?;
                } else if !answered.is_some_and(|(answer, _)| answer.status.is_success()) {
                    return Err(Error::new(
                        ErrorKind::Authentication,
                        Delivery::NotSent,
                        "the host did not end the login with a success",
                    ));
                }
                return Ok(session);
            }
        }
    }
    let message = format!("the login was not over after {MAX_LEGS} messages");
    Err(Error::new(
        ErrorKind::Authentication,
        Delivery::NotSent,
        message,
    ))
}

async fn post(wire: &Wire, scheme: Scheme, leg: usize, token: &[u8]) -> Result<Answer, Error> {
    let value = format!("{} {}", scheme.name, BASE64_STANDARD.encode(token));
    let value = HeaderValue::try_from(value).map_err(unusable)?;
    let message = Message::envelope(Bytes::new()).secret(AUTHORIZATION, value);
    let answer = match wire.post(message, Delivery::NotSent).await {
        Err(error) if error.kind() == ErrorKind::Lost => return Err(broken(wire, &error)),
        answer => answer?,
    };
    trace!(
        scheme = scheme.name,
        leg,
        sent = token.len(),
        status = answer.status.as_u16(),
        "login"
    );
    Ok(answer)
}

/// The token to go on with. It is empty where the host says no, and the mechanism may know another way.
fn next_token(
    wire: &Wire,
    scheme: Scheme,
    answer: &Answer,
    shown: Shown,
) -> Result<Vec<u8>, Error> {
    let token = challenge::token(&answer.headers, scheme.name);
    match token {
        Some(token) if answer.status == StatusCode::UNAUTHORIZED => Ok(token),
        None if is_open(scheme, answer) => Ok(Vec::new()),
        _ => {
            check(wire, scheme, answer, shown)?;
            token.ok_or_else(|| {
                if answer.body.is_empty() {
                    let message = "the host accepted the login before it was over";
                    Error::new(ErrorKind::Authentication, Delivery::NotSent, message)
                        .with_status(answer.status.as_u16())
                } else {
                    failure::of_status(answer, wire.endpoint(), Delivery::NotSent)
                }
            })
        }
    }
}

/// Whether another login may be begun on the same connection.
fn is_open(scheme: Scheme, answer: &Answer) -> bool {
    answer.status == StatusCode::UNAUTHORIZED
        && challenge::offers(&answer.headers, scheme.name)
        && !answer.closes()
}

fn check(wire: &Wire, scheme: Scheme, answer: &Answer, shown: Shown) -> Result<(), Error> {
    if answer.status.is_success() {
        Ok(())
    } else if answer.status == StatusCode::UNAUTHORIZED {
        Err(rejected(scheme, answer, shown))
    } else {
        Err(failure::of_status(
            answer,
            wire.endpoint(),
            Delivery::NotSent,
        ))
    }
}

/// A host that says no.
fn rejected(scheme: Scheme, answer: &Answer, shown: Shown) -> Error {
    let presented = shown == Shown::Password;
    failure::of_login(answer, scheme.name, presented, Delivery::NotSent)
}

/// A connection that ends before the login does.
fn broken(wire: &Wire, error: &Error) -> Error {
    let message = format!("{} ended the connection during the login", wire.endpoint());
    let broken = Error::new(ErrorKind::Lost, Delivery::NotSent, message).with_hint(
        if wire.endpoint().is_tls() {
            failure::KEEPS_CLOSING
        } else {
            "the port may be one for https (name it with https://), or something on the way closes the one connection \
             that the login belongs to"
        },
    );
    match std::error::Error::source(error) {
        Some(cause) => broken.with_source(cause.to_string()),
        None => broken,
    }
}

fn unusable(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    let message = "the login with the host cannot go on";
    Error::new(ErrorKind::Authentication, Delivery::NotSent, message).with_source(cause)
}

/// NTLM has two, SPNEGO with Kerberos up to four. A server that keeps asking must not keep us.
const MAX_LEGS: usize = 8;
