//! Damaged and modified tokens, and clients that the acceptor rejects.

use proptest::prelude::*;

use super::*;
use crate::auth::der;

#[test]
fn every_truncated_token_is_an_error() {
    let (tokens, ..) = log_in(&mut *client(), &mut acceptor()).unwrap();
    for end in 0..tokens[0].len() {
        assert!(accept(&mut acceptor(), &tokens[0][..end]).is_err(), "{end}");
    }
    for (damaged, token) in tokens.iter().enumerate().skip(1) {
        for end in 0..token.len() {
            let outcome = damaged_login(damaged, |token| token.truncate(end));
            assert!(outcome.is_err(), "token {damaged}, {end} bytes");
        }
    }
}

#[test]
fn a_changed_bit_anywhere_is_an_error_where_it_could_matter() {
    let (tokens, ..) = log_in(&mut *client(), &mut acceptor()).unwrap();
    // The position of the value of `negState` in a NegTokenResp: the end of the first element, which has five bytes.
    let state = |token: &[u8]| {
        token
            .windows(4)
            .position(|w| w == b"\xa0\x03\x0a\x01")
            .unwrap()
            + 4
    };
    for (damaged, token) in tokens.iter().enumerate() {
        for bit in 0..token.len() * 8 {
            let outcome = damaged_login(damaged, |token| token[bit / 8] ^= 1 << (bit % 8));
            let harmless = match damaged {
                // The server requests the signatures that it would receive anyway.
                1 => bit == state(token) * 8 + 1,
                // The client's view of the server's state is ignored, unless it is a rejection.
                2 => bit / 8 == state(token),
                _ => false,
            };
            assert!(
                outcome.is_err() || harmless,
                "token {damaged}, bit {} of byte {}",
                bit % 8,
                bit / 8
            );
        }
    }
}

#[test]
fn a_list_that_was_changed_on_its_way_is_noticed() {
    // The client also offers a better mechanism, which an attacker removes from its list.
    let mut client = client();
    let token = first(&mut *client);
    let shortened = Init::read(&token).unwrap();
    let both = [b"\x30\x17\x06\x09", KERBEROS, &NTLM_LIST[2..]].concat();
    let forged = Init {
        mechanisms: &both,
        token: None,
        signature: None,
    };
    let mut acceptor = acceptor();
    let chosen = accepted_token(accept(&mut acceptor, &forged.write()));
    assert_eq!(
        Response::read(&chosen).unwrap().state,
        Some(NegState::RequestMic)
    );
    let negotiate = Response {
        token: shortened.token,
        ..Response::default()
    };
    let challenge = accepted_token(accept(&mut acceptor, &negotiate.write()));
    let authenticate = continued(client.step(&challenge, None));
    let refused = accept(&mut acceptor, &authenticate).map(drop);
    assert_eq!(refused, Err(Error::Tampered));
}

#[test]
fn a_client_that_likes_something_else_best_comes_in_signed_or_not_at_all() {
    let both = [b"\x30\x17\x06\x09", KERBEROS, &NTLM_LIST[2..]].concat();
    for signs in [true, false] {
        let init = Init {
            mechanisms: &both,
            token: Some(b"a ticket"),
            signature: None,
        };
        let mut acceptor = acceptor();
        let chosen = accepted_token(accept(&mut acceptor, &init.write()));
        let chosen = Response::read(&chosen).unwrap();
        assert_eq!(chosen.state, Some(NegState::RequestMic));
        assert_eq!(chosen.mechanism, Some(&NTLM_LIST[4..]));
        assert_eq!(chosen.token, None);

        let mut ntlm = ntlm();
        let negotiate = first(&mut *ntlm);
        let answer = accepted_token(accept(&mut acceptor, &incomplete(&negotiate, None)));
        let answer = Response::read(&answer).unwrap();
        assert_eq!(answer.state, Some(NegState::AcceptIncomplete));
        assert_eq!(answer.mechanism, None, "that was said already");
        let Ok(Step::Done {
            token: Some(token),
            mut session,
        }) = ntlm.step(answer.token.unwrap(), None)
        else {
            panic!("no authenticate message");
        };
        let signature = session.sign(&both).unwrap();
        let last = incomplete(&token, signs.then_some(&signature));
        match accept(&mut acceptor, &last) {
            Ok(Answer::Accepted {
                token,
                client: mut server,
            }) if signs => {
                let token = token.unwrap();
                let response = Response::read(&token).unwrap();
                assert_eq!(response.state, Some(NegState::AcceptCompleted));
                session.verify(&both, response.signature.unwrap()).unwrap();
                exchange(&mut *session, &mut *server.session, 5);
            }
            Err(Error::Refused("it does not sign the list of mechanisms")) if !signs => {}
            other => panic!("{:?}", other.map(drop)),
        }
    }
}

