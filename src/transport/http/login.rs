//! The login on one connection.
//!
//! ```text
//! -> POST, empty, Authorization: Negotiate <token>        <- 401, WWW-Authenticate: Negotiate <token>
//! -> POST, empty, Authorization: Negotiate <token>        <- 200, perhaps with one more token
//! ```
//!
//! The mechanism determines which side sends the last token: with NTLM it is the client, with SPNEGO and Kerberos the
//! host, which sends it with the 200.
//!
//! The posts are empty because over plain HTTP a body cannot be sealed yet (\[MS-WSMV\] 3.1.4.1).

use std::mem;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use tokio::task::JoinError;
use tracing::trace;

use super::answer::Answer;
use super::blocking::BlockingPool;
use super::challenge;
use super::client::{HttpClient, Message};
use super::failure;
use crate::auth::{self, ChannelBinding, Handshake, Presented, Session, Step};
use crate::remedy::Remedy;
use crate::transport::{Delivery, Error, ErrorKind};

/// A scheme that logs in a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scheme {
    /// The name in `Authorization` and `WWW-Authenticate`.
    pub(crate) name: &'static str,
    /// The label of sealed messages (\[MS-WSMV\] 2.2.9.1).
    pub(crate) protocol: &'static str,
}

impl Scheme {
    /// NTLM, and every mechanism inside SPNEGO: the label is the same for Kerberos.
    pub(crate) const NEGOTIATE: Self = Self {
        name: "Negotiate",
        protocol: "application/HTTP-SPNEGO-session-encrypted",
    };

    /// Kerberos without SPNEGO.
    #[cfg(feature = "kerberos")]
    pub(crate) const KERBEROS: Self = Self {
        name: "Kerberos",
        protocol: "application/HTTP-Kerberos-session-encrypted",
    };
}

