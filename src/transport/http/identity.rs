//! A client certificate and its private key, read from PEM.

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error as TlsError, InconsistentKeys};
use zeroize::Zeroizing;

use super::tls::{config, config_with};
use crate::auth::ClientCertificate;
use crate::transport::Error;

/// Reads a client certificate and checks that its key matches.
pub(crate) fn read(given: &ClientCertificate) -> Result<CertifiedKey, Error> {
    let chain = chain(&given.chain)?;
    let key = key(&given.key)?;
    let key = ring::sign::any_supported_type(&key).map_err(|error| {
        config_with("the key of the client certificate cannot be used", error)
            .with_hint("use one of RSA (2048 bits and more), ECDSA (P-256 or P-384) or Ed25519")
    })?;
    let identity = CertifiedKey::new(chain, key);
    match identity.keys_match() {
        Ok(()) | Err(TlsError::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(identity),
        Err(TlsError::InconsistentKeys(_)) => Err(config(
            "the key does not belong to the client certificate",
        )
        .with_hint("give the key that the certificate was made for, and the certificate before those of its authorities")),
        Err(error) => Err(config_with("the client certificate cannot be used", error)),
    }
}

fn chain(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match chain {
        Err(error) => Err(config_with("the client certificate cannot be read", error)),
        Ok(chain) if chain.is_empty() => Err(config("there is no client certificate in what was given as one")
            .with_hint("give it in PEM, between BEGIN CERTIFICATE and END CERTIFICATE lines; `openssl pkcs12` makes that of a .pfx file")),
        Ok(chain) => Ok(chain),
    }
}

/// Reads a private key. An error describes the problem without the text, which is the key.
fn key(pem: &[u8]) -> Result<Zeroizing<PrivateKeyDer<'static>>, Error> {
    if let Ok(key) = PrivateKeyDer::from_pem_slice(pem) {
        return Ok(Zeroizing::new(key));
    }
    let holds = |text: &[u8]| pem.windows(text.len()).any(|window| window == text);
    if holds(b"BEGIN ENCRYPTED PRIVATE KEY") || holds(b"Proc-Type: 4,ENCRYPTED") {
        return Err(config("the key of the client certificate is encrypted")
            .with_hint("decrypt it first (openssl pkey -in KEY -out PLAIN), into a file that you alone can read"));
    }
    Err(config("there is no private key in what was given as the client certificate's").with_hint(
        "give it in PEM: PKCS #8 (BEGIN PRIVATE KEY), PKCS #1 (BEGIN RSA PRIVATE KEY) or SEC 1 (BEGIN EC PRIVATE KEY)",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Credentials;
    use crate::transport::ErrorKind;
    use crate::transport::http::tests::keys::{
        ENCRYPTED_KEY, PKCS_1_CERTIFICATE, PKCS_1_KEY, SEC_1_CERTIFICATE, SEC_1_KEY,
    };

    fn outcome(chain: &str, key: &str) -> Result<CertifiedKey, Error> {
        let credentials = Credentials::certificate(chain, key);
        read(credentials.client_certificate().unwrap())
    }

    fn pair() -> (String, String) {
        let pair = rcgen::generate_simple_self_signed(["operator".to_owned()]).unwrap();
        (pair.cert.pem(), pair.signing_key.serialize_pem())
    }

    #[test]
    fn one_file_may_hold_both() {
        let (certificate, key) = pair();
        let both = format!("{key}{certificate}");
        assert_eq!(outcome(&both, &both).unwrap().cert.len(), 1);
    }

    #[test]
    fn keys_come_in_three_forms() {
        let (certificate, key) = pair();
        for (form, certificate, key) in [
            ("PRIVATE KEY", certificate.as_str(), key.as_str()),
            ("RSA PRIVATE KEY", PKCS_1_CERTIFICATE, PKCS_1_KEY),
            ("EC PRIVATE KEY", SEC_1_CERTIFICATE, SEC_1_KEY),
        ] {
            assert!(key.starts_with(&format!("-----BEGIN {form}-----")));
            assert!(outcome(certificate, key).is_ok(), "{form}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let ((certificate, key), (_, another)) = (pair(), pair());
        let damaged = key.replace("\nM", "\n!");
        for (chain, key, message) in [
            (
                certificate.as_str(),
                another.as_str(),
                "the key does not belong to the client certificate",
            ),
            (
                &key,
                &key,
                "there is no client certificate in what was given as one",
            ),
            (
                &certificate,
                &certificate,
                "there is no private key in what was given as the client certificate's",
            ),
            (
                &certificate,
                "",
                "there is no private key in what was given as the client certificate's",
            ),
            (
                &certificate,
                &damaged,
                "there is no private key in what was given as the client certificate's",
            ),
            (
                &certificate,
                ENCRYPTED_KEY,
                "the key of the client certificate is encrypted",
            ),
        ] {
            let error = outcome(chain, key).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert_eq!(error.to_string(), message);
            assert!(error.hint().is_some());
            // No part of the key is repeated.
            for line in key.lines().filter(|line| !line.starts_with("-----")) {
                assert!(!format!("{error} {error:?}").contains(line));
            }
        }
    }
}
