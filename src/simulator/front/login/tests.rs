//! The dance, with the client's side of NTLM, which has been tried against acceptors of others.

use super::*;
use crate::auth::ntlm::client;
use crate::auth::spnego::{Mechanism, SpnegoClient};
use crate::auth::{Credentials, Handshake, Step as ClientStep};

const SOAP: &str = "application/soap+xml;charset=UTF-8";

fn policy() -> LoginPolicy {
    policy_with(false, false)
}

fn policy_with(basic: bool, is_open: bool) -> LoginPolicy {
    let rules = LoginRules {
        basic,
        is_open,
        ..LoginRules::default()
    };
    LoginPolicy {
        machine: "SIM".to_owned(),
        accounts: Accounts::new(r"SIM\operator", r"SIM\reader", &"secret".into()),
        rules,
    }
}

fn request<'a>(authorization: &'a str, body: &'a [u8]) -> LoginRequest<'a> {
    LoginRequest {
        channel: &Channel::Clear,
        authorization: Some(authorization),
        content_type: framing::CONTENT_TYPE,
        body,
    }
}

fn plain<'a>(content_type: &'a str, body: &'a [u8]) -> LoginRequest<'a> {
    LoginRequest {
        channel: &Channel::Clear,
        authorization: None,
        content_type,
        body,
    }
}

fn header(token: &[u8]) -> String {
    format!("Negotiate {}", BASE64_STANDARD.encode(token))
}

fn is_refused(result: &LoginResult) -> bool {
    matches!(result, LoginResult::Unauthorized { token: None })
}

