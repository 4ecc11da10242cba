//! A certificate in words. rustls decides on its trust.

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::time::ASN1Time;

use crate::session::Session;

/// Returns true if nothing verifies the certificate of the host.
pub(super) fn is_any_accepted(session: &Session) -> bool {
    let trust = &session.connection;
    trust.danger.dangerously_accept_any_certificate && trust.pin_certificate.is_none()
}

/// The certificate in a phrase: whose it is, for which names, from whom, and for how long.
pub(super) fn describe(der: &[u8]) -> String {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else {
        return "a certificate that cannot be read".to_owned();
    };
    let names = names(&certificate);
    let names = if names.is_empty() {
        "no name at all".to_owned()
    } else {
        names.join(", ")
    };
    let validity = certificate.validity();
    format!(
        "the certificate of {} for {names}, from {}, valid from {} to {}",
        certificate.subject(),
        certificate.issuer(),
        date(validity.not_before),
        date(validity.not_after),
    )
}

/// In how many days it expires; nothing where it cannot be read.
pub(super) fn days_left(der: &[u8]) -> Option<i64> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let left = certificate.validity().time_to_expiration()?;
    Some(left.whole_days())
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let extension = certificate.subject_alternative_name().ok().flatten();
    let names = extension.map(|extension| extension.value.general_names.iter());
    names
        .into_iter()
        .flatten()
        .filter_map(name)
        .take(MAX_NAMES)
        .collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(bytes).to_string());
    }
    let bytes = <[u8; 16]>::try_from(bytes).ok()?;
    Some(std::net::Ipv6Addr::from(bytes).to_string())
}

fn date(time: ASN1Time) -> String {
    time.to_datetime().date().to_string()
}

/// More names than fit into a line.
const MAX_NAMES: usize = 8;
