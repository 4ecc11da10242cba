//! Trust: the server certificates that are accepted.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};
use sha2::{Digest, Sha256};

use super::raw_key;
use super::tls::{config, config_with, provider};
use crate::remedy::Remedy;
use crate::transport::Error;

/// The server certificates to accept.
#[derive(Clone, Debug, Default)]
pub(crate) enum Trust {
    /// Certificates of the system's authorities.
    #[default]
    System,
    /// Certificates of these authorities, and no others.
    Authorities(Arc<RootCertStore>),
    /// The certificate with this SHA-256 fingerprint, and no other.
    Pinned([u8; 32]),
    /// Any certificate. The connection is then open to an attacker in between.
    Any,
}

impl Trust {
    /// Trusts the authorities of a bundle in PEM.
    pub(crate) fn bundle(pem: &[u8]) -> Result<Self, Error> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let added = match certificate {
                Ok(certificate) => roots.add(certificate).map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            added.map_err(|error| {
                config("a certificate of the CA bundle cannot be read").with_source(error)
            })?;
        }
        if roots.is_empty() {
            return Err(config("the CA bundle holds no certificate").with_hint(
                "give the certificates in PEM, each between BEGIN CERTIFICATE and END CERTIFICATE lines",
            ));
        }
        Ok(Self::Authorities(Arc::new(roots)))
    }

    /// Trusts only the certificate with this SHA-256 fingerprint: 64 hexadecimal digits, in pairs or not.
    pub(crate) fn pinned(fingerprint: &str) -> Result<Self, Error> {
        // The output of openssl begins with `sha256 Fingerprint=`.
        let digits = fingerprint.rsplit('=').next().unwrap_or_default();
        let digits: String = digits
            .chars()
            .filter(|c| !c.is_whitespace() && !":-".contains(*c))
            .collect();
        let bytes: Option<Vec<u8>> = digits
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).ok())
            .map(|pair| pair.filter(|pair| pair.chars().all(|c| c.is_ascii_hexdigit())))
            .map(|pair| u8::from_str_radix(pair?, 16).ok())
            .collect();
        let bytes = bytes.unwrap_or_default();
        <[u8; 32]>::try_from(bytes.as_slice())
            .map(Self::Pinned)
            .map_err(|_| {
                let is_sha_1 = bytes.len() == 20 && digits.len() == 40;
                config("the pinned fingerprint is not one of SHA-256").with_hint(if is_sha_1 {
                    "it is one of SHA-1, as Windows shows for a thumbprint, which can be forged: get the other with \
                     `openssl x509 -noout -fingerprint -sha256`"
                } else {
                    "it has 64 hexadecimal digits: `openssl x509 -noout -fingerprint -sha256` prints it"
                })
            })
    }

    /// Reports whether a server has to prove its identity.
    pub(crate) fn is_verified(&self) -> bool {
        !matches!(self, Self::Any)
    }

    /// Returns the verifier of server certificates.
    pub(crate) fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, Error> {
        Ok(match self {
            Self::System => system_verifier()?,
            Self::Authorities(roots) => verifier_of(Arc::clone(roots))?,
            Self::Pinned(fingerprint) => Arc::new(PinningVerifier(Accepted::Pinned(*fingerprint))),
            Self::Any => Arc::new(PinningVerifier(Accepted::Any)),
        })
    }
}

/// A verifier that accepts certificates of any version without an authority; their holder must still prove that it has
/// the key.
#[derive(Debug)]
struct PinningVerifier(Accepted);

#[derive(Debug)]
enum Accepted {
    Pinned([u8; 32]),
    Any,
}

impl ServerCertVerifier for PinningVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let seen: [u8; 32] = Sha256::digest(end_entity).into();
        match &self.0 {
            Accepted::Pinned(pinned) if *pinned != seen => {
                let other = OtherError(Arc::new(NotPinned { seen }));
                Err(CertificateError::Other(other).into())
            }
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        raw_key::verify_tls12(message, certificate, signed, algorithms())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        raw_key::verify_tls13(message, certificate, signed, algorithms())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        algorithms().supported_schemes()
    }
}

