//! Requests without a login.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::server::{Answer, Server};
use super::*;

#[tokio::test]
async fn reports_what_an_unauthenticated_client_sees_and_sends_no_credentials() {
    let server = Server::start(|_| {
        let headers = [
            "WWW-Authenticate: Negotiate",
            "WWW-Authenticate: Basic realm=\"WSMAN\"",
            "Server: Microsoft-HTTPAPI/2.0",
            // The example of RFC 9110, section 5.6.7.
            "Date: Sun, 06 Nov 1994 08:49:37 GMT",
        ];
        Answer::new(401, &headers, "", b"")
    })
    .await;
    for auth in [Auth::Negotiate, Auth::Basic] {
        let config = config(&server.url()).auth(auth);
        let config = config.dangerous().allow_basic_without_tls();
        let probe = HttpTransport::new(config).unwrap().probe().await.unwrap();
        assert!(probe.certificate.is_none());
        let answer = probe.answer.unwrap();
        assert_eq!(answer.status, 401);
        assert_eq!(answer.schemes, ["Negotiate", "Basic"]);
        assert_eq!(answer.server.as_deref(), Some("Microsoft-HTTPAPI/2.0"));
        let date = UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(answer.date, Some(date));
    }
    for asked in server.asked() {
        assert_eq!(asked.header("authorization"), None);
        assert!(asked.body.is_empty());
    }
}

#[tokio::test]
async fn a_certificate_is_shown_whether_it_is_trusted_or_not() {
    let (own, other) = (identity(), identity());
    let server = Server::start_with(Some(acceptor(&own)), |_| Answer::empty(401)).await;
    for (trusted, is_trusted) in [(&own, true), (&other, false)] {
        let config = config(&server.url()).ca_bundle(trusted.cert.pem().as_bytes());
        let transport = HttpTransport::new(config).unwrap();
        let probe = transport.probe().await.unwrap();
        let shown = probe.certificate.map(CertificateDer::from);
        assert_eq!(shown.as_ref(), Some(own.cert.der()));
        match probe.answer {
            Ok(_) => assert!(is_trusted),
            Err(error) => assert_eq!((error.kind(), is_trusted), (ErrorKind::Tls, false)),
        }
    }
}

#[tokio::test]
async fn what_is_no_service_is_an_error() {
    let server = Server::start(|_| Answer::new(200, &[], "text/html", b"<html/>")).await;
    let transport = HttpTransport::new(config(&server.url())).unwrap();
    let error = transport.probe().await.unwrap().answer.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotWsMan);

    // A host that does not require a login answers an empty request with a fault.
    let server = Server::start(|_| Answer::soap("<s:Fault/>")).await;
    let transport = HttpTransport::new(config(&server.url())).unwrap();
    let answer = transport.probe().await.unwrap().answer.unwrap();
    assert_eq!((answer.status, answer.schemes.len()), (200, 0));
}

#[tokio::test]
async fn silence_is_no_work_of_the_host() {
    let server = Server::start(|_| Answer::hang()).await;
    let config = config(&server.url()).authenticate_timeout(Duration::from_millis(50));
    let probe = HttpTransport::new(config).unwrap().probe().await.unwrap();
    let error = probe.answer.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout(Phase::Answer));
    let hint = error.hint().unwrap();
    assert!(hint.contains("port is that of WinRM"), "{hint}");
}

#[tokio::test]
async fn the_proxy_on_the_way_is_told() {
    let proxy = Server::start(|_| Answer::empty(401)).await;
    let probed = |host: &'static str| {
        let proxy = Proxy::new(&proxy.address().to_string()).unwrap();
        let config = config(host).proxy(proxy.no_proxy("127.0.0.1"));
        async { HttpTransport::new(config).unwrap().probe().await.unwrap() }
    };
    let probe = probed("hv01.example").await;
    assert_eq!(probe.proxy, Some(proxy.address().to_string()));
    assert_eq!(probed("127.0.0.1:1").await.proxy, None);
}

fn identity() -> rcgen::CertifiedKey<rcgen::KeyPair> {
    rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap()
}

fn acceptor(identity: &rcgen::CertifiedKey<rcgen::KeyPair>) -> tokio_rustls::TlsAcceptor {
    let key = PrivateKeyDer::Pkcs8(identity.signing_key.serialize_der().into());
    let provider = rustls::crypto::ring::default_provider();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![identity.cert.der().clone()], key)
        .unwrap();
    Arc::new(config).into()
}
