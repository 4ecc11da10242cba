//! Servers with an X.509 v1 certificate, as `openssl req -x509` makes one without extensions.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, SupportedProtocolVersion};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

use super::host::{NtlmHost, Say};
use super::server::{Answer, Server};
use super::*;
use crate::auth::ChannelBinding;

#[tokio::test]
async fn a_pinned_v1_certificate_is_taken() {
    for (pem, version) in cases() {
        let server = server(acceptor(pem, pem, version)).await;
        let transport = pinning(&server, pem);
        let response = transport.exchange(once("<a/>")).await.unwrap();
        assert_eq!(response.body, "<x/>");
    }
}

#[tokio::test]
async fn a_v1_certificate_is_taken_where_any_is_accepted() {
    for (pem, version) in cases() {
        let server = server(acceptor(pem, pem, version)).await;
        let config = config(&server.url()).auth(Auth::Basic);
        let config = config.dangerous().accept_any_certificate();
        let transport = HttpTransport::new(config).unwrap();
        transport.exchange(once("<a/>")).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_with_a_pinned_v1_certificate_has_to_have_its_key() {
    let another_ecdsa = rcgen::KeyPair::generate().unwrap().serialize_pem();
    for (pem, key) in [
        (RSA, keys::PKCS_1_KEY),
        (RSA, ECDSA),
        (ECDSA, &another_ecdsa),
        (ECDSA, RSA),
    ] {
        for version in VERSIONS {
            let server = server(acceptor(pem, key, version)).await;
            let error = pinning(&server, pem).exchange(once("<a/>")).await;
            let error = error.unwrap_err();
            assert_eq!(facts(&error), (ErrorKind::Tls, Delivery::NotSent, None));
            assert!(server.asked().is_empty());
        }
    }
}

#[tokio::test]
async fn a_v1_certificate_is_refused_where_an_authority_has_to_vouch_for_it() {
    for (pem, version) in cases() {
        let server = server(acceptor(pem, pem, version)).await;
        let config = config(&server.url()).auth(Auth::Basic);
        // The certificate itself as the bundle is the strongest trust available, and does not help.
        let config = config.ca_bundle(pem.as_bytes());
        let transport = HttpTransport::new(config).unwrap();
        let error = transport.exchange(once("<a/>")).await.unwrap_err();
        assert_eq!(facts(&error), (ErrorKind::Tls, Delivery::NotSent, None));
        assert_eq!(
            error.to_string(),
            format!(
                "the certificate of {} is of X.509 version 1, which cannot be verified with an authority",
                server.address()
            )
        );
        let hint = error.hint().unwrap();
        assert!(hint.contains("pin"), "{hint}");
        assert!(hint.contains("version 3"), "{hint}");
        assert!(!hint.contains("ca-file"), "{hint}");
        let shown = chain(&error);
        assert!(!shown.contains("UnsupportedCertVersion"), "{shown}");
    }
}

#[tokio::test]
async fn a_login_is_bound_to_a_channel_with_a_v1_certificate() {
    for (pem, version) in cases() {
        let binding = ChannelBinding::tls_server_end_point(&certificate(pem)).unwrap();
        let tls = Some((acceptor(pem, pem, version), binding));
        let host = NtlmHost::start_with(tls, |_| Say::Envelope(200, "<ok/>")).await;
        let config = config(&host.server.url());
        let config = config.pin_certificate(fingerprint(pem));
        let transport = HttpTransport::new(config).unwrap();
        let response = transport.exchange(once("<a/>")).await.unwrap();
        assert_eq!(response.body, "<ok/>");
    }
}

fn cases() -> impl Iterator<Item = (&'static str, &'static SupportedProtocolVersion)> {
    [RSA, ECDSA]
        .into_iter()
        .flat_map(|pem| VERSIONS.map(|version| (pem, version)))
}

async fn server(tls: TlsAcceptor) -> Server {
    Server::start_with(Some(tls), |_| Answer::soap("<x/>")).await
}

fn pinning(server: &Server, pem: &str) -> HttpTransport {
    let config = config(&server.url()).auth(Auth::Basic);
    HttpTransport::new(config.pin_certificate(fingerprint(pem))).unwrap()
}

/// Returns the TLS acceptor of a server that presents this certificate and signs with this key.
fn acceptor(pem: &str, key: &str, version: &'static SupportedProtocolVersion) -> TlsAcceptor {
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let key = ring::sign::any_supported_type(&key).unwrap();
    let shown = Shown(Arc::new(CertifiedKey::new(vec![certificate(pem)], key)));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        // The server of rustls does not accept a v1 certificate by itself.
        .with_cert_resolver(Arc::new(shown));
    Arc::new(config).into()
}

#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

fn fingerprint(pem: &str) -> String {
    let bytes = Sha256::digest(certificate(pem));
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Certificates and keys made by OpenSSL 3.0 with `openssl req -x509 -config`, without a section of extensions. They
/// are not used anywhere else.
const RSA: &str = include_str!("../testdata/v1-rsa.pem");
const ECDSA: &str = include_str!("../testdata/v1-ecdsa.pem");

const VERSIONS: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS12, &rustls::version::TLS13];
