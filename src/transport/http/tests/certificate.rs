//! Client certificates: presented in the handshake, named in each request.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio_rustls::TlsAcceptor;

use super::secure::Identity;
use super::server::{Answer, Server};
use super::*;

/// Returns the TLS acceptor of a host that requires a certificate of this authority from its clients.
fn wanting(
    host: &Identity,
    authority: &str,
    version: &'static SupportedProtocolVersion,
) -> TlsAcceptor {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(authority.as_bytes()).unwrap();
    roots.add(authority).unwrap();
    let provider = Arc::new(ring::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let key = PrivateKeyDer::Pkcs8(host.key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![host.certificate.clone()], key)
        .unwrap();
    Arc::new(config).into()
}

fn client() -> Identity {
    Identity::new("operator@hv01", |_| {})
}

/// Returns the transport of the holder of this certificate.
fn holder(server: &Server, host: &Identity, identity: &Identity) -> HttpTransport {
    let config = HttpConfig::new(server.url()).credentials(credentials_of(identity));
    HttpTransport::new(config.ca_bundle(host.authority.as_bytes())).unwrap()
}

fn credentials_of(identity: &Identity) -> Credentials {
    let chain = pem("CERTIFICATE", &identity.certificate);
    Credentials::certificate(chain, identity.key.serialize_pem())
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::prelude::BASE64_STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

const VERSIONS: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS12, &rustls::version::TLS13];

#[tokio::test]
async fn a_certificate_logs_in_and_each_request_says_so() {
    let (host, client) = (Identity::new("127.0.0.1", |_| {}), client());
    for version in VERSIONS {
        let tls = wanting(&host, &client.authority, version);
        let server = Server::start_with(Some(tls), |asked| match asked.number {
            2 => Answer::soap("<x/>").then_close(),
            _ => Answer::soap("<x/>"),
        })
        .await;
        let transport = holder(&server, &host, &client);
        for _ in 0..4 {
            let response = transport.exchange(once("<a/>")).await.unwrap();
            assert_eq!(response.body, "<x/>");
        }
        let asked = server.asked();
        assert_eq!(asked.len(), 4);
        for asked in asked {
            assert_eq!(
                asked.header("authorization"),
                Some("http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual")
            );
            assert_eq!(asked.text(), "<a/>");
        }
        assert_eq!(server.connections(), 2, "nothing is bound to a connection");
    }
}

#[tokio::test]
async fn a_host_that_says_no_is_told_from_one_that_did_not_look() {
    let (host, client) = (Identity::new("127.0.0.1", |_| {}), client());
    for status in [401, 403] {
        for (tls, message, hint) in [
            (
                wanting(&host, &client.authority, &rustls::version::TLS13),
                format!(
                    "the host does not let the holder of the client certificate in (HTTP {status})"
                ),
                "certmapping",
            ),
            (
                host.acceptor(),
                format!(
                    "the host did not ask for the client certificate, and refused (HTTP {status})"
                ),
                "clientcertnegotiation=enable",
            ),
        ] {
            let server = Server::start_with(Some(tls), move |_| Answer::empty(status)).await;
            let transport = holder(&server, &host, &client);
            let error = transport.exchange(once("<a/>")).await.unwrap_err();
            assert_eq!(
                facts(&error),
                (ErrorKind::Authentication, Delivery::Answered, Some(status))
            );
            assert_eq!(error.to_string(), message);
            assert!(error.hint().unwrap().contains(hint));
        }
    }
}

#[tokio::test]
async fn a_refusal_over_unverified_tls_proves_nothing_about_a_change() {
    let (host, client) = (Identity::new("127.0.0.1", |_| {}), client());
    let tls = wanting(&host, &client.authority, &rustls::version::TLS13);
    let server = Server::start_with(Some(tls), |_| Answer::empty(403)).await;
    let config = HttpConfig::new(server.url()).credentials(credentials_of(&client));
    let config = config.dangerous().accept_any_certificate();
    let transport = HttpTransport::new(config).unwrap();
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Authentication, Delivery::Unknown, Some(403))
    );
}

#[tokio::test]
async fn a_connection_that_ends_is_told_by_whether_the_host_looked() {
    let (host, client) = (Identity::new("127.0.0.1", |_| {}), client());
    for (tls, hint) in [
        (
            wanting(&host, &client.authority, &rustls::version::TLS13),
            "may not accept the client certificate",
        ),
        (host.acceptor(), "clientcertnegotiation=enable"),
    ] {
        let server = Server::start_with(Some(tls), |_| Answer::raw("").then_close()).await;
        let transport = holder(&server, &host, &client);
        let error = transport.exchange(once("<a/>")).await.unwrap_err();
        assert_eq!(facts(&error), (ErrorKind::Lost, Delivery::Unknown, None));
        assert!(error.hint().unwrap().contains(hint), "{:?}", error.hint());
    }
}

#[tokio::test]
async fn a_host_that_does_not_take_the_certificate_is_said_so() {
    let (host, client, other) = (
        Identity::new("127.0.0.1", |_| {}),
        client(),
        Identity::new("other@hv01", |_| {}),
    );
    for version in VERSIONS {
        let tls = wanting(&host, &other.authority, version);
        let server = Server::start_with(Some(tls), |_| Answer::soap("<x/>")).await;
        let transport = holder(&server, &host, &client);
        let error = transport.exchange(once("<a/>")).await.unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::Authentication, Delivery::NotSent, None)
        );
        assert_eq!(
            error.to_string(),
            format!(
                "{} does not accept the client certificate",
                server.address()
            )
        );
        assert!(server.asked().is_empty());
    }
}

#[tokio::test]
async fn a_host_that_wants_a_certificate_is_said_so_to_who_has_none() {
    let (host, client) = (Identity::new("127.0.0.1", |_| {}), client());
    let tls = wanting(&host, &client.authority, &rustls::version::TLS13);
    let server = Server::start_with(Some(tls), |_| Answer::soap("<x/>")).await;
    let config = config(&server.url()).auth(Auth::Basic);
    let transport = HttpTransport::new(config.ca_bundle(host.authority.as_bytes()));
    let error = transport.unwrap().exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Authentication, Delivery::NotSent, None)
    );
    assert_eq!(
        error.to_string(),
        format!("{} wants a client certificate", server.address())
    );
}

#[tokio::test]
async fn what_is_no_pair_is_refused_before_anything_is_sent() {
    let (one, two) = (client(), client());
    let chain = pem("CERTIFICATE", &one.certificate);
    let credentials = Credentials::certificate(chain, two.key.serialize_pem());
    let config = HttpConfig::new("https://127.0.0.1:1").credentials(credentials);
    let error = HttpTransport::new(config).unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Config, Delivery::NotSent, None));
    assert_eq!(
        error.to_string(),
        "the key does not belong to the client certificate"
    );
}
