//! Errors of connecting: to the host, to a proxy, through a proxy, or over TLS.

use std::error::Error as StdError;
use std::io;

use rustls::{AlertDescription, CertificateError, OtherError};

use super::find;
use super::refusal::wants_login;
use crate::printable::excerpt;
use crate::remedy::Remedy;
use crate::transport::http::endpoint::Endpoint;
use crate::transport::http::proxy::ProxyRoute;
use crate::transport::http::raw_key::NotItsKey;
use crate::transport::http::trust::NotPinned;
use crate::transport::{Delivery, Error, ErrorKind, Phase};

/// Returns the error of a failed connection to a proxy, or through it.
pub(super) fn of_connect_through(
    error: &reqwest::Error,
    endpoint: &Endpoint,
    proxy: &ProxyRoute,
) -> Error {
    let new = |kind, message| Error::new(kind, Delivery::NotSent, message);
    if error.is_timeout() {
        let message = format!("could not connect to {endpoint} through the proxy {proxy} in time");
        return new(ErrorKind::Timeout(Phase::Connect), message)
            .with_hint("check the proxy's address, and that the proxy can reach the host");
    }
    if error.is_dns() {
        let message = format!("the name of the proxy {proxy} has no address");
        return new(ErrorKind::NameNotResolved, message).with_hint(
            "check the spelling of the proxy's address, which may come from HTTPS_PROXY or HTTP_PROXY",
        )
        .with_remedy(Remedy::Proxy);
    }
    let no_tunnel = || {
        let message = format!("the proxy {proxy} opened no tunnel to {endpoint}");
        new(ErrorKind::Proxy, message)
    };
    match tunnel(error).as_deref() {
        Some("proxy authorization required") => {
            wants_login(Some(proxy), 407, Delivery::NotSent)
        }
        None if endpoint.is_tls() => of_connect(error, endpoint),
        // Without a tunnel the peer is the proxy, and the connection under a tunnel is the one to the proxy, too.
        None | Some("failed to create underlying connection") => {
            new(ErrorKind::Connect, format!("could not connect to the proxy {proxy}"))
                .with_hint("check that the proxy runs, and its address, which may come from HTTPS_PROXY or HTTP_PROXY")
                .with_remedy(Remedy::Proxy)
        }
        Some(_) if proxy.has_login() => no_tunnel().with_hint(
            "check the user and the password in the proxy's address, have the proxy allow CONNECT to that port, which many \
             allow for 443 alone, and check that it can reach the host",
        ),
        Some(_) => no_tunnel().with_hint(
            "have the proxy allow CONNECT to that port, which many allow for 443 alone, and check that it can reach the \
             host; or reach the host without the proxy",
        )
        .with_remedy(Remedy::NoProxy),
    }
}

/// Returns the HTTP client's reason for a tunnel that failed. The type of that error is private; only its text is
/// available.
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

