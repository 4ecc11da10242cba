//! A login and four sealed messages of OMI, Microsoft's CIM server for Linux, with its own client.
//!
//! `testdata/omi-transcript.bin` was recorded for this project on a loopback connection. The test derives everything in
//! it from the password: proof, session key, integrity code, and the envelopes.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::keys::{self, Key};
use super::messages;
use super::seal::SealingSession;
use crate::auth::{Error, Session};

const TRANSCRIPT: &[u8] = include_bytes!("testdata/omi-transcript.bin");
const PASSWORD: &str = "Passw0rd!";

#[test]
fn the_recorded_proof_and_integrity_code_follow_from_the_password() {
    let [negotiate, challenge_token, authenticate_token] = tokens();
    let challenge = messages::read_challenge(&challenge_token).unwrap();
    let authenticate = messages::read_authenticate(&authenticate_token).unwrap();
    assert_eq!(
        (&*authenticate.domain_name, &*authenticate.user_name),
        ("vm", "omitest")
    );

    let response_key = keys::response_key("vm", "omitest", PASSWORD);
    let (recorded_proof, blob) = authenticate.ntlm_response.split_first_chunk().unwrap();
    assert_eq!(
        keys::proof(&response_key, &challenge.challenge, blob),
        *recorded_proof
    );

    let mut unsigned = authenticate_token;
    let recorded_code = messages::replace_integrity_code(&mut unsigned, [0; 16]).unwrap();
    let code = keys::integrity_code(
        &exported_session_key(),
        &negotiate,
        &challenge_token,
        &unsigned,
    );
    assert_eq!(code, recorded_code);
}

#[test]
fn the_recorded_messages_unseal() {
    let mut server = SealingSession::server(&exported_session_key());
    let mut client = SealingSession::client(&exported_session_key());
    let messages = sealed_messages();
    // The third request was sent unsealed, but its response was sealed.
    let from_client = [true, false, true, false, false];
    assert_eq!(messages.len(), from_client.len());
    for ((header, data), from_client) in messages.into_iter().zip(from_client) {
        let receiver = if from_client {
            &mut server
        } else {
            &mut client
        };
        let envelope = String::from_utf8(receiver.unseal(&header, data).unwrap()).unwrap();
        let start = if from_client {
            "<s:Envelope "
        } else {
            "<SOAP-ENV:Envelope "
        };
        assert!(envelope.starts_with(start), "{envelope}");
        assert!(envelope.ends_with("Envelope>"), "{envelope}");
    }
}

#[test]
fn a_recorded_message_with_one_changed_byte_is_refused() {
    for (index, (header, mut data)) in sealed_messages().into_iter().take(2).enumerate() {
        let mut receiver = match index {
            0 => SealingSession::server(&exported_session_key()),
            _ => SealingSession::client(&exported_session_key()),
        };
        data[700] ^= 1;
        assert_eq!(receiver.unseal(&header, data), Err(Error::Tampered));
    }
}

/// Returns the client's session key from its authenticate message.
fn exported_session_key() -> Key {
    let [_, _, token] = tokens();
    let authenticate = messages::read_authenticate(&token).unwrap();
    let proof = authenticate.ntlm_response.first_chunk().unwrap();
    let session_base_key =
        keys::session_base_key(&keys::response_key("vm", "omitest", PASSWORD), proof);
    let encrypted = authenticate.session_key.try_into().unwrap();
    Zeroizing::new(keys::exchange(&session_base_key, &encrypted))
}

/// Returns the three tokens, in the order of the exchange.
fn tokens() -> [Vec<u8>; 3] {
    let lines = TRANSCRIPT.split(|byte| *byte == b'\n');
    let tokens = lines.filter_map(|line| {
        let token = line.strip_prefix(b"Authorization: Negotiate ");
        token.or_else(|| line.strip_prefix(b"WWW-Authenticate: Negotiate "))
    });
    let decoded: Vec<_> = tokens
        .map(|token| BASE64_STANDARD.decode(token).unwrap())
        .collect();
    decoded.try_into().unwrap()
}

/// Returns header and data of every sealed message, split by the length before each.
fn sealed_messages() -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut messages = Vec::new();
    let mut rest = TRANSCRIPT;
    while let Some((_, after)) = split_at(rest, b";Length=") {
        let (length, after) = split_at(after, b"\r\n").unwrap();
        let length: usize = str::from_utf8(length).unwrap().parse().unwrap();
        let (_, after) = split_at(after, b"application/octet-stream\r\n").unwrap();
        let (header_length, after) = after.split_first_chunk().unwrap();
        let (header, after) =
            after.split_at(u32::from_le_bytes(*header_length).try_into().unwrap());
        let (data, after) = after.split_at(length);
        assert!(after.starts_with(b"--Encrypted Boundary--"));
        messages.push((header.to_vec(), data.to_vec()));
        rest = after;
    }
    messages
}

fn split_at<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let start = bytes
        .windows(mark.len())
        .position(|window| window == mark)?;
    Some((&bytes[..start], &bytes[start + mark.len()..]))
}
