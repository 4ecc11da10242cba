//! Proxies that forward messages, and proxies that open tunnels; their refusals and failures.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::host::{NtlmHost, Say};
use super::secure::Identity;
use super::server::{Answer, Server};
use super::*;
use crate::auth::ntlm::acceptor::{Challenged, ServerNonces};

/// RFC 7617's own example: Aladdin, open sesame.
const ALADDIN: &str = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";

fn proxy(address: SocketAddr) -> Proxy {
    Proxy::new(&address.to_string()).unwrap()
}

fn aladdin(address: SocketAddr) -> Proxy {
    proxy(address).login("Aladdin", "open sesame")
}

/// Returns the settings for a host that only the proxy can reach.
fn through(proxy: Proxy) -> HttpTransport {
    HttpTransport::new(config("http://hv01.example").proxy(proxy)).unwrap()
}

/// Returns a proxy that opens tunnels to one host, regardless of the requested one.
struct Tunnels {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Tunnels {
    async fn start(host: SocketAddr, answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let task = tokio::spawn({
            let asked = Arc::clone(&asked);
            async move {
                let mut tunnels = tokio::task::JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    tunnels.spawn(tunnel(stream, host, answer, Arc::clone(&asked)));
                }
            }
        });
        Self {
            address,
            asked,
            task,
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Tunnels {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn tunnel(
    mut stream: TcpStream,
    host: SocketAddr,
    answer: &'static str,
    asked: Arc<Mutex<Vec<String>>>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    asked.lock().unwrap().push(String::from_utf8(head).unwrap());
    let answer = format!("HTTP/1.1 {answer}\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.unwrap();
    if answer.starts_with("HTTP/1.1 200") {
        let mut host = TcpStream::connect(host).await.unwrap();
        let _ = copy_bidirectional(&mut stream, &mut host).await;
    }
}

#[tokio::test]
async fn sealed_messages_go_through_a_proxy_that_keeps_the_connection() {
    let host = NtlmHost::start(|_| Say::Envelope(200, "<ok/>")).await;
    let transport = through(aladdin(host.server.address()));
    for _ in 0..3 {
        let response = transport.exchange(once("<a>secret</a>")).await.unwrap();
        assert_eq!(response.body, "<ok/>");
    }
    let asked = host.server.asked();
    assert_eq!((asked.len(), host.server.connections()), (5, 1));
    for asked in asked {
        assert_eq!(
            asked.head.lines().next(),
            Some("POST http://hv01.example:5985/wsman HTTP/1.1")
        );
        assert_eq!(asked.header("host"), Some("hv01.example:5985"));
        assert_eq!(asked.header("proxy-authorization"), Some(ALADDIN));
        assert!(!asked.body.windows(6).any(|window| window == b"secret"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_to_the_proxy_is_one_login() {
    let host = NtlmHost::start(|_| Say::Envelope(200, "<ok/>")).await;
    for _ in 0..10 {
        let transport = through(proxy(host.server.address()));
        for _ in 0..20 {
            transport.exchange(once("<a/>")).await.unwrap();
        }
    }
    assert_eq!((host.heard().len(), host.server.connections()), (200, 10));
}

#[tokio::test]
async fn a_proxy_that_closes_after_each_answer_is_said_so() {
    let server = Server::start(|asked| {
        let token = asked.header("authorization").unwrap();
        let token = token.strip_prefix("Negotiate ").unwrap();
        let token = BASE64_STANDARD.decode(token).unwrap();
        let challenged = Challenged::new(&token, "HV01", ServerNonces::random()).unwrap();
        let challenge = BASE64_STANDARD.encode(challenged.token());
        let offer = format!("WWW-Authenticate: Negotiate {challenge}");
        Answer::new(401, &[&offer, "Connection: close"], "", b"").then_close()
    })
    .await;
    let transport = through(proxy(server.address()));
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Proxy, Delivery::NotSent, None));
    assert_eq!(
        error.to_string(),
        format!(
            "the proxy {} does not keep the connection that the login at hv01.example:5985 belongs to",
            server.address()
        )
    );
    assert!(error.hint().unwrap().contains("https://"));
    assert_eq!(
        server.asked().len(),
        1,
        "the login was not shown to another connection"
    );
}

#[tokio::test]
async fn refusals_of_a_proxy_and_of_a_host_are_told_apart() {
    use ErrorKind::{Authentication, NotWsMan, Proxy as OfProxy, Status};
    type Case = (fn() -> Answer, ErrorKind, u16, &'static str, &'static str);
    let cases: [Case; 9] = [
        (
            || {
                Answer::new(
                    407,
                    &["Proxy-Authenticate: Basic realm=\"x\""],
                    "text/html",
                    b"x",
                )
            },
            OfProxy,
            407,
            "the proxy PROXY asks for a login (HTTP 407)",
            "http://user:password@",
        ),
        (
            || Answer::empty(401),
            Authentication,
            401,
            "the proxy PROXY took the host's offer to log in out of its answer (HTTP 401)",
            "https://",
        ),
        (
            || Answer::new(401, &["WWW-Authenticate: Basic realm=\"x\""], "", b""),
            Authentication,
            401,
            "the host does not let us log in with Negotiate, but with Basic",
            "winrm set",
        ),
        (
            || {
                Answer::new(
                    503,
                    &["X-Squid-Error: ERR_CONNECT_FAIL 111"],
                    "text/html",
                    b"x",
                )
            },
            OfProxy,
            503,
            "the proxy PROXY could not reach hv01.example:5985 (HTTP 503)",
            "that the proxy can reach them",
        ),
        (
            || {
                Answer::new(
                    403,
                    &["X-Squid-Error: ERR_ACCESS_DENIED 0"],
                    "text/html",
                    b"x",
                )
            },
            OfProxy,
            403,
            "the proxy PROXY does not let us reach hv01.example:5985 (HTTP 403)",
            "have the proxy allow",
        ),
        (
            || Answer::new(500, &["Server: tinyproxy/1.11.1"], "text/html", b"x"),
            OfProxy,
            500,
            "the proxy PROXY could not reach hv01.example:5985 (HTTP 500)",
            "that the proxy can reach them",
        ),
        (
            || Answer::empty(504),
            OfProxy,
            504,
            "the proxy PROXY could not reach hv01.example:5985 (HTTP 504)",
            "that the proxy can reach them",
        ),
        (
            || Answer::empty(503),
            Status,
            503,
            "the host is not ready to answer (HTTP 503)",
            "WinRM service",
        ),
        (
            || Answer::empty(403),
            NotWsMan,
            403,
            "the host forbids it (HTTP 403)",
            "port",
        ),
    ];
    for (answer, kind, status, message, hint) in cases {
        let server = Server::start(move |_| answer()).await;
        let transport = through(proxy(server.address()));
        let error = transport.exchange(once("<a/>")).await.unwrap_err();
        assert_eq!(facts(&error), (kind, Delivery::NotSent, Some(status)));
        let message = message.replace("PROXY", &server.address().to_string());
        assert_eq!(error.to_string(), message);
        assert!(error.hint().unwrap().contains(hint), "{:?}", error.hint());
    }
}

#[tokio::test]
async fn a_wrong_password_behind_a_proxy_points_at_both() {
    let host = NtlmHost::start(|_| Say::Envelope(200, "<ok/>")).await;
    let wrong = Credentials::password(USER, "hunter2");
    let config = HttpConfig::new("hv01.example").credentials(wrong);
    let transport = HttpTransport::new(config.proxy(proxy(host.server.address()))).unwrap();
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the host rejected the user name or the password"
    );
    assert!(error.hint().unwrap().contains("mixed up connections"));
}

#[tokio::test]
async fn a_login_that_a_proxy_rejects_is_not_the_hosts() {
    let server = Server::start(|_| Answer::empty(407)).await;
    let rejected =
        |address| format!("the proxy {address} rejected its user name or password (HTTP 407)");
    let transport = through(aladdin(server.address()));
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Proxy, Delivery::NotSent, Some(407))
    );
    assert_eq!(error.to_string(), rejected(server.address()));

    // As tinyproxy does.
    let server = Server::start(|_| {
        let offer = "WWW-Authenticate: Basic realm=\"Tinyproxy\"";
        Answer::new(401, &["Server: tinyproxy/1.11.1", offer], "text/html", b"x")
    })
    .await;
    let error = through(aladdin(server.address()))
        .exchange(once("<a/>"))
        .await
        .unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Proxy, Delivery::NotSent, Some(401))
    );
    assert_eq!(
        error.to_string(),
        format!(
            "the proxy {} rejected its user name or password (HTTP 401)",
            server.address()
        )
    );

    let tunnels = Tunnels::start(server.address(), "407 Proxy Authentication Required").await;
    let tunnelled =
        |proxy| HttpTransport::new(config("https://hv01.example").proxy(proxy)).unwrap();
    let error = tunnelled(aladdin(tunnels.address))
        .exchange(once("<a/>"))
        .await
        .unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Proxy, Delivery::NotSent, Some(407))
    );
    assert_eq!(error.to_string(), rejected(tunnels.address));
    let error = tunnelled(proxy(tunnels.address))
        .exchange(once("<a/>"))
        .await
        .unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Proxy, Delivery::NotSent, Some(407))
    );
    assert_eq!(
        error.to_string(),
        format!("the proxy {} asks for a login (HTTP 407)", tunnels.address)
    );
}

