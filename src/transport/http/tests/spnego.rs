//! SPNEGO over HTTP: hosts that send the last token with the success, and hosts that accept SPNEGO only.

use std::collections::HashMap;
use std::sync::Mutex;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::server::{Answer, Asked, Server};
use super::*;
use crate::auth::Session;
use crate::auth::ntlm::acceptor::{BindingPolicy, ServerNonces};
use crate::auth::spnego::acceptor::{Acceptor, Answer as Said};
use crate::part_headers::PartHeaders;
use crate::transport::http::multipart;

/// The behavior of a host besides accepting.
#[derive(Clone, Copy)]
pub(super) enum Manner {
    /// The host accepts bare tokens too.
    Lenient,
    /// The host rejects bare tokens, with these words.
    Strict(&'static str),
    /// The host does not sign, since it leaves its last token out.
    Wordless,
    /// The host rejects the login in a token.
    Rejecting,
}

enum State {
    LoggingIn(Acceptor),
    LoggedIn(Box<dyn Session>),
}

pub(super) async fn host(manner: Manner) -> Server {
    let connections = Mutex::new(HashMap::new());
    Server::start(move |asked| {
        let mut connections = connections.lock().unwrap();
        let state = connections.remove(&asked.connection);
        let (answer, state) = match (asked.header("authorization"), state) {
            (Some(value), state) => log_in(manner, value, state),
            (None, Some(State::LoggedIn(session))) => echo(asked, session),
            (None, _) => (refused(""), None),
        };
        connections.extend(state.map(|state| (asked.connection, state)));
        answer
    })
    .await
}

fn log_in(manner: Manner, value: &str, state: Option<State>) -> (Answer, Option<State>) {
    let token = value.strip_prefix("Negotiate ").unwrap();
    let token = BASE64_STANDARD.decode(token).unwrap();
    if let Manner::Strict(words) = manner
        && token.starts_with(b"NTLMSSP\0")
    {
        return (refused(words), None);
    }
    let mut acceptor = match state {
        Some(State::LoggingIn(acceptor)) => acceptor,
        _ => Acceptor::new("HV01", ServerNonces::random()),
    };
    let said = acceptor.step(&token, BindingPolicy::Ignore, |_, _| Some(PASSWORD.into()));
    let header = |token: &[u8]| {
        let token = BASE64_STANDARD.encode(token);
        format!("WWW-Authenticate: Negotiate {token}")
    };
    match said {
        Ok(Said::Continue(token)) => (
            Answer::new(401, &[&header(&token)], "", b""),
            Some(State::LoggingIn(acceptor)),
        ),
        Ok(Said::Accepted { token, client }) => {
            let header = token.map(|token| header(&token)).unwrap_or_default();
            let headers: &[&str] = match manner {
                Manner::Wordless => &[],
                _ if header.is_empty() => &[],
                _ => &[&header],
            };
            (
                Answer::new(200, headers, "", b""),
                Some(State::LoggedIn(client.session)),
            )
        }
        Err(_) => match manner {
            Manner::Rejecting => (refused(REJECT), None),
            _ => (refused(""), None),
        },
    }
}

fn echo(asked: &Asked, mut session: Box<dyn Session>) -> (Answer, Option<State>) {
    let content_type = asked.header("content-type").unwrap();
    let message = multipart::read(content_type, &asked.body).unwrap();
    let plain = session
        .unseal(message.header, message.data.to_vec())
        .unwrap();
    let sealed = session.seal(&plain).unwrap();
    let body = multipart::frame(
        Scheme::NEGOTIATE.protocol,
        plain.len(),
        &sealed,
        PartHeaders::Tabs,
    )
    .unwrap();
    let answer = Answer::new(200, &[], content_type, &body);
    (answer, Some(State::LoggedIn(session)))
}

fn refused(token: &str) -> Answer {
    let negotiate = format!("WWW-Authenticate: Negotiate {token}");
    Answer::new(401, &[negotiate.trim_end()], "", b"")
}

fn transport(server: &Server, auth: Auth, password: &str) -> HttpTransport {
    let credentials = Credentials::password(r"EXAMPLE\operator", password);
    let config = HttpConfig::new(server.url()).credentials(credentials);
    HttpTransport::new(config.auth(auth)).unwrap()
}

#[tokio::test]
async fn a_wrapped_login_takes_two_requests_and_seals() {
    let server = host(Manner::Lenient).await;
    let transport = transport(&server, Auth::Spnego, PASSWORD);
    for _ in 0..3 {
        let response = transport.exchange(once("<a>secret</a>")).await.unwrap();
        assert_eq!(response.body, "<a>secret</a>");
    }
    let asked = server.asked();
    assert_eq!((asked.len(), server.connections()), (5, 1));
    for asked in &asked[2..] {
        assert_eq!(asked.header("authorization"), None);
        assert!(!asked.body.windows(6).any(|window| window == b"secret"));
    }
}

#[tokio::test]
async fn a_host_that_wants_spnego_gets_it_on_the_same_connection() {
    for words in ["", REJECT] {
        let server = host(Manner::Strict(words)).await;
        let transport = transport(&server, Auth::Negotiate, PASSWORD);
        let response = transport.exchange(once("<a/>")).await.unwrap();
        assert_eq!(response.body, "<a/>");
        let asked = server.asked();
        assert_eq!((asked.len(), server.connections()), (4, 1), "{words}");
    }
}

#[tokio::test]
async fn a_rejection_is_told_by_what_was_shown() {
    for manner in [Manner::Lenient, Manner::Rejecting, Manner::Strict("")] {
        for auth in [Auth::Negotiate, Auth::Spnego] {
            let server = host(manner).await;
            let transport = transport(&server, auth, "hunter3");
            let error = transport.exchange(once("<a/>")).await.unwrap_err();
            assert_eq!(
                facts(&error),
                (ErrorKind::Authentication, Delivery::NotSent, Some(401))
            );
            assert_eq!(
                error.to_string(),
                "the host rejected the user name or the password"
            );
        }
    }
}

#[tokio::test]
async fn a_host_that_does_not_sign_is_not_believed() {
    let server = host(Manner::Wordless).await;
    let transport = transport(&server, Auth::Spnego, PASSWORD);
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(
        error.to_string(),
        "the host accepted the login before it was over"
    );
    assert_eq!(server.asked().len(), 2, "nothing was sent after it");
}

#[tokio::test]
async fn a_host_that_takes_neither_form_is_asked_twice() {
    let server = Server::start(|_| refused("")).await;
    let transport = transport(&server, Auth::Negotiate, PASSWORD);
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the host offers Negotiate and does not begin it"
    );
    assert_eq!((server.asked().len(), server.connections()), (2, 1));
}

#[tokio::test]
async fn a_host_that_hangs_up_with_its_no_is_asked_once() {
    let server = Server::start(|_| {
        let headers = ["WWW-Authenticate: Negotiate", "Connection: close"];
        Answer::new(401, &headers, "", b"").then_close()
    })
    .await;
    let transport = transport(&server, Auth::Negotiate, PASSWORD);
    let error = transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the host offers Negotiate and ends the connection instead of beginning it"
    );
    assert_eq!(server.asked().len(), 1);
}

/// A NegTokenResp that contains `reject` only.
const REJECT: &str = "oQcwBaADCgEC";
