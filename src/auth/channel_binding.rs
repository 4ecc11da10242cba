//! Channel bindings, which prevent the relay of a login into another TLS channel.
//!
//! WinRM requires the binding `tls-server-end-point` (RFC 5929 section 4), a hash of the server's certificate. Its
//! setting `CbtHardeningLevel` decides how strictly it checks the binding (\[MS-WSMV\] 2.2.4.34).

use md5::{Digest, Md5};
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::Error;
use super::der::{self, BIT_STRING, Malformed, OBJECT_IDENTIFIER, SEQUENCE, context};

/// The binding of a login to one TLS channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChannelBinding {
    application_data: Vec<u8>,
}

impl ChannelBinding {
    /// Creates the binding from the server's certificate in DER.
    ///
    /// The hash is that of the certificate's signature, but MD5 and SHA-1 become SHA-256 (RFC 5929 section 4.1). The
    /// RFC does not define the hash for signatures without one of their own, such as Ed25519, nor for unknown
    /// algorithms; here it is SHA-256. For RSASSA-PSS it is the hash in the parameters. A server that checks bindings
    /// and expects another hash rejects the login.
    pub(crate) fn tls_server_end_point(certificate_der: &[u8]) -> Result<Self, Error> {
        let hash = match signature_hash(certificate_der).map_err(Malformed::in_certificate)? {
            Hash::Sha224 => Sha224::digest(certificate_der).to_vec(),
            Hash::Sha256 => Sha256::digest(certificate_der).to_vec(),
            Hash::Sha384 => Sha384::digest(certificate_der).to_vec(),
            Hash::Sha512 => Sha512::digest(certificate_der).to_vec(),
        };
        Ok(Self {
            application_data: [TLS_SERVER_END_POINT, &hash].concat(),
        })
    }

    /// Returns the application data of the binding, as GSSAPI requires it.
    #[cfg(feature = "kerberos")]
    pub(crate) fn application_data(&self) -> &[u8] {
        &self.application_data
    }

    /// Returns the MD5 hash of `gss_channel_bindings_struct` for NTLM (\[MS-NLMP\] 2.2.2.1, RFC 4121 section 4.1.1.2).
    ///
    /// Only the application data of the structure is used: the two addresses have type 0 and are empty.
    pub(crate) fn gss_hash(&self) -> [u8; 16] {
        let length = u32::try_from(self.application_data.len()).unwrap_or(u32::MAX);
        Md5::new()
            .chain_update([0; 16])
            .chain_update(length.to_le_bytes())
            .chain_update(&self.application_data)
            .finalize()
            .into()
    }
}

/// The hash of a certificate in a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// Returns the hash in a certificate's `signatureAlgorithm` (RFC 5280 section 4.1.1.2).
fn signature_hash(certificate: &[u8]) -> Result<Hash, Malformed> {
    let certificate = der::only(certificate, SEQUENCE)?;
    let (_to_be_signed, rest) = der::element(certificate, SEQUENCE)?;
    let (algorithm, rest) = der::element(rest, SEQUENCE)?;
    let (_signature, _) = der::element(rest, BIT_STRING)?;
    let (identifier, parameters) = der::element(algorithm, OBJECT_IDENTIFIER)?;
    if identifier == RSASSA_PSS {
        return pss_hash(parameters);
    }
    Ok(hash_of(identifier, &SIGNATURES))
}

/// Returns the hash in `RSASSA-PSS-params` (RFC 4055 section 3.1). The default is SHA-1.
fn pss_hash(parameters: &[u8]) -> Result<Hash, Malformed> {
    let (parameters, _) = der::element(parameters, SEQUENCE)?;
    // `[0] hashAlgorithm`
    let Ok((algorithm, _)) = der::element(parameters, context(0)) else {
        return Ok(Hash::Sha256);
    };
    let (algorithm, _) = der::element(algorithm, SEQUENCE)?;
    let (identifier, _) = der::element(algorithm, OBJECT_IDENTIFIER)?;
    Ok(hash_of(identifier, &HASHES))
}

fn hash_of(identifier: &[u8], table: &[(&[u8], Hash)]) -> Hash {
    let known = table.iter().find(|(known, _)| *known == identifier);
    known.map_or(Hash::Sha256, |(_, hash)| *hash)
}

const TLS_SERVER_END_POINT: &[u8] = b"tls-server-end-point:";

/// 1.2.840.113549.1.1.10
const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];

/// Signature algorithms whose hash is used unchanged (RFC 4055 section 5, RFC 5758 section 3).
const SIGNATURES: [(&[u8], Hash); 6] = [
    // sha384WithRSAEncryption, sha512WithRSAEncryption, sha224WithRSAEncryption: 1.2.840.113549.1.1.12 to 14
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c],
        Hash::Sha384,
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d],
        Hash::Sha512,
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0e],
        Hash::Sha224,
    ),
    // ecdsa-with-SHA224, ecdsa-with-SHA384, ecdsa-with-SHA512: 1.2.840.10045.4.3.1, 3, 4
    (
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x01],
        Hash::Sha224,
    ),
    (
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03],
        Hash::Sha384,
    ),
    (
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04],
        Hash::Sha512,
    ),
];

