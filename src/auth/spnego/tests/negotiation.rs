//! The required and permitted fields at each step (RFC 4178 sections 4.2.2 and 5), tested with a scripted mechanism.

use std::collections::VecDeque;

use super::*;

#[test]
fn a_mechanism_whose_last_token_is_the_servers() {
    // Like Kerberos: the token comes with accept-completed, without a signature.
    let mut client = scripted([Token("req"), Done(None)]);
    first(&mut client);
    let step = client.step(&answer(NegState::AcceptCompleted, "rep", None), None);
    assert_eq!(last_token(step), Ok(None));

    // The server signs, and expects a signature.
    let mut client = scripted([Token("req"), Done(None)]);
    first(&mut client);
    let step = client.step(
        &answer(NegState::AcceptIncomplete, "rep", Some("theirs")),
        None,
    );
    let signed = b"\xa1\x0f\x30\x0d\xa0\x03\x0a\x01\x00\xa3\x06\x04\x04ours".to_vec();
    assert_eq!(last_token(step), Ok(Some(signed)));

    // The server signs, and expects nothing.
    let mut client = scripted([Token("req"), Done(None)]);
    first(&mut client);
    let step = client.step(
        &answer(NegState::AcceptCompleted, "rep", Some("theirs")),
        None,
    );
    assert_eq!(last_token(step), Ok(None));
}

#[test]
fn a_mechanism_that_is_done_with_its_first_token() {
    let begun = || {
        let mut client = scripted([Done(Some("only"))]);
        first(&mut client);
        client
    };
    let step = begun().step(&answer(NegState::AcceptCompleted, "", None), None);
    assert_eq!(last_token(step), Ok(None));

    let step = begun().step(&answer(NegState::RequestMic, "", Some("theirs")), None);
    let signed = b"\xa1\x0f\x30\x0d\xa0\x03\x0a\x01\x00\xa3\x06\x04\x04ours".to_vec();
    assert_eq!(last_token(step), Ok(Some(signed)));

    for (state, token, signature) in [
        (NegState::AcceptCompleted, "more", None),
        (NegState::AcceptIncomplete, "", None),
        (NegState::RequestMic, "", None),
        (NegState::AcceptCompleted, "", Some("forged")),
        (NegState::Reject, "", None),
    ] {
        let step = begun().step(&answer(state, token, signature), None);
        assert!(last_token(step).is_err(), "{state:?} {token} {signature:?}");
    }
}

#[test]
fn a_server_that_asks_for_signatures_must_give_one() {
    for (asks, signs, accepted) in [
        (NegState::AcceptIncomplete, None, false),
        (NegState::AcceptIncomplete, Some("forged"), false),
        (NegState::AcceptIncomplete, Some("theirs"), true),
        (NegState::RequestMic, None, false),
        (NegState::RequestMic, Some("theirs"), true),
    ] {
        let mut client = scripted([Token("negotiate"), Done(Some("authenticate"))]);
        first(&mut client);
        let sent = continued(client.step(&answer(asks, "challenge", None), None));
        assert_eq!(
            sent,
            b"\xa1\x1f\x30\x1d\xa0\x03\x0a\x01\x01\xa2\x0e\x04\x0cauthenticate\xa3\x06\x04\x04ours"
        );
        let step = client.step(&answer(NegState::AcceptCompleted, "", signs), None);
        assert_eq!(last_token(step).is_ok(), accepted, "{asks:?} {signs:?}");
    }

    // Kerberos as well, if a signature is requested.
    let mut client = scripted([Token("req"), Token("more"), Done(None)]);
    first(&mut client);
    continued(client.step(&answer(NegState::RequestMic, "rep", None), None));
    let step = client.step(&answer(NegState::AcceptCompleted, "rep", None), None);
    let unsigned = Error::Lacking("signing the list of mechanisms");
    assert_eq!(last_token(step), Err(unsigned));
}

