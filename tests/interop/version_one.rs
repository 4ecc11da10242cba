//! Certificates of X.509 version 1, made by OpenSSL as OMI's installation does: without a section of extensions.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::peers::Acceptor;
use crate::program::{Outcome, Program};
use crate::servers::Server;
use crate::terminator::{Authority, file};

/// Makes a certificate and its key, in one file.
pub(crate) fn version_one(key: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::SeqCst);
    let name = format!("version-one-{}-{number}", std::process::id());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let config = path.with_extension("cnf");
    let text = "[req]\ndistinguished_name = name\nprompt = no\n[name]\nCN = localhost\n";
    std::fs::write(&config, text).expect("it can be written");
    let path = path
        .into_os_string()
        .into_string()
        .expect("a path in UTF-8");
    let config = config.to_str().expect("a path in UTF-8");
    let request = ["req", "-x509", "-nodes", "-days", "2", "-newkey", key];
    let curve: &[&str] = match key {
        "ec" => &["-pkeyopt", "ec_paramgen_curve:P-256"],
        _ => &[],
    };
    let (shown, private) = (format!("{path}.crt"), format!("{path}.key"));
    let files = ["-config", config, "-out", &shown, "-keyout", &private];
    openssl(&[&request, curve, &files].concat());
    let read = |file| std::fs::read_to_string(file).expect("it was written");
    std::fs::write(&path, read(private) + &read(shown)).expect("it can be written");
    let text = openssl(&["x509", "-noout", "-text", "-in", &path]);
    assert!(text.contains("Version: 1 (0x0)"), "{text}");
    path
}

/// Returns the SHA-256 fingerprint of a certificate, as OpenSSL prints it.
pub(crate) fn fingerprint(certificate: &str) -> String {
    openssl(&[
        "x509",
        "-noout",
        "-fingerprint",
        "-sha256",
        "-in",
        certificate,
    ])
}

fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).output();
    let output = output.expect("run tests/interop/setup.sh first");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_v1_certificate_can_be_pinned_and_not_verified() {
    let other = fingerprint(&version_one("ec"));
    let authority = Authority::new();
    let operator = authority.issue("operator", &["operator@hv01"]);
    let operator = file("v1-operator.pem", &operator);
    for key in ["rsa:2048", "ec"] {
        let pem = version_one(key);
        let text = std::fs::read_to_string(&pem).expect("it was written");
        for protocol in ["TLSv1.2", "TLSv1.3"] {
            let backend = Acceptor::start(&["--behind-terminator"]).await;
            let (clients, url) = (authority.pem(), &backend.url);
            let nginx = Server::nginx_with(url, &text, &clients, protocol).await;
            let run = async |options: &[&str]| -> Outcome {
                let url = format!("https://127.0.0.1:{}", nginx.port);
                let client = ["--client-cert", &operator, "identify"];
                Program::against(&url)
                    .run(&[options, &client].concat())
                    .await
            };
            let pinned = fingerprint(&pem);
            run(&["--pin-certificate", &pinned]).await.expect_code(0);
            run(&["--dangerously-accept-any-certificate"])
                .await
                .expect_code(0);
            let outcome = run(&["--ca-file", &pem]).await;
            outcome.expect_code(4);
            outcome.expect_said("X.509 version 1");
            outcome.expect_said("pin the certificate");
            let outcome = run(&["--pin-certificate", &other]).await;
            outcome.expect_code(4);
            outcome.expect_said("is not the pinned one");
            assert_eq!(backend.finish().await.count("refused"), 0);
        }
    }
}