#[tokio::test]
async fn a_login_is_bound_to_the_channel_inside_of_a_tunnel() {
    let identity = Identity::new("127.0.0.1", |_| {});
    let tls = Some((identity.acceptor(), identity.binding()));
    let host = NtlmHost::start_with(tls, |_| Say::Envelope(200, "<ok/>")).await;
    let tunnels = Tunnels::start(host.server.address(), "200 Connection established").await;
    let config = config(&host.server.url()).proxy(aladdin(tunnels.address));
    let config = config.ca_bundle(identity.authority.as_bytes());
    let transport = HttpTransport::new(config).unwrap();
    for _ in 0..3 {
        transport.exchange(once("<a/>")).await.unwrap();
    }
    let asked = tunnels.asked();
    assert_eq!(asked.len(), 1, "one tunnel, one login");
    let connect = format!("CONNECT {} HTTP/1.1\r\n", host.server.address());
    assert!(asked[0].starts_with(&connect), "{}", asked[0]);
    let login = format!("proxy-authorization: {ALADDIN}\r\n").to_lowercase();
    assert!(asked[0].to_lowercase().contains(&login), "{}", asked[0]);
    for asked in host.server.asked() {
        assert_eq!(asked.header("proxy-authorization"), None);
        assert_eq!(asked.head.lines().next(), Some("POST /wsman HTTP/1.1"));
    }
}

