//! Tokens from other implementations, and whole logins of the client at the acceptor.

mod negotiation;
mod refusals;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::acceptor::{Acceptor, Answer};
use super::*;
use crate::auth::ntlm::acceptor::{Accepted, BindingPolicy, ServerNonces};
use crate::auth::{Credentials, Secret};

/// The exchange of OMI, Microsoft's CIM server for Linux, with its own client, recorded for this project on a loopback
/// connection. The mechanism is Kerberos.
const TRANSCRIPT: &[u8] = include_bytes!("../testdata/omi-kerberos-transcript.bin");

/// MechTypeList of NTLM only, composed by hand.
const NTLM_LIST: &[u8] = b"\x30\x0c\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";

/// 1.2.840.113554.1.2.2
const KERBEROS: &[u8] = b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";

#[test]
fn the_recorded_tokens_are_read_and_written_byte_for_byte() {
    let sent = recorded(b"Authorization: Negotiate ");
    let init = Init::read(&sent).unwrap();
    assert_eq!(init.mechanisms, [b"\x30\x0b\x06\x09", KERBEROS].concat());
    assert_eq!(init.identifiers().unwrap(), [KERBEROS]);
    let token = init.token.unwrap();
    // The frame of RFC 1964, then an AP-REQ of 0x2c5 bytes in all.
    assert!(
        token.starts_with(b"\x60\x82\x02\xc5\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00")
    );
    assert_eq!(init.signature, None);
    assert_eq!(init.write(), sent);

    let received = recorded(b"WWW-Authenticate: Negotiate ");
    let response = Response::read(&received).unwrap();
    assert_eq!(response.state, Some(NegState::AcceptCompleted));
    assert_eq!(response.mechanism, Some(KERBEROS));
    assert!(response.token.unwrap().starts_with(b"\x60\x81\x99\x06\x09"));
    assert_eq!(response.signature, None);
    assert_eq!(response.write(), received);
}

#[test]
fn the_first_token_wraps_ntlm_as_windows_does() {
    let token = first(&mut *client());
    // Composed by hand after RFC 4178 section 4.2.1; the NTLM message has 40 bytes.
    let expected = [
        b"\x60\x48\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x3e\x30\x3c\xa0\x0e",
        NTLM_LIST,
        b"\xa2\x2a\x04\x28NTLMSSP\0\x01\0\0\0\x35\x82\x88\xe2",
    ]
    .concat();
    assert_eq!(token[..expected.len()], expected);
    assert_eq!(token.len(), 0x4a);
}

#[test]
fn every_state_and_field_has_its_place() {
    for (bytes, response) in [
        (
            &b"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x02"[..],
            Response {
                state: Some(NegState::Reject),
                ..Response::default()
            },
        ),
        (
            b"\xa1\x15\x30\x13\xa0\x03\x0a\x01\x03\xa1\x0c\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a",
            Response {
                state: Some(NegState::RequestMic),
                mechanism: Some(&NTLM_LIST[4..]),
                ..Response::default()
            },
        ),
        (
            b"\xa1\x15\x30\x13\xa0\x03\x0a\x01\x01\xa2\x05\x04\x03abc\xa3\x05\x04\x03def",
            Response {
                state: Some(NegState::AcceptIncomplete),
                mechanism: None,
                token: Some(b"abc"),
                signature: Some(b"def"),
            },
        ),
        (
            b"\xa1\x0e\x30\x0c\xa0\x03\x0a\x01\x00\xa3\x05\x04\x03def",
            Response {
                state: Some(NegState::AcceptCompleted),
                signature: Some(b"def"),
                ..Response::default()
            },
        ),
        (b"\xa1\x02\x30\x00", Response::default()),
    ] {
        assert_eq!(Response::read(bytes), Ok(response));
        assert_eq!(response.write(), bytes);
    }
}

