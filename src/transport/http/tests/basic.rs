//! Basic, with nothing bound to a connection; and all that can be wrong with a response.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::server::{Answer, Asked, Server};
use super::*;

fn transport(server: &Server) -> HttpTransport {
    HttpTransport::new(basic(&server.url())).unwrap()
}

fn basic(endpoint: &str) -> HttpConfig {
    config(endpoint)
        .auth(Auth::Basic)
        .dangerous()
        .allow_basic_without_tls()
}

/// Returns the result of a transport for one response.
async fn outcome(answer: fn() -> Answer) -> Result<Response, Error> {
    let server = Server::start(move |_| answer()).await;
    transport(&server).exchange(once("<a/>")).await
}

#[tokio::test]
async fn sends_what_openwsman_and_winrm_expect() {
    let server = Server::start(|asked| Answer::soap(&format!("<re>{}</re>", asked.text()))).await;
    let transport = transport(&server);
    assert_eq!(transport.endpoint(), server.url());
    for (envelope, expected) in [("<a/>", "<re><a/></re>"), ("<b/>", "<re><b/></re>")] {
        let response = transport.exchange(read(envelope)).await.unwrap();
        assert_eq!(response.status, 200);
        assert_eq!(response.charset.as_deref(), Some("UTF-8"));
        assert_eq!(response.body, expected);
    }
    let asked = server.asked();
    assert_eq!(asked[0].head.lines().next(), Some("POST /wsman HTTP/1.1"));
    for asked in &asked {
        // base64 of EXAMPLE\operator:open sesame
        let authorization = "Basic RVhBTVBMRVxvcGVyYXRvcjpvcGVuIHNlc2FtZQ==";
        assert_eq!(asked.header("authorization"), Some(authorization));
        assert_eq!(
            asked.header("content-type"),
            Some("application/soap+xml;charset=UTF-8")
        );
        assert_eq!(asked.header("user-agent"), Some("Microsoft WinRM Client"));
        assert_eq!(asked.header("accept-encoding"), Some("identity"));
        assert_eq!(
            asked.header("host"),
            Some(server.address().to_string().as_str())
        );
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn takes_faults_whatever_their_status_and_charset() {
    for status in [200, 400, 500] {
        let server = Server::start(move |_| {
            let utf_16 = "Application/SOAP+XML; charset=\"UTF-16\"";
            Answer::new(status, &[], utf_16, b"\xff\xfe<\0")
        })
        .await;
        let response = transport(&server).exchange(once("<a/>")).await.unwrap();
        assert_eq!(response.status, status);
        assert_eq!(response.charset.as_deref(), Some("UTF-16"));
        assert_eq!(response.body, b"\xff\xfe<\0".as_slice());
    }
}

#[tokio::test]
async fn survives_a_server_that_closes_after_each_answer() {
    for header in [&["Connection: close"][..], &[]] {
        let server = Server::start(|_| {
            Answer::new(200, header, "application/soap+xml", b"<x/>").then_close()
        })
        .await;
        let transport = transport(&server);
        for _ in 0..3 {
            let response = transport.exchange(read("<a/>")).await.unwrap();
            assert_eq!(response.body, "<x/>");
        }
        assert_eq!(server.asked().len(), 3);
    }
}

#[tokio::test]
async fn survives_a_refusal_whose_request_was_left_unread() {
    // As openwsman does: the next request on that socket would be reset.
    let server = Server::start(|asked| match asked.connection {
        0 => Answer::new(
            401,
            &["WWW-Authenticate: Basic realm=\"OPENWSMAN\""],
            "",
            b"",
        )
        .then_hang(),
        _ => Answer::soap("<x/>"),
    })
    .await;
    let transport = transport(&server);
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Authentication, Delivery::Answered, Some(401))
    );
    assert_eq!(
        error.to_string(),
        "the host rejected the user name or the password"
    );
    assert_eq!(transport.exchange(once("<a/>")).await.unwrap().body, "<x/>");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn says_which_logins_a_host_offers() {
    let error = outcome(|| {
        let offers = ["WWW-Authenticate: Negotiate", "WWW-Authenticate: Kerberos"];
        Answer::new(401, &offers, "text/html", b"<html/>")
    })
    .await
    .unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Authentication, Delivery::Answered, Some(401))
    );
    assert_eq!(
        error.to_string(),
        "the host does not let us log in with Basic, but with Negotiate, Kerberos"
    );
    let error = outcome(|| Answer::empty(401)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the host rejected the user name or the password"
    );
}

