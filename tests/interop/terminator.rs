//! Client certificates, looked at by nginx in front of `acceptor.py`.

use rcgen::{CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use crate::peers::Acceptor;
use crate::program::{Outcome, Program};
use crate::servers::Server;

/// Certificates of one authority, each with its key, in PEM.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new([]).expect("no name");
        params
            .distinguished_name
            .push(DnType::CommonName, "authority");
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate and its key.
    pub(crate) fn issue(&self, common_name: &str, names: &[&str]) -> String {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, common_name);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        certificate.pem() + &key.serialize_pem()
    }
}

pub(crate) fn file(name: &str, text: &str) -> String {
    let name = format!("terminator-{name}-{}", std::process::id());
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("it can be written");
    path.into_os_string()
        .into_string()
        .expect("a path in UTF-8")
}

async fn run(nginx: &Server, options: &[&str], arguments: &[&str]) -> Outcome {
    let url = format!("https://127.0.0.1:{}", nginx.port);
    Program::against(&url)
        .run(&[options, arguments].concat())
        .await
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_client_certificate_logs_in() {
    let (authority, other) = (Authority::new(), Authority::new());
    let backend = Acceptor::start(&["--behind-terminator"]).await;
    let certificate = authority.issue("hv01", &["127.0.0.1"]);
    let nginx = Server::nginx(&backend.url, &certificate, &authority.0.pem()).await;
    let ca = file("ca.pem", &authority.0.pem());

    let operator = file(
        "operator.pem",
        &authority.issue("operator", &["operator@hv01"]),
    );
    let known = ["--ca-file", &ca, "--client-cert", &operator];
    for command in [
        &["identify"][..],
        &["query", "SELECT * FROM Msvm_ComputerSystem"],
    ] {
        run(&nginx, &known, command).await.expect_code(0);
    }

    // nginx ends no handshake over a certificate: it answers with a page.
    let stranger = file("stranger.pem", &other.issue("stranger", &["stranger@hv01"]));
    let unknown = ["--ca-file", &ca, "--client-cert", &stranger];
    let outcome = run(&nginx, &unknown, &["identify"]).await;
    outcome.expect_code(4);
    outcome.expect_said("text/html, not WS-Management (HTTP 400)");
    outcome.expect_said("may not accept the client certificate");
    let outcome = run(
        &nginx,
        &["--ca-file", &ca, "--auth", "basic"],
        &["identify"],
    )
    .await;
    outcome.expect_code(4);

    let events = backend.finish().await;
    assert!(events.count("login") >= 2, "{events:?}");
    for login in events.of("login") {
        assert_eq!(login["peer"], "CN=operator", "{events:?}");
    }
    assert_eq!(events.count("refused"), 0, "{events:?}");
}
