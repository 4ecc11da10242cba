//! What a failed request means, and an answer that is no envelope: one sentence about it, and one on what to do.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use reqwest::StatusCode;
use rustls::{AlertDescription, CertificateError};

use super::challenge;
use super::endpoint::Endpoint;
use super::gate::GateClosed;
use super::proxy::Route;
use super::trust::NotPinned;
use super::wire::{Answer, Way};
use crate::printable::excerpt;
use crate::transport::{Delivery, Error, ErrorKind, Phase};

/// A request that got no answer.
pub(crate) fn of_request(error: &reqwest::Error, way: &Way, at_stake: Delivery) -> Error {
    let endpoint = &way.endpoint;
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
        match &way.proxy {
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
pub(crate) fn of_status(answer: &Answer, way: &Way, delivery: Delivery) -> Error {
    let endpoint = &way.endpoint;
    let status = answer.status.as_u16();
    let passed_on_by = way.passed_on_by();
    if status == 407 {
        return wants_login(passed_on_by, delivery);
    }
    let own = passed_on_by.filter(|_| is_of_a_proxy(answer));
    if let Some(proxy) = own {
        return of_proxy(answer, proxy, endpoint, delivery);
    }
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
    let mut error = Error::new(kind, delivery, message).with_status(status);
    if let Some(wait) = asked_to_wait(answer) {
        error = error.with_retry_after(wait);
    }
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// How long an answer asks to be left alone, where its status is one of those for which that has a meaning.
fn asked_to_wait(answer: &Answer) -> Option<Duration> {
    let busy = matches!(answer.status.as_u16(), 425 | 429 | 503);
    answer.retry_after().filter(|_| busy)
}

/// Whether a proxy has answered in the host's place. None has to say so; those that say it are squid, tinyproxy and
/// whoever keeps to RFC 9209, and hosts do not speak of gateways.
fn is_of_a_proxy(answer: &Answer) -> bool {
    let has = |name: &str| answer.headers.contains_key(name);
    let server = answer.headers.get(reqwest::header::SERVER);
    let tinyproxy = server.is_some_and(|name| name.as_bytes().starts_with(b"tinyproxy"));
    let speaks = has("x-squid-error") || has("proxy-status") || tinyproxy;
    matches!(answer.status.as_u16(), 502 | 504) || (speaks && answer.status.as_u16() >= 400)
}

fn of_proxy(answer: &Answer, proxy: &Route, endpoint: &Endpoint, delivery: Delivery) -> Error {
    let status = answer.status.as_u16();
    let (message, hint) = match status {
        403 | 405 => (
            format!("the proxy {proxy} does not let us reach {endpoint} (HTTP {status})"),
            "have the proxy allow the host and the port, or reach the host without it (name it in --no-proxy)",
        ),
        _ => (
            format!("the proxy {proxy} could not reach {endpoint} (HTTP {status})"),
            "check the host's name and port, and that the proxy can reach them; or do without the proxy (name the host in --no-proxy)",
        ),
    };
    let error = Error::new(ErrorKind::Proxy, delivery, message)
        .with_hint(hint)
        .with_status(status);
    match asked_to_wait(answer) {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

/// A proxy that wants to know who we are, which has nothing to do with the login at the host.
fn wants_login(proxy: Option<&Route>, delivery: Delivery) -> Error {
    let (message, hint) = match proxy {
        None => (
            "a proxy on the way asks for a login (HTTP 407)".to_owned(),
            "name it and whoever logs in to it (--proxy http://user:password@proxy:3128)",
        ),
        Some(proxy) if proxy.has_login() => (
            format!("the proxy {proxy} rejected its user name or password (HTTP 407)"),
            "check the ones in the proxy's address, where special characters are percent-encoded; the proxy has to take \
             Basic, and the host's own login is not concerned",
        ),
        Some(proxy) => (
            format!("the proxy {proxy} asks for a login (HTTP 407)"),
            "put the user and the password into its address (http://user:password@proxy:3128); the host's own login is \
             not concerned",
        ),
    };
    Error::new(ErrorKind::Proxy, delivery, message)
        .with_hint(hint)
        .with_status(StatusCode::PROXY_AUTHENTICATION_REQUIRED.as_u16())
}

/// A 401 or 403 to a request in the name of a client certificate, and whether the host has asked to see one.
pub(crate) fn of_certificate(answer: &Answer, asked: bool) -> Error {
    let status = answer.status.as_u16();
    let (message, hint) = if asked {
        (
            format!(
                "the host does not let the holder of the client certificate in (HTTP {status})"
            ),
            "see that the host allows it (winrm set winrm/config/service/auth @{Certificate=\"true\"}), and maps the \
             certificate, by its issuer and the user principal name in it, to a local account (winrm enumerate \
             winrm/config/service/certmapping)",
        )
    } else {
        (
            format!("the host did not ask for the client certificate, and refused (HTTP {status})"),
            ASKS_LATE,
        )
    };
    Error::new(ErrorKind::Authentication, Delivery::Answered, message)
        .with_hint(hint)
        .with_status(status)
}

/// A 401. `presented` tells whether the credentials had been shown to the host, or were still to come.
pub(crate) fn of_login(
    answer: &Answer,
    scheme: &str,
    presented: bool,
    way: &Way,
    delivery: Delivery,
) -> Error {
    let offered = challenge::offered(&answer.headers);
    // A host that has seen the credentials need not repeat what it offers.
    let ours = offered.is_empty() || challenge::offers(&answer.headers, scheme);
    let proxy = way.passed_on_by();
    let (message, hint) = if let (true, false, Some(proxy)) = (offered.is_empty(), presented, proxy)
    {
        (
            format!(
                "the proxy {proxy} took the host's offer to log in out of its answer (HTTP 401)"
            ),
            format!("a proxy that does not keep connections together does that: {TUNNEL}"),
        )
    } else if offered.is_empty() && !presented {
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
            match proxy {
                Some(proxy) => format!(
                    "{CHECK_USER}; the proxy {proxy} may also have mixed up connections, which https keeps it from"
                ),
                None => CHECK_USER.to_owned(),
            },
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

/// No connection to a proxy, or none through it.
fn of_connect_through(error: &reqwest::Error, endpoint: &Endpoint, proxy: &Route) -> Error {
    let new = |kind, message| Error::new(kind, Delivery::NotSent, message);
    if error.is_timeout() {
        let message = format!("could not connect to {endpoint} through the proxy {proxy} in time");
        return new(ErrorKind::Timeout(Phase::Connect), message)
            .with_hint("check the proxy's address, and that the proxy can reach the host");
    }
    if error.is_dns() {
        let message = format!("the name of the proxy {proxy} has no address");
        return new(ErrorKind::NameNotResolved, message).with_hint(
            "check the spelling of the proxy's address (--proxy, HTTPS_PROXY, HTTP_PROXY)",
        );
    }
    match tunnel(error).as_deref() {
        Some("proxy authorization required") => wants_login(Some(proxy), Delivery::NotSent),
        // Either way the connection that could not be made is that to the proxy.
        None if endpoint.is_tls() => of_connect(error, endpoint),
        None | Some("failed to create underlying connection") => {
            new(ErrorKind::Connect, format!("could not connect to the proxy {proxy}"))
                .with_hint("check the proxy's address (--proxy, HTTPS_PROXY, HTTP_PROXY), and that it runs")
        }
        Some(_) => new(
            ErrorKind::Proxy,
            format!("the proxy {proxy} opened no tunnel to {endpoint}"),
        )
        .with_hint(
            "have the proxy allow CONNECT to that port, which many allow for 443 alone, and check that it can reach the \
             host; or do without the proxy (name the host in --no-proxy)",
        ),
    }
}

/// What the HTTP client says of a tunnel that did not come about. Its type is private, and only its words are to be had.
fn tunnel(error: &reqwest::Error) -> Option<String> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(why) = error.to_string().strip_prefix("tunnel error: ") {
            return Some(why.to_owned());
        }
        next = error.source();
    }
    None
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
        Tls::InvalidCertificate(Bad::Other(other))
            if other.to_string().contains("CaUsedAsEndEntity") =>
        {
            (
                format!("the certificate of {endpoint} is marked as that of an authority"),
                Some("give the host a certificate of its own, made without CA:TRUE"),
            )
        }
        Tls::InvalidCertificate(Bad::Other(other)) if other.0.is::<NotPinned>() => {
            let seen = other.0.downcast_ref().map(NotPinned::seen);
            (
                format!(
                    "the certificate of {endpoint} is not the pinned one: its SHA-256 fingerprint is {}",
                    seen.unwrap_or_default()
                ),
                Some(
                    "compare it with the host's own, at the host: where they agree, pin this one; else somebody stands between",
                ),
            )
        }
        Tls::InvalidCertificate(_) => (
            format!("the certificate of {endpoint} cannot be trusted"),
            Some(
                "give the host a certificate of an authority that is trusted here, or name its authority (--ca-file)",
            ),
        ),
        Tls::AlertReceived(AlertDescription::CertificateRequired) => {
            return Error::new(
                ErrorKind::Authentication,
                Delivery::NotSent,
                format!("{endpoint} wants a client certificate"),
            )
            .with_hint("give one and its key (--client-cert, --client-key)");
        }
        Tls::AlertReceived(alert) if is_about_our_certificate(*alert) => {
            return Error::new(
                ErrorKind::Authentication,
                Delivery::NotSent,
                format!("{endpoint} does not accept the client certificate"),
            )
            .with_hint("see that it is still valid, is made for client authentication, and comes from an authority that the host trusts");
        }
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

/// The alerts of a server that does not like a certificate (RFC 8446, section 6.2). It has not looked at any request then.
fn is_about_our_certificate(alert: AlertDescription) -> bool {
    use AlertDescription as Alert;
    matches!(
        alert,
        Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
    )
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

/// Said where a proxy does not keep the connection that a login belongs to.
pub(crate) const TUNNEL: &str = "reach the host by https://, which goes through the proxy in a tunnel, or without the \
    proxy (name it in --no-proxy)";

/// Said where a server has not asked for the client certificate in the TLS handshake.
pub(crate) const ASKS_LATE: &str = "Windows asks for it only later, which TLS 1.3 does not know, unless its listener is \
    told to ask at once: netsh http update sslcert, with clientcertnegotiation=enable";

/// Said where a connection ends on which a client certificate was shown.
pub(crate) const MAY_NOT_ACCEPT: &str = "the host may not accept the client certificate: see that it comes from an \
    authority that the host trusts, and is made for client authentication";

const CHECK_USER: &str = "check both, write the user as DOMAIN\\user or .\\user, and see that it may use WinRM: an \
    administrator, or a member of Remote Management Users";

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