#[tokio::test]
async fn tells_an_answer_that_is_no_ws_management() {
    use ErrorKind::{NotWsMan, Proxy, Status, TooLarge};
    let html = || Answer::new(200, &[], "text/html; charset=x", b"<html>hunter2</html>");
    type Case = (fn() -> Answer, ErrorKind, u16, &'static str);
    let cases: [Case; 12] = [
        (
            || Answer::new(200, &[], "application/soap+xml", b""),
            Status,
            200,
            "the host answered HTTP 200 and nothing else",
        ),
        (
            html,
            NotWsMan,
            200,
            "the host answered with text/html, not WS-Management (HTTP 200)",
        ),
        (
            || Answer::new(500, &[], "", b"oops"),
            NotWsMan,
            500,
            "something without a content type",
        ),
        (
            || Answer::new(200, &[], "multipart/encrypted", b"x"),
            NotWsMan,
            200,
            "multipart/encrypted",
        ),
        (
            || Answer::empty(500),
            Status,
            500,
            "the host answered HTTP 500 and nothing else",
        ),
        (
            || Answer::empty(400),
            Status,
            400,
            "the host answered HTTP 400 and nothing else",
        ),
        (
            || Answer::empty(403),
            NotWsMan,
            403,
            "the host forbids it (HTTP 403)",
        ),
        (
            || Answer::empty(404),
            NotWsMan,
            404,
            "nothing serves the path /wsman (HTTP 404)",
        ),
        (
            || Answer::empty(407),
            Proxy,
            407,
            "a proxy on the way asks for a login (HTTP 407)",
        ),
        (
            || Answer::empty(413),
            TooLarge,
            413,
            "the request is larger than the host takes",
        ),
        (
            || Answer::empty(503),
            Status,
            503,
            "the host is not ready to answer (HTTP 503)",
        ),
        (
            || Answer::new(302, &["Location: http://127.0.0.1:9/"], "", b""),
            Status,
            302,
            "the host sends us elsewhere (HTTP 302)",
        ),
    ];
    for (answer, kind, status, message) in cases {
        let error = outcome(answer).await.unwrap_err();
        // In the clear, any machine on the path may have answered.
        assert_eq!(facts(&error), (kind, Delivery::Unknown, Some(status)));
        assert!(error.to_string().contains(message), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn keeps_how_long_a_host_wants_to_be_left_alone() {
    type Case = (fn() -> Answer, Option<u64>);
    let cases: [Case; 5] = [
        (|| Answer::new(503, &["Retry-After: 7"], "", b""), Some(7)),
        (
            || Answer::new(429, &["Retry-After: 0"], "text/html", b"x"),
            Some(0),
        ),
        (|| Answer::new(503, &["Retry-After: soon"], "", b""), None),
        (|| Answer::empty(503), None),
        // With these statuses the header has no meaning.
        (|| Answer::new(404, &["Retry-After: 7"], "", b""), None),
    ];
    for (answer, seconds) in cases {
        let error = outcome(answer).await.unwrap_err();
        assert_eq!(
            error.retry_after(),
            seconds.map(Duration::from_secs),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_drips_times_out() {
    // Each byte comes in time, the whole response never does.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let dripping = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        while stream.read_u8().await.unwrap() != b'>' {}
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
        stream.write_all(head).await.unwrap();
        while stream.write_all(b"<").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let transport = HttpTransport::new(basic(&format!("http://{address}"))).unwrap();
    let request = Request {
        timeout: Duration::from_millis(100),
        ..once("<a/>")
    };
    let error = transport.exchange(request).await.unwrap_err();
    let timeout = ErrorKind::Timeout(Phase::Answer);
    assert_eq!(facts(&error), (timeout, Delivery::Unknown, None));
    dripping.abort();
}

#[tokio::test]
async fn escapes_what_a_host_calls_its_answer() {
    let error = outcome(|| Answer::new(200, &[], "a\tb\u{9b}31m", b"x"))
        .await
        .unwrap_err();
    assert!(!error.to_string().contains(['\t', '\u{9b}']), "{error}");
}

#[tokio::test]
async fn refuses_a_compressed_answer() {
    let encodings = ["Content-Encoding: gzip"];
    let gzip = Answer::new(200, &encodings, "application/soap+xml", b"\x1f\x8b");
    let server = Server::start(move |_| gzip.clone()).await;
    let error = transport(&server).exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::NotWsMan, Delivery::Unknown, Some(200))
    );
}

#[tokio::test]
async fn refuses_an_answer_above_the_bound() {
    let announced = || Answer::raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
    let chunked = || {
        let chunk = format!("40000\r\n{}\r\n", "x".repeat(0x40000));
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nTransfer-Encoding: chunked\r\n\r\n";
        Answer::raw(head.to_owned() + &chunk.repeat(9))
    };
    let cases: [fn() -> Answer; 2] = [announced, chunked];
    for answer in cases {
        let error = outcome(answer).await.unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::TooLarge, Delivery::Unknown, None)
        );
        assert_eq!(error.to_string(), "the answer is larger than 2048000 bytes");
    }
}

#[tokio::test]
async fn takes_an_answer_up_to_the_bound() {
    let server = Server::start(|_| Answer::soap("12345678")).await;
    let bounded = |bytes| HttpTransport::new(basic(&server.url()).max_answer(bytes)).unwrap();
    assert!(bounded(8).exchange(read("<a/>")).await.is_ok());
    let error = bounded(7).exchange(read("<a/>")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn a_truncated_answer_leaves_the_delivery_unknown() {
    let cut = |_: &_| Answer::raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<a").then_close();
    let server = Server::start(cut).await;
    let error = transport(&server).exchange(read("<a/>")).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Lost, Delivery::Unknown, None));
    assert!(
        error
            .to_string()
            .ends_with("broke in the middle of an answer")
    );
    assert_eq!(server.asked().len(), 1, "a new connection has not aged");
}

#[tokio::test]
async fn a_read_on_an_old_connection_that_breaks_is_sent_again() {
    let script = |asked: &Asked| match (asked.connection, asked.number) {
        (0, 1) => Answer::raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<a").then_close(),
        _ => Answer::soap("<x/>"),
    };
    let server = Server::start(script).await;
    let reading = transport(&server);
    reading.exchange(read("<a/>")).await.unwrap();
    reading.exchange(read("<a/>")).await.unwrap();
    assert_eq!((server.asked().len(), server.connections()), (3, 2));

    let server = Server::start(script).await;
    let changing = transport(&server);
    changing.exchange(once("<a/>")).await.unwrap();
    let error = changing.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Lost, Delivery::Unknown, None));
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn an_answer_that_does_not_come_times_out() {
    let half = || Answer::raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<a").then_hang();
    let silent = Answer::hang;
    let cases: [fn() -> Answer; 2] = [half, silent];
    for answer in cases {
        let server = Server::start(move |_| answer()).await;
        let request = Request {
            timeout: Duration::from_millis(50),
            ..read("<a/>")
        };
        let error = transport(&server).exchange(request).await.unwrap_err();
        let timeout = ErrorKind::Timeout(Phase::Answer);
        assert_eq!(facts(&error), (timeout, Delivery::Unknown, None));
        assert!(error.to_string().ends_with("within 50ms"), "{error}");
    }
}

#[tokio::test]
async fn an_exchange_that_is_given_up_harms_no_other() {
    let server = Server::start(|asked| match asked.text() {
        "<slow/>" => Answer::hang(),
        _ => Answer::soap("<x/>"),
    })
    .await;
    let transport = HttpTransport::new(basic(&server.url()).max_connections(1)).unwrap();
    transport.exchange(read("<a/>")).await.unwrap();
    let slow = transport.exchange(read("<slow/>"));
    assert!(
        tokio::time::timeout(Duration::from_millis(50), slow)
            .await
            .is_err()
    );
    transport.exchange(once("<a/>")).await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_closed_port_says_how_to_open_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let transport = HttpTransport::new(basic(&format!("http://{address}"))).unwrap();
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Connect, Delivery::NotSent, None));
    assert_eq!(
        error.to_string(),
        format!("{address} refused the connection")
    );
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "Connection refused (os error 111)");
    let hint = error.hint().unwrap();
    assert!(hint.contains("5985") && hint.contains("5986") && hint.contains("winrm quickconfig"));
}

#[tokio::test]
async fn a_name_without_an_address_is_named() {
    // A label of more than 63 characters is refused without a query (RFC 1035, section 2.3.4).
    let name = "a".repeat(64);
    let transport = HttpTransport::new(basic(&name)).unwrap();
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::NameNotResolved, Delivery::NotSent, None)
    );
    assert_eq!(error.to_string(), format!("the name {name} has no address"));
}

#[tokio::test]
async fn basic_over_http_is_refused_before_anything_is_sent() {
    let server = Server::start(|_| Answer::soap("<x/>")).await;
    let error = HttpTransport::new(config(&server.url()).auth(Auth::Basic)).unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Config, Delivery::NotSent, None));
    assert_eq!(server.connections(), 0);
}