#[test]
fn empty_tokens_hints_and_later_fields_are_passed_over() {
    let empty = b"\xa1\x0d\x30\x0b\xa0\x03\x0a\x01\x01\xa2\x02\x04\x00\xa9\x00";
    assert_eq!(Response::read(empty).unwrap().token, None);

    // NegTokenInit2 with the hintName of MS-SPNG 2.2.1, `not_defined_in_RFC4178@please_ignore`.
    let hinted = hinted();
    let init = Init::read(&hinted).unwrap();
    assert_eq!(init.mechanisms, NTLM_LIST);
    assert_eq!((init.token, init.signature), (None, None));

    // The same with a signature, which then is the fourth field.
    let signed = framed(
        &[
            b"\xa0\x0e",
            NTLM_LIST,
            b"\xa3\x06\x30\x04\xa0\x02\x1b\x00",
            b"\xa4\x05\x04\x03def",
        ]
        .concat(),
    );
    assert_eq!(Init::read(&signed).unwrap().signature, Some(&b"def"[..]));

    // `reqFlags`, and a signature as the third field.
    let flagged = framed(
        &[
            b"\xa0\x0e",
            NTLM_LIST,
            b"\xa1\x04\x03\x02\x01\x06\xa3\x05\x04\x03def",
        ]
        .concat(),
    );
    assert_eq!(Init::read(&flagged).unwrap().signature, Some(&b"def"[..]));
}

#[test]
fn fifty_sealed_messages_each_way_after_the_list_was_signed() {
    let mut acceptor = acceptor();
    let (tokens, mut client, mut server) = log_in(&mut *client(), &mut acceptor).unwrap();
    let [_, challenge, authenticate, last] = &tokens[..] else {
        panic!("{} tokens", tokens.len());
    };
    let challenge = Response::read(challenge).unwrap();
    assert_eq!(challenge.state, Some(NegState::AcceptIncomplete));
    assert_eq!(challenge.mechanism, Some(&NTLM_LIST[4..]));
    let authenticate = Response::read(authenticate).unwrap();
    assert_eq!(authenticate.state, Some(NegState::AcceptIncomplete));
    assert_eq!(authenticate.mechanism, None);
    assert_eq!(authenticate.signature.map(<[u8]>::len), Some(16));
    let last = Response::read(last).unwrap();
    assert_eq!(last.state, Some(NegState::AcceptCompleted));
    assert_eq!((last.mechanism, last.token), (None, None));
    assert_eq!(last.signature.map(<[u8]>::len), Some(16));

    assert_eq!((&*server.domain, &*server.user), ("EXAMPLE", "operator"));
    exchange(&mut *client, &mut *server.session, 50);
}

#[test]
fn bare_ntlm_stays_bare_at_our_acceptor() {
    let mut acceptor = acceptor();
    let (tokens, mut client, mut server) = log_in(&mut bare(), &mut acceptor).unwrap();
    assert_eq!(tokens.len(), 3);
    assert!(tokens.iter().all(|token| token.starts_with(b"NTLMSSP\0")));
    exchange(&mut *client, &mut *server.session, 50);
}

#[test]
fn a_bare_login_begins_anew_where_the_server_asks_for_spnego() {
    for ask in [
        // An empty token, a rejection, a choice without a token, and the server's first token.
        Vec::new(),
        b"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x02".to_vec(),
        b"\xa1\x15\x30\x13\xa0\x03\x0a\x01\x01\xa1\x0c\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
            .to_vec(),
        hinted(),
    ] {
        let mut client = bare();
        assert!(first(&mut client).starts_with(b"NTLMSSP\0\x01"));
        let wrapped = continued(client.step(&ask, None));
        assert!(Init::read(&wrapped).unwrap().token.unwrap().starts_with(b"NTLMSSP\0\x01"));
        assert_eq!(client.presented(), Presented::Nothing);

        let mut acceptor = acceptor();
        let (tokens, mut client, mut server) =
            go_on(&mut client, &mut acceptor, wrapped).unwrap();
        assert_eq!(tokens.len(), 4);
        exchange(&mut *client, &mut *server.session, 5);
    }
}

#[test]
fn a_bare_login_begins_anew_once_and_only_at_the_first_answer() {
    let reject = b"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x02";
    let mut client = bare();
    first(&mut client);
    continued(client.step(reject, None));
    assert_eq!(client.step(reject, None).unwrap_err(), Error::Rejected);

    let mut client = bare();
    first(&mut client);
    continued(client.step(b"", None));
    assert!(client.step(b"", None).is_err());

    let mut client = bare();
    first(&mut client);
    assert!(client.step(b"NTLMSSP\0nonsense", None).is_err());
    assert_eq!(client.step(reject, None).unwrap_err(), Error::HandshakeOver);
}

