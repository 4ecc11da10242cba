//! HTTP by hand, on real sockets.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::auth::ntlm::client;
use crate::auth::{Credentials, Step};
use crate::simulator::Simulator;
use crate::simulator::service::testing::get_web01;

const IDENTIFY: &str = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
    xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\"><s:Header/><s:Body><i:Identify/></s:Body>\
    </s:Envelope>";

async fn connect(host: &Simulator) -> TcpStream {
    let address = host
        .url()
        .strip_prefix("http://")
        .unwrap()
        .strip_suffix("/wsman")
        .unwrap();
    TcpStream::connect(address).await.unwrap()
}

/// Sends a request and reads one answer: status line and headers in lower case, and body.
async fn ask(stream: &mut TcpStream, request: &str) -> (String, Vec<u8>) {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let length = head.split_once("content-length: ").unwrap().1;
    let length = length.split_once('\r').unwrap().0.parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    (head, body)
}

fn post(headers: &str, body: &str) -> String {
    format!(
        "POST /wsman HTTP/1.1\r\nHost: sim\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn is_closed(stream: &mut TcpStream) -> bool {
    matches!(stream.read(&mut [0; 1]).await, Ok(0) | Err(_))
}

#[tokio::test]
async fn what_http_refuses() {
    let host = Simulator::start().await.unwrap();
    for (request, status) in [
        (
            "GET /wsman HTTP/1.1\r\nHost: sim\r\n\r\n",
            "405 method not allowed",
        ),
        (
            "PUT /wsman HTTP/1.1\r\nHost: sim\r\nContent-Length: 0\r\n\r\n",
            "405 method not allowed",
        ),
        (
            "POST /wsman HTTP/1.1\r\nHost: sim\r\nContent-Length: 513025\r\n\r\n",
            "413 payload too large",
        ),
        (
            "POST /wsman HTTP/1.1\r\nHost: sim\r\nContent-Length: 99999999999999\r\n\r\n",
            "413 payload too large",
        ),
    ] {
        let mut stream = connect(&host).await;
        let (head, body) = ask(&mut stream, request).await;
        assert!(
            head.starts_with(&format!("http/1.1 {status}\r\n")),
            "{request}: {head}"
        );
        assert!(
            head.contains("server: microsoft-httpapi/2.0\r\n") && body.is_empty(),
            "{head}"
        );
        assert!(is_closed(&mut stream).await, "{request}");
    }
}

/// The answer of http.sys, which clients and scanners know by its 315 bytes.
#[tokio::test]
async fn a_path_without_a_service_is_answered_as_by_http_sys() {
    let host = Simulator::start().await.unwrap();
    for request in [
        "GET / HTTP/1.1\r\nHost: sim\r\n\r\n",
        "POST /wsmanx HTTP/1.1\r\nHost: sim\r\nContent-Length: 0\r\n\r\n",
    ] {
        let mut stream = connect(&host).await;
        let (head, body) = ask(&mut stream, request).await;
        assert!(head.starts_with("http/1.1 404 not found\r\n"), "{head}");
        for header in [
            "content-type: text/html; charset=us-ascii\r\n",
            "server: microsoft-httpapi/2.0\r\n",
            "connection: close\r\n",
            "content-length: 315\r\n",
        ] {
            assert!(head.contains(header), "{header}: {head}");
        }
        let body = String::from_utf8(body).unwrap();
        assert!(
            body.contains("HTTP Error 404. The requested resource is not found."),
            "{body}"
        );
        assert!(is_closed(&mut stream).await, "{request}");
    }
}

#[tokio::test]
async fn a_body_without_a_length_is_bounded() {
    let host = Simulator::start().await.unwrap();
    let mut stream = connect(&host).await;
    let head = "POST /wsman HTTP/1.1\r\nHost: sim\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    let (head, _) = ask(&mut stream, &format!("{head}{}", chunk.repeat(8))).await;
    assert!(head.starts_with("http/1.1 413 "), "{head}");
}

#[tokio::test]
async fn a_request_without_credentials_is_answered_with_the_schemes() {
    let host = Simulator::start().await.unwrap();
    let mut stream = connect(&host).await;
    for (path, headers, body) in [
        ("/wsman", "", ""),
        ("/WSMAN/", "", ""),
        (
            "/wsman",
            "Content-Type: application/soap+xml;charset=UTF-8\r\n",
            &*get_web01(),
        ),
        ("/wsman", "Authorization: Basic YTpi\r\n", ""),
    ] {
        let request = post(headers, body).replace("/wsman", path);
        let (head, answer) = ask(&mut stream, &request).await;
        assert!(head.starts_with("http/1.1 401 unauthorized\r\n"), "{head}");
        assert!(head.contains("www-authenticate: negotiate\r\n"), "{head}");
        assert!(!head.contains("basic") && answer.is_empty(), "{head}");
    }
}

#[tokio::test]
async fn identify_needs_no_login() {
    let host = Simulator::start().await.unwrap();
    let mut stream = connect(&host).await;
    let headers = "WSMANIDENTIFY: unauthenticated\r\nContent-Type: application/soap+xml\r\n";
    let (head, body) = ask(&mut stream, &post(headers, IDENTIFY)).await;
    assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
    assert!(
        head.contains("content-type: application/soap+xml;charset=utf-8\r\n"),
        "{head}"
    );
    assert!(String::from_utf8(body).unwrap().contains("OS: 0.0.0"));
    let (head, _) = ask(&mut stream, &post(headers, &get_web01())).await;
    assert!(head.starts_with("http/1.1 401 "), "{head}");
}

#[tokio::test]
async fn a_login_belongs_to_its_connection() {
    let host = Simulator::start().await.unwrap();
    let credentials = Credentials::password(host.user(), host.password());
    let mut handshake = client(credentials, "127.0.0.1");
    let Step::Continue(negotiate) = handshake.step(b"", None).unwrap() else {
        panic!("it begins with a token");
    };
    let mut stream = connect(&host).await;
    let (head, _) = ask(&mut stream, &post(&authorization(&negotiate), "")).await;
    assert!(head.starts_with("http/1.1 401 "), "{head}");
    // The heads above are in lower case, which base64 does not survive.
    let challenge = challenge(&mut stream, &negotiate).await;
    let Step::Done { token, .. } = handshake.step(&challenge, None).unwrap() else {
        panic!("it takes three tokens");
    };
    let last = post(&authorization(&token.unwrap()), "");
    let mut other = connect(&host).await;
    let (head, _) = ask(&mut other, &last).await;
    assert!(head.starts_with("http/1.1 401 "), "{head}");
    let (head, body) = ask(&mut stream, &last).await;
    assert!(
        head.starts_with("http/1.1 200 ok\r\n") && body.is_empty(),
        "{head}"
    );
}

fn authorization(token: &[u8]) -> String {
    use base64::Engine;
    format!(
        "Authorization: Negotiate {}\r\n",
        base64::prelude::BASE64_STANDARD.encode(token)
    )
}

async fn challenge(stream: &mut TcpStream, negotiate: &[u8]) -> Vec<u8> {
    use base64::Engine;
    let request = post(&authorization(negotiate), "");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let token = head
        .split_once("Negotiate ")
        .unwrap()
        .1
        .split_once('\r')
        .unwrap()
        .0;
    base64::prelude::BASE64_STANDARD.decode(token).unwrap()
}

#[tokio::test]
async fn basic_where_it_is_allowed() {
    let host = Simulator::builder()
        .basic(true)
        .allow_unencrypted(true)
        .password("x")
        .start()
        .await
        .unwrap();
    let mut stream = connect(&host).await;
    let (head, _) = ask(&mut stream, &post("", "")).await;
    assert!(
        head.contains("www-authenticate: basic realm=\"wsman\"\r\n"),
        "{head}"
    );
    assert!(head.contains("www-authenticate: negotiate\r\n"), "{head}");
    // SIM\operator:x
    let headers = "Authorization: Basic U0lNXG9wZXJhdG9yOng=\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n";
    let (head, body) = ask(&mut stream, &post(headers, &get_web01())).await;
    assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
    assert!(
        String::from_utf8(body)
            .unwrap()
            .contains("<p:ElementName>web01</p:ElementName>")
    );
    let unknown = get_web01().replace("5C0F", "0000");
    let (head, body) = ask(&mut stream, &post(headers, &unknown)).await;
    assert!(
        head.starts_with("http/1.1 500 internal server error\r\n"),
        "{head}"
    );
    assert!(
        String::from_utf8(body)
            .unwrap()
            .contains("a:DestinationUnreachable")
    );
}

#[tokio::test]
async fn what_is_no_http_is_closed() {
    let host = Simulator::start().await.unwrap();
    let mut stream = connect(&host).await;
    stream
        .write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        .await
        .unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    let (head, _) = ask(&mut connect(&host).await, &post("", "")).await;
    assert!(head.starts_with("http/1.1 401 "), "{head}");
}

#[tokio::test]
async fn dropping_the_host_ends_it() {
    let host = Simulator::start().await.unwrap();
    let mut stream = connect(&host).await;
    ask(&mut stream, &post("", "")).await;
    let address = stream.peer_addr().unwrap();
    drop(host);
    assert!(is_closed(&mut stream).await);
    let gone = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone)
        .await
        .unwrap();
}

#[test]
fn debug_shows_no_password() {
    let builder = Simulator::builder().password("hunter2");
    assert!(!format!("{builder:?}").contains("hunter2"));
}
