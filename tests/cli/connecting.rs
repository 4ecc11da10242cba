//! Hosts that cannot be reached, are none, or do not want us.

use cimwire::simulator::Simulator;

use crate::hosts::Host;
use crate::program::{Outcome, Program};

async fn identify(url: &str, options: &[&str]) -> Outcome {
    Program::at(url, r"EXAMPLE\operator", "c0rrect-h0rse")
        .arguments(options)
        .run(&["identify"])
        .await
}

#[tokio::test]
async fn a_wrong_password() {
    let host = Simulator::start().await.unwrap();
    for command in [
        &["identify"][..],
        &["replica", "start", "web01"],
        &["query", "SELECT * FROM C", "-o", "json"],
    ] {
        let outcome = Program::at(host.url(), host.user(), "wr0ng-h0rse")
            .run(command)
            .await;
        outcome.expect_error(
            3,
            "the host rejected the user name or the password",
            r"DOMAIN\user or .\user",
        );
    }
}

#[tokio::test]
async fn a_password_from_a_file() {
    let host = Simulator::start().await.unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, bytes).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    let password = host.password();
    let host = &host;
    let run = |path: String| async move {
        let options = ["--user", host.user(), "--password-file", &path];
        let program = Program::new()
            .env("CIMWIRE_HOST", host.url())
            .env("CIMWIRE_PASSWORD", "another");
        program.arguments(&options).run(&["identify"]).await
    };
    for (name, text) in [
        ("password-plain", password.to_owned()),
        ("password-line", format!("{password}\nanother line")),
        ("password-windows", format!("\u{FEFF}{password}\r\n")),
    ] {
        run(file(name, text.as_bytes()))
            .await
            .expect(0)
            .expect_hidden(password);
    }
    let empty = run(file("password-empty", b"\nsecond line")).await;
    empty.expect_error(2, "password-empty is empty", "it has to be the password");
    let outcome = run(file("password-binary", b"\xff\xfe\x00"))
        .await
        .expect(2);
    assert!(
        outcome
            .said("error: ")
            .ends_with("password-binary is not UTF-8")
    );
    assert!(outcome.said("hint: ").starts_with("save it as UTF-8"));
    let outcome = run("/nowhere/at/all".to_owned()).await.expect(2);
    assert!(
        outcome
            .said("error: ")
            .starts_with("--password-file: could not read /nowhere/at/all: ")
    );
    let outcome = run("/dev/zero".to_owned()).await.expect(2);
    assert!(
        outcome
            .said("error: ")
            .contains("is larger than 131072 bytes"),
        "{}",
        outcome.stderr
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_secret_that_other_users_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let host = Simulator::start().await.unwrap();
    let file = |name: &str, text: &str, mode| {
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    for (mode, warned) in [
        (0o600, false),
        (0o400, false),
        (0o644, true),
        (0o640, true),
        (0o604, true),
    ] {
        let path = file("password-mode", host.password(), mode);
        let options = ["--user", host.user(), "--password-file", &path];
        let program = Program::new().env("CIMWIRE_HOST", host.url());
        let outcome = program.arguments(&options).run(&["identify"]).await;
        let outcome = outcome.expect(0);
        outcome.expect_hidden(host.password());
        let warning = format!("other users can read the password in {path} (mode {mode:03o})");
        assert_eq!(outcome.stderr.contains(&warning), warned, "{mode:o}");
        std::fs::remove_file(path).unwrap();
    }

    // The key is in the file of its own, or in that of the certificate.
    let pair = rcgen::generate_simple_self_signed(["operator".to_owned()]).unwrap();
    let (chain, key) = (pair.cert.pem(), pair.signing_key.serialize_pem());
    let chain = file("client-chain", &chain, 0o644);
    let both = format!("{key}{}", pair.cert.pem());
    for (key, mode, warned) in [
        (Some("client-key"), 0o600, false),
        (Some("client-key"), 0o644, true),
        (None, 0o600, false),
        (None, 0o640, true),
    ] {
        let path = file(key.unwrap_or("client-both"), &both, mode);
        let options = match key {
            Some(_) => vec!["--client-cert", &chain, "--client-key", &path],
            None => vec!["--client-cert", &*path],
        };
        let program = Program::new().env("CIMWIRE_HOST", "https://127.0.0.1:1");
        let outcome = program.arguments(&options).run(&["identify"]).await;
        let outcome = outcome.expect(4);
        let warning = format!("other users can read the private key in {path}");
        assert_eq!(outcome.stderr.contains(&warning), warned, "{mode:o}");
        std::fs::remove_file(path).unwrap();
    }
}

#[tokio::test]
async fn a_port_without_a_listener() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    identify(&url, &[])
        .await
        .expect_error(4, " refused the connection: ", "winrm quickconfig");
}

