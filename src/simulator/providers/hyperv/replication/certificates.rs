//! GetSystemCertificates: the certificates of the host's machine store, which are made when they are asked for.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};

use super::super::super::{Call, CallError, Moment, Output};
use super::super::codes::DONE;
use super::super::state::Hyperv;

pub(super) fn get(hyperv: &mut Hyperv, call: &Call<'_>) -> Result<Output, CallError> {
    if hyperv.certificates.is_empty() {
        let days = [365, SOON];
        let made = days.map(|days| make(&hyperv.full_name(), call.now, days));
        hyperv.certificates = made.into_iter().flatten().collect();
    }
    let certificates = hyperv.certificates.clone();
    Ok(Output::code(DONE).with("EncodedCertificates", certificates))
}

/// Makes a certificate for a server and a client that is valid for so many days, as base64 of its DER.
fn make(host: &str, now: Moment, days: u64) -> Option<String> {
    let mut params = CertificateParams::new([host.to_owned()]).ok()?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, host);
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    let (year, month, day) = date(now)?;
    params.not_before = rcgen::date_time_ymd(year - 1, month, day.min(28));
    let (year, month, day) = date(now.plus(Duration::from_secs(days * 86_400)))?;
    params.not_after = rcgen::date_time_ymd(year, month, day);
    let key = KeyPair::generate().ok()?;
    let certificate = params.self_signed(&key).ok()?;
    Some(STANDARD.encode(certificate.der()))
}

/// Returns year, month and day.
fn date(moment: Moment) -> Option<(i32, u8, u8)> {
    let text = moment.to_datetime().to_rfc3339()?;
    let mut parts = text.get(..10)?.splitn(3, '-');
    Some((
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
    ))
}

/// The days that the second certificate is valid.
const SOON: u64 = 15;
