//! Errors of failed requests and of responses without an envelope, each with a message and a hint.

mod connecting;
mod refusal;

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use reqwest::StatusCode;

use super::answer::Answer;
use super::connect_guard::AlreadyConnected;
use super::endpoint::Endpoint;
use super::route::Route;
use crate::printable::excerpt;
use crate::remedy::Remedy;
use crate::transport::{Delivery, Error, ErrorKind, Phase};

use self::connecting::{of_connect, of_connect_through, of_tls};
pub(crate) use self::refusal::{of_certificate, of_login, of_status};

/// Returns the error of a request without a response.
pub(crate) fn of_request(error: &reqwest::Error, route: &Route, at_stake: Delivery) -> Error {
    let endpoint = &route.endpoint;
    if find::<AlreadyConnected>(error).is_some() {
        return Error::new(
            ErrorKind::Lost,
            Delivery::NotSent,
            format!("the connection to {endpoint} was closed"),
        )
        .with_hint(KEEPS_CLOSING);
    }
    // Under TLS 1.3 a server may reject the client after its side of the handshake, when the request is on its way.
    let delivery = if error.is_connect() {
        Delivery::NotSent
    } else {
        at_stake
    };
    if let Some(tls) = find::<rustls::Error>(error) {
        return of_tls(tls, endpoint, delivery);
    }
    let failure = if error.is_connect() {
        match &route.proxy {
            Some(proxy) => of_connect_through(error, endpoint, proxy),
            None => of_connect(error, endpoint),
        }
    } else {
        Error::new(
            ErrorKind::Lost,
            delivery,
            format!("the connection to {endpoint} broke before an answer came"),
        )
    };
    failure.with_source(cause(error))
}

/// Returns the error of a response that broke off.
pub(crate) fn of_answer(error: &reqwest::Error, endpoint: &Endpoint, at_stake: Delivery) -> Error {
    let message = format!("the connection to {endpoint} broke in the middle of an answer");
    Error::new(ErrorKind::Lost, at_stake, message).with_source(cause(error))
}

/// Returns the innermost cause; the levels above it only name the layers they come from.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn StdError = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    excerpt(&innermost.to_string())
}

/// Returns the error of a login or a response that timed out.
pub(crate) fn timeout(
    phase: Phase,
    allowed: Duration,
    endpoint: &Endpoint,
    delivery: Delivery,
) -> Error {
    let (message, hint) = match phase {
        Phase::Answer => (
            format!("no answer came from {endpoint} within {allowed:?}"),
            "the host took the request and may still be at work on it: allow it more time, and see \
             that nothing on the way drops connections that are silent",
        ),
        _ => (
            format!("the login at {endpoint} was not over after {allowed:?}"),
            "the host, or the domain controller that it asks, may be busy: try again, and see that the port is that of WinRM",
        ),
    };
    let error = Error::new(ErrorKind::Timeout(phase), delivery, message).with_hint(hint);
    match phase {
        Phase::Answer => error.with_remedy(Remedy::OperationTimeout),
        _ => error,
    }
}

/// Returns the error of a response that is larger than the limit.
pub(crate) fn oversized(bound: usize, delivery: Delivery) -> Error {
    let message = format!("the answer is larger than {bound} bytes");
    Error::new(ErrorKind::TooLarge, delivery, message)
        .with_hint("ask for less at a time, or raise the bound on answers")
}

/// Returns the error of a connection whose login the host no longer knows.
///
/// The response proves nothing about the request: TLS may end at a gateway, which can answer so after the host has run
/// the request.
pub(crate) fn context_lost(status: StatusCode) -> Error {
    let status = status.as_u16();
    let message = format!("the host no longer knows this login (HTTP {status})");
    Error::new(ErrorKind::ContextLost, Delivery::Unknown, message)
        .with_hint(
            "when it comes again, look for a proxy or a load balancer on the way: the login belongs to one connection",
        )
        .with_status(status)
}

/// Returns the error of a first sealed message after a login that was answered with 400 and an empty body.
pub(crate) fn refused_first(status: StatusCode) -> Error {
    let status = status.as_u16();
    let message = format!("the host refused the first sealed message (HTTP {status})");
    Error::new(ErrorKind::ContextLost, Delivery::Unknown, message)
        .with_hint(PART_HEADERS)
        .with_remedy(Remedy::PartHeaders)
        .with_status(status)
}

/// Returns the error of a response that comes in too many small pieces.
pub(crate) fn in_pieces(delivery: Delivery) -> Error {
    let message = "the answer comes in too many small pieces";
    Error::new(ErrorKind::TooLarge, delivery, message)
        .with_hint("check that the service at this address is WinRM")
}

/// Returns the error of a response in an encoding that was not requested, and that cannot be read.
pub(crate) fn compressed(answer: &Answer) -> Error {
    let message = "the answer is compressed, which was not asked for";
    Error::new(ErrorKind::NotWsMan, Delivery::Unknown, message)
        .with_hint("something on the way may compress answers: connect without it")
        .with_status(answer.status.as_u16())
}

/// Returns the error of a response without a seal on a connection that seals.
pub(crate) fn unsealed(answer: &Answer) -> Error {
    let status = answer.status.as_u16();
    let message =
        format!("the host answered without a seal on a sealed connection (HTTP {status})");
    Error::new(ErrorKind::Sealing, Delivery::Unknown, message)
        .with_hint("something on the way may have answered in the host's place; https keeps it out")
        .with_status(status)
}

/// Finds an error of this type among the causes, including those inside IO errors.
pub(crate) fn find<'a, T: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let inside = error.downcast_ref().and_then(io::Error::get_ref);
        if let Some(found) = inside.and_then(|inside| find(inside)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The hint for a connection that was closed although the login depends on it.
pub(crate) const KEEPS_CLOSING: &str = "the login belongs to one connection, which something on the \
    way may close after each answer: connect without it";

/// The hint for a host that refuses the first sealed message after a login.
pub(crate) const PART_HEADERS: &str = "set the part headers of the server profile to the form that the host takes: with tabs \
    for Windows, without for OMI and openwec";

/// The hint for a proxy that does not keep the connection that a login belongs to.
pub(crate) const TUNNEL: &str = "reach the host by https://, which goes through the proxy in a tunnel, or without the \
    proxy";

/// The hint for a server that has not asked for the client certificate in the TLS handshake.
pub(crate) const ASKS_LATE: &str = "Windows asks for it only later, which TLS 1.3 does not know, unless its listener is \
    told to ask at once: netsh http update sslcert, with clientcertnegotiation=enable";

/// The hint for a connection that was closed after a client certificate was presented.
pub(crate) const MAY_NOT_ACCEPT: &str = "the host may not accept the client certificate: see that it comes from an \
    authority that the host trusts, and is made for client authentication";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_causes_inside_of_io_errors() {
        let inner = io::Error::other(rustls::Error::DecryptError);
        let outer = io::Error::new(io::ErrorKind::InvalidData, inner);
        assert_eq!(find(&outer), Some(&rustls::Error::DecryptError));
        assert!(find::<AlreadyConnected>(&outer).is_none());
        let guard = io::Error::other(AlreadyConnected);
        assert!(find::<AlreadyConnected>(&guard).is_some());
    }
}
