//! Secrets that a log at its most verbose level does not contain.

use std::process::Command;

use super::host::{NtlmHost, Say};
use super::server::{Answer, Server};
use super::*;

#[test]
fn a_log_holds_neither_secrets_nor_envelopes() {
    // A process of its own: other tests must not affect the log.
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
    // The password, the start of the Basic pair and of an NTLM token in base64, and the envelope; the proxy's password,
    // and the start of its Basic pair.
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
    for hash in HASHES {
        let decimal = format!("{hash:?}");
        let hexadecimal: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        for spelling in [decimal.trim_matches(['[', ']']), &hexadecimal] {
            assert!(
                !log.to_lowercase().contains(spelling),
                "{spelling} in\n{log}"
            );
        }
    }
}

/// The NTLM hashes of the password: the hash of it alone, and that of it and the user (\[MS-NLMP\] 3.3.2), as computed
/// by `pyspnego`.
const HASHES: [[u8; 16]; 2] = [
    0xeddc_f896_aaf1_f0c3_f83d_4daa_964f_17bf_u128.to_be_bytes(),
    0x376b_bb7a_5c1c_2db5_a310_fbc9_ba40_69d5_u128.to_be_bytes(),
];

const TALK: &str = "transport::http::tests::quiet::talk";

#[tokio::test]
#[ignore = "run by the test above"]
async fn talk() {
    // The subscriber also receives the events of the crate `log`.
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
    // Failures are logged, too.
    drop((host, server));
    sealed.exchange(once("<private/>")).await.unwrap_err();
    basic.exchange(once("<private/>")).await.unwrap_err();
}
