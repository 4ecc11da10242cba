//! A server that answers as instructed, byte for byte.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A server on a loopback port, which ends when the value is dropped.
pub(super) struct Server {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

type Script = dyn Fn(&Asked) -> Answer + Send + Sync;

struct State {
    script: Box<Script>,
    tls: Option<TlsAcceptor>,
    asked: Mutex<Vec<Asked>>,
    connections: AtomicUsize,
}

/// A request as received.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// The number of the connection, from 0.
    pub(super) connection: usize,
    /// The number on that connection, from 0.
    pub(super) number: usize,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (field, value) = line.split_once(": ")?;
            field.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// The next action of the server.
#[derive(Clone)]
pub(super) struct Answer {
    bytes: Vec<u8>,
    then: Then,
}

#[derive(Clone, Copy)]
enum Then {
    ReadOn,
    Close,
    Hang,
}

impl Answer {
    pub(super) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            then: Then::ReadOn,
        }
    }

    /// Creates a response from a status, further header lines, a content type and a body.
    pub(super) fn new(status: u16, headers: &[&str], content_type: &str, body: &[u8]) -> Self {
        let mut head = format!(
            "HTTP/1.1 {status} Scripted\r\nContent-Length: {}\r\n",
            body.len()
        );
        if !content_type.is_empty() {
            head += &format!("Content-Type: {content_type}\r\n");
        }
        for header in headers {
            head += &format!("{header}\r\n");
        }
        head += "\r\n";
        Self::raw([head.as_bytes(), body].concat())
    }

    pub(super) fn soap(body: &str) -> Self {
        Self::new(
            200,
            &[],
            "application/soap+xml;charset=UTF-8",
            body.as_bytes(),
        )
    }

    pub(super) fn empty(status: u16) -> Self {
        Self::new(status, &[], "", b"")
    }

    /// Creates a reply without a response, on a connection that stays open.
    pub(super) fn hang() -> Self {
        Self {
            bytes: Vec::new(),
            then: Then::Hang,
        }
    }

    /// Closes the connection after the response.
    pub(super) fn then_close(mut self) -> Self {
        self.then = Then::Close;
        self
    }

    /// Sends nothing more and keeps the connection open.
    pub(super) fn then_hang(mut self) -> Self {
        self.then = Then::Hang;
        self
    }
}

impl Server {
    pub(super) async fn start(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::start_with(None, script).await
    }

    pub(super) async fn start_with(
        tls: Option<TlsAcceptor>,
        script: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            script: Box::new(script),
            tls,
            asked: Mutex::default(),
            connections: AtomicUsize::new(0),
        });
        let task = tokio::spawn({
            let state = Arc::clone(&state);
            async move {
                let mut tasks = tokio::task::JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    let state = Arc::clone(&state);
                    tasks.spawn(async move {
                        let connection = state.connections.fetch_add(1, Ordering::SeqCst);
                        match &state.tls {
                            Some(tls) => match tls.accept(stream).into_fallible().await {
                                Ok(stream) => serve(&state, connection, stream).await,
                                // A socket that is closed with unread data also discards data already sent.
                                Err((_, _stream)) => std::future::pending().await,
                            },
                            None => serve(&state, connection, stream).await,
                        }
                    });
                }
            }
        });
        Self {
            address,
            state,
            task,
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn url(&self) -> String {
        let scheme = if self.state.tls.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}/wsman", self.address)
    }

    /// Returns all requests so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    /// Returns the number of connections so far.
    pub(super) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(state: &State, connection: usize, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut received = Vec::new();
    for number in 0.. {
        let Some((head, body)) = next_request(&mut stream, &mut received).await else {
            return;
        };
        let asked = Asked {
            connection,
            number,
            head,
            body,
        };
        state.asked.lock().unwrap().push(asked.clone());
        let answer = (state.script)(&asked);
        if stream.write_all(&answer.bytes).await.is_err() || stream.flush().await.is_err() {
            return;
        }
        match answer.then {
            Then::ReadOn => {}
            Then::Close => {
                let _ = stream.shutdown().await;
                return;
            }
            Then::Hang => return std::future::pending().await,
        }
    }
}

async fn next_request(
    stream: &mut (impl AsyncRead + Unpin),
    received: &mut Vec<u8>,
) -> Option<(String, Vec<u8>)> {
    loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(received[..end].to_vec()).unwrap();
            let length: usize = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.parse().unwrap());
            if received.len() >= end + 4 + length {
                let rest = received.split_off(end + 4 + length);
                let body = received.split_off(end + 4);
                *received = rest;
                return Some((head, body));
            }
        }
        if stream.read_buf(received).await.ok()? == 0 {
            return None;
        }
    }
}
