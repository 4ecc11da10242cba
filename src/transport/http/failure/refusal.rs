//! Errors of responses that refuse, from the host or from a proxy.

use std::time::Duration;

use reqwest::StatusCode;

use super::{ASKS_LATE, KEEPS_CLOSING, TUNNEL};
use crate::printable::excerpt;
use crate::remedy::Remedy;
use crate::transport::http::answer::Answer;
use crate::transport::http::endpoint::Endpoint;
use crate::transport::http::proxy::ProxyRoute;
use crate::transport::http::route::Route;
use crate::transport::http::{challenge, multipart};
use crate::transport::{Delivery, Error, ErrorKind};

/// Returns the error of a response that is not an envelope and does not concern the login.
pub(crate) fn of_status(answer: &Answer, route: &Route, delivery: Delivery) -> Error {
    let endpoint = &route.endpoint;
    let status = answer.status.as_u16();
    let passed_on_by = route.passed_on_by();
    if status == 407 {
        return wants_login(passed_on_by, status, delivery);
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
        502 | 504 => (
            ErrorKind::Status,
            format!("a gateway on the way got no answer from the host (HTTP {status})"),
            Some("look at the gateway in front of the host, or connect without it"),
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

/// Returns the time that a response asks the client to wait, if its status is one for which that has a meaning.
fn asked_to_wait(answer: &Answer) -> Option<Duration> {
    let busy = matches!(answer.status.as_u16(), 425 | 429 | 503);
    answer.retry_after().filter(|_| busy)
}

/// Reports whether a proxy has answered in place of the host. A proxy need not say so; squid, tinyproxy and proxies
/// that follow RFC 9209 do, and hosts do not send the statuses of gateways.
fn is_of_a_proxy(answer: &Answer) -> bool {
    let has = |name: &str| answer.headers.contains_key(name);
    let server = answer.headers.get(reqwest::header::SERVER);
    let tinyproxy = server.is_some_and(|name| name.as_bytes().starts_with(b"tinyproxy"));
    let speaks = has("x-squid-error") || has("proxy-status") || tinyproxy;
    matches!(answer.status.as_u16(), 502 | 504) || (speaks && answer.status.as_u16() >= 400)
}

fn of_proxy(answer: &Answer, proxy: &ProxyRoute, endpoint: &Endpoint, delivery: Delivery) -> Error {
    let status = answer.status.as_u16();
    let (message, hint) = match status {
        403 | 405 => (
            format!("the proxy {proxy} does not let us reach {endpoint} (HTTP {status})"),
            "have the proxy allow the host and the port, or reach the host without it",
        ),
        _ => (
            format!("the proxy {proxy} could not reach {endpoint} (HTTP {status})"),
            "check the host's name and port, and that the proxy can reach them; or reach the host without the proxy",
        ),
    };
    let error = Error::new(ErrorKind::Proxy, delivery, message)
        .with_hint(hint)
        .with_remedy(Remedy::NoProxy)
        .with_status(status);
    match asked_to_wait(answer) {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

/// Returns the error of a proxy that requires a login, which is unrelated to the login at the host.
pub(super) fn wants_login(proxy: Option<&ProxyRoute>, status: u16, delivery: Delivery) -> Error {
    let (message, hint) = match proxy {
        None => (
            format!("a proxy on the way asks for a login (HTTP {status})"),
            "give its address with a user and a password (http://user:password@proxy:3128)",
        ),
        Some(proxy) if proxy.has_login() => (
            format!("the proxy {proxy} rejected its user name or password (HTTP {status})"),
            "check the ones in the proxy's address, where special characters are percent-encoded; the proxy has to take \
             Basic, and the host's own login is not concerned",
        ),
        Some(proxy) => (
            format!("the proxy {proxy} asks for a login (HTTP {status})"),
            "put the user and the password into its address (http://user:password@proxy:3128); the host's own login is \
             not concerned",
        ),
    };
    Error::new(ErrorKind::Proxy, delivery, message)
        .with_hint(hint)
        .with_remedy(Remedy::Proxy)
        .with_status(status)
}

/// Returns the error of a 401 or 403 to a request in the name of a client certificate. `asked` tells whether the host
/// has asked for the certificate.
pub(crate) fn of_certificate(answer: &Answer, asked: bool, delivery: Delivery) -> Error {
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
    Error::new(ErrorKind::Authentication, delivery, message)
        .with_hint(hint)
        .with_status(status)
}

/// Returns the error of a 401. `presented` tells whether the credentials had been sent to the host, or were still to
/// come.
pub(crate) fn of_login(
    answer: &Answer,
    scheme: &str,
    presented: bool,
    route: &Route,
    delivery: Delivery,
) -> Error {
    let offered = challenge::offered(&answer.headers);
    // A host that has seen the credentials need not repeat its offers.
    let ours = offered.is_empty() || challenge::offers(&answer.headers, scheme);
    let proxy = route.passed_on_by();
    // tinyproxy answers 401 to a login that it does not know.
    if let Some(own) = proxy.filter(|_| is_of_a_proxy(answer)) {
        return wants_login(Some(own), answer.status.as_u16(), delivery);
    }
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
                None if route.endpoint.is_tls() && !scheme.eq_ignore_ascii_case("Basic") => {
                    format!("{CHECK_USER}; {BOUND}")
                }
                None => CHECK_USER.to_owned(),
            },
        )
    } else if answer.closes() {
        (
            format!("the host offers {scheme} and ends the connection instead of beginning it"),
            format!(
                "{KEEPS_CLOSING}; or NTLM is switched off at the host by policy, or taken in SPNEGO alone"
            ),
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

fn content_type(answer: &Answer) -> String {
    match multipart::media_type(answer.content_type()) {
        "" => "something without a content type".to_owned(),
        media_type => excerpt(media_type),
    }
}

/// The hint for a login that is bound to the certificate of the server.
const BOUND: &str = "a host also refuses a login that came over TLS which something on the way has ended in its place";
const CHECK_USER: &str = "check both, write the user as DOMAIN\\user or .\\user, and see that it may use WinRM: an \
    administrator, or a member of Remote Management Users";
