//! The dance, with the client's side of NTLM, which has been tried against acceptors of others.

use super::*;
use crate::auth::ntlm::client;
use crate::auth::{Credentials, Step as ClientStep};

const SOAP: &str = "application/soap+xml;charset=UTF-8";

fn policy() -> Policy {
    Policy {
        machine: "SIM".to_owned(),
        accounts: Accounts::new(r"SIM\operator", r"SIM\reader", &"secret".into()),
        is_open: false,
    }
}

fn request<'a>(authorization: &'a str, body: &'a [u8]) -> Received<'a> {
    Received {
        authorization: Some(authorization),
        content_type: framing::CONTENT_TYPE,
        body,
    }
}

fn plain<'a>(content_type: &'a str, body: &'a [u8]) -> Received<'a> {
    Received {
        authorization: None,
        content_type,
        body,
    }
}

fn header(token: &[u8]) -> String {
    format!("Negotiate {}", BASE64_STANDARD.encode(token))
}

fn is_turned_away(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Unauthorized { token: None })
}

/// Goes as far as the last token: it, and the client's session.
fn challenged(login: &mut Login, user: &str, password: &str) -> (String, Box<dyn Session>) {
    let mut handshake = client(Credentials::password(user, password), "127.0.0.1");
    let ClientStep::Continue(negotiate) = handshake.step(b"", None).unwrap() else {
        panic!("it begins with a token");
    };
    let verdict = login.receive(&policy(), request(&header(&negotiate), b""));
    let Verdict::Unauthorized {
        token: Some(challenge),
    } = verdict
    else {
        panic!("{verdict:?}");
    };
    let challenge = BASE64_STANDARD.decode(challenge).unwrap();
    let ClientStep::Done { token, session } = handshake.step(&challenge, None).unwrap() else {
        panic!("it takes three tokens");
    };
    (header(&token.unwrap()), session)
}

fn known() -> (Login, Box<dyn Session>) {
    let mut login = Login::default();
    let (token, session) = challenged(&mut login, r"SIM\operator", "secret");
    let verdict = login.receive(&policy(), request(&token, b""));
    assert!(matches!(verdict, Verdict::Welcome), "{verdict:?}");
    (login, session)
}

fn sealed(session: &mut dyn Session, text: &[u8]) -> Vec<u8> {
    framing::write(text.len(), &session.seal(text).unwrap()).unwrap()
}

#[test]
fn messages_both_ways() {
    let (mut login, mut session) = known();
    for text in ["first", "second"] {
        let body = sealed(&mut *session, text.as_bytes());
        let verdict = login.receive(&policy(), plain(framing::CONTENT_TYPE, &body));
        let Verdict::Message(message) = verdict else {
            panic!("{verdict:?}");
        };
        assert_eq!(message.text, text.as_bytes());
        assert_eq!(
            (message.caller.name.as_str(), message.is_sealed),
            (r"SIM\operator", true)
        );
        let answer = login.seal(&format!("re: {text}")).unwrap();
        let answer = framing::read(&answer).unwrap();
        let opened = session.unseal(answer.header, answer.data.to_vec()).unwrap();
        assert_eq!(opened, format!("re: {text}").as_bytes());
    }
}

#[test]
fn a_first_message_may_come_with_the_last_token() {
    let mut login = Login::default();
    let (token, mut session) = challenged(&mut login, "reader", "secret");
    let body = sealed(&mut *session, b"text");
    let verdict = login.receive(&policy(), request(&token, &body));
    let Verdict::Message(message) = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(message.text, b"text");
    assert!(!message.caller.may_invoke);
}

#[test]
fn whoever_gets_it_wrong_begins_anew() {
    for (user, password) in [
        (r"SIM\operator", "wrong"),
        (r"SIM\nobody", "secret"),
        (r"OTHER\operator", "secret"),
    ] {
        let mut login = Login::default();
        let (token, _) = challenged(&mut login, user, password);
        assert!(
            is_turned_away(&login.receive(&policy(), request(&token, b""))),
            "{user}"
        );
        // The challenge is used up.
        assert!(
            is_turned_away(&login.receive(&policy(), request(&token, b""))),
            "{user}"
        );
        let (token, _) = challenged(&mut login, r"SIM\operator", "secret");
        let verdict = login.receive(&policy(), request(&token, b""));
        assert!(matches!(verdict, Verdict::Welcome), "{verdict:?}");
    }
}