/// Hash algorithms: 2.16.840.1.101.3.4.2.2 to 4 (RFC 4055 section 2.1).
const HASHES: [(&[u8], Hash); 3] = [
    (
        &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02],
        Hash::Sha384,
    ),
    (
        &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03],
        Hash::Sha512,
    ),
    (
        &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04],
        Hash::Sha224,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Certificates made with OpenSSL 3; the expected values are from `openssl dgst` and Python's hashlib.
    const ECDSA_SHA384: &[u8] = include_bytes!("testdata/ec-sha384.der");
    const RSA_SHA1: &[u8] = include_bytes!("testdata/rsa-sha1.der");
    const PSS_SHA512: &[u8] = include_bytes!("testdata/pss-sha512.der");

    #[test]
    fn real_certificates_are_hashed_as_they_are_signed() {
        for (certificate, hash, gss_hash) in [
            (
                ECDSA_SHA384,
                "fe71eeb97faada047a91526b2cc04f377d360b4129300770b5a418f53c320e44\
                 ae3d1e3bd84b9e47eb06f54371cd2113",
                "c6d4bd1cbbbee6d920f9fcf399e7e613",
            ),
            // SHA-1 is replaced by SHA-256.
            (
                RSA_SHA1,
                "4f1aab8739eff9345cba8e94edefe5e17ba725672498f23957d712ad1708d6e4",
                "bf3dc315c5851d2e92658ddb747f396b",
            ),
            (
                PSS_SHA512,
                "a86a2db0f5c32b31b65ccc5ef2a2279f49acb38a6c1b69f0ecfbd07790f7b912\
                 fab6fe25544ad423c70e8f0a46e45f9350fb6517c4fde2485c38d2a6026eb781",
                "7a98d976a7047c2d1e836ebbd07cce09",
            ),
        ] {
            let binding = ChannelBinding::tls_server_end_point(certificate).unwrap();
            let named = binding
                .application_data
                .strip_prefix(b"tls-server-end-point:")
                .unwrap();
            assert_eq!(hex(named), hash);
            assert_eq!(hex(&binding.gss_hash()), gss_hash);
        }
    }

    #[test]
    fn the_hash_follows_the_signature_algorithm() {
        let rsa = |last| {
            signed_with(
                &[
                    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01],
                    &[last][..],
                ]
                .concat(),
                &[],
            )
        };
        let ecdsa = |last| signed_with(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, last], &[]);
        let ed25519 = signed_with(&[0x2b, 0x65, 0x70], &[]);
        for (certificate, hash) in [
            (rsa(4), Hash::Sha256), // MD5
            (rsa(5), Hash::Sha256), // SHA-1
            (rsa(11), Hash::Sha256),
            (rsa(12), Hash::Sha384),
            (rsa(13), Hash::Sha512),
            (rsa(14), Hash::Sha224),
            (ecdsa(1), Hash::Sha224),
            (ecdsa(2), Hash::Sha256),
            (ecdsa(3), Hash::Sha384),
            (ecdsa(4), Hash::Sha512),
            (ed25519, Hash::Sha256),
        ] {
            assert_eq!(
                signature_hash(&certificate),
                Ok(hash),
                "{}",
                hex(&certificate)
            );
        }
    }

    #[test]
    fn pss_without_parameters_is_sha_1_and_so_sha_256() {
        assert_eq!(
            signature_hash(&signed_with(RSASSA_PSS, &[0x30, 0x00])),
            Ok(Hash::Sha256)
        );
        // Parameters with a salt length, [2], only.
        let salted = [0x30, 0x05, 0xa2, 0x03, 0x02, 0x01, 0x20];
        assert_eq!(
            signature_hash(&signed_with(RSASSA_PSS, &salted)),
            Ok(Hash::Sha256)
        );
    }

    #[test]
    fn every_truncation_is_an_error() {
        for certificate in [ECDSA_SHA384, RSA_SHA1, PSS_SHA512] {
            for end in 0..certificate.len() {
                assert!(
                    ChannelBinding::tls_server_end_point(&certificate[..end]).is_err(),
                    "{end}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_certificate_is_an_error() {
        let trailing = [RSA_SHA1, &[0]].concat();
        for (certificate, why) in [
            (
                &b"-----BEGIN CERTIFICATE-----"[..],
                "an element of it is missing",
            ),
            (
                &[0x30, 0x80, 0x00, 0x00],
                "an element of it has no proper length",
            ),
            (
                &[0x30, 0x85, 1, 0, 0, 0, 0],
                "an element of it has no proper length",
            ),
            (
                &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
                "an element of it is cut short",
            ),
            (&trailing, "something follows an element of it"),
        ] {
            let error = ChannelBinding::tls_server_end_point(certificate).unwrap_err();
            assert_eq!(error, Error::Certificate(why));
        }
    }

    /// Returns the part of a certificate that is read here, signed with this algorithm.
    fn signed_with(identifier: &[u8], parameters: &[u8]) -> Vec<u8> {
        let algorithm = [&tagged(OBJECT_IDENTIFIER, identifier), parameters].concat();
        let to_be_signed = tagged(SEQUENCE, &[]);
        let signature = tagged(BIT_STRING, &[0]);
        tagged(
            SEQUENCE,
            &[to_be_signed, tagged(SEQUENCE, &algorithm), signature].concat(),
        )
    }

    fn tagged(tag: u8, contents: &[u8]) -> Vec<u8> {
        [&[tag, u8::try_from(contents.len()).unwrap()], contents].concat()
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
