//! What a log at its most talkative does not tell.

use std::process::Command;

use super::host::{NtlmHost, Say};
use super::server::{Answer, Server};
use super::*;

#[test]
fn a_log_holds_neither_secrets_nor_envelopes() {
    // In a process of its own, where no other test has a say in what is logged.
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture", TALK])
        .output()
        .unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    for spoken in ["logged in", "hyper_util", "reqwest::connect"] {
        assert!(
            log.contains(spoken),
            "{spoken} has nothing to say in\n{log}"
        );
    }
    // The password, the start of the Basic pair and of an NTLM token in base64, and the envelope; the proxy's password, and
    // the start of its Basic pair.
    for secret in [
        PASSWORD,
        "RVhBTVBMRVxv",
        "TlRMTVNTUAA",
        "private",
        "hunter2",
        "QWxhZGRpbjpo",
    ] {
        assert!(!log.contains(secret), "{secret} in\n{log}");
    }
}

const TALK: &str = "transport::http::tests::quiet::talk";

#[tokio::test]
#[ignore = "run by the test above"]
async fn talk() {
    // It takes what goes to the crate `log` as well.
    tracing_subscriber::fmt()
        .with_env_filter("trace")
        .with_writer(std::io::stderr)
        .init();
    let host = NtlmHost::start(|_| Say::Envelope(200, "<private/>")).await;
    let sealed = host.transport();
    sealed.exchange(once("<private/>")).await.unwrap();
    let server = Server::start(|_| Answer::soap("<private/>")).await;
    let basic = config(&server.url())
        .auth(Auth::Basic)
        .dangerous()
        .allow_basic_without_tls();
    let basic = HttpTransport::new(basic).unwrap();
    basic.exchange(once("<private/>")).await.unwrap();
    let proxy = format!("http://Aladdin:hunter2@{}", host.server.address());
    for host in ["http://hv01.example", "https://hv01.example"] {
        let config = config(host).proxy(Proxy::new(&proxy).unwrap());
        let proxied = HttpTransport::new(config).unwrap();
        let _ = proxied.exchange(once("<private/>")).await;
    }
    // Failures talk, too.
    drop((host, server));
    sealed.exchange(once("<private/>")).await.unwrap_err();
    basic.exchange(once("<private/>")).await.unwrap_err();
}
