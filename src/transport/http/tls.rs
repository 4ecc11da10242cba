//! TLS: the configuration of connections, and the facts that they record about the server.
//!
//! The HTTP client is given a prepared configuration. The parts that cost time and memory (root certificates, the
//! crypto provider) are loaded once and shared. Each connection has a thin verifier in front of the shared one, which
//! keeps the server's certificate, since a login is bound to it (RFC 5929). Sessions are never resumed, since a resumed
//! session skips the verifier.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConfig, ConfigBuilder, DigitallySignedStruct, DistinguishedName, RootCertStore,
    SignatureScheme, WantsVerifier,
};

use super::trust::Trust;
use crate::transport::{Delivery, Error, ErrorKind};

/// The parts that the connections of one transport share.
#[derive(Clone)]
pub(crate) struct Tls {
    config: ClientConfig,
    verifier: Arc<dyn ServerCertVerifier>,
    identity: Option<Arc<CertifiedKey>>,
    verified: bool,
}

impl Tls {
    /// Creates the shared parts. `identity` is the client certificate, presented to servers that ask for one.
    pub(crate) fn new(trust: &Trust, identity: Option<CertifiedKey>) -> Result<Self, Error> {
        let verifier = trust.verifier()?;
        Ok(Self {
            config: client_config(Arc::clone(&verifier))?,
            verifier,
            identity: identity.map(Arc::new),
            verified: trust.is_verified(),
        })
    }

    /// Reports whether servers have to prove their identity.
    pub(crate) fn is_verified(&self) -> bool {
        self.verified
    }

    /// Returns the configuration of one connection, and the place for the facts that it records.
    pub(crate) fn connection(&self) -> (ClientConfig, Peer) {
        let peer = Peer::default();
        let mut config = self.config.clone();
        config
            .dangerous()
            .set_certificate_verifier(Arc::new(RecordingVerifier {
                verifier: Arc::clone(&self.verifier),
                peer: peer.clone(),
            }));
        if let Some(identity) = &self.identity {
            config.client_auth_cert_resolver = Arc::new(Presenting {
                identity: Arc::clone(identity),
                peer: peer.clone(),
            });
        }
        (config, peer)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("verified", &self.verified)
            .finish_non_exhaustive()
    }
}

/// The facts that a connection has recorded about its server, once TLS is established.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peer(Arc<PeerFacts>);

#[derive(Debug, Default)]
struct PeerFacts {
    certificate: OnceLock<CertificateDer<'static>>,
    /// A certificate that was not accepted.
    refused: OnceLock<CertificateDer<'static>>,
    asked_for_ours: AtomicBool,
}

impl Peer {
    /// Returns the server's certificate, which was accepted, in DER.
    pub(crate) fn certificate(&self) -> Option<&[u8]> {
        let certificate = self.0.certificate.get();
        certificate.map(|certificate| certificate.as_ref())
    }

    /// Returns the certificate that the server has presented, accepted or not.
    pub(crate) fn shown(&self) -> Option<&[u8]> {
        let refused = || self.0.refused.get().map(|certificate| certificate.as_ref());
        self.certificate().or_else(refused)
    }

    /// Reports whether the server asked for a client certificate.
    pub(crate) fn asked_for_ours(&self) -> bool {
        self.0.asked_for_ours.load(Ordering::Relaxed)
    }
}

/// A resolver that presents a client certificate to a server that asks, and records that it did.
#[derive(Debug)]
struct Presenting {
    identity: Arc<CertifiedKey>,
    peer: Peer,
}

impl ResolvesClientCert for Presenting {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.peer.0.asked_for_ours.store(true, Ordering::Relaxed);
        Some(Arc::clone(&self.identity))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// A verifier that delegates to a shared one and keeps the certificate.
#[derive(Debug)]
struct RecordingVerifier {
    verifier: Arc<dyn ServerCertVerifier>,
    peer: Peer,
}

impl ServerCertVerifier for RecordingVerifier {
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
        );
        let verified = verified.inspect_err(|_| {
            let _ = self.peer.0.refused.set(end_entity.clone().into_owned());
        })?;
        // A client with an open guard may reconnect and come here again, and does not need the certificate.
        let _ = self.peer.0.certificate.set(end_entity.clone().into_owned());
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

/// Returns a configuration for plain HTTP, which the HTTP client requires even so: it does not trust any certificate.
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

pub(crate) fn provider() -> &'static Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(ring::default_provider()))
}

pub(crate) fn config(message: &'static str) -> Error {
    Error::new(ErrorKind::Config, Delivery::NotSent, message)
}

pub(crate) fn config_with(
    message: &'static str,
    cause: impl std::error::Error + Send + Sync + 'static,
) -> Error {
    config(message).with_source(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connection_has_a_place_of_its_own_for_the_certificate() {
        let tls = Tls::new(&Trust::Any, None).unwrap();
        let ((first, peer), (_, other)) = (tls.connection(), tls.connection());
        let certificate = rcgen::generate_simple_self_signed(["hv01.example".to_owned()])
            .unwrap()
            .cert;
        let verifier = RecordingVerifier {
            verifier: Arc::clone(&tls.verifier),
            peer: peer.clone(),
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
        assert_eq!(peer.certificate(), Some(certificate.der().as_ref()));
        assert_eq!(other.certificate(), None);
        assert!(
            first.alpn_protocols.is_empty(),
            "HTTP/2 must not be offered"
        );
    }
}
