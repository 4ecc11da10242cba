//! The public key of a certificate of any version (RFC 5280 section 4.1).

use super::Error;
use super::der::{self, BIT_STRING, INTEGER, Malformed, SEQUENCE, context};

/// The public key of a certificate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PublicKey<'a> {
    /// The whole `SubjectPublicKeyInfo`, in DER.
    pub(crate) info: Vec<u8>,
    /// The contents of its `AlgorithmIdentifier`.
    pub(crate) algorithm: &'a [u8],
    /// The key itself.
    pub(crate) key: &'a [u8],
}

impl<'a> PublicKey<'a> {
    /// Reads the key of a certificate in DER. The rest of the certificate is not checked.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes are not a certificate.
    pub(crate) fn of_certificate(certificate: &'a [u8]) -> Result<Self, Error> {
        Self::read(certificate).map_err(Malformed::in_certificate)
    }

    fn read(certificate: &'a [u8]) -> Result<Self, Malformed> {
        let info = key_info(certificate)?;
        let (algorithm, bits) = der::element(info, SEQUENCE)?;
        let Some((0, key)) = der::only(bits, BIT_STRING)?.split_first() else {
            return Err(Malformed("its key does not have whole bytes"));
        };
        Ok(Self {
            info: der::write(SEQUENCE, &[info]),
            algorithm,
            key,
        })
    }
}

/// Returns the contents of `subjectPublicKeyInfo` in a certificate.
fn key_info(certificate: &[u8]) -> Result<&[u8], Malformed> {
    let certificate = der::only(certificate, SEQUENCE)?;
    let (signed, _) = der::element(certificate, SEQUENCE)?;
    // Version 1 is the default, so it is not encoded.
    let (_version, signed) = der::optional(signed, context(0))?;
    let (_serial_number, signed) = der::element(signed, INTEGER)?;
    let (_signature, signed) = der::element(signed, SEQUENCE)?;
    let (_issuer, signed) = der::element(signed, SEQUENCE)?;
    let (_validity, signed) = der::element(signed, SEQUENCE)?;
    let (_subject, signed) = der::element(signed, SEQUENCE)?;
    let (info, _) = der::element(signed, SEQUENCE)?;
    Ok(info)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// Certificates of version 3, made with OpenSSL 3.
    const RSA: &[u8] = include_bytes!("testdata/rsa-sha1.der");
    const ECDSA: &[u8] = include_bytes!("testdata/ec-sha384.der");

    #[test]
    fn the_key_is_the_one_that_openssl_finds() {
        // `openssl x509 -inform DER -pubkey -noout | openssl pkey -pubin -outform DER | sha256sum`
        for (certificate, digest) in [
            (
                RSA,
                "8af47b7984e3c260b228402025fb12fd550ecb4c83f71baa0ee4f2e8b5dc4bb1",
            ),
            (
                ECDSA,
                "89a54ac3967f24162e1969f1648965dc63ec666c948e9f473bcaace33f04c14e",
            ),
        ] {
            let found = PublicKey::of_certificate(certificate).unwrap();
            let seen: String = Sha256::digest(&found.info)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(seen, digest);
            assert!(found.info.ends_with(found.key));
        }
    }

    #[test]
    fn a_certificate_that_is_cut_short_is_an_error() {
        for certificate in [RSA, ECDSA] {
            for end in 0..certificate.len() {
                assert!(
                    PublicKey::of_certificate(&certificate[..end]).is_err(),
                    "{end}"
                );
            }
        }
    }
}
