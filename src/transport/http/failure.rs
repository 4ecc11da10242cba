//! What a failed request means, and an answer that is no envelope: one sentence about it, and one on what to do.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use reqwest::StatusCode;
use rustls::CertificateError;

use super::challenge;
use super::endpoint::Endpoint;
use super::gate::GateClosed;
use super::wire::Answer;
use crate::printable::excerpt;
use crate::transport::{Delivery, Error, ErrorKind, Phase};

/// A request that got no answer.
pub(crate) fn of_request(error: &reqwest::Error, endpoint: &Endpoint, at_stake: Delivery) -> Error {
    if find::<GateClosed>(error).is_some() {
        return Error::new(
            ErrorKind::Lost,
            Delivery::NotSent,
            format!("the connection to {endpoint} was closed"),
        )
        .with_hint(KEEPS_CLOSING);
    }
    // Under TLS 1.3 a server may refuse us after its side of the handshake, when the request is on its way.
    let delivery = if error.is_connect() {
        Delivery::NotSent
    } else {
        at_stake
    };
    let failure = if let Some(tls) = find::<rustls::Error>(error) {
        of_tls(tls, endpoint, delivery)
    } else if error.is_connect() {
        of_connect(error, endpoint)
    } else {
        Error::new(
            ErrorKind::Lost,
            delivery,
            format!("the connection to {endpoint} broke before an answer came"),
        )
    };
    failure.with_source(cause(error))
}

/// An answer that broke off.
pub(crate) fn of_answer(error: &reqwest::Error, endpoint: &Endpoint, at_stake: Delivery) -> Error {
    let message = format!("the connection to {endpoint} broke in the middle of an answer");
    Error::new(ErrorKind::Lost, at_stake, message).with_source(cause(error))
}

/// The innermost reason, which is what tells something; the levels above it only name the layers they come from.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn StdError = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    excerpt(&innermost.to_string())
}

/// A login or an answer that took longer than it may.
pub(crate) fn timeout(
    phase: Phase,
    allowed: Duration,
    endpoint: &Endpoint,
    delivery: Delivery,
) -> Error {
    let message = match phase {
        Phase::Answer => format!("no answer came from {endpoint} within {allowed:?}"),
        _ => format!("the login at {endpoint} was not over after {allowed:?}"),
    };
    Error::new(ErrorKind::Timeout(phase), delivery, message)
}

/// An answer that is larger than our bound.
pub(crate) fn oversized(bound: usize, delivery: Delivery) -> Error {
    let message = format!("the answer is larger than {bound} bytes");
    Error::new(ErrorKind::TooLarge, delivery, message)
        .with_hint("ask for less at a time, or raise the bound on answers")
}

