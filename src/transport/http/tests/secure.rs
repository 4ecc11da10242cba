//! TLS: the trusted authorities, and logins that are bound to the channel.

use std::sync::Arc;

use rcgen::{CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::host::{NtlmHost, Say};
use super::server::{Answer, Server};
use super::*;
use crate::auth::ChannelBinding;

/// A server's certificate, its key, and the authority that signed it.
pub(super) struct Identity {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) key: KeyPair,
    pub(super) authority: String,
}

impl Identity {
    /// Creates the identity for this name or address, with these changes.
    pub(super) fn new(name: &str, change: fn(&mut CertificateParams)) -> Self {
        let mut authority = CertificateParams::new([]).unwrap();
        let common_name = format!("authority of {name}");
        authority
            .distinguished_name
            .push(DnType::CommonName, common_name);
        authority.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        Self {
            certificate: params.signed_by(&key, &authority).unwrap().der().clone(),
            key,
            authority: authority.pem(),
        }
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let key = PrivateKeyDer::Pkcs8(self.key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key)
            .unwrap();
        Arc::new(config).into()
    }

    pub(super) fn binding(&self) -> ChannelBinding {
        ChannelBinding::tls_server_end_point(&self.certificate).unwrap()
    }
}

/// Returns the result of a transport that trusts this authority, from a server with this identity.
async fn outcome(identity: &Identity, authority: &str) -> Result<Response, Error> {
    let server = Server::start_with(Some(identity.acceptor()), |_| Answer::soap("<x/>")).await;
    let config = config(&server.url()).auth(Auth::Basic);
    let transport = HttpTransport::new(config.ca_bundle(authority.as_bytes())).unwrap();
    transport.exchange(once("<a/>")).await
}

#[tokio::test]
async fn trusts_what_an_authority_of_the_bundle_signed() {
    let identity = Identity::new("127.0.0.1", |_| {});
    let response = outcome(&identity, &identity.authority).await.unwrap();
    assert_eq!(response.body, "<x/>");
}

#[tokio::test]
async fn trusts_a_self_signed_certificate_that_is_the_bundle() {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let identity = Identity {
        certificate: cert.der().clone(),
        key: signing_key,
        authority: cert.pem(),
    };
    outcome(&identity, &identity.authority).await.unwrap();
}

