//! Logins over TLS that are bound to the channel, to hosts that take no others.

use cimwire::transport::{Auth, HttpConfig};
use cimwire::{Client, Credentials, Error, ErrorKind};

use crate::PROVIDERS;
use crate::peers::{Acceptor, USER};
use crate::program::PASSWORD;

const MECHANISMS: [(&str, Auth); 2] = [("ntlm", Auth::Ntlm), ("negotiate", Auth::Spnego)];

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_login_is_bound_to_the_certificate_of_the_host() {
    for provider in PROVIDERS {
        for (mechanism, auth) in MECHANISMS {
            let files = certificate();
            let host = host([provider, mechanism], &files, &files[0]).await;
            let identified = identify(&host, &files, auth).await;
            assert!(identified.is_ok(), "{provider} {mechanism}: {identified:?}");
            let events = host.finish().await;
            assert_eq!(events.count("login"), 1, "{provider} {mechanism}");
            assert_eq!(events.count("message"), 1, "{provider} {mechanism}");
        }
    }
}

/// As when an attacker in between, whose certificate the client trusts, relays the login to the host.
#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_login_that_is_bound_to_another_certificate_is_refused() {
    for provider in PROVIDERS {
        for (mechanism, auth) in MECHANISMS {
            let (between, behind) = (certificate(), certificate());
            let host = host([provider, mechanism], &between, &behind[0]).await;
            let error = identify(&host, &between, auth)
                .await
                .expect_err("a refusal");
            assert_eq!(
                error.kind(),
                ErrorKind::Authentication,
                "{provider}: {error}"
            );
            let events = host.finish().await;
            assert_eq!(events.count("login"), 0, "{provider} {mechanism}");
        }
    }
}

async fn host([provider, mechanism]: [&str; 2], files: &[String; 2], bound: &str) -> Acceptor {
    let login = ["--provider", provider, "--mechanism", mechanism];
    let channel = ["--certificate", &files[0], "--bind-to", bound];
    Acceptor::start(&[login, channel].concat()).await
}

async fn identify(host: &Acceptor, files: &[String; 2], auth: Auth) -> Result<(), Error> {
    let authority = std::fs::read(&files[1]).expect("it was written");
    let http = HttpConfig::new(&host.url).auth(auth).ca_bundle(authority);
    let client = Client::builder(http)
        .credentials(Credentials::password(USER, PASSWORD))
        .build()?;
    client.identify().await.map(drop)
}

/// A self-signed certificate for the loopback address, with its key and alone.
pub(crate) fn certificate() -> [String; 2] {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let file = |name: &str, text: String| {
        let number = signing_key.public_key_raw()[1..9]
            .iter()
            .map(|byte| format!("{byte:02x}"));
        let name = format!("{name}-{}", number.collect::<String>());
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, text).expect("it can be written");
        path.into_os_string()
            .into_string()
            .expect("a path in UTF-8")
    };
    [
        file("bound-host", signing_key.serialize_pem() + &cert.pem()),
        file("bound-ca", cert.pem()),
    ]
}