/// An answer that is no envelope, and not about the login.
pub(crate) fn of_status(answer: &Answer, endpoint: &Endpoint, delivery: Delivery) -> Error {
    let status = answer.status.as_u16();
    let (kind, message, hint) = match status {
        403 => (
            ErrorKind::NotWsMan,
            "the host forbids it (HTTP 403)".to_owned(),
            Some("check that the port is that of WinRM, and that http or https is what it speaks"),
        ),
        404 => (
            ErrorKind::NotWsMan,
            format!("nothing serves the path {} (HTTP 404)", endpoint.path()),
            Some(
                "check the port and the path: WinRM has /wsman on 5985 for http, on 5986 for https",
            ),
        ),
        407 => (
            ErrorKind::Proxy,
            "a proxy on the way asks for a login (HTTP 407)".to_owned(),
            None,
        ),
        413 => (
            ErrorKind::TooLarge,
            "the request is larger than the host takes (HTTP 413)".to_owned(),
            Some("raise MaxEnvelopeSizekb in the host's WinRM settings, or send less at a time"),
        ),
        425 | 429 | 503 => (
            ErrorKind::Status,
            format!("the host is not ready to answer (HTTP {status})"),
            Some("check that the WinRM service runs at the host, and try again"),
        ),
        300..400 => (
            ErrorKind::Status,
            format!("the host sends us elsewhere (HTTP {status})"),
            Some("redirects are never followed: give the address of the service itself"),
        ),
        _ if answer.body.is_empty() => (
            ErrorKind::Status,
            format!("the host answered HTTP {status} and nothing else"),
            None,
        ),
        _ => (
            ErrorKind::NotWsMan,
            format!(
                "the host answered with {}, not WS-Management (HTTP {status})",
                content_type(answer)
            ),
            Some("check that the address is that of WinRM: another service seems to answer there"),
        ),
    };
    let error = Error::new(kind, delivery, message).with_status(status);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// A 401. `presented` tells whether the credentials had been shown to the host, or were still to come.
pub(crate) fn of_login(
    answer: &Answer,
    scheme: &str,
    presented: bool,
    delivery: Delivery,
) -> Error {
    let offered = challenge::offered(&answer.headers);
    // A host that has seen the credentials need not repeat what it offers.
    let ours = offered.is_empty() || challenge::offers(&answer.headers, scheme);
    let (message, hint) = if offered.is_empty() && !presented {
        (
            "the host refused the login and offers no way to log in (HTTP 401)".to_owned(),
            "a proxy on the way may have taken the offer out: connect without it".to_owned(),
        )
    } else if !ours {
        (
            format!(
                "the host does not let us log in with {scheme}, but with {}",
                offered.join(", ")
            ),
            format!(
                "turn {scheme} on at the host (winrm set winrm/config/service/auth @{{{scheme}=\"true\"}}), \
                 or log in another way"
            ),
        )
    } else if presented {
        (
            "the host rejected the user name or the password".to_owned(),
            "check both, write the user as DOMAIN\\user or .\\user, and see that it may use WinRM: an administrator, \
             or a member of Remote Management Users"
                .to_owned(),
        )
    } else {
        (
            format!("the host offers {scheme} and does not begin it"),
            "NTLM may be switched off at the host by policy".to_owned(),
        )
    };
    Error::new(ErrorKind::Authentication, delivery, message)
        .with_hint(hint)
        .with_status(StatusCode::UNAUTHORIZED.as_u16())
}

/// The host no longer knows the login of a connection.
pub(crate) fn context_lost(status: StatusCode, delivery: Delivery) -> Error {
    let status = status.as_u16();
    let message = format!("the host no longer knows this login (HTTP {status})");
    Error::new(ErrorKind::ContextLost, delivery, message)
        .with_hint(
            "when it comes again, look for a proxy or a load balancer on the way: the login belongs to one connection",
        )
        .with_status(status)
}

/// An answer in an encoding that was not asked for.
pub(crate) fn compressed(answer: &Answer, delivery: Delivery) -> Error {
    let message = "the answer is compressed, which was not asked for";
    Error::new(ErrorKind::NotWsMan, delivery, message)
        .with_hint("something on the way may compress answers: connect without it")
        .with_status(answer.status.as_u16())
}

/// An answer without a seal where everything is sealed.
pub(crate) fn unsealed(answer: &Answer) -> Error {
    let status = answer.status.as_u16();
    let message =
        format!("the host answered without a seal on a sealed connection (HTTP {status})");
    Error::new(ErrorKind::Sealing, Delivery::Unknown, message)
        .with_hint("something on the way may have answered in the host's place; https keeps it out")
        .with_status(status)
}

fn of_connect(error: &reqwest::Error, endpoint: &Endpoint) -> Error {
    let new = |kind, message| Error::new(kind, Delivery::NotSent, message);
    if error.is_dns() {
        return new(
            ErrorKind::NameNotResolved,
            format!("the name {} has no address", excerpt(endpoint.host())),
        )
        .with_hint("check the spelling of the host's name, or give its address");
    }
    let io = find::<io::Error>(error).map(io::Error::kind);
    let broke_off = matches!(
        io,
        Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
    );
    if error.is_timeout() {
        new(
            ErrorKind::Timeout(Phase::Connect),
            format!("could not connect to {endpoint} in time"),
        )
        .with_hint(
            "check the host's name, and that no firewall on the way stops the port \
             (5985 is for http, 5986 for https)",
        )
    } else if endpoint.is_tls() && broke_off {
        new(
            ErrorKind::Tls,
            format!("{endpoint} broke off the TLS handshake"),
        )
        .with_hint(NO_TLS)
    } else if io == Some(io::ErrorKind::ConnectionRefused) {
        new(
            ErrorKind::Connect,
            format!("{endpoint} refused the connection"),
        )
        .with_hint(
            "turn WinRM on at the host (winrm quickconfig), or name the port that it listens at: \
             5985 is for http, 5986 for https",
        )
    } else {
        new(ErrorKind::Connect, format!("could not connect to {endpoint}")).with_hint(
            "check that the host is up and can be reached from here (5985 is for http, 5986 for https)",
        )
    }
}

fn of_tls(error: &rustls::Error, endpoint: &Endpoint, delivery: Delivery) -> Error {
    use CertificateError as Bad;
    use rustls::Error as Tls;

    let (message, hint) = match error {
        Tls::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => (
            format!("the certificate of {endpoint} has expired"),
            Some("renew the certificate of the host's HTTPS listener"),
        ),
        Tls::InvalidCertificate(Bad::NotValidYet | Bad::NotValidYetContext { .. }) => (
            format!("the certificate of {endpoint} is not valid yet"),
            Some("compare the clocks of the host and of this machine"),
        ),
        Tls::InvalidCertificate(Bad::UnknownIssuer) => (
            format!("the certificate of {endpoint} comes from an unknown authority"),
            Some(
                "name the authority that signed it, or a self-signed certificate itself, as CA bundle (--ca-file)",
            ),
        ),
        Tls::InvalidCertificate(Bad::NotValidForName | Bad::NotValidForNameContext { .. }) => (
            format!("the certificate of {endpoint} is for another name"),
            Some("address the host by a name that its certificate holds"),
        ),
        Tls::InvalidCertificate(Bad::BadSignature) => (
            format!("the certificate of {endpoint} is not signed by the authority that it names"),
            Some(
                "the authority may have a new certificate: name that one as CA bundle (--ca-file)",
            ),
        ),
        Tls::InvalidCertificate(_) => (
            format!("the certificate of {endpoint} cannot be trusted"),
            Some(
                "give the host a certificate of an authority that is trusted here, or name its authority (--ca-file)",
            ),
        ),
        Tls::InvalidMessage(_) => (format!("{endpoint} does not speak TLS"), Some(NO_TLS)),
        Tls::PeerIncompatible(_) => (
            format!("{endpoint} speaks no version of TLS that is safe"),
            Some("turn on TLS 1.2 or later at the host"),
        ),
        _ => (format!("TLS with {endpoint} failed"), None),
    };
    let error = Error::new(ErrorKind::Tls, delivery, message);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// Looks for an error of this type among the causes, inside of IO errors too.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
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

fn content_type(answer: &Answer) -> String {
    match super::multipart::media_type(answer.content_type()) {
        "" => "something without a content type".to_owned(),
        media_type => excerpt(media_type),
    }
}

/// Said where a connection ends that must stay.
pub(crate) const KEEPS_CLOSING: &str = "the login belongs to one connection, which something on the \
    way may close after each answer: connect without it";

const NO_TLS: &str = "the port may be one for http: WinRM has https on 5986, and http, where messages are \
    sealed, on 5985";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_causes_inside_of_io_errors() {
        let inner = io::Error::other(rustls::Error::DecryptError);
        let outer = io::Error::new(io::ErrorKind::InvalidData, inner);
        assert_eq!(find(&outer), Some(&rustls::Error::DecryptError));
        assert!(find::<GateClosed>(&outer).is_none());
        let gate = io::Error::other(GateClosed);
        assert!(find::<GateClosed>(&gate).is_some());
    }
}