#[test]
fn what_comes_too_early_or_too_late_is_an_error() {
    // Before the mechanism is done, a server can neither sign nor complete.
    for (state, signature) in [
        (NegState::AcceptCompleted, None),
        (NegState::AcceptIncomplete, Some("theirs")),
    ] {
        for rest in [Token("more"), Done(Some("last"))] {
            let mut client = scripted([Token("negotiate"), rest]);
            first(&mut client);
            let step = client.step(&answer(state, "challenge", signature), None);
            assert_eq!(
                step.unwrap_err(),
                Error::Token("it ends the negotiation too early")
            );
        }
    }

    // Signatures are requested in the first response.
    let mut client = scripted([Token("a"), Token("b"), Token("c")]);
    first(&mut client);
    continued(client.step(&answer(NegState::AcceptIncomplete, "x", None), None));
    let step = client.step(&answer(NegState::RequestMic, "y", None), None);
    assert_eq!(
        step.unwrap_err(),
        Error::Token("it asks for a signature too late")
    );

    // A token of the mechanism is expected.
    let mut client = scripted([Token("a"), Token("b")]);
    first(&mut client);
    let step = client.step(&answer(NegState::AcceptIncomplete, "", None), None);
    assert_eq!(step.unwrap_err(), Error::Token(NOTHING_INSIDE));
    assert_eq!(client.step(&[], None).unwrap_err(), Error::HandshakeOver);
}

#[test]
fn a_server_takes_what_was_offered_or_nothing() {
    let with_mechanism = |mechanism| {
        let response = Response {
            state: Some(NegState::AcceptIncomplete),
            mechanism: Some(mechanism),
            token: Some(b"challenge"),
            signature: None,
        };
        let mut client = scripted([Token("negotiate"), Token("more")]);
        first(&mut client);
        client.step(&response.write(), None)
    };
    assert!(with_mechanism(&NTLM_LIST[4..]).is_ok());
    assert_eq!(
        with_mechanism(KERBEROS).unwrap_err(),
        Error::Token("it takes a mechanism that was not offered")
    );
}

#[test]
fn hints_of_a_server_that_speaks_first_are_taken() {
    let mut client = scripted([Token("negotiate")]);
    let token = continued(client.step(&hinted(), None));
    assert_eq!(Init::read(&token).unwrap().token, Some(&b"negotiate"[..]));

    let mut client = scripted([Token("negotiate")]);
    assert!(client.step(b"NTLMSSP\0", None).is_err());
}

#[test]
fn what_was_shown_is_what_the_mechanism_has_shown() {
    let mut client = scripted([Token("negotiate"), Done(Some("authenticate")), Done(None)]);
    assert_eq!(client.presented(), Presented::Nothing);
    first(&mut client);
    assert_eq!(client.presented(), Presented::Nothing);
    continued(client.step(&answer(NegState::AcceptIncomplete, "challenge", None), None));
    assert_eq!(client.presented(), Presented::Password);
    let rejected = client.step(&answer(NegState::Reject, "", None), None);
    assert_eq!(rejected.unwrap_err(), Error::Rejected);
    assert_eq!(client.presented(), Presented::Password);
}

/// A step of the scripted mechanism.
enum Does {
    Token(&'static str),
    Done(Option<&'static str>),
}
use Does::{Done, Token};

struct Scripted(VecDeque<Does>);

impl Handshake for Scripted {
    fn step(&mut self, _: &[u8], _: Option<&ChannelBinding>) -> Result<Step, Error> {
        match self.0.pop_front().ok_or(Error::HandshakeOver)? {
            Token(token) => Ok(Step::Continue(token.into())),
            Done(token) => Ok(Step::Done {
                token: token.map(Into::into),
                session: Box::new(Signing),
            }),
        }
    }

    fn presented(&self) -> Presented {
        match self.0.len() {
            0 | 1 => Presented::Password,
            _ => Presented::Nothing,
        }
    }
}

/// A session that signs with `ours`, and accepts `theirs`.
struct Signing;

impl Session for Signing {
    fn seal(&mut self, _: &[u8]) -> Result<crate::auth::Sealed, Error> {
        Err(Error::SessionOver)
    }

    fn unseal(&mut self, _: &[u8], _: Vec<u8>) -> Result<Vec<u8>, Error> {
        Err(Error::SessionOver)
    }

    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, Error> {
        assert_eq!(message, NTLM_LIST);
        Ok(b"ours".to_vec())
    }

    fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        assert_eq!(message, NTLM_LIST);
        match signature {
            b"theirs" => Ok(()),
            _ => Err(Error::Tampered),
        }
    }
}

fn scripted<const N: usize>(script: [Does; N]) -> SpnegoClient {
    SpnegoClient::new(Mechanism::Ntlm, Box::new(Scripted(script.into())))
}

fn answer(state: NegState, token: &str, signature: Option<&str>) -> Vec<u8> {
    let response = Response {
        state: Some(state),
        mechanism: None,
        token: Some(token.as_bytes()),
        signature: signature.map(str::as_bytes),
    };
    response.write()
}

fn last_token(step: Result<Step, Error>) -> Result<Option<Vec<u8>>, Error> {
    match step? {
        Step::Done { token, .. } => Ok(token),
        other => panic!("{other:?}"),
    }
}