fn client() -> Box<dyn Handshake> {
    Box::new(SpnegoClient::new(Mechanism::Ntlm, ntlm()))
}

fn bare() -> BareFirst {
    BareFirst::new(ntlm)
}

fn ntlm() -> Box<dyn Handshake> {
    let credentials = Credentials::password(r"EXAMPLE\operator", "hunter2");
    crate::auth::ntlm::client(credentials, "hv01")
}

fn acceptor() -> Acceptor {
    Acceptor::new("HV01", ServerNonces::random())
}

/// All tokens of a login, and its two ends.
type Login = (Vec<Vec<u8>>, Box<dyn Session>, Accepted);

fn log_in(client: &mut dyn Handshake, acceptor: &mut Acceptor) -> Result<Login, Error> {
    let token = first(client);
    go_on(client, acceptor, token)
}

/// Continues a login from this token of the client.
fn go_on(
    client: &mut dyn Handshake,
    acceptor: &mut Acceptor,
    mut sent: Vec<u8>,
) -> Result<Login, Error> {
    let mut tokens = Vec::new();
    let mut session = None;
    let accepted = loop {
        tokens.push(sent.clone());
        let answer = match accept(acceptor, &sent)? {
            Answer::Continue(token) => token,
            Answer::Accepted {
                token: None,
                client,
            } => break client,
            Answer::Accepted {
                token: Some(token),
                client: accepted,
            } => {
                tokens.push(token.clone());
                match client.step(&token, None)? {
                    Step::Done {
                        token: None,
                        session: ours,
                    } => session = Some(ours),
                    other => panic!("{other:?}"),
                }
                break accepted;
            }
        };
        tokens.push(answer.clone());
        sent = match client.step(&answer, None)? {
            Step::Continue(token) => token,
            Step::Done {
                token: Some(token),
                session: ours,
            } => {
                session = Some(ours);
                token
            }
            other => panic!("{other:?}"),
        };
    };
    Ok((tokens, session.unwrap(), accepted))
}

fn accept(acceptor: &mut Acceptor, token: &[u8]) -> Result<Answer, Error> {
    acceptor.step(token, BindingPolicy::Ignore, |domain, user| {
        ((domain, user) == ("EXAMPLE", "operator")).then(|| Secret::from("hunter2"))
    })
}

fn exchange(client: &mut dyn Session, server: &mut dyn Session, messages: usize) {
    for number in 1..=messages {
        let message = format!("<Envelope number=\"{number}\"/>").repeat(number);
        send(message.as_bytes(), client, server);
        send(message.as_bytes(), server, client);
    }
}

fn send(message: &[u8], from: &mut dyn Session, to: &mut dyn Session) {
    let sealed = from.seal(message).unwrap();
    assert_ne!(sealed.data, message);
    let opened = to.unseal(&sealed.header, sealed.data).unwrap();
    assert_eq!(opened, message);
}

fn first(client: &mut dyn Handshake) -> Vec<u8> {
    continued(client.step(&[], None))
}

fn continued(step: Result<Step, Error>) -> Vec<u8> {
    match step.unwrap() {
        Step::Continue(token) => token,
        other => panic!("{other:?}"),
    }
}

/// Returns a server's first token, with the name that Windows gives as a hint.
fn hinted() -> Vec<u8> {
    let name = b"not_defined_in_RFC4178@please_ignore";
    let hints = [
        b"\xa0\x0e",
        NTLM_LIST,
        b"\xa3\x2a\x30\x28\xa0\x26\x1b\x24",
        name,
    ]
    .concat();
    framed(&hints)
}

/// Returns the fields of a NegTokenInit of less than 128 bytes in their frame.
fn framed(fields: &[u8]) -> Vec<u8> {
    let length = |more| u8::try_from(fields.len() + more).unwrap();
    [
        &[0x60, length(12)][..],
        b"\x06\x06\x2b\x06\x01\x05\x05\x02",
        &[0xa0, length(2), 0x30, length(0)],
        fields,
    ]
    .concat()
}

/// Returns the first token of the transcript after this header.
fn recorded(header: &[u8]) -> Vec<u8> {
    let mut lines = TRANSCRIPT.split(|byte| *byte == b'\n');
    let token = lines.find_map(|line| line.strip_prefix(header)).unwrap();
    BASE64_STANDARD.decode(token.trim_ascii_end()).unwrap()
}
