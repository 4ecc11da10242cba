//! TLS: whom to trust, and which certificate a connection has seen.
//!
//! The HTTP client is given a configuration of our own. What costs time and memory (root certificates, the provider of
//! the ciphers) is loaded once and shared; each connection has a thin verifier in front of the shared one, which keeps
//! the server's certificate, since a login is bound to it (RFC 5929). Sessions are never resumed, since a resumed one
//! skips the verifier.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ConfigBuilder, DigitallySignedStruct, DistinguishedName, RootCertStore,
    SignatureScheme, WantsVerifier,
};

use crate::transport::{Delivery, Error, ErrorKind};

/// Whose certificates to trust.
#[derive(Clone, Debug, Default)]
pub(crate) enum Trust {
    /// Those of the system's authorities.
    #[default]
    System,
    /// Those of these authorities, and no others.
    Authorities(Arc<RootCertStore>),
    /// Anyone's. The connection is then open to whoever stands in between.
    Anyone,
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
}

/// What the connections of one transport share.
#[derive(Clone)]
pub(crate) struct Tls {
    config: ClientConfig,
    verifier: Arc<dyn ServerCertVerifier>,
    verified: bool,
}

impl Tls {
    pub(crate) fn new(trust: &Trust) -> Result<Self, Error> {
        let verifier: Arc<dyn ServerCertVerifier> = match trust {
            Trust::System => system_verifier()?,
            Trust::Authorities(roots) => verifier_of(Arc::clone(roots))?,
            Trust::Anyone => Arc::new(AcceptAnyone(provider().signature_verification_algorithms)),
        };
        Ok(Self {
            config: client_config(Arc::clone(&verifier))?,
            verifier,
            verified: !matches!(trust, Trust::Anyone),
        })
    }

    /// Whether servers have to prove who they are.
    pub(crate) fn is_verified(&self) -> bool {
        self.verified
    }

    /// The configuration of one connection, and where its server's certificate will be found.
    pub(crate) fn connection(&self) -> (ClientConfig, SeenCertificate) {
        let seen = SeenCertificate::default();
        let mut config = self.config.clone();
        config
            .dangerous()
            .set_certificate_verifier(Arc::new(Watching {
                verifier: Arc::clone(&self.verifier),
                seen: seen.clone(),
            }));
        (config, seen)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("verified", &self.verified)
            .finish_non_exhaustive()
    }
}

/// The certificate of the server at the other end of a connection, once TLS stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeenCertificate(Arc<OnceLock<CertificateDer<'static>>>);

impl SeenCertificate {
    /// The certificate in DER.
    pub(crate) fn get(&self) -> Option<&[u8]> {
        self.0.get().map(|certificate| certificate.as_ref())
    }
}

/// Lets a shared verifier decide, and keeps the certificate that it accepted.
#[derive(Debug)]
struct Watching {
    verifier: Arc<dyn ServerCertVerifier>,
    seen: SeenCertificate,
}

impl ServerCertVerifier for Watching {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.verifier.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        )?;
        // A client whose connections are not gated may come here again, and needs no certificate.
        let _ = self.seen.0.set(end_entity.clone().into_owned());
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.verifier.requires_raw_public_keys()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.verifier.root_hint_subjects()
    }
}

/// Takes every certificate; its holder must still prove to have the key.
#[derive(Debug)]
struct AcceptAnyone(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for AcceptAnyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

/// For plain HTTP, where the HTTP client asks for a configuration all the same: trusts nobody.
pub(crate) fn for_plain_http() -> Result<ClientConfig, Error> {
    let mut config = builder()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn client_config(verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig, Error> {
    let mut config = builder()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, Error> {
    ClientConfig::builder_with_provider(Arc::clone(provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| config_with("TLS cannot be set up", error))
}

fn provider() -> &'static Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(ring::default_provider()))
}

/// The verifier for the system's authorities: one for all transports, for as long as one of them lives.
fn system_verifier() -> Result<Arc<WebPkiServerVerifier>, Error> {
    static SHARED: Mutex<Weak<WebPkiServerVerifier>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(verifier) = shared.upgrade() {
        return Ok(verifier);
    }
    let loaded = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // A system's store may well hold an old certificate that cannot be read.
    let (_, unreadable) = roots.add_parsable_certificates(loaded.certs);
    tracing::debug!(
        roots = roots.len(),
        unreadable,
        "loaded the system's authorities"
    );
    if roots.is_empty() {
        let error = config("this system has no certificate authorities to verify the host by")
            .with_hint("install the system's CA certificates, or name a CA bundle (--ca-file)");
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

fn config(message: &'static str) -> Error {
    Error::new(ErrorKind::Config, Delivery::NotSent, message)
}

fn config_with(
    message: &'static str,
    cause: impl std::error::Error + Send + Sync + 'static,
) -> Error {
    config(message).with_source(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn each_connection_has_a_place_of_its_own_for_the_certificate() {
        let tls = Tls::new(&Trust::Anyone).unwrap();
        let ((first, seen), (_, other)) = (tls.connection(), tls.connection());
        let certificate = rcgen::generate_simple_self_signed(["hv01.example".to_owned()])
            .unwrap()
            .cert;
        let verifier = Watching {
            verifier: Arc::clone(&tls.verifier),
            seen: seen.clone(),
        };
        verifier
            .verify_server_cert(
                certificate.der(),
                &[],
                &ServerName::try_from("anything").unwrap(),
                &[],
                UnixTime::now(),
            )
            .unwrap();
        assert_eq!(seen.get(), Some(certificate.der().as_ref()));
        assert_eq!(other.get(), None);
        assert!(
            first.alpn_protocols.is_empty(),
            "HTTP/2 must not be offered"
        );
    }
}