/// Goes as far as the last token: it, and the client's session.
fn challenged(login: &mut Login, user: &str, password: &str) -> (String, Box<dyn Session>) {
    let mut handshake = client(Credentials::password(user, password), "127.0.0.1");
    let ClientStep::Continue(negotiate) = handshake.step(b"", None).unwrap() else {
        panic!("it begins with a token");
    };
    let result = login.authenticate(&policy(), request(&header(&negotiate), b""));
    let LoginResult::Unauthorized {
        token: Some(challenge),
    } = result
    else {
        panic!("{result:?}");
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
    let result = login.authenticate(&policy(), request(&token, b""));
    assert!(
        matches!(result, LoginResult::Welcome { token: None }),
        "{result:?}"
    );
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
        let result = login.authenticate(&policy(), plain(framing::CONTENT_TYPE, &body));
        let LoginResult::Message(message) = result else {
            panic!("{result:?}");
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
    let result = login.authenticate(&policy(), request(&token, &body));
    let LoginResult::Message(message) = result else {
        panic!("{result:?}");
    };
    assert_eq!(message.text, b"text");
    assert!(!message.caller.may_invoke);
}

#[test]
fn spnego_is_taken_too_and_has_a_last_token() {
    let (mut login, mut handshake, token) = challenged_in_spnego();
    let result = login.authenticate(&policy(), request(&token, b""));
    let LoginResult::Welcome { token: Some(last) } = result else {
        panic!("{result:?}");
    };
    let last = BASE64_STANDARD.decode(last).unwrap();
    let ClientStep::Done {
        token: None,
        mut session,
    } = handshake.step(&last, None).unwrap()
    else {
        panic!("it was the last word");
    };
    let body = sealed(&mut *session, b"text");
    let result = login.authenticate(&policy(), plain(framing::CONTENT_TYPE, &body));
    assert!(matches!(result, LoginResult::Message(_)), "{result:?}");
}

#[test]
fn the_last_token_goes_with_the_answer_to_a_first_message() {
    let (mut login, mut handshake, token) = challenged_in_spnego();
    let open = policy_with(false, true);
    let request = LoginRequest {
        content_type: SOAP,
        ..request(&token, b"<s:Envelope/>")
    };
    let LoginResult::Message(message) = login.authenticate(&open, request) else {
        panic!("no message");
    };
    let last = BASE64_STANDARD.decode(message.token.unwrap()).unwrap();
    assert!(handshake.step(&last, None).is_ok());
}

/// Goes as far as the client's last token.
fn challenged_in_spnego() -> (Login, SpnegoClient, String) {
    let mut login = Login::default();
    let ntlm = client(
        Credentials::password(r"SIM\operator", "secret"),
        "127.0.0.1",
    );
    let mut handshake = SpnegoClient::new(Mechanism::Ntlm, ntlm);
    let ClientStep::Continue(negotiate) = handshake.step(b"", None).unwrap() else {
        panic!("it begins with a token");
    };
    let result = login.authenticate(&policy(), request(&header(&negotiate), b""));
    let LoginResult::Unauthorized { token: Some(token) } = result else {
        panic!("{result:?}");
    };
    let challenge = BASE64_STANDARD.decode(token).unwrap();
    let ClientStep::Continue(authenticate) = handshake.step(&challenge, None).unwrap() else {
        panic!("the host has the last word");
    };
    let authenticate = header(&authenticate);
    (login, handshake, authenticate)
}

#[test]
fn a_failed_login_starts_over() {
    for (user, password) in [
        (r"SIM\operator", "wrong"),
        (r"SIM\nobody", "secret"),
        (r"OTHER\operator", "secret"),
    ] {
        let mut login = Login::default();
        let (token, _) = challenged(&mut login, user, password);
        assert!(
            is_refused(&login.authenticate(&policy(), request(&token, b""))),
            "{user}"
        );
        // The challenge is used up.
        assert!(
            is_refused(&login.authenticate(&policy(), request(&token, b""))),
            "{user}"
        );
        let (token, _) = challenged(&mut login, r"SIM\operator", "secret");
        let result = login.authenticate(&policy(), request(&token, b""));
        assert!(
            matches!(result, LoginResult::Welcome { token: None }),
            "{result:?}"
        );
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
        // NegTokenInit of SPNEGO, which is cut short.
        "Negotiate YEgGBisGAQUFAqA+MDygDjAMBgorBgEEAYI3AgIKoioEKE5UTE1TU1AAAQAAAA==",
        "NTLM TlRMTVNTUAABAAAANYKI4gAAAAAoAAAAAAAAACgAAAAGAbEdAAAADw==",
        "Kerberos YIIB",
        "Bearer x",
        // No challenge was sent on this connection.
        &authenticate,
    ] {
        let result = Login::default().authenticate(&policy(), request(authorization, b""));
        assert!(is_refused(&result), "{authorization}: {result:?}");
    }
    assert!(is_refused(
        &Login::default().authenticate(&policy(), plain("", b""))
    ));
}

#[test]
fn messages_in_the_clear_are_refused() {
    let (mut login, _) = known();
    assert!(is_refused(
        &login.authenticate(&policy(), plain(SOAP, b"<s:Envelope/>"))
    ));
    // The login is gone.
    assert!(is_refused(
        &login.authenticate(&policy(), plain(framing::CONTENT_TYPE, b""))
    ));

    let mut login = Login::default();
    let (token, _) = challenged(&mut login, r"SIM\operator", "secret");
    let request = LoginRequest {
        content_type: SOAP,
        ..request(&token, b"<s:Envelope/>")
    };
    assert!(is_refused(&login.authenticate(&policy(), request)));
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
    let result = login.authenticate(&policy(), plain(framing::CONTENT_TYPE, &body));
    assert!(matches!(result, LoginResult::Message(_)));
    for spoil in [spoilt, replayed, |_: &mut dyn Session| b"x".to_vec()] {
        let (mut login, mut session) = known();
        let body = spoil(&mut *session);
        let result = login.authenticate(&policy(), plain(framing::CONTENT_TYPE, &body));
        assert!(matches!(result, LoginResult::Unreadable), "{result:?}");
        let body = good(&mut *session);
        assert!(is_refused(
            &login.authenticate(&policy(), plain(framing::CONTENT_TYPE, &body))
        ));
    }
}

#[test]
fn a_login_without_the_seal_flag_cannot_seal() {
    let (mut login, mut session) = known();
    let body = sealed(&mut *session, b"text");
    if let Login::Known { seals, .. } = &mut login {
        assert!(*seals, "the client asks for it");
        *seals = false;
    }
    let result = login.authenticate(&policy(), plain(framing::CONTENT_TYPE, &body));
    assert!(matches!(result, LoginResult::Unreadable), "{result:?}");
}

#[test]
fn basic_is_off_until_it_is_allowed() {
    let basic = format!("Basic {}", BASE64_STANDARD.encode(r"SIM\operator:secret"));
    let wrong = format!("Basic {}", BASE64_STANDARD.encode(r"SIM\operator:wrong"));
    let request = |authorization| LoginRequest {
        content_type: SOAP,
        ..request(authorization, b"<s:Envelope/>")
    };
    assert!(is_refused(
        &Login::default().authenticate(&policy(), request(&basic))
    ));
    for (basic_is_on, is_open) in [(true, false), (false, true)] {
        let policy = policy_with(basic_is_on, is_open);
        assert!(is_refused(
            &Login::default().authenticate(&policy, request(&basic))
        ));
    }
    let open = policy_with(true, true);
    let result = Login::default().authenticate(&open, request(&basic));
    let LoginResult::Message(message) = result else {
        panic!("{result:?}");
    };
    assert!(!message.is_sealed);
    assert_eq!(message.charset.as_deref(), Some("UTF-8"));
    for refused in [&wrong, "Basic", "Basic !"] {
        assert!(
            is_refused(&Login::default().authenticate(&open, request(refused))),
            "{refused}"
        );
    }
    let html = LoginRequest {
        content_type: "text/html",
        ..request(&basic)
    };
    assert!(matches!(
        Login::default().authenticate(&open, html),
        LoginResult::Unreadable
    ));
}

#[test]
fn an_unmapped_certificate_does_not_log_in() {
    let mut policy = policy();
    policy.accounts.map(r"SIM\reader", b"the reader's");
    let der = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let channel = |certificate: &[u8]| Channel::Tls {
        binding: ChannelBinding::tls_server_end_point(der.cert.der()).unwrap(),
        certificate: Some(certificate.to_vec()),
    };
    let (readers, another) = (channel(b"the reader's"), channel(b"another"));
    let request = |channel| LoginRequest {
        channel,
        content_type: SOAP,
        ..request(MUTUAL, b"<s:Envelope/>")
    };
    let result = Login::default().authenticate(&policy, request(&readers));
    let LoginResult::Message(message) = result else {
        panic!("{result:?}");
    };
    assert_eq!(message.caller.name, r"SIM\reader");
    for channel in [&another, &Channel::Clear] {
        assert!(is_refused(
            &Login::default().authenticate(&policy, request(channel))
        ));
    }
}

#[test]
fn zero_bytes_after_the_plain_text_are_dropped() {
    let (mut login, mut session) = known();
    let body = sealed(&mut *session, b"<a>padded</a>\0\0\0");
    let result = login.authenticate(&policy(), plain(framing::CONTENT_TYPE, &body));
    let LoginResult::Message(message) = result else {
        panic!("{result:?}");
    };
    assert_eq!(message.text, b"<a>padded</a>");
}