#[tokio::test]
async fn says_what_is_wrong_with_a_certificate() {
    let good = Identity::new("127.0.0.1", |_| {});
    let expired = Identity::new("127.0.0.1", |params| {
        params.not_after = date_time_ymd(2020, 1, 1);
    });
    let early = Identity::new("127.0.0.1", |params| {
        params.not_before = date_time_ymd(2200, 1, 1);
        params.not_after = date_time_ymd(2201, 1, 1);
    });
    let other = Identity::new("hv01.example", |_| {});
    for (identity, authority, message, hint) in [
        (
            &good,
            &other.authority,
            "comes from an unknown authority",
            "as CA bundle",
        ),
        (
            &good,
            &expired.authority,
            "is not signed by the authority that it names",
            "new certificate",
        ),
        (&expired, &expired.authority, "has expired", "renew"),
        (&early, &early.authority, "is not valid yet", "clocks"),
        (
            &other,
            &other.authority,
            "is for another name",
            "a name that its certificate holds",
        ),
    ] {
        let error = outcome(identity, authority).await.unwrap_err();
        assert_eq!(facts(&error), (ErrorKind::Tls, Delivery::NotSent, None));
        assert!(error.to_string().contains(message), "{error}");
        assert!(
            error
                .to_string()
                .starts_with("the certificate of 127.0.0.1:"),
            "{error}"
        );
        assert!(error.hint().unwrap().contains(hint));
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[tokio::test]
async fn takes_any_certificate_only_when_told_so() {
    let identity = Identity::new("hv01.example", |_| {});
    let server = Server::start_with(Some(identity.acceptor()), |_| Answer::soap("<x/>")).await;
    let config = config(&server.url())
        .auth(Auth::Basic)
        .dangerous()
        .accept_any_certificate();
    let transport = HttpTransport::new(config).unwrap();
    transport.exchange(once("<a/>")).await.unwrap();
}

/// Returns the SHA-256 fingerprint of a certificate.
pub(super) fn fingerprint(identity: &Identity) -> String {
    let bytes = Sha256::digest(&identity.certificate);
    let pairs: Vec<_> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

fn pinning(server: &Server, fingerprint: &str) -> HttpTransport {
    let config = config(&server.url()).auth(Auth::Basic);
    HttpTransport::new(config.pin_certificate(fingerprint)).unwrap()
}

#[tokio::test]
async fn a_pinned_certificate_needs_neither_authority_nor_name_nor_date() {
    let identity = Identity::new("hv01.example", |params| {
        params.not_after = date_time_ymd(2020, 1, 1);
    });
    let server = Server::start_with(Some(identity.acceptor()), |_| Answer::soap("<x/>")).await;
    let transport = pinning(&server, &fingerprint(&identity));
    transport.exchange(once("<a/>")).await.unwrap();
}

#[tokio::test]
async fn another_certificate_than_the_pinned_one_is_refused_and_shown() {
    let (identity, other) = (
        Identity::new("127.0.0.1", |_| {}),
        Identity::new("127.0.0.1", |_| {}),
    );
    let server = Server::start_with(Some(identity.acceptor()), |_| Answer::soap("<x/>")).await;
    let transport = pinning(&server, &fingerprint(&other));
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Tls, Delivery::NotSent, None));
    assert_eq!(
        error.to_string(),
        format!(
            "the certificate of {} is not the pinned one: its SHA-256 fingerprint is {}",
            server.address(),
            fingerprint(&identity)
        )
    );
    assert!(error.hint().unwrap().contains("pin this one"));
    assert!(server.asked().is_empty());
    let shown = chain(&error);
    assert!(!shown.contains("NotPinned"), "{shown}");
}

#[tokio::test]
async fn no_name_of_an_error_of_the_tls_library_is_shown() {
    let good = Identity::new("127.0.0.1", |_| {});
    let authority = Identity::new("127.0.0.1", |params| {
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    });
    let client_only = Identity::new("127.0.0.1", |params| {
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    });
    let other = Identity::new("hv01.example", |_| {});
    for (identity, bundle) in [
        (&good, &other.authority),
        (&good, &authority.authority),
        (&authority, &authority.authority),
        (&client_only, &client_only.authority),
        (&other, &other.authority),
    ] {
        let error = outcome(identity, bundle).await.unwrap_err();
        let shown = chain(&error);
        // Two words written as one do not belong in a sentence.
        let is_name = |word: &str| word.chars().skip(1).any(|c| c.is_ascii_uppercase());
        let words = shown.split(|c: char| !c.is_ascii_alphanumeric());
        let names: Vec<_> = words
            .filter(|word| is_name(word) && word.to_uppercase() != *word)
            .filter(|word| *word != "DnsName" && *word != "IpAddress")
            .collect();
        assert!(names.is_empty(), "{names:?} in {shown}");
    }
}

#[tokio::test]
async fn a_certificate_marked_as_an_authority_can_be_pinned_and_the_hint_says_so() {
    let identity = Identity::new("127.0.0.1", |params| {
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    });
    let error = outcome(&identity, &identity.authority).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Tls, Delivery::NotSent, None));
    let hint = error.hint().unwrap();
    assert!(hint.contains("pin the certificate"), "{hint}");

    let server = Server::start_with(Some(identity.acceptor()), |_| Answer::soap("<x/>")).await;
    let transport = pinning(&server, &fingerprint(&identity));
    transport.exchange(once("<a/>")).await.unwrap();
}

#[tokio::test]
async fn who_shows_the_pinned_certificate_has_to_have_its_key() {
    #[derive(Debug)]
    struct Thief(Arc<CertifiedKey>);
    impl ResolvesServerCert for Thief {
        fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
            Some(Arc::clone(&self.0))
        }
    }
    let (shown, own) = (
        Identity::new("127.0.0.1", |_| {}),
        Identity::new("127.0.0.1", |_| {}),
    );
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let key = PrivateKeyDer::Pkcs8(own.key.serialize_der().into());
        let key = ring::sign::any_supported_type(&key).unwrap();
        let stolen = CertifiedKey::new(vec![shown.certificate.clone()], key);
        let thief = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Thief(Arc::new(stolen))));
        let acceptor = TlsAcceptor::from(Arc::new(thief));
        let server = Server::start_with(Some(acceptor), |_| Answer::soap("<x/>")).await;
        let transport = pinning(&server, &fingerprint(&shown));
        let error = transport.exchange(once("<a/>")).await.unwrap_err();
        assert_eq!(facts(&error), (ErrorKind::Tls, Delivery::NotSent, None));
        assert_eq!(
            error.to_string(),
            format!(
                "{} does not have the key of the certificate that it shows",
                server.address()
            )
        );
        assert!(server.asked().is_empty());
    }
}

