//! The ways in over TLS, with the crate's client, and by hand where it has no such way.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

use super::*;
use crate::simulator::service::testing::get_web01;
use crate::simulator::{Builder, CbtHardening, Simulator};
use crate::transport::{Auth, HttpConfig};
use crate::{Client, Credentials, Error, ErrorKind};

fn client(host: &Simulator, url: &str) -> HttpConfig {
    let credentials = Credentials::password(host.user(), host.password());
    HttpConfig::new(url).credentials(credentials)
}

fn trusting(host: &Simulator) -> HttpConfig {
    client(host, host.url()).ca_bundle(host.authority().unwrap())
}

/// Returns what becomes of a login, and of a message that needs a login.
async fn try_in(http: HttpConfig) -> Result<(), Error> {
    let client = Client::builder(http).build()?;
    let service = client.identify().await?;
    assert_eq!(service.product_vendor, "Microsoft Corporation");
    let v2 = client.namespace("root/virtualization/v2");
    let mut machines = v2.query(crate::Wql::select("Msvm_ComputerSystem"))?;
    machines
        .next()
        .await
        .transpose()?
        .map(drop)
        .ok_or_else(|| Error::new(ErrorKind::NotFound, "no machine is there"))
}

fn strict() -> Builder {
    Simulator::builder()
        .https()
        .channel_binding(CbtHardening::Strict)
}

#[tokio::test]
async fn bound_logins_are_let_in_where_bindings_are_a_must() {
    let host = strict().start().await.unwrap();
    assert!(host.url().starts_with("https://127.0.0.1:"));
    for auth in [Auth::Negotiate, Auth::Ntlm, Auth::Spnego] {
        try_in(trusting(&host).auth(auth)).await.unwrap();
    }
    let localhost = host.url().replace("127.0.0.1", "localhost");
    let client = client(&host, &localhost).ca_bundle(host.authority().unwrap());
    try_in(client).await.unwrap();
}

#[tokio::test]
async fn wrong_passwords_are_not() {
    let host = strict().basic(true).start().await.unwrap();
    for auth in [Auth::Negotiate, Auth::Spnego, Auth::Basic] {
        let wrong = trusting(&host).credentials(Credentials::password(host.user(), "wrong"));
        let error = try_in(wrong.auth(auth)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication, "{auth:?}");
        try_in(trusting(&host).auth(auth)).await.unwrap();
    }
}

