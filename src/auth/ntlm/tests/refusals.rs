//! Clients that the acceptor rejects, and tokens of a server that the client rejects.

use proptest::prelude::*;

use super::*;

#[test]
fn a_wrong_password_and_an_unknown_user_look_the_same() {
    let refused = Error::Refused("unknown user or wrong password");
    let wrong = Login {
        password: "hunter3",
        ..Login::default()
    };
    assert_eq!(wrong.run().err(), Some(refused.clone()));
    let unknown = Login {
        known: false,
        ..Login::default()
    };
    assert_eq!(unknown.run().err(), Some(refused));
}

#[test]
fn a_changed_bit_anywhere_in_the_answer_is_refused() {
    let mut exchange = Exchange::new();
    let answer = exchange.answer(None);
    for bit in 0..answer.len() * 8 {
        let mut changed = answer.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let error = exchange.judge(&changed, BindingPolicy::Ignore).err();
        assert!(error.is_some(), "bit {} of byte {}", bit % 8, bit / 8);
        if (72..88).contains(&(bit / 8)) {
            assert_eq!(
                error,
                Some(Error::Refused("the tokens were changed on their way"))
            );
        }
    }
    assert!(exchange.judge(&answer, BindingPolicy::Ignore).is_ok());
}

#[test]
fn a_changed_negotiate_or_challenge_is_noticed() {
    // An attacker removes 56-bit keys, on which neither side insists, from the negotiate message.
    let mut client = client("hv01");
    let mut negotiate = first_token(&mut client);
    negotiate[15] &= 0x7f;
    let challenged = Challenged::new(&negotiate, "HV01", server_nonces()).unwrap();
    let (answer, _) = finish(&mut client, challenged.token(), None).unwrap();
    let error = challenged
        .authenticate(&answer, BindingPolicy::Ignore, operator)
        .err();
    assert_eq!(
        error,
        Some(Error::Refused("the tokens were changed on their way"))
    );

    // An attacker changes the name in the challenge's payload, which the proof does not cover.
    let mut client = super::client("hv01");
    let challenged = Challenged::new(&first_token(&mut client), "HV01", server_nonces()).unwrap();
    let mut challenge = challenged.token().to_vec();
    challenge[56] ^= 1;
    let (answer, _) = finish(&mut client, &challenge, None).unwrap();
    let error = challenged
        .authenticate(&answer, BindingPolicy::Ignore, operator)
        .err();
    assert_eq!(
        error,
        Some(Error::Refused("the tokens were changed on their way"))
    );
}

#[test]
fn an_answer_is_good_for_its_own_challenge_only() {
    let answer = Exchange::new().answer(None);
    let mut client = client("hv01");
    let nonces = ServerNonces {
        server_challenge: [2; 8],
        time: NOW,
    };
    let other = Challenged::new(&first_token(&mut client), "HV01", nonces).unwrap();
    let error = other
        .authenticate(&answer, BindingPolicy::Ignore, operator)
        .err();
    assert_eq!(
        error,
        Some(Error::Refused("unknown user or wrong password"))
    );
}

#[test]
fn channel_bindings_are_judged_by_the_policy() {
    let ours = ChannelBinding::tls_server_end_point(include_bytes!("../../testdata/ec-sha384.der"))
        .unwrap();
    let other = ChannelBinding::tls_server_end_point(include_bytes!("../../testdata/rsa-sha1.der"))
        .unwrap();
    let absent = Some(Error::Refused("it names no TLS channel"));
    let wrong = Some(Error::Refused("it was made for another TLS channel"));
    for (sent, policy, refused) in [
        (None, BindingPolicy::Ignore, None),
        (None, BindingPolicy::Relaxed(&ours), None),
        (None, BindingPolicy::Strict(&ours), absent),
        (Some(&ours), BindingPolicy::Ignore, None),
        (Some(&ours), BindingPolicy::Relaxed(&ours), None),
        (Some(&ours), BindingPolicy::Strict(&ours), None),
        (Some(&other), BindingPolicy::Ignore, None),
        (Some(&other), BindingPolicy::Relaxed(&ours), wrong.clone()),
        (Some(&other), BindingPolicy::Strict(&ours), wrong),
    ] {
        let mut exchange = Exchange::new();
        let answer = exchange.answer(sent);
        assert_eq!(
            exchange.judge(&answer, policy).err(),
            refused,
            "{sent:?} {policy:?}"
        );
    }
}

#[test]
fn every_truncated_token_is_an_error() {
    let mut exchange = Exchange::new();
    let negotiate = exchange.negotiate.clone();
    for end in 0..negotiate.len() {
        assert!(
            Challenged::new(&negotiate[..end], "HV01", server_nonces()).is_err(),
            "{end}"
        );
    }
    for challenge in [
        exchange.challenged().token().to_vec(),
        unhex(SPECIFIED_CHALLENGE),
    ] {
        for end in 0..challenge.len() {
            let mut client = client("hv01");
            first_token(&mut client);
            assert!(client.step(&challenge[..end], None).is_err(), "{end}");
        }
    }
    let answer = exchange.answer(None);
    for end in 0..answer.len() {
        assert!(
            exchange
                .judge(&answer[..end], BindingPolicy::Ignore)
                .is_err(),
            "{end}"
        );
    }
}

