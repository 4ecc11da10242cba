//! Logins that succeed, and logins that fail.

use super::host::{NtlmHost, Say};
use super::server::{Answer, Server};
use super::*;
use crate::auth::{ChannelBinding, Handshake, Step};

#[tokio::test]
async fn a_wrong_password_is_said_so() {
    let host = NtlmHost::start(|_| Say::Envelope(200, "<ok/>")).await;
    let wrong = Credentials::password(USER, "hunter2");
    let config = HttpConfig::new(host.server.url()).credentials(wrong);
    let transport = HttpTransport::new(config).unwrap();
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Authentication, Delivery::NotSent, Some(401))
    );
    assert_eq!(
        error.to_string(),
        "the host rejected the user name or the password"
    );
    assert!(error.hint().unwrap().contains(r"DOMAIN\user"));
    assert!(host.heard().is_empty());
}

/// Returns the result of a login with these responses.
async fn login(authenticate_timeout: Duration, answer: fn(usize) -> Answer) -> Error {
    let server = Server::start(move |asked| answer(asked.number)).await;
    let config = config(&server.url()).authenticate_timeout(authenticate_timeout);
    let transport = HttpTransport::new(config).unwrap();
    transport.exchange(once("<a/>")).await.unwrap_err()
}

#[tokio::test]
async fn a_login_that_goes_wrong_is_said_so() {
    use ErrorKind::{Authentication, Lost, NotWsMan, Status};
    let basic = |_| Answer::new(401, &["WWW-Authenticate: Basic realm=\"x\""], "", b"");
    let bare = |_| Answer::new(401, &["WWW-Authenticate: Negotiate"], "", b"");
    let leaving = |_| {
        let headers = ["WWW-Authenticate: Negotiate", "Connection: close"];
        Answer::new(401, &headers, "", b"").then_close()
    };
    let garbage = |_| Answer::new(401, &["WWW-Authenticate: Negotiate AAAA"], "", b"");
    type Case = (fn(usize) -> Answer, ErrorKind, Option<u16>, &'static str);
    let cases: [Case; 9] = [
        (
            basic,
            Authentication,
            Some(401),
            "does not let us log in with Negotiate, but with Basic",
        ),
        (
            bare,
            Authentication,
            Some(401),
            "the host offers Negotiate and does not begin it",
        ),
        (
            leaving,
            Authentication,
            Some(401),
            "the host offers Negotiate and ends the connection instead of beginning it",
        ),
        (
            |_| Answer::empty(401),
            Authentication,
            Some(401),
            "offers no way to log in",
        ),
        (
            garbage,
            Authentication,
            None,
            "the login with the host cannot go on",
        ),
        (
            |_| Answer::empty(200),
            Authentication,
            Some(200),
            "accepted the login before it was over",
        ),
        (
            |_| Answer::new(200, &[], "text/html", b"<html/>"),
            NotWsMan,
            Some(200),
            "text/html",
        ),
        (|_| Answer::empty(503), Status, Some(503), "not ready"),
        (
            |_| Answer::raw("").then_close(),
            Lost,
            None,
            "ended the connection during the login",
        ),
    ];
    for (answer, kind, status, message) in cases {
        let error = login(LONG, answer).await;
        assert_eq!(facts(&error), (kind, Delivery::NotSent, status), "{error}");
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[tokio::test]
async fn a_login_that_stalls_times_out() {
    let error = login(Duration::from_millis(50), |_| Answer::hang()).await;
    let timeout = ErrorKind::Timeout(Phase::Authenticate);
    assert_eq!(facts(&error), (timeout, Delivery::NotSent, None));
}

#[tokio::test]
async fn a_login_that_is_given_up_makes_room_for_another() {
    let server = Server::start(|asked| match asked.connection {
        0 => Answer::hang(),
        _ => Answer::empty(503),
    })
    .await;
    let config = config(&server.url()).max_connections(1);
    let transport = HttpTransport::new(config).unwrap();
    let stalled = transport.exchange(once("<a/>"));
    let stalled = tokio::time::timeout(Duration::from_millis(50), stalled);
    assert!(stalled.await.is_err());
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(error.status(), Some(503));
    assert_eq!(server.connections(), 2);
}

/// A mechanism that needs the server's last token, as Kerberos does, or always needs another one.
struct Mutual {
    endless: bool,
}

impl Handshake for Mutual {
    fn step(&mut self, token: &[u8], _: Option<&ChannelBinding>) -> Result<Step, auth::Error> {
        match token {
            b"" | b"more" => Ok(Step::Continue(b"hello".to_vec())),
            b"last" if !self.endless => Ok(Step::Done {
                token: None,
                session: Box::new(Mirror),
            }),
            _ => Ok(Step::Continue(b"again".to_vec())),
        }
    }
}

/// A session that seals nothing.
struct Mirror;

impl auth::Session for Mirror {
    fn seal(&mut self, plain: &[u8]) -> Result<auth::Sealed, auth::Error> {
        Ok(auth::Sealed {
            header: b"seal".to_vec(),
            data: plain.to_vec(),
        })
    }

    fn unseal(&mut self, _: &[u8], data: Vec<u8>) -> Result<Vec<u8>, auth::Error> {
        Ok(data)
    }

    fn sign(&mut self, _: &[u8]) -> Result<Vec<u8>, auth::Error> {
        Err(auth::Error::SessionOver)
    }

    fn verify(&mut self, _: &[u8], _: &[u8]) -> Result<(), auth::Error> {
        Err(auth::Error::SessionOver)
    }
}

fn mutual(server: &Server, endless: bool) -> HttpTransport {
    let kerberos = Scheme {
        name: "Kerberos",
        protocol: "application/HTTP-Kerberos-session-encrypted",
    };
    let login = Login::Connection {
        scheme: kerberos,
        begin: Box::new(move || Box::new(Mutual { endless })),
        blocking: BlockingPool::new(1),
    };
    HttpTransport::with_login(config(&server.url()).validated().unwrap(), login).unwrap()
}

#[tokio::test]
async fn consumes_the_token_that_comes_with_the_success() {
    // base64 of "more" and "last"
    let server = Server::start(|asked| match asked.number {
        0 => Answer::new(
            401,
            &["WWW-Authenticate: Kerberos bW9yZQ=="],
            "text/html",
            b"<html/>",
        ),
        1 => Answer::new(200, &["WWW-Authenticate: Kerberos bGFzdA=="], "", b""),
        _ => Answer::new(200, &[], asked.header("content-type").unwrap(), &asked.body),
    })
    .await;
    let response = mutual(&server, false).exchange(once("<a/>")).await.unwrap();
    assert_eq!(response.body, "<a/>");
    let asked = server.asked();
    assert_eq!(asked[0].header("authorization"), Some("Kerberos aGVsbG8="));
    assert!(
        asked[2]
            .text()
            .contains("application/HTTP-Kerberos-session-encrypted")
    );
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_failed_repetition_does_not_say_that_nothing_was_sent() {
    let server = Server::start(|asked| match (asked.connection, asked.number) {
        (0, 0) => Answer::new(401, &["WWW-Authenticate: Kerberos bW9yZQ=="], "", b""),
        (0, 1) => Answer::new(200, &["WWW-Authenticate: Kerberos bGFzdA=="], "", b""),
        (0, 2) => Answer::new(200, &[], asked.header("content-type").unwrap(), &asked.body),
        (0, _) => Answer::raw("").then_close(),
        _ => Answer::empty(503),
    })
    .await;
    let transport = mutual(&server, false);
    transport.exchange(read("<a/>")).await.unwrap();
    let error = transport.exchange(read("<b/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Status, Delivery::Unknown, Some(503))
    );
    let error = transport.exchange(read("<c/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Status, Delivery::NotSent, Some(503))
    );
}

#[tokio::test]
async fn a_last_token_without_success_is_no_login() {
    let server =
        Server::start(|_| Answer::new(401, &["WWW-Authenticate: Kerberos bGFzdA=="], "", b""))
            .await;
    let error = mutual(&server, false)
        .exchange(once("<a/>"))
        .await
        .unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Authentication, Delivery::NotSent, None)
    );
}

#[tokio::test]
async fn a_connection_that_ends_during_the_login_is_said_so() {
    let server = Server::start(|_| {
        let more = ["WWW-Authenticate: Kerberos bW9yZQ=="];
        Answer::new(401, &more, "", b"").then_close()
    })
    .await;
    let error = mutual(&server, false).exchange(once("<a/>")).await;
    let error = error.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Lost, Delivery::NotSent, None));
    let message = format!("{} ended the connection during the login", server.address());
    assert_eq!(error.to_string(), message);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_login_without_end_is_ended() {
    let server =
        Server::start(|_| Answer::new(401, &["WWW-Authenticate: Kerberos bGFzdA=="], "", b""))
            .await;
    let error = mutual(&server, true)
        .exchange(once("<a/>"))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "the login was not over after 8 messages");
    assert_eq!(server.asked().len(), 8);
}