#[tokio::test]
async fn its_authority_is_trusted_nowhere_else() {
    let (host, other) = (strict().start().await, strict().start().await);
    let (host, other) = (host.unwrap(), other.unwrap());
    let client = client(&host, host.url()).ca_bundle(other.authority().unwrap());
    let error = try_in(client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    let cause = error.cause::<crate::transport::Error>().unwrap();
    assert_eq!(cause.kind(), crate::transport::ErrorKind::Tls);
}

#[tokio::test]
async fn a_binding_to_another_channel_is_refused_wherever_it_is_looked_at() {
    for (hardening, is_in) in [
        (CbtHardening::Strict, false),
        (CbtHardening::Relaxed, false),
        (CbtHardening::None, true),
    ] {
        let host = strict().channel_binding(hardening).start().await.unwrap();
        // The attacker in between has a certificate that the client trusts, but not the host's.
        let TlsSetup { tls, authority, .. } = make(&Identity::Generated, None).unwrap();
        let address = between(Some(tls), &host).await;
        let client = client(&host, &format!("https://{address}"));
        let login = try_in(client.ca_bundle(authority.unwrap())).await;
        assert_eq!(login.is_ok(), is_in, "{hardening:?}: {login:?}");
        if let Err(error) = login {
            assert_eq!(error.kind(), ErrorKind::Authentication);
        }
    }
}

#[tokio::test]
async fn a_login_without_a_binding_is_refused_where_it_is_a_must() {
    for (hardening, is_in) in [
        (CbtHardening::Strict, false),
        (CbtHardening::Relaxed, true),
        (CbtHardening::None, true),
    ] {
        let host = strict().channel_binding(hardening).start().await.unwrap();
        // The client knows of no TLS, which begins behind it.
        let address = between(None, &host).await;
        let login = try_in(client(&host, &format!("http://{address}"))).await;
        assert_eq!(login.is_ok(), is_in, "{hardening:?}: {login:?}");
        if let Err(error) = login {
            assert_eq!(error.kind(), ErrorKind::Authentication);
        }
    }
}

#[tokio::test]
async fn without_tls_there_is_nothing_to_bind_to() {
    let host = Simulator::builder().channel_binding(CbtHardening::Strict);
    let host = host.start().await.unwrap();
    assert!(host.authority().is_none() && host.client_certificate().is_none());
    try_in(client(&host, host.url())).await.unwrap();
}

#[tokio::test]
async fn basic_needs_tls_or_the_setting_for_plain_http() {
    let open = |http: HttpConfig| http.dangerous().allow_basic_without_tls();
    let off = Simulator::builder().https().start().await.unwrap();
    let error = try_in(trusting(&off).auth(Auth::Basic)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);

    let closed = Simulator::builder().basic(true).start().await.unwrap();
    let basic = client(&closed, closed.url()).auth(Auth::Basic);
    let error = try_in(open(basic)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);

    let host = Simulator::builder().basic(true).allow_unencrypted(true);
    let host = host.start().await.unwrap();
    let basic = client(&host, host.url()).auth(Auth::Basic);
    try_in(open(basic)).await.unwrap();
}

#[tokio::test]
async fn a_given_certificate_is_shown() {
    let given = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let host = Simulator::builder()
        .https_with(given.cert.pem(), given.signing_key.serialize_pem())
        .channel_binding(CbtHardening::Strict);
    let host = host.start().await.unwrap();
    assert!(host.authority().is_none());
    let client = client(&host, host.url()).ca_bundle(given.cert.pem());
    try_in(client).await.unwrap();
}

#[tokio::test]
async fn what_is_no_certificate_is_refused_at_the_start() {
    let given = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let (chain, key) = (given.cert.pem(), given.signing_key.serialize_pem());
    let other = KeyPair::generate().unwrap().serialize_pem();
    for (chain, key) in [("", &*key), (&chain, ""), (&chain, &other), (&key, &key)] {
        let started = Simulator::builder().https_with(chain, key).start().await;
        let error = started.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(!error.to_string().contains("PRIVATE"), "{error}");
    }
}

#[tokio::test]
async fn certificates_log_in_whom_they_are_mapped_to() {
    let host = Simulator::builder().client_certificates(true);
    let host = host.start().await.unwrap();
    let own = host.client_certificate().unwrap();
    let (head, body) = ask(&host, Some(own), MUTUAL).await.unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(body.contains("<p:ElementName>web01</p:ElementName>"));
    // A client without a certificate may still log in another way.
    let (head, _) = ask(&host, None, MUTUAL).await.unwrap();
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    let (head, _) = ask(&host, Some(own), "").await.unwrap();
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    try_in(trusting(&host)).await.unwrap();
    assert!(!format!("{own:?}").contains("PRIVATE"));
}

#[tokio::test]
async fn certificates_of_other_authorities_end_the_connection() {
    let host = Simulator::builder().client_certificates(true);
    let host = host.start().await.unwrap();
    let foreign = Authority::new().unwrap().client(host.user()).unwrap();
    assert!(ask(&host, Some(&foreign), MUTUAL).await.is_err());
}

#[tokio::test]
async fn certificates_are_taken_only_where_they_are_to_be() {
    let host = strict().start().await.unwrap();
    let own = Authority::new().unwrap().client(host.user()).unwrap();
    let (head, _) = ask(&host, Some(&own), MUTUAL).await.unwrap();
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
}

/// Asks for a virtual machine over TLS, by hand.
async fn ask(
    host: &Simulator,
    own: Option<&ClientCertificate>,
    headers: &str,
) -> io::Result<(String, String)> {
    let mut stream = connect(connector(host, own), address(host)).await?;
    let body = get_web01();
    let request = format!(
        "POST /wsman HTTP/1.1\r\nHost: sim\r\nConnection: close\r\nContent-Type: \
         application/soap+xml;charset=UTF-8\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    Ok((head.to_owned(), body.to_owned()))
}

type Stream = tokio_rustls::client::TlsStream<TcpStream>;

async fn connect(connector: TlsConnector, host: SocketAddr) -> io::Result<Stream> {
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let stream = TcpStream::connect(host).await?;
    connector.connect(name, stream).await
}

fn connector(host: &Simulator, own: Option<&ClientCertificate>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(host.authority().unwrap().as_bytes());
    roots.add(authority.unwrap()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match own {
        Some(own) => {
            let (chain, key) = read(own.certificate().as_bytes(), &own.key).unwrap();
            builder.with_client_auth_cert(chain, key).unwrap()
        }
        None => builder.with_no_client_auth(),
    };
    Arc::new(config).into()
}

fn address(host: &Simulator) -> SocketAddr {
    let rest = host.url().strip_prefix("https://").unwrap();
    rest.strip_suffix("/wsman").unwrap().parse().unwrap()
}

/// Stands between a client and the host: takes connections, with TLS where it has a certificate, and passes on over TLS
/// what comes.
async fn between(tls: Option<Tls>, host: &Simulator) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap();
    let (connector, host) = (connector(host, None), address(host));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut behind = connect(connector.clone(), host).await.unwrap();
            let tls = tls.as_ref().map(|tls| tls.acceptor.clone());
            tokio::spawn(async move {
                let _ = match tls {
                    Some(tls) => {
                        let mut stream = tls.accept(stream).await.unwrap();
                        copy_bidirectional(&mut stream, &mut behind).await
                    }
                    None => copy_bidirectional(&mut stream, &mut behind).await,
                };
            });
        }
    });
    own
}

const MUTUAL: &str = "Authorization: \
    http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual\r\n";