#[tokio::test]
async fn a_tunnel_that_is_not_opened_is_said_so() {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
    for answer in ["403 Forbidden", "503 Service Unavailable", "nonsense"] {
        let tunnels = Tunnels::start(nowhere, answer).await;
        let config = config("https://hv01.example").proxy(proxy(tunnels.address));
        let transport = HttpTransport::new(config).unwrap();
        let error = transport.exchange(once("<a/>")).await.unwrap_err();
        assert_eq!(facts(&error), (ErrorKind::Proxy, Delivery::NotSent, None));
        assert_eq!(
            error.to_string(),
            format!(
                "the proxy {} opened no tunnel to hv01.example:5986",
                tunnels.address
            )
        );
        assert!(error.hint().unwrap().contains("CONNECT"));
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_said_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap().to_string();
    drop(listener);
    // A label of more than 63 characters is refused without a query (RFC 1035, section 2.3.4).
    let nameless = format!("{}:3128", "a".repeat(64));
    for host in ["http://hv01.example", "https://hv01.example"] {
        for (proxy, kind, message) in [
            (
                &closed,
                ErrorKind::Connect,
                format!("could not connect to the proxy {closed}"),
            ),
            (
                &nameless,
                ErrorKind::NameNotResolved,
                format!("the name of the proxy {nameless} has no address"),
            ),
        ] {
            let config = config(host).proxy(Proxy::new(proxy).unwrap());
            let transport = HttpTransport::new(config).unwrap();
            let error = transport.exchange(once("<a/>")).await.unwrap_err();
            assert_eq!(facts(&error), (kind, Delivery::NotSent, None), "{error}");
            assert_eq!(error.to_string(), message);
        }
    }
}

#[tokio::test]
async fn a_proxy_that_says_nothing_times_out_by_phase() {
    let silent = Server::start(|_| Answer::hang()).await;
    for (host, phase, message) in [
        (
            "https://hv01.example",
            Phase::Connect,
            format!(
                "could not connect to hv01.example:5986 through the proxy {} in time",
                silent.address()
            ),
        ),
        (
            "http://hv01.example",
            Phase::Authenticate,
            "the login at hv01.example:5985 was not over after 100ms".to_owned(),
        ),
    ] {
        let config = config(host)
            .proxy(proxy(silent.address()))
            .connect_timeout(Duration::from_millis(100))
            .authenticate_timeout(Duration::from_millis(100));
        let transport = HttpTransport::new(config).unwrap();
        let error = transport.exchange(once("<a/>")).await.unwrap_err();
        let timeout = ErrorKind::Timeout(phase);
        assert_eq!(facts(&error), (timeout, Delivery::NotSent, None));
        assert_eq!(error.to_string(), message);
    }
}

#[tokio::test]
async fn hosts_that_need_no_proxy_are_reached_directly() {
    let proxied = Server::start(|_| Answer::empty(503)).await;
    let host = NtlmHost::start(|_| Say::Envelope(200, "<ok/>")).await;
    let direct = proxy(proxied.address()).no_proxy("hv01.example, 127.0.0.0/8");
    let transport = HttpTransport::new(config(&host.server.url()).proxy(direct)).unwrap();
    transport.exchange(once("<a/>")).await.unwrap();
    assert_eq!(proxied.connections(), 0);
}

#[tokio::test]
async fn a_certificate_of_another_inside_of_a_tunnel_is_refused() {
    let (identity, other) = (
        Identity::new("127.0.0.1", |_| {}),
        Identity::new("127.0.0.1", |_| {}),
    );
    let server = Server::start_with(Some(identity.acceptor()), |_| Answer::soap("<x/>")).await;
    let tunnels = Tunnels::start(server.address(), "200 OK").await;
    let config = config(&server.url()).proxy(proxy(tunnels.address));
    let config = config.ca_bundle(other.authority.as_bytes());
    let error = HttpTransport::new(config)
        .unwrap()
        .exchange(once("<a/>"))
        .await;
    let error = error.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Tls, Delivery::NotSent, None));
    assert!(error.to_string().contains("is not signed by"), "{error}");
}

#[tokio::test]
async fn an_ipv6_address_is_refused_where_it_would_want_a_tunnel() {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 1));
    let outcome = |host, proxy| HttpTransport::new(config(host).proxy(proxy));
    let error = outcome("https://[::1]", proxy(anywhere)).unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Config, Delivery::NotSent, None));
    assert!(error.to_string().contains("IPv6"), "{error}");
    assert!(outcome("http://[::1]", proxy(anywhere)).is_ok());
    assert!(outcome("https://[::1]", proxy(anywhere).no_proxy("::1")).is_ok());
}
