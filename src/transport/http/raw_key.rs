//! The signature of a TLS handshake, checked with the key of the server's certificate alone.
//!
//! webpki reads certificates of X.509 version 3. A certificate of version 1, as OMI makes for itself, can be pinned all
//! the same: its holder proves that it has the key, and nothing else in the certificate counts.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, PeerMisbehaved};

use crate::auth::PublicKey;

/// Checks a signature of TLS 1.2.
pub(crate) fn verify_tls12(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let public = public_key(certificate)?;
    let mut schemes = algorithms.mapping.iter();
    let (_, candidates) = schemes
        .find(|(scheme, _)| *scheme == signed.scheme)
        .ok_or(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)?;
    // In TLS 1.2 an ECDSA scheme does not name the curve, which is that of the key (RFC 8422 section 5.1.1).
    candidates
        .iter()
        .find(|candidate| candidate.public_key_alg_id().as_ref() == public.algorithm)
        .and_then(|algorithm| {
            let valid = algorithm.verify_signature(public.key, message, signed.signature());
            valid.ok()
        })
        .map(|()| HandshakeSignatureValid::assertion())
        .ok_or_else(not_its_key)
}

/// Checks a signature of TLS 1.3.
pub(crate) fn verify_tls13(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let public = SubjectPublicKeyInfoDer::from(public_key(certificate)?.info);
    verify_tls13_signature_with_raw_key(message, &public, signed, algorithms).map_err(|error| {
        match error {
            Error::InvalidCertificate(_) => not_its_key(),
            error => error,
        }
    })
}

fn public_key<'a>(certificate: &'a CertificateDer<'_>) -> Result<PublicKey<'a>, Error> {
    PublicKey::of_certificate(certificate).map_err(|_| CertificateError::BadEncoding.into())
}

fn not_its_key() -> Error {
    CertificateError::Other(OtherError(Arc::new(NotItsKey))).into()
}

/// The error of a server that signed with a key other than that of its certificate.
#[derive(Debug)]
pub(crate) struct NotItsKey;

impl fmt::Display for NotItsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the handshake is signed with another key")
    }
}

impl std::error::Error for NotItsKey {}