fn algorithms() -> &'static WebPkiSupportedAlgorithms {
    &provider().signature_verification_algorithms
}

/// The error of a server with a certificate other than the pinned one.
#[derive(Debug)]
pub(crate) struct NotPinned {
    seen: [u8; 32],
}

impl NotPinned {
    /// Returns the SHA-256 fingerprint of the server's certificate.
    pub(crate) fn seen(&self) -> String {
        let pairs: Vec<_> = self.seen.iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }
}

impl fmt::Display for NotPinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another certificate is pinned")
    }
}

impl std::error::Error for NotPinned {}

/// Returns the verifier for the system's authorities: one for all transports, for as long as one of them lives.
fn system_verifier() -> Result<Arc<WebPkiServerVerifier>, Error> {
    static SHARED: Mutex<Weak<WebPkiServerVerifier>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(verifier) = shared.upgrade() {
        return Ok(verifier);
    }
    let loaded = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // The system's store may hold an old certificate that cannot be read.
    let (_, unreadable) = roots.add_parsable_certificates(loaded.certs);
    tracing::debug!(
        roots = roots.len(),
        unreadable,
        "loaded the system's authorities"
    );
    if roots.is_empty() {
        let error = config("this system has no certificate authorities to verify the host by")
            .with_hint("install the system's CA certificates, or name a CA bundle")
            .with_remedy(Remedy::CaBundle);
        return Err(match loaded.errors.into_iter().next() {
            Some(cause) => error.with_source(cause),
            None => error,
        });
    }
    let verifier = verifier_of(Arc::new(roots))?;
    *shared = Arc::downgrade(&verifier);
    Ok(verifier)
}

fn verifier_of(roots: Arc<RootCertStore>) -> Result<Arc<WebPkiServerVerifier>, Error> {
    WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider()))
        .build()
        .map_err(|error| config_with("the certificate authorities cannot be used", error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::ErrorKind;

    #[test]
    fn a_bundle_without_certificates_is_an_error() {
        let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
        for pem in ["", "hello", key.as_str()] {
            let error = Trust::bundle(pem.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert_eq!(error.to_string(), "the CA bundle holds no certificate");
        }
    }

    #[test]
    fn a_damaged_bundle_is_an_error() {
        let whole = rcgen::generate_simple_self_signed(["hv01.example".to_owned()])
            .unwrap()
            .cert
            .pem();
        assert!(Trust::bundle(whole.as_bytes()).is_ok());
        let cut = &whole[..whole.len() / 2];
        let no_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for pem in [cut, no_certificate] {
            let error = Trust::bundle(pem.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
        }
    }

    #[test]
    fn fingerprints_are_taken_as_tools_print_them() {
        // `printf abc | sha256sum`, FIPS 180-4's own example.
        let plain = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let pairs: Vec<_> = plain.as_bytes().chunks(2).collect();
        let spelled = |between: &str| {
            let pairs = pairs.iter().map(|pair| std::str::from_utf8(pair).unwrap());
            pairs.collect::<Vec<_>>().join(between).to_uppercase()
        };
        let openssl = format!("sha256 Fingerprint={}\n", spelled(":"));
        for text in [plain, &spelled(":"), &spelled(" "), &spelled("-"), &openssl] {
            let Trust::Pinned(bytes) = Trust::pinned(text).unwrap() else {
                panic!("{text}");
            };
            assert_eq!(bytes.as_slice(), Sha256::digest(b"abc").as_slice());
        }
    }

    #[test]
    fn what_is_no_fingerprint_is_an_error() {
        let sha_1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
        let long = "0".repeat(66);
        let signs = "+1".repeat(32);
        for (text, hint) in [
            (sha_1, "SHA-1"),
            ("", "64 hexadecimal digits"),
            (&long, "64 hexadecimal digits"),
            (&signs, "64 hexadecimal digits"),
            ("hello", "64 hexadecimal digits"),
            ("äöüß", "64 hexadecimal digits"),
        ] {
            let error = Trust::pinned(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.hint().unwrap().contains(hint), "{text}: {error}");
        }
    }
}