#[tokio::test]
async fn a_name_without_an_address() {
    let outcome = identify("hv01.invalid", &[]).await;
    outcome.expect_error(
        4,
        "the name hv01.invalid has no address",
        "check the spelling",
    );
}

#[tokio::test]
async fn a_host_that_is_no_winrm() {
    let host = Host::with_page().await;
    let outcome = identify(&host.url, &[]).await;
    let outcome = outcome.expect_error(
        4,
        "not WS-Management (HTTP 200)",
        "check that the address is that of WinRM",
    );
    assert!(!outcome.stderr.contains("It works"), "{}", outcome.stderr);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_host_that_says_nothing() {
    // Linux lets one connection wait where the backlog is 0, and then does not answer any other.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let _waiting = tokio::net::TcpStream::connect(address).await.unwrap();
    let outcome = identify(&format!("http://{address}"), &["--connect-timeout", "1s"]).await;
    outcome.expect_error(4, " in time", "firewall");
}

#[tokio::test]
async fn a_self_signed_certificate_is_refused() {
    let host = Host::with_page_over_tls().await;
    let outcome = identify(&host.url, &[]).await.expect(4);
    assert!(
        outcome.said("error: ").contains("certificate"),
        "{}",
        outcome.stderr
    );
    assert!(outcome.said("hint: ").contains("CA"), "{}", outcome.stderr);

    // Who trusts it gets through to what the host is.
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli-ca.pem");
    std::fs::write(&path, host.certificate.as_deref().unwrap()).unwrap();
    let outcome = identify(&host.url, &["--ca-file", path.to_str().unwrap()]).await;
    outcome.expect_error(4, "not WS-Management (HTTP 200)", "");
    let outcome = identify(&host.url, &["--dangerously-accept-any-certificate"])
        .await
        .expect(4);
    assert_eq!(
        outcome.said("warning: "),
        "any certificate is accepted: an attacker on the way can read and change everything"
    );
    assert!(
        outcome
            .said("error: ")
            .contains("not WS-Management (HTTP 200)"),
        "{}",
        outcome.stderr
    );
}

#[tokio::test]
async fn a_bundle_without_certificates() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli-no-ca.pem");
    std::fs::write(&path, "not a certificate").unwrap();
    let outcome = identify(
        "https://127.0.0.1:1",
        &["--ca-file", path.to_str().unwrap()],
    )
    .await
    .expect(2);
    assert!(
        outcome
            .said("error: ")
            .starts_with("could not set up the client: "),
        "{}",
        outcome.stderr
    );
}

#[tokio::test]
async fn basic_wants_tls() {
    let mut host = Host::with_page().await;
    identify(&host.url, &["--auth", "basic"])
        .await
        .expect_error(
            2,
            "Basic would send the password in the clear over http",
            "https://",
        );
    let outcome = identify(
        &host.url,
        &[
            "--auth",
            "basic",
            "--dangerously-send-password-in-the-clear",
        ],
    )
    .await
    .expect(4);
    assert!(outcome.said("warning: ").contains("in the clear"));
    let sent = String::from_utf8(host.was_asked().await).unwrap();
    // RFC 7617: the user and the password, with a colon between them, in base64.
    assert!(
        sent.contains("Basic RVhBTVBMRVxvcGVyYXRvcjpjMHJyZWN0LWgwcnNl"),
        "{sent}"
    );
}
