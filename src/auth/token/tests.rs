//! Recorded tokens, and malformed ones.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;

use super::{AuthToken, NtlmToken};

const NTLM: &[u8] = include_bytes!("../ntlm/testdata/omi-transcript.bin");
const KERBEROS: &[u8] = include_bytes!("../spnego/testdata/omi-kerberos-transcript.bin");

/// Returns the tokens of a recorded login, in order.
fn tokens(transcript: &[u8]) -> Vec<Vec<u8>> {
    let lines = transcript.split(|byte| *byte == b'\n');
    let tokens = lines.filter_map(|line| {
        let at = line.windows(10).position(|part| part == b"Negotiate ")?;
        BASE64_STANDARD.decode(&line[at + 10..]).ok()
    });
    tokens.collect()
}

#[test]
fn ntlm() {
    let tokens: Vec<_> = tokens(NTLM)
        .iter()
        .map(|token| AuthToken::read(token))
        .collect();
    let [first, second, third] = &tokens[..] else {
        panic!("{tokens:?}")
    };
    // 0xE2088237, by the table of flags in [MS-NLMP].
    let expected = [
        "UNICODE",
        "OEM",
        "REQUEST_TARGET",
        "SIGN",
        "SEAL",
        "NTLM",
        "ALWAYS_SIGN",
        "EXTENDED_SESSIONSECURITY",
        "VERSION",
        "128BIT",
        "KEY_EXCHANGE",
        "56BIT",
    ];
    let AuthToken::Ntlm(NtlmToken::Negotiate { flags }) = first else {
        panic!("{first:?}")
    };
    assert_eq!(flags[..], expected);
    let AuthToken::Ntlm(NtlmToken::Challenge { target, flags }) = second else {
        panic!("{second:?}")
    };
    assert_eq!(target, "VM");
    assert!(flags.iter().any(|flag| flag == "TARGET_TYPE_SERVER"));
    let AuthToken::Ntlm(NtlmToken::Authenticate {
        domain,
        user,
        target,
        ..
    }) = third
    else {
        panic!("{third:?}")
    };
    assert_eq!((&**domain, &**user), ("vm", "omitest"));
    assert_eq!(target.as_deref(), Some("HTTP/127.0.0.1"));
}

#[test]
fn kerberos_in_spnego() {
    let tokens: Vec<_> = tokens(KERBEROS)
        .iter()
        .map(|token| AuthToken::read(token))
        .collect();
    let kerberos = |message: &str, service: Option<&str>| {
        Some(Box::new(AuthToken::Kerberos {
            message: message.to_owned(),
            service: service.map(str::to_owned),
        }))
    };
    let mechanisms = vec!["Kerberos".to_owned()];
    let request = AuthToken::Spnego {
        mechanisms: mechanisms.clone(),
        state: None,
        inside: kerberos("AP-REQ", Some("HTTP/localhost@LAB.TEST")),
    };
    let answer = AuthToken::Spnego {
        mechanisms,
        state: Some("accept-completed".to_owned()),
        inside: kerberos("AP-REP", None),
    };
    assert_eq!(tokens, [request, answer]);
}

#[test]
fn what_is_cut_off_is_another_token_or_none() {
    for token in tokens(NTLM).iter().chain(&tokens(KERBEROS)) {
        let whole = AuthToken::read(token);
        assert!(!matches!(whole, AuthToken::Other(_)));
        for length in 0..token.len() {
            // It may show less, and never other data.
            match AuthToken::read(&token[..length]) {
                AuthToken::Other(shown) => assert_eq!(shown, length),
                shown => assert!(format!("{shown:?}").len() <= format!("{whole:?}").len()),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_makes_it_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        kind in 0..6u8,
        place in any::<prop::sample::Index>(),
    ) {
        AuthToken::read(&bytes);
        AuthToken::read(&[b"NTLMSSP\0", &[kind, 0, 0, 0][..], &bytes].concat());
        let recorded: Vec<_> = tokens(NTLM).into_iter().chain(tokens(KERBEROS)).collect();
        let mut damaged = place.get(&recorded).clone();
        let at = place.index(damaged.len());
        for (byte, other) in damaged[at..].iter_mut().zip(&bytes).take(4) {
            *byte = *other;
        }
        AuthToken::read(&damaged);
    }
}
