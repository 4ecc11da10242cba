//! Hosts that are none: they take every request, and answer all with the same page, or not at all.

use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// A host on a loopback port, which ends with the test.
pub(crate) struct Host {
    pub(crate) url: String,
    /// The certificate of a host that speaks TLS, in PEM.
    pub(crate) certificate: Option<String>,
    /// What it was sent so far, one item for each time that something came.
    asked: mpsc::UnboundedReceiver<Vec<u8>>,
}

impl Host {
    /// Answers with a page for people.
    pub(crate) async fn with_page() -> Self {
        Self::start(None, Some(PAGE)).await
    }

    /// The same over TLS, with a certificate that no authority has signed.
    pub(crate) async fn with_page_over_tls() -> Self {
        Self::start(Some("127.0.0.1"), Some(PAGE)).await
    }

    /// Answers each request with the next of these bodies, to any client, and keeps each request.
    pub(crate) async fn scripted(answers: impl IntoIterator<Item = String>) -> Self {
        Self::scripted_slowly(answers, Duration::ZERO).await
    }

    /// The same, each answer after a delay. When the answers are used up, requests are taken and not answered.
    pub(crate) async fn scripted_slowly(
        answers: impl IntoIterator<Item = String>,
        delay: Duration,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (tell, asked) = mpsc::unbounded_channel();
        let answers: Vec<_> = answers.into_iter().collect();
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let _ = tell.send(whole_request(&mut stream).await);
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n\
                     Content-Length: {}\r\nConnection: close\r\n\r\n",
                    answer.len()
                );
                tokio::time::sleep(delay).await;
                let _ = stream.write_all((head + &answer).as_bytes()).await;
                let _ = stream.shutdown().await;
            }
            if delay.is_zero() {
                return;
            }
            let mut unanswered = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = tell.send(whole_request(&mut stream).await);
                unanswered.push(stream);
            }
        });
        Self {
            url,
            certificate: None,
            asked,
        }
    }

    /// Takes requests, and never answers.
    pub(crate) async fn silent() -> Self {
        Self::start(None, None).await
    }

    /// Waits until something was sent.
    pub(crate) async fn was_asked(&mut self) -> Vec<u8> {
        let asked = timeout(DEADLINE, self.asked.recv()).await;
        asked
            .expect("something is sent in time")
            .expect("the host runs")
    }

    async fn start(name: Option<&str>, answer: Option<&'static str>) -> Self {
        let (certificate, tls) = name.map(self_signed).unzip();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().expect("an address"));
        let (tell, asked) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, tell) = (tls.clone(), tell.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, answer, tell).await,
                        Some(tls) => {
                            // A client that does not like our certificate is no news.
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, answer, tell).await;
                            }
                        }
                    }
                });
            }
        });
        Self {
            url,
            certificate,
            asked,
        }
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: Option<&str>,
    tell: mpsc::UnboundedSender<Vec<u8>>,
) {
    let mut bytes = vec![0; 65_536];
    while let Ok(size @ 1..) = stream.read(&mut bytes).await {
        // Whether anybody listens is the test's own business.
        let _ = tell.send(bytes.get(..size).unwrap_or_default().to_vec());
        if let Some(answer) = answer {
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    }
}

/// A request with its body.
async fn whole_request(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lines = head.lines();
            let length = lines
                .filter_map(|line| line.strip_prefix("content-length: "))
                .next();
            let length: usize = length.expect("a length").parse().expect("a number");
            if body.len() >= length {
                return bytes;
            }
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return bytes;
        }
    }
}

/// Returns the certificate of a host, and an acceptor of TLS with it.
pub(crate) fn self_signed(name: &str) -> (String, TlsAcceptor) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a certificate and its key");
    (cert.pem(), Arc::new(config).into())
}

/// Far longer than a program takes to send something; a test that hangs fails by it.
const DEADLINE: Duration = Duration::from_secs(60);
const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 28\r\n\
                    Connection: close\r\n\r\n<html>\x1b[2JIt works!</html>\n\n";
