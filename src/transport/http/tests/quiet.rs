//! What a log at its most talkative does not tell.

use std::io;
use std::sync::{Arc, Mutex};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

use super::host::{NtlmHost, Say};
use super::server::{Answer, Server};
use super::*;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_log_holds_neither_secrets_nor_envelopes() {
    let log = Log::default();
    let writer = log.clone();
    // The runtime of this test has one thread, so that its tasks log here too; and so does the crate `log`.
    let guard = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("trace"))
        .with_writer(move || writer.clone())
        .finish()
        .set_default();
    let host = NtlmHost::start(|_| Say::Envelope(200, "<private/>")).await;
    host.transport().exchange(once("<private/>")).await.unwrap();
    let server = Server::start(|_| Answer::soap("<private/>")).await;
    let basic = config(&server.url())
        .auth(Auth::Basic)
        .dangerous()
        .allow_basic_without_tls();
    HttpTransport::new(basic)
        .unwrap()
        .exchange(once("<private/>"))
        .await
        .unwrap();
    drop(guard);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for spoken in ["logged in", "hyper_util", "reqwest::connect"] {
        assert!(
            log.contains(spoken),
            "{spoken} has nothing to say in\n{log}"
        );
    }
    // The password, the start of the Basic pair and of an NTLM token in base64, and the envelope.
    for secret in [PASSWORD, "RVhBTVBMRVxv", "TlRMTVNTUAA", "private"] {
        assert!(!log.contains(secret), "{secret} in\n{log}");
    }
}