#[tokio::test]
async fn a_login_is_bound_to_a_pinned_channel_too() {
    let identity = Identity::new("hv01.example", |_| {});
    let host = host(&identity, || Answer::empty(401)).await;
    let config = config(&host.server.url());
    let pinned = config.pin_certificate(fingerprint(&identity));
    let transport = HttpTransport::new(pinned).unwrap();
    transport.exchange(once("<a/>")).await.unwrap();
    let error = transport.exchange(once("<b/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::ContextLost, Delivery::Unknown, Some(401))
    );
    assert_eq!(host.heard(), ["<a/>", "<b/>"]);
}

#[tokio::test]
async fn http_and_https_that_are_taken_for_each_other() {
    let identity = Identity::new("127.0.0.1", |_| {});
    let secure = Server::start_with(Some(identity.acceptor()), |_| Answer::soap("<x/>")).await;
    let transport = HttpTransport::new(config(&format!("http://{}", secure.address()))).unwrap();
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Lost, Delivery::NotSent, None));
    assert!(error.hint().unwrap().contains("https://"));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let plain = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_u8().await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        stream
    });
    let config = config(&format!("https://{address}"))
        .dangerous()
        .accept_any_certificate();
    let transport = HttpTransport::new(config).unwrap();
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Tls, Delivery::NotSent, None));
    assert_eq!(error.to_string(), format!("{address} does not speak TLS"));
    assert!(error.hint().unwrap().contains("5985"));
    plain.await.unwrap();
}

#[tokio::test]
async fn a_handshake_that_stalls_times_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let config = config(&format!("https://{address}"))
        .connect_timeout(Duration::from_millis(100))
        .dangerous()
        .accept_any_certificate();
    let transport = HttpTransport::new(config).unwrap();
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    let timeout = ErrorKind::Timeout(Phase::Connect);
    assert_eq!(facts(&error), (timeout, Delivery::NotSent, None));
    assert_eq!(
        error.to_string(),
        format!("could not connect to {address} in time")
    );
}

/// Returns a host whose first connection answers its second message with this.
async fn host(identity: &Identity, lost: fn() -> Answer) -> NtlmHost {
    let tls = Some((identity.acceptor(), identity.binding()));
    NtlmHost::start_with(tls, move |heard| match (heard.connection, heard.number) {
        (0, 1) => Say::Raw(lost()),
        _ => Say::Envelope(200, "<ok/>"),
    })
    .await
}

fn verified(host: &NtlmHost, identity: &Identity) -> HttpTransport {
    let config = config(&host.server.url());
    HttpTransport::new(config.ca_bundle(identity.authority.as_bytes())).unwrap()
}

#[tokio::test]
async fn a_login_is_bound_to_its_channel_and_messages_go_as_they_are() {
    let identity = Identity::new("127.0.0.1", |_| {});
    let host = host(&identity, || Answer::soap("<again/>")).await;
    let transport = verified(&host, &identity);
    assert_eq!(
        transport.exchange(once("<a/>")).await.unwrap().body,
        "<ok/>"
    );
    assert_eq!(
        transport.exchange(once("<b/>")).await.unwrap().body,
        "<again/>"
    );
    let asked = host.server.asked();
    assert_eq!(asked.len(), 4);
    assert_eq!(
        asked[2].header("content-type"),
        Some("application/soap+xml;charset=UTF-8")
    );
    assert_eq!(asked[2].header("authorization"), None);
    assert_eq!(asked[2].text(), "<a/>");
    assert_eq!(host.server.connections(), 1);
}

#[tokio::test]
async fn a_login_to_another_channel_is_refused() {
    // As if an attacker in between relayed the login to the host.
    let (between, behind) = (
        Identity::new("127.0.0.1", |_| {}),
        Identity::new("127.0.0.1", |_| {}),
    );
    let tls = Some((between.acceptor(), behind.binding()));
    let host = NtlmHost::start_with(tls, |_| Say::Envelope(200, "<ok/>")).await;
    let error = verified(&host, &between)
        .exchange(once("<a/>"))
        .await
        .unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Authentication, Delivery::NotSent, Some(401))
    );
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("TLS which something on the way has ended"),
        "{hint}"
    );
}

#[tokio::test]
async fn a_lost_login_lets_a_read_be_sent_again_over_verified_tls() {
    let identity = Identity::new("127.0.0.1", |_| {});
    let cases: [fn() -> Answer; 2] = [|| Answer::empty(401), || Answer::empty(400)];
    for lost in cases {
        let host = host(&identity, lost).await;
        let transport = verified(&host, &identity);
        transport.exchange(read("<a/>")).await.unwrap();
        assert_eq!(
            transport.exchange(read("<b/>")).await.unwrap().body,
            "<ok/>"
        );
        assert_eq!(host.heard(), ["<a/>", "<b/>", "<b/>"]);
        assert_eq!(host.server.connections(), 2);
    }
}

#[tokio::test]
async fn a_lost_login_over_unverified_tls_does_not() {
    let identity = Identity::new("127.0.0.1", |_| {});
    let host = host(&identity, || Answer::empty(401)).await;
    let config = config(&host.server.url())
        .dangerous()
        .accept_any_certificate();
    let transport = HttpTransport::new(config).unwrap();
    transport.exchange(once("<a/>")).await.unwrap();
    let error = transport.exchange(once("<b/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::ContextLost, Delivery::Unknown, Some(401))
    );
    assert_eq!(host.heard(), ["<a/>", "<b/>"]);
}