#[test]
fn tokens_that_are_none() {
    let (authenticate, _) = challenged(&mut Login::default(), r"SIM\operator", "secret");
    for authorization in [
        "",
        "Negotiate",
        "Negotiate !",
        "Negotiate TlRMTVNTUAA=",
        // NegTokenInit of SPNEGO, which is not taken yet.
        "Negotiate YEgGBisGAQUFAqA+MDygDjAMBgorBgEEAYI3AgIKoioEKE5UTE1TU1AAAQAAAA==",
        "NTLM TlRMTVNTUAABAAAANYKI4gAAAAAoAAAAAAAAACgAAAAGAbEdAAAADw==",
        "Kerberos YIIB",
        "Bearer x",
        // Nobody has been challenged on this connection.
        &authenticate,
    ] {
        let verdict = Login::default().receive(&policy(), request(authorization, b""));
        assert!(is_turned_away(&verdict), "{authorization}: {verdict:?}");
    }
    assert!(is_turned_away(
        &Login::default().receive(&policy(), plain("", b""))
    ));
}

#[test]
fn messages_in_the_clear_are_refused() {
    let (mut login, _) = known();
    assert!(is_turned_away(
        &login.receive(&policy(), plain(SOAP, b"<s:Envelope/>"))
    ));
    // The login is gone.
    assert!(is_turned_away(
        &login.receive(&policy(), plain(framing::CONTENT_TYPE, b""))
    ));

    let mut login = Login::default();
    let (token, _) = challenged(&mut login, r"SIM\operator", "secret");
    let received = Received {
        content_type: SOAP,
        ..request(&token, b"<s:Envelope/>")
    };
    assert!(is_turned_away(&login.receive(&policy(), received)));
}

#[test]
fn messages_that_do_not_open_end_the_login() {
    let good = |session: &mut dyn Session| sealed(session, b"text");
    let spoilt = |session: &mut dyn Session| {
        let mut body = sealed(session, b"text");
        let last = body.len() - b"x--Encrypted Boundary--\r\n".len();
        body[last] ^= 1;
        body
    };
    let replayed = |session: &mut dyn Session| {
        sealed(session, b"text");
        sealed(session, b"text")
    };
    let (mut login, mut session) = known();
    let body = good(&mut *session);
    let verdict = login.receive(&policy(), plain(framing::CONTENT_TYPE, &body));
    assert!(matches!(verdict, Verdict::Message(_)));
    for spoil in [spoilt, replayed, |_: &mut dyn Session| b"x".to_vec()] {
        let (mut login, mut session) = known();
        let body = spoil(&mut *session);
        let verdict = login.receive(&policy(), plain(framing::CONTENT_TYPE, &body));
        assert!(matches!(verdict, Verdict::Unreadable), "{verdict:?}");
        let body = good(&mut *session);
        assert!(is_turned_away(
            &login.receive(&policy(), plain(framing::CONTENT_TYPE, &body))
        ));
    }
}

#[test]
fn basic_is_off_until_it_is_allowed() {
    let basic = format!("Basic {}", BASE64_STANDARD.encode(r"SIM\operator:secret"));
    let wrong = format!("Basic {}", BASE64_STANDARD.encode(r"SIM\operator:wrong"));
    let received = |authorization| Received {
        content_type: SOAP,
        ..request(authorization, b"<s:Envelope/>")
    };
    assert!(is_turned_away(
        &Login::default().receive(&policy(), received(&basic))
    ));
    let open = Policy {
        is_open: true,
        ..policy()
    };
    let verdict = Login::default().receive(&open, received(&basic));
    let Verdict::Message(message) = verdict else {
        panic!("{verdict:?}");
    };
    assert!(!message.is_sealed);
    assert_eq!(message.charset.as_deref(), Some("UTF-8"));
    for refused in [&wrong, "Basic", "Basic !"] {
        assert!(
            is_turned_away(&Login::default().receive(&open, received(refused))),
            "{refused}"
        );
    }
    let html = Received {
        content_type: "text/html",
        ..received(&basic)
    };
    assert!(matches!(
        Login::default().receive(&open, html),
        Verdict::Unreadable
    ));
}