#[test]
fn what_sealing_needs_is_insisted_on() {
    for (flag, capability) in [
        (0x0000_0001, "Unicode names"),
        (0x0008_0000, "extended session security"),
        (0x0000_0010, "signing"),
        (0x0000_0020, "sealing"),
        (0x2000_0000, "128-bit keys"),
        (0x4000_0000, "a key exchange"),
    ] {
        let without = |token: &[u8], at| with_flags(token, at, |flags| flags & !flag);
        // ntlmclient cannot read a message without any character set, so OEM is kept.
        let weak = with_flags(&without(&unhex(SPECIFIED_CHALLENGE), 20), 20, |flags| {
            flags | 2
        });
        let mut client = client("hv01");
        let negotiate = first_token(&mut client);
        assert_eq!(
            client.step(&weak, None).unwrap_err(),
            Error::Lacking(capability)
        );

        // The server lets the client decide about sealing, which it does not need over TLS.
        let error = Challenged::new(&without(&negotiate, 12), "HV01", server_nonces()).err();
        if capability == "sealing" {
            assert_eq!(error, None);
            continue;
        }
        assert_eq!(error, Some(Error::Lacking(capability)));

        let mut exchange = Exchange::new();
        let weak = with_flags(&without(&exchange.answer(None), 60), 60, |flags| flags | 2);
        let error = exchange.judge(&weak, BindingPolicy::Ignore).err();
        assert_eq!(error, Some(Error::Lacking(capability)));
    }
}

#[test]
fn a_challenge_that_does_not_describe_its_sender_is_refused() {
    let bare = with_flags(&unhex(SPECIFIED_CHALLENGE), 20, |flags| {
        flags & !0x0080_0000
    });
    let mut client = client("hv01");
    first_token(&mut client);
    assert_eq!(
        client.step(&bare, None).unwrap_err(),
        Error::Lacking("describing itself")
    );
}

#[test]
fn a_response_from_another_day_is_refused() {
    const HOUR: u64 = 60 * 60 * 10_000_000;
    for (time, refused) in [
        (NOW - 36 * HOUR, None),
        (
            NOW - 37 * HOUR,
            Some(Error::Refused(
                "its response is too old, or ahead of the time",
            )),
        ),
        (
            NOW + 37 * HOUR,
            Some(Error::Refused(
                "its response is too old, or ahead of the time",
            )),
        ),
    ] {
        let mut client = client("hv01");
        let challenged =
            Challenged::new(&first_token(&mut client), "HV01", server_nonces()).unwrap();
        // The client receives another time, and proves its response for that time.
        let told = replace(challenged.token(), &NOW.to_le_bytes(), &time.to_le_bytes());
        let (answer, _) = finish(&mut client, &told, None).unwrap();
        let error = challenged
            .authenticate(&answer, BindingPolicy::Ignore, operator)
            .err();
        match refused {
            Some(_) => assert_eq!(error, refused),
            // The challenge was modified nevertheless.
            None => assert_eq!(
                error,
                Some(Error::Refused("the tokens were changed on their way"))
            ),
        }
    }
}

#[test]
fn version_1_responses_are_refused() {
    let mut exchange = Exchange::new();
    let mut message = messages::read_authenticate(&exchange.answer(None)).unwrap();
    message.ntlm_response.truncate(24);
    let answer = messages::write_authenticate(message).unwrap();
    let error = exchange.judge(&answer, BindingPolicy::Ignore).err();
    assert_eq!(
        error,
        Some(Error::Refused("its response is not of version 2"))
    );
}

#[test]
fn names_that_do_not_fit_are_errors() {
    let long = "x".repeat(40_000);
    for (user, host, field) in [
        (format!(r"{long}\operator"), "hv01", "domain name"),
        (long.clone(), "hv01", "user name"),
        ("operator".to_owned(), &*long, "name of the host"),
    ] {
        let mut client = NtlmClient::new(
            Credentials::password(user, "hunter2"),
            host,
            Nonces::random(),
        );
        first_token(&mut client);
        let error = client.step(&unhex(SPECIFIED_CHALLENGE), None).unwrap_err();
        assert_eq!(error, Error::TooLong(field));
    }
    let negotiate = unhex(SPECIFIED_NEGOTIATE);
    let error = Challenged::new(&negotiate, &long, server_nonces()).err();
    assert_eq!(error, Some(Error::TooLong("computer name")));
}

#[test]
fn tokens_without_end_are_not_read() {
    let endless = Err(Error::Token("it is too long"));
    let padded = |token: Vec<u8>| [token, vec![0; 16 * 1024]].concat();
    let mut client = client("hv01");
    let negotiate = padded(first_token(&mut client));
    assert_eq!(
        client
            .step(&padded(unhex(SPECIFIED_CHALLENGE)), None)
            .map(drop),
        endless
    );
    assert_eq!(
        Challenged::new(&negotiate, "HV01", server_nonces()).map(drop),
        endless
    );
    let mut exchange = Exchange::new();
    let answer = padded(exchange.answer(None));
    assert_eq!(
        exchange.judge(&answer, BindingPolicy::Ignore).map(drop),
        endless
    );
}

proptest! {
    #[test]
    fn no_challenge_makes_the_client_panic(at in 12..104_usize, bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let mut client = client("hv01");
        first_token(&mut client);
        let mut challenge = unhex(SPECIFIED_CHALLENGE);
        challenge.splice(at.., bytes);
        let _ = client.step(&challenge, None);
    }

    #[test]
    fn no_answer_makes_the_acceptor_panic(at in 12..300_usize, bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let mut exchange = Exchange::new();
        let mut answer = exchange.answer(None);
        answer.splice(at.., bytes);
        prop_assert!(exchange.judge(&answer, BindingPolicy::Ignore).is_err());
    }
}

fn with_flags(token: &[u8], at: usize, change: impl Fn(u32) -> u32) -> Vec<u8> {
    let flags = u32::from_le_bytes(token[at..at + 4].try_into().unwrap());
    let mut token = token.to_vec();
    token.splice(at..at + 4, change(flags).to_le_bytes());
    token
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes
        .windows(from.len())
        .position(|window| window == from)
        .unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}