/// Logs in the connection of an HTTP client.
pub(crate) async fn log_in(
    http: &HttpClient,
    scheme: Scheme,
    mut handshake: Box<dyn Handshake>,
    blocking: &BlockingPool,
) -> Result<Box<dyn Session>, Error> {
    let mut received = Vec::new();
    let mut answered: Option<(Answer, Presented)> = None;
    for leg in 1..=MAX_LEGS {
        let binding = http.channel_binding().map_err(unusable)?;
        let said_no = received.is_empty();
        let step;
        (handshake, step) = take(handshake, mem::take(&mut received), binding, blocking).await?;
        let step = match (step, &answered) {
            // The host rejects the login, with a token or without one.
            (Err(error), Some((answer, shown)))
                if said_no || matches!(error, auth::Error::Rejected) =>
            {
                return Err(rejected(http, scheme, answer, *shown));
            }
            (step, _) => step.map_err(unusable)?,
        };
        let shown = handshake.presented();
        match step {
            Step::Continue(token) => {
                let answer = post(http, scheme, leg, &token).await?;
                received = next_token(http, scheme, &answer, shown)?;
                answered = Some((answer, shown));
            }
            // OMI never answers a request without a token, so the TLS channel must exist before the first one.
            #[cfg(feature = "kerberos")]
            Step::Bind => http.connect().await?,
            Step::Done { token, session } => {
                if let Some(token) = token {
                    let answer = post(http, scheme, leg, &token).await?;
                    check(http, scheme, &answer, shown)?;
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

/// Takes the next step of a handshake, in the pool of blocking calls if it may block.
///
/// The handshake moves into the call and back, so a login that is dropped meanwhile keeps no part of it.
async fn take(
    mut handshake: Box<dyn Handshake>,
    token: Vec<u8>,
    binding: Option<ChannelBinding>,
    blocking: &BlockingPool,
) -> Result<(Box<dyn Handshake>, Result<Step, auth::Error>), Error> {
    let blocks = handshake.blocks();
    let take = move || {
        let step = handshake.step(&token, binding.as_ref());
        (handshake, step)
    };
    if blocks {
        blocking.run(take).await.map_err(broke_off)
    } else {
        Ok(take())
    }
}

async fn post(
    http: &HttpClient,
    scheme: Scheme,
    leg: usize,
    token: &[u8],
) -> Result<Answer, Error> {
    let value = format!("{} {}", scheme.name, BASE64_STANDARD.encode(token));
    let value = HeaderValue::try_from(value).map_err(|error| {
        let message = "the login with the host cannot go on";
        Error::new(ErrorKind::Authentication, Delivery::NotSent, message).with_source(error)
    })?;
    let message = Message::envelope(Bytes::new()).secret(AUTHORIZATION, value);
    let answer = send(http, message).await?;
    trace!(
        scheme = scheme.name,
        leg,
        sent = token.len(),
        status = answer.status.as_u16(),
        "login"
    );
    Ok(answer)
}

async fn send(http: &HttpClient, message: Message) -> Result<Answer, Error> {
    match http.post(message, Delivery::NotSent).await {
        Err(error) if error.kind() == ErrorKind::Lost => Err(broken(http, &error)),
        answer => answer,
    }
}

/// Returns the token to continue with. It is empty if the host rejects the login and the mechanism may have an
/// alternative.
fn next_token(
    http: &HttpClient,
    scheme: Scheme,
    answer: &Answer,
    shown: Presented,
) -> Result<Vec<u8>, Error> {
    let token = challenge::token(&answer.headers, scheme.name);
    match token {
        Some(token) if answer.status == StatusCode::UNAUTHORIZED => Ok(token),
        None if is_open(scheme, answer) => Ok(Vec::new()),
        _ => {
            check(http, scheme, answer, shown)?;
            token.ok_or_else(|| {
                if answer.body.is_empty() {
                    let message = "the host accepted the login before it was over";
                    Error::new(ErrorKind::Authentication, Delivery::NotSent, message)
                        .with_status(answer.status.as_u16())
                } else {
                    failure::of_status(answer, http.route(), Delivery::NotSent)
                }
            })
        }
    }
}

/// Reports whether another login may begin on the same connection.
fn is_open(scheme: Scheme, answer: &Answer) -> bool {
    answer.status == StatusCode::UNAUTHORIZED
        && challenge::offers(&answer.headers, scheme.name)
        && !answer.closes()
}

/// Reports whether the host knows the scheme. A host that has seen a ticket need not repeat its offers.
#[cfg(feature = "kerberos")]
fn is_offered(scheme: Scheme, answer: &Answer) -> bool {
    challenge::offers(&answer.headers, scheme.name)
        || challenge::offered(&answer.headers).is_empty()
}

fn check(
    http: &HttpClient,
    scheme: Scheme,
    answer: &Answer,
    shown: Presented,
) -> Result<(), Error> {
    if answer.status.is_success() {
        Ok(())
    } else if answer.status == StatusCode::UNAUTHORIZED {
        Err(rejected(http, scheme, answer, shown))
    } else {
        Err(failure::of_status(answer, http.route(), Delivery::NotSent))
    }
}

/// Returns the error of a login that the host rejected.
fn rejected(http: &HttpClient, scheme: Scheme, answer: &Answer, shown: Presented) -> Error {
    let presented = shown != Presented::Nothing;
    #[cfg(feature = "kerberos")]
    if shown == Presented::Ticket && is_offered(scheme, answer) {
        let message = "the host rejected the Kerberos ticket";
        return Error::new(ErrorKind::Authentication, Delivery::NotSent, message)
            .with_hint(
                "see that the user may use WinRM, that the clocks agree, and that the service principal name belongs to the \
                 host itself (setspn -Q)",
            )
            .with_status(answer.status.as_u16());
    }
    failure::of_login(
        answer,
        scheme.name,
        presented,
        http.route(),
        Delivery::NotSent,
    )
}

/// Returns the error of a connection that ended before the login did.
fn broken(http: &HttpClient, error: &Error) -> Error {
    let broken = match http.route().passed_on_by() {
        Some(proxy) => {
            let message = format!(
                "the proxy {proxy} does not keep the connection that the login at {} belongs to",
                http.endpoint()
            );
            Error::new(ErrorKind::Proxy, Delivery::NotSent, message)
                .with_hint(failure::TUNNEL)
                .with_remedy(Remedy::NoProxy)
        }
        None => {
            let message = format!("{} ended the connection during the login", http.endpoint());
            let hint = if http.endpoint().is_tls() {
                failure::KEEPS_CLOSING
            } else {
                "the port may be one for https (name it with https://), or something on the way closes the one \
                 connection that the login belongs to"
            };
            Error::new(ErrorKind::Lost, Delivery::NotSent, message).with_hint(hint)
        }
    };
    match std::error::Error::source(error) {
        Some(cause) => broken.with_source(cause.to_string()),
        None => broken,
    }
}

/// Returns the error of a blocking step that did not complete.
pub(crate) fn broke_off(cause: JoinError) -> Error {
    let message = "the login with the host broke off";
    Error::new(ErrorKind::Authentication, Delivery::NotSent, message).with_source(cause)
}

/// Returns the error of a login that failed on the client's side.
pub(crate) fn unusable(cause: auth::Error) -> Error {
    if matches!(cause, auth::Error::NoPassword(_)) {
        let message = "there is no password to log in with";
        return Error::new(ErrorKind::NoPassword, Delivery::NotSent, message).with_source(cause);
    }
    let message = "the login with the host cannot go on";
    let hint = cause.hint();
    let error =
        Error::new(ErrorKind::Authentication, Delivery::NotSent, message).with_source(cause);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// The most messages of a login. NTLM has two, SPNEGO with Kerberos up to four. A server must not be able to continue a
/// login without end.
const MAX_LEGS: usize = 8;
