//! Other ways in: client certificates, pinned certificates, proxies, and logins that are chosen.

use std::path::Path;

use cimwire::simulator::Simulator;
use sha2::{Digest, Sha256};

use crate::hosts::Host;
use crate::program::Program;

/// A file of a test, by its path. It may hold a key, and other users cannot read it.
fn file(name: &str, text: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("it can be written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&path, private).expect("it is ours");
    }
    path.into_os_string()
        .into_string()
        .expect("a path in UTF-8")
}

/// A client certificate and its key, in PEM.
fn pair() -> (String, String) {
    let pair = rcgen::generate_simple_self_signed(["operator".to_owned()]).expect("a certificate");
    (pair.cert.pem(), pair.signing_key.serialize_pem())
}

/// The fingerprint of a certificate in PEM.
fn fingerprint(pem: &str) -> String {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate");
    let digest = Sha256::digest(&der);
    let pairs: Vec<_> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

#[tokio::test]
async fn a_pinned_certificate_lets_through_to_the_host_that_has_it() {
    let host = Host::with_page_over_tls().await;
    let seen = fingerprint(host.certificate.as_deref().unwrap());
    let identify = |pin: String| {
        let program = Program::at(&host.url, "operator", "c0rrect-h0rse");
        async move { program.run(&["--pin-certificate", &pin, "identify"]).await }
    };
    let outcome = identify(seen.clone()).await;
    outcome.expect_error(4, "not WS-Management (HTTP 200)", "");
    let outcome = identify("00".repeat(32)).await;
    outcome.expect_error(
        4,
        &format!("is not the pinned one: its SHA-256 fingerprint is {seen}"),
        "pin this one",
    );
    let outcome = identify("a9993e364706816aba3e25717850c26c9cd0d89d".to_owned()).await;
    outcome.expect_error(2, "the pinned fingerprint is not one of SHA-256", "SHA-1");
}

#[tokio::test]
async fn a_client_certificate_logs_in_without_a_user() {
    let mut host = Host::with_page_over_tls().await;
    let (certificate, key) = pair();
    let both = file("ways-both.pem", &format!("{certificate}{key}"));
    let pin = fingerprint(host.certificate.as_deref().unwrap());
    let program = Program::new()
        .env("CIMWIRE_HOST", &host.url)
        .env("CIMWIRE_CLIENT_CERT", &both)
        .env("CIMWIRE_PIN_CERTIFICATE", &pin);
    let outcome = program.run(&["identify"]).await;
    outcome.expect_error(4, "not WS-Management (HTTP 200)", "");
    let sent = String::from_utf8(host.was_asked().await).unwrap();
    let named =
        "authorization: http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual\r\n";
    assert!(sent.to_lowercase().contains(named), "{sent}");
}

#[tokio::test]
async fn the_simulated_host_knows_its_certificate_and_no_other() {
    let host = Simulator::builder().client_certificates(true);
    let host = host.start().await.unwrap();
    let known = host.client_certificate().unwrap();
    let ca = file("ways-sim-ca.pem", host.authority().unwrap());
    let both = format!("{}{}", known.certificate(), known.key());
    let both = file("ways-sim-client.pem", &both);
    let options = ["--host", host.url(), "--ca-file", &ca];
    let program = || Program::new().arguments(&options);
    let query = ["query", "SELECT * FROM Msvm_ComputerSystem", "-o", "json"];
    for command in [&["identify"][..], &query] {
        let program = program().arguments(&["--client-cert", &both]);
        program.run(command).await.expect(0);
    }

    let (certificate, key) = pair();
    let stranger = file("ways-sim-stranger.pem", &format!("{certificate}{key}"));
    let program = program().arguments(&["--client-cert", &stranger]);
    let outcome = program.run(&["identify"]).await;
    outcome.expect_error(
        3,
        "does not accept the client certificate",
        "client authentication",
    );
}

#[tokio::test]
async fn a_client_certificate_that_cannot_be_used() {
    let ((certificate, key), (_, other)) = (pair(), pair());
    let certificate = file("ways-cert.pem", &certificate);
    let (key, other) = (file("ways-key.pem", &key), file("ways-other.pem", &other));
    for (host, options, error, hint) in [
        (
            "https://127.0.0.1:1",
            &["--client-cert", &certificate, "--client-key", &other][..],
            "the key does not belong to the client certificate",
            "the key that the certificate was made for",
        ),
        (
            "https://127.0.0.1:1",
            &["--client-cert", &certificate],
            "there is no private key",
            "PKCS #8",
        ),
        (
            "http://127.0.0.1:1",
            &["--client-cert", &certificate, "--client-key", &key],
            "a client certificate can be shown over https alone",
            "https://",
        ),
        (
            "https://127.0.0.1:1",
            &["--client-cert", &certificate, "--auth", "basic"],
            "this login does not take a client certificate",
            "with the certificate alone",
        ),
        (
            "https://127.0.0.1:1",
            &["--auth", "certificate"],
            "no client certificate is named",
            "--client-cert",
        ),
    ] {
        let program = Program::new().arguments(&["--host", host]);
        let outcome = program.arguments(options).run(&["identify"]).await;
        outcome.expect_error(2, error, hint);
    }
    let program = Program::new().arguments(&["--host", "https://127.0.0.1:1"]);
    let options = ["--client-cert", "/nowhere/at/all", "identify"];
    let outcome = program.run(&options).await.expect(2);
    let error = outcome.said("error: ");
    assert!(
        error.starts_with("--client-cert: could not read"),
        "{error}"
    );
}

#[tokio::test]
async fn each_login_has_its_name() {
    let host = Simulator::start().await.unwrap();
    for auth in ["negotiate", "ntlm", "spnego"] {
        let program = Program::on(&host).arguments(&["--auth", auth]);
        program.run(&["identify"]).await.expect(0);
    }
}

#[cfg(not(feature = "kerberos"))]
#[tokio::test]
async fn kerberos_that_is_not_built_in_is_said_so() {
    for program in [
        Program::new().arguments(&["--host", "hv01"]),
        Program::at("hv01", "operator", "c0rrect-h0rse"),
    ] {
        let outcome = program.run(&["--auth", "kerberos", "identify"]).await;
        outcome.expect_error(2, "built without Kerberos", "--features cli,kerberos");
    }
}

#[tokio::test]
async fn a_proxy_passes_sealed_messages_on() {
    // The simulated host does not mind being spoken to as a proxy, and keeps connections as squid does.
    let host = Simulator::start().await.unwrap();
    let address = host.url().strip_prefix("http://").unwrap();
    let address = address.split('/').next().unwrap();
    let far = || Program::at("http://hv01.invalid", host.user(), host.password());
    far().run(&["--proxy", address, "identify"]).await.expect(0);
    far()
        .env("CIMWIRE_PROXY", "environment")
        .env("HTTP_PROXY", address)
        .env("NO_PROXY", "elsewhere.example")
        .run(&["identify"])
        .await
        .expect(0);
    // Named in the list, the host is looked for directly, and is not there.
    let environment = || {
        far()
            .env("CIMWIRE_PROXY", "environment")
            .env("HTTP_PROXY", address)
    };
    for program in [
        environment().env("NO_PROXY", "invalid"),
        environment().arguments(&["--no-proxy", "invalid"]),
    ] {
        let outcome = program.run(&["identify"]).await;
        outcome.expect_error(4, "the name hv01.invalid has no address", "spelling");
    }
    // What the environment names is meant for other commands.
    let program = far().env("HTTP_PROXY", address);
    let outcome = program.run(&["identify"]).await;
    outcome.expect_error(4, "the name hv01.invalid has no address", "spelling");
}

#[tokio::test]
async fn a_proxy_that_makes_no_sense() {
    for (proxy, error) in [
        (
            "socks5://u:c0rrect-h0rse@proxy",
            "is not one that is reached by http",
        ),
        ("http://u:c0rrect-h0rse@", "is not a valid one"),
    ] {
        let program = Program::at("hv01", "operator", "c0rrect-h0rse");
        let outcome = program.env("CIMWIRE_PROXY", proxy).run(&["identify"]).await;
        outcome.expect_error(2, error, "proxy.example:3128");
    }
}