#[test]
fn a_client_that_signs_nothing_gets_nothing_signed() {
    let mut ntlm = ntlm();
    let init = Init {
        mechanisms: NTLM_LIST,
        token: Some(&first(&mut *ntlm)),
        signature: None,
    };
    let mut acceptor = acceptor();
    let challenge = accepted_token(accept(&mut acceptor, &init.write()));
    let challenge = Response::read(&challenge).unwrap().token.unwrap();
    let Ok(Step::Done {
        token: Some(token),
        mut session,
    }) = ntlm.step(challenge, None)
    else {
        panic!("no authenticate message");
    };
    let Ok(Answer::Accepted {
        token,
        client: mut server,
    }) = accept(&mut acceptor, &incomplete(&token, None))
    else {
        panic!("refused");
    };
    assert_eq!(token.unwrap(), b"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x00");
    exchange(&mut *session, &mut *server.session, 5);
}

#[test]
fn the_acceptor_refuses_what_it_cannot_take() {
    let kerberos = [b"\x30\x0b\x06\x09", KERBEROS].concat();
    let init = Init {
        mechanisms: &kerberos,
        token: Some(b"a ticket"),
        signature: None,
    };
    let refused = |token: &[u8]| accept(&mut acceptor(), token).map(drop);
    let cannot = Error::Refused("it cannot log in with NTLM");
    assert_eq!(refused(&init.write()), Err(cannot.clone()));
    let nothing = Init {
        mechanisms: b"\x30\x00",
        ..init
    };
    assert_eq!(refused(&nothing.write()), Err(cannot));
    assert!(refused(b"").is_err());
    assert!(refused(b"NTLMSSP\0\x03\0\0\0").is_err());
    assert!(refused(&incomplete(b"NTLMSSP\0", None)).is_err());
    // A ticket outside SPNEGO belongs to the scheme `Kerberos`.
    assert_eq!(
        refused(b"\x60\x0d\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00"),
        Err(Error::Token("it is of another mechanism"))
    );

    // The acceptor is finished after an error and after a success.
    let mut acceptor = acceptor();
    assert!(accept(&mut acceptor, b"").is_err());
    let again = accept(&mut acceptor, &first(&mut *client())).map(drop);
    assert_eq!(again, Err(Error::HandshakeOver));
}

#[test]
fn tokens_without_end_are_not_read() {
    let endless = Error::Token("it is too long");
    let huge = vec![0x61; tokens::MAX_TOKEN + 1];
    assert_eq!(Init::read(&huge), Err(endless.clone()));
    assert_eq!(Response::read(&huge), Err(endless));
}

#[test]
fn states_that_there_are_not_are_errors() {
    for state in [
        &b"\x0a\x01\x04"[..],
        b"\x0a\x02\x00\x01",
        b"\x0a\x00",
        b"\x02\x01\x00",
    ] {
        let element = der::write(0xa0, &[state]);
        let token = der::write(0xa1, &[&der::write(0x30, &[&element])]);
        assert!(Response::read(&token).is_err(), "{state:x?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_anything_panic(head in 0..4_usize, bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let token = [[&b""[..], b"\xa1\x40\x30\x3e", b"\x60\x48\x06\x06\x2b\x06\x01\x05\x05\x02", b"NTLMSSP\0"][head], &bytes].concat();
        let _ = accept(&mut acceptor(), &token);
        let mut client = client();
        first(&mut *client);
        let _ = client.step(&token, None);
        let mut client = bare();
        first(&mut client);
        let _ = client.step(&token, None);
    }

    #[test]
    fn a_login_with_a_spliced_token_fails_or_seals(damaged in 0..4_usize, at in 0..60_usize, bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let outcome = damaged_login(damaged, |token| {
            let end = token.len().min(at + bytes.len());
            token.splice(at.min(end)..end, bytes.clone());
        });
        if let Ok((_, mut client, mut server)) = outcome {
            exchange(&mut *client, &mut *server.session, 1);
        }
    }
}

/// Runs a login whose token of this number, counted from 0, is damaged in transit.
fn damaged_login(number: usize, damage: impl Fn(&mut Vec<u8>)) -> Result<Login, Error> {
    let (mut client, mut acceptor) = (client(), acceptor());
    let damaged = |mut token: Vec<u8>, at| {
        if at == number {
            damage(&mut token);
        }
        token
    };
    let negotiate = damaged(first(&mut *client), 0);
    let challenge = damaged(token_of(accept(&mut acceptor, &negotiate)?)?, 1);
    let Step::Continue(authenticate) = client.step(&challenge, None)? else {
        return Err(Error::HandshakeOver);
    };
    let authenticate = damaged(authenticate, 2);
    let Answer::Accepted {
        token: Some(last),
        client: server,
    } = accept(&mut acceptor, &authenticate)?
    else {
        return Err(Error::HandshakeOver);
    };
    match client.step(&damaged(last, 3), None)? {
        Step::Done {
            token: None,
            session,
        } => Ok((Vec::new(), session, server)),
        _ => Err(Error::HandshakeOver),
    }
}

fn token_of(answer: Answer) -> Result<Vec<u8>, Error> {
    match answer {
        Answer::Continue(token) => Ok(token),
        Answer::Accepted { .. } => Err(Error::HandshakeOver),
    }
}

fn accepted_token(answer: Result<Answer, Error>) -> Vec<u8> {
    token_of(answer.unwrap()).unwrap()
}
