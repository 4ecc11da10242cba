//! Logins whose first token contains the channel binding, as that of Kerberos does.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::secure::Identity;
use super::server::{Answer, Asked, Server};
use super::*;
use crate::auth::{ChannelBinding, Error as AuthError, Sealed, Session, Step};

#[tokio::test]
async fn the_channel_is_known_before_anything_is_sent() {
    let identity = Identity::new("127.0.0.1", |_| {});
    let server = Server::start_with(Some(identity.acceptor()), as_omi).await;
    let bound = Bindings::default();
    let transport = transport(
        config(&server.url()).ca_bundle(identity.authority.as_bytes()),
        &bound,
    );
    for _ in 0..2 {
        let response = transport.exchange(once("<a/>")).await.unwrap();
        assert_eq!(response.body, "<x/>");
    }
    assert_eq!(*bound.lock().unwrap(), [identity.binding()]);
    assert_eq!(server.connections(), 1);
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0].header("authorization"), Some("Negotiate dG9rZW4="));
}

#[tokio::test]
async fn the_channel_is_known_through_a_tunnel_too() {
    let identity = Identity::new("hv01.example", |_| {});
    let server = Server::start_with(Some(identity.acceptor()), as_omi).await;
    let proxy = Proxy::new(&tunnel(server.address()).await.to_string()).unwrap();
    let bound = Bindings::default();
    let transport = transport(
        config("https://hv01.example")
            .ca_bundle(identity.authority.as_bytes())
            .proxy(proxy),
        &bound,
    );
    transport.exchange(once("<a/>")).await.unwrap();
    assert_eq!(*bound.lock().unwrap(), [identity.binding()]);
    assert_eq!((server.connections(), server.asked().len()), (1, 2));
}

#[tokio::test]
async fn a_channel_that_cannot_be_trusted_ends_the_login() {
    let (identity, other) = (
        Identity::new("127.0.0.1", |_| {}),
        Identity::new("127.0.0.1", |_| {}),
    );
    let server = Server::start_with(Some(identity.acceptor()), as_omi).await;
    let bound = Bindings::default();
    let transport = transport(
        config(&server.url()).ca_bundle(other.authority.as_bytes()),
        &bound,
    );
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Tls, Delivery::NotSent, None));
    assert!(bound.lock().unwrap().is_empty());
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_host_that_leaves_before_the_first_token_has_ended_the_login() {
    let identity = Identity::new("127.0.0.1", |_| {});
    let server =
        Server::start_with(Some(identity.acceptor()), |_| Answer::raw("").then_close()).await;
    let transport = transport(
        config(&server.url()).ca_bundle(identity.authority.as_bytes()),
        &Bindings::default(),
    );
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Lost, Delivery::NotSent, None));
    assert_eq!(server.connections(), 1);
}

/// Answers requests that are logged in or log in, and no others.
fn as_omi(asked: &Asked) -> Answer {
    match (asked.number, asked.header("authorization")) {
        (0, None) => Answer::hang(),
        (0, Some(_)) => Answer::empty(200),
        _ => Answer::soap("<x/>"),
    }
}

type Bindings = Arc<Mutex<Vec<ChannelBinding>>>;

fn transport(config: HttpConfig, bindings: &Bindings) -> HttpTransport {
    let bindings = Arc::clone(bindings);
    let login = Login::Connection {
        scheme: Scheme::NEGOTIATE,
        begin: Box::new(move || Box::new(Binding(Arc::clone(&bindings)))),
        blocking: BlockingPool::new(1),
    };
    let config = config.authenticate_timeout(Duration::from_secs(2));
    HttpTransport::with_login(config.validated().unwrap(), login).unwrap()
}

/// A login of one token, which must contain the channel binding.
struct Binding(Bindings);

impl Handshake for Binding {
    fn step(&mut self, _: &[u8], binding: Option<&ChannelBinding>) -> Result<Step, AuthError> {
        let Some(binding) = binding else {
            return Ok(Step::Bind);
        };
        self.0.lock().unwrap().push(binding.clone());
        Ok(Step::Done {
            token: Some(b"token".to_vec()),
            session: Box::new(Unsealed),
        })
    }
}

/// A session that seals nothing, since TLS protects.
struct Unsealed;

impl Session for Unsealed {
    fn seal(&mut self, _: &[u8]) -> Result<Sealed, AuthError> {
        Err(AuthError::SessionOver)
    }

    fn unseal(&mut self, _: &[u8], _: Vec<u8>) -> Result<Vec<u8>, AuthError> {
        Err(AuthError::SessionOver)
    }

    fn sign(&mut self, _: &[u8]) -> Result<Vec<u8>, AuthError> {
        Err(AuthError::SessionOver)
    }

    fn verify(&mut self, _: &[u8], _: &[u8]) -> Result<(), AuthError> {
        Err(AuthError::SessionOver)
    }
}

/// Starts a proxy that opens one tunnel, to this host.
async fn tunnel(host: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut host = TcpStream::connect(host).await.unwrap();
        let _ = copy_bidirectional(&mut stream, &mut host).await;
    });
    address
}