pub(super) fn of_connect(error: &reqwest::Error, endpoint: &Endpoint) -> Error {
    let new = |kind, message| Error::new(kind, Delivery::NotSent, message);
    // Name resolution needs a file, too.
    if is_out_of_files(error) {
        let message = format!("could not connect to {endpoint}: too many open files");
        return new(ErrorKind::Connect, message).with_hint(OPEN_FILES);
    }
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
        .with_hint(if endpoint.is_tls() {
            "check the host's name, that no firewall on the way stops the port, and that what answers there speaks TLS \
             (5985 is for http, 5986 for https)"
        } else {
            "check the host's name, and that no firewall on the way stops the port \
             (5985 is for http, 5986 for https)"
        })
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

/// Reports whether this process or this machine has reached its limit of open files.
fn is_out_of_files(error: &reqwest::Error) -> bool {
    let code = find::<io::Error>(error).and_then(io::Error::raw_os_error);
    code.is_some_and(|code| OUT_OF_FILES.contains(&code))
}

/// Returns the setting that may help if a certificate was rejected.
fn remedy_of(error: &rustls::Error) -> Option<Remedy> {
    use CertificateError as Bad;
    let rustls::Error::InvalidCertificate(error) = error else {
        return None;
    };
    Some(match error {
        Bad::Expired
        | Bad::ExpiredContext { .. }
        | Bad::NotValidYet
        | Bad::NotValidYetContext { .. }
        | Bad::NotValidForName
        | Bad::NotValidForNameContext { .. } => return None,
        Bad::Other(other) if other.0.is::<NotItsKey>() => return None,
        Bad::Other(other)
            if is(other, "CaUsedAsEndEntity")
                || is(other, "UnsupportedCertVersion")
                || other.0.is::<NotPinned>() =>
        {
            Remedy::PinnedCertificate
        }
        _ => Remedy::CaBundle,
    })
}

pub(super) fn of_tls(error: &rustls::Error, endpoint: &Endpoint, delivery: Delivery) -> Error {
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
                "name the authority that signed it, or a self-signed certificate itself, as CA bundle",
            ),
        ),
        Tls::InvalidCertificate(Bad::NotValidForName | Bad::NotValidForNameContext { .. }) => (
            format!("the certificate of {endpoint} is for another name"),
            Some("address the host by a name that its certificate holds"),
        ),
        Tls::InvalidCertificate(Bad::BadSignature) => (
            format!("the certificate of {endpoint} is not signed by the authority that it names"),
            Some("the authority may have a new certificate: name that one as CA bundle"),
        ),
        Tls::InvalidCertificate(Bad::Other(other)) if is(other, "CaUsedAsEndEntity") => (
            format!("the certificate of {endpoint} is marked as that of an authority"),
            Some(
                "pin the certificate by its SHA-256 fingerprint, or give the host one of its own, made without CA:TRUE",
            ),
        ),
        // OMI makes such a certificate for itself.
        Tls::InvalidCertificate(Bad::Other(other)) if is(other, "UnsupportedCertVersion") => (
            format!(
                "the certificate of {endpoint} is of X.509 version 1, which cannot be verified with an authority"
            ),
            Some(
                "pin the certificate by its SHA-256 fingerprint, or give the host a certificate of version 3",
            ),
        ),
        Tls::InvalidCertificate(Bad::Other(other)) if other.0.is::<NotItsKey>() => (
            format!("{endpoint} does not have the key of the certificate that it shows"),
            Some("do not log in: the connection may be intercepted"),
        ),
        Tls::InvalidCertificate(Bad::Other(other)) if other.0.is::<NotPinned>() => {
            let seen = other.0.downcast_ref().map(NotPinned::seen);
            (
                format!(
                    "the certificate of {endpoint} is not the pinned one: its SHA-256 fingerprint is {}",
                    seen.unwrap_or_default()
                ),
                Some(
                    "compare it with that of the certificate at the host: if they agree, pin this one; if not, the connection \
                     is intercepted",
                ),
            )
        }
        Tls::InvalidCertificate(_) => (
            format!("the certificate of {endpoint} cannot be trusted"),
            Some(
                "give the host a certificate of an authority that is trusted here, or name its authority as CA bundle",
            ),
        ),
        Tls::AlertReceived(AlertDescription::CertificateRequired) => {
            return Error::new(
                ErrorKind::Authentication,
                Delivery::NotSent,
                format!("{endpoint} wants a client certificate"),
            )
            .with_hint("give one and its key")
            .with_remedy(Remedy::ClientCertificate)
            .with_source(error.to_string());
        }
        Tls::AlertReceived(alert) if is_about_our_certificate(*alert) => {
            return Error::new(
                ErrorKind::Authentication,
                Delivery::NotSent,
                format!("{endpoint} does not accept the client certificate"),
            )
            .with_hint("see that it is still valid, is made for client authentication, and comes from an authority that the host trusts")
            .with_source(error.to_string());
        }
        Tls::InvalidMessage(_) => (format!("{endpoint} does not speak TLS"), Some(NO_TLS)),
        Tls::PeerIncompatible(_) => (
            format!("{endpoint} speaks no version of TLS that is safe"),
            Some("turn on TLS 1.2 or later at the host"),
        ),
        _ => (format!("TLS with {endpoint} failed"), None),
    };
    let mut failure = Error::new(ErrorKind::Tls, delivery, message);
    if let Some(remedy) = remedy_of(error) {
        failure = failure.with_remedy(remedy);
    }
    if let Some(hint) = hint {
        failure = failure.with_hint(hint);
    }
    match cause(error) {
        Some(cause) => failure.with_source(cause),
        None => failure,
    }
}

/// Returns the reason why TLS failed, if the message does not contain all of it.
fn cause(error: &rustls::Error) -> Option<String> {
    use CertificateError as Bad;
    let rustls::Error::InvalidCertificate(bad) = error else {
        return Some(excerpt(&error.to_string()));
    };
    let cause = match bad {
        Bad::UnknownIssuer => "no authority that is trusted here has signed it".to_owned(),
        Bad::BadSignature => "its signature does not match the key of the authority".to_owned(),
        Bad::BadEncoding => "it is not a well-formed certificate".to_owned(),
        Bad::Other(other) if other.0.is::<NotPinned>() || other.0.is::<NotItsKey>() => return None,
        Bad::Other(other) if is(other, "UnsupportedCertVersion") => return None,
        Bad::Other(other) => words(&other.to_string()),
        other => other.to_string(),
    };
    Some(excerpt(&cause))
}

/// Reports whether the error is this one of webpki, whose type is not accessible.
fn is(error: &OtherError, name: &str) -> bool {
    error.to_string() == name
}

/// Writes the name of an error as words: `CaUsedAsEndEntity` as "ca used as end entity". Data after the name is cut
/// off.
fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars().take_while(char::is_ascii_alphanumeric) {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// Reports whether an alert is about the client certificate (RFC 8446, section 6.2). The server has not read any
/// request then.
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

const NO_TLS: &str = "the port may be one for http: WinRM has https on 5986, and http, where messages are \
    sealed, on 5985";

/// The codes of ENFILE and EMFILE, which are the same on all Unix systems, and of WSAEMFILE.
const OUT_OF_FILES: [i32; 3] = [23, 24, 10_024];
const OPEN_FILES: &str = "raise the limit on open files of this process (ulimit -n)";
