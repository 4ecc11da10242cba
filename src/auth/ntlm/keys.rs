//! Derivation of the session keys from the password (\[MS-NLMP\] 3.3.2, 3.4.5).
//!
//! With NTLMv2 the session base key is also the key exchange key (3.4.5.1), so one name is used for both.

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use md5::{Digest, Md5};
use rc4::{Rc4, StreamCipher};
use zeroize::{Zeroize, Zeroizing};

/// A key, overwritten when it is dropped.
pub(super) type Key = Zeroizing<[u8; 16]>;

/// Returns `NTOWFv2`, the key derived from the password of this user.
///
/// The domain must have the spelling that is sent, since the server hashes what it receives.
pub(super) fn response_key(domain: &str, user: &str, password: &str) -> Key {
    // ntlmclient upper-cases the user name in another way, in which one letter can become two. It hashes the name and
    // then the domain, so the name, already in upper case, can be passed as part of the domain.
    let mut credentials = ntlmclient::Credentials {
        username: String::new(),
        password: password.to_owned(),
        domain: upper_case(user) + domain,
    };
    let key = Zeroizing::new(ntlmclient::ntlm_v2_password_func(&credentials));
    credentials.password.zeroize();
    key
}

/// Returns `NTProofStr`, the proof of the response key for this challenge.
pub(super) fn proof(response_key: &Key, server_challenge: &[u8; 8], blob: &[u8]) -> [u8; 16] {
    hmac_md5(response_key, &[server_challenge, blob])
}

/// Returns the LMv2 response, for servers that send no time (\[MS-NLMP\] 2.2.2.4).
pub(super) fn lm_response(
    response_key: &Key,
    server_challenge: &[u8; 8],
    client_challenge: &[u8; 8],
) -> Vec<u8> {
    let proof = hmac_md5(response_key, &[server_challenge, client_challenge]);
    [&proof[..], client_challenge].concat()
}

/// Returns `SessionBaseKey`, which is also `KeyExchangeKey`.
pub(super) fn session_base_key(response_key: &Key, proof: &[u8; 16]) -> Key {
    Zeroizing::new(hmac_md5(response_key, &[proof]))
}

/// Encrypts or decrypts the exported session key under the session base key.
pub(super) fn exchange(session_base_key: &Key, session_key: &[u8; 16]) -> [u8; 16] {
    let mut exchanged = *session_key;
    cipher(session_base_key).apply_keystream(&mut exchanged);
    exchanged
}

/// Returns the message integrity code of the three tokens. In the last one, the field of the code is zero.
pub(super) fn integrity_code(
    exported_session_key: &Key,
    negotiate: &[u8],
    challenge: &[u8],
    authenticate: &[u8],
) -> [u8; 16] {
    hmac_md5(exported_session_key, &[negotiate, challenge, authenticate])
}

/// Derives `SIGNKEY` or `SEALKEY` for extended session security and 128 bits (\[MS-NLMP\] 3.4.5.2, 3.4.5.3).
pub(super) fn derive(exported_session_key: &Key, purpose: &[u8]) -> Key {
    let hash = Md5::new()
        .chain_update(**exported_session_key)
        .chain_update(purpose);
    Zeroizing::new(hash.finalize().into())
}

/// Returns RC4 under this key, in its initial state.
pub(super) fn cipher(key: &Key) -> Rc4 {
    // RC4 repeats a short key, so the key twice is the same key. This size cannot fail.
    let mut twice = Zeroizing::new([0; 32]);
    for (to, from) in twice.iter_mut().zip(key.iter().cycle()) {
        *to = *from;
    }
    <Rc4 as rc4::KeyInit>::new((&*twice).into())
}

/// Returns HMAC-MD5 under this key, in its initial state.
pub(super) fn mac(key: &Key) -> Hmac<Md5> {
    // HMAC pads a short key with zeros to the size of a block (RFC 2104 section 2). This size cannot fail.
    let mut block = Zeroizing::new([0; 64]);
    for (to, from) in block.iter_mut().zip(key.iter()) {
        *to = *from;
    }
    <Hmac<Md5> as KeyInit>::new((&*block).into())
}

fn hmac_md5(key: &Key, parts: &[&[u8]]) -> [u8; 16] {
    let mut mac = mac(key);
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Converts to upper case like Windows: letter by letter (\[MS-UCODEREF\] 3.1.5.3).
///
/// Windows maps a letter only if the reverse mapping returns it: `ß`, `µ`, `ı` and the final `ς` are unchanged. So are
/// characters of two UTF-16 code units, and Georgian, whose capitals are newer than its table.
pub(super) fn upper_case(text: &str) -> String {
    text.chars()
        .map(|letter| single_capital(letter).unwrap_or(letter))
        .collect()
}

fn single_capital(letter: char) -> Option<char> {
    if letter > '\u{ffff}' || GEORGIAN.contains(&letter) {
        return None;
    }
    let capital = only(letter.to_uppercase())?;
    (only(capital.to_lowercase()) == Some(letter)).then_some(capital)
}

fn only(mut letters: impl Iterator<Item = char>) -> Option<char> {
    letters.next().filter(|_| letters.next().is_none())
}

const GEORGIAN: std::ops::RangeInclusive<char> = '\u{10d0}'..='\u{10ff}';

/// The purposes of the two keys from client to server: signing and sealing.
pub(super) const FROM_CLIENT: [&[u8]; 2] = [
    b"session key to client-to-server signing key magic constant\0",
    b"session key to client-to-server sealing key magic constant\0",
];
/// The purposes of the two keys from server to client: signing and sealing.
pub(super) const FROM_SERVER: [&[u8]; 2] = [
    b"session key to server-to-client signing key magic constant\0",
    b"session key to server-to-client sealing key magic constant\0",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// \[MS-NLMP\] 4.2.1 and 4.2.4.
    const SERVER_CHALLENGE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
    const CLIENT_CHALLENGE: [u8; 8] = [0xaa; 8];
    const RANDOM_SESSION_KEY: [u8; 16] = [0x55; 16];

    /// `temp` of 4.2.4.1.3, from the authenticate message of 4.2.4.3.
    const BLOB: [u8; 68] = [
        0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // versions, reserved
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // time
        0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, // client challenge
        0x00, 0x00, 0x00, 0x00, // reserved
        0x02, 0x00, 0x0c, 0x00, b'D', 0, b'o', 0, b'm', 0, b'a', 0, b'i', 0, b'n', 0, //
        0x01, 0x00, 0x0c, 0x00, b'S', 0, b'e', 0, b'r', 0, b'v', 0, b'e', 0, b'r', 0, //
        0x00, 0x00, 0x00, 0x00, // end of the pairs
        0x00, 0x00, 0x00, 0x00, // reserved
    ];

    #[test]
    fn ms_nlmp_4_2_4_responses() {
        let response_key = response_key("Domain", "User", "Password");
        assert_eq!(
            *response_key,
            [
                0x0c, 0x86, 0x8a, 0x40, 0x3b, 0xfd, 0x7a, 0x93, 0xa3, 0x00, 0x1e, 0xf2, 0x2e, 0xf0,
                0x2e, 0x3f
            ]
        );
        let proof = proof(&response_key, &SERVER_CHALLENGE, &BLOB);
        assert_eq!(
            proof,
            [
                0x68, 0xcd, 0x0a, 0xb8, 0x51, 0xe5, 0x1c, 0x96, 0xaa, 0xbc, 0x92, 0x7b, 0xeb, 0xef,
                0x6a, 0x1c
            ]
        );
        assert_eq!(
            lm_response(&response_key, &SERVER_CHALLENGE, &CLIENT_CHALLENGE),
            [
                0x86, 0xc3, 0x50, 0x97, 0xac, 0x9c, 0xec, 0x10, 0x25, 0x54, 0x76, 0x4a, 0x57, 0xcc,
                0xcc, 0x19, //
                0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa
            ]
        );
        let session_base_key = session_base_key(&response_key, &proof);
        assert_eq!(
            *session_base_key,
            [
                0x8d, 0xe4, 0x0c, 0xca, 0xdb, 0xc1, 0x4a, 0x82, 0xf1, 0x5c, 0xb0, 0xad, 0x0d, 0xe9,
                0x5c, 0xa3
            ]
        );
        let encrypted = exchange(&session_base_key, &RANDOM_SESSION_KEY);
        assert_eq!(
            encrypted,
            [
                0xc5, 0xda, 0xd2, 0x54, 0x4f, 0xc9, 0x79, 0x90, 0x94, 0xce, 0x1c, 0xe9, 0x0b, 0xc9,
                0xd0, 0x3e
            ]
        );
        assert_eq!(exchange(&session_base_key, &encrypted), RANDOM_SESSION_KEY);
    }

    #[test]
    fn ms_nlmp_4_2_4_4_keys() {
        let session_key = Zeroizing::new(RANDOM_SESSION_KEY);
        let [signing, sealing] = FROM_CLIENT.map(|purpose| derive(&session_key, purpose));
        assert_eq!(
            *sealing,
            [
                0x59, 0xf6, 0x00, 0x97, 0x3c, 0xc4, 0x96, 0x0a, 0x25, 0x48, 0x0a, 0x7c, 0x19, 0x6e,
                0x4c, 0x58
            ]
        );
        assert_eq!(
            *signing,
            [
                0x47, 0x88, 0xdc, 0x86, 0x1b, 0x47, 0x82, 0xf3, 0x5d, 0x43, 0xfd, 0x98, 0xfe, 0x1a,
                0x2d, 0x39
            ]
        );
    }

    /// The left sides are in the Windows 8 table of \[MS-UCODEREF\], with the results expected here.
    #[test]
    fn upper_case_goes_letter_for_letter() {
        for (letters, capitals) in [
            ("operator", "OPERATOR"),
            ("f\u{fc}nf", "F\u{dc}NF"),
            ("stra\u{df}e", "STRA\u{df}E"),
            (
                "\u{ff}\u{17e}\u{3b1}\u{436}",
                "\u{178}\u{17d}\u{391}\u{416}",
            ),
            (
                "\u{b5}\u{131}\u{17f}\u{3c2}\u{1c5}\u{3d0}\u{345}",
                "\u{b5}\u{131}\u{17f}\u{3c2}\u{1c5}\u{3d0}\u{345}",
            ),
            (
                "\u{fb01}\u{149}\u{10d0}\u{10428}",
                "\u{fb01}\u{149}\u{10d0}\u{10428}",
            ),
        ] {
            assert_eq!(upper_case(letters), capitals);
        }
    }

    #[test]
    fn the_response_key_takes_the_user_without_regard_to_case_and_the_domain_as_it_is() {
        let key = response_key("Domain", "User", "Password");
        assert_eq!(response_key("Domain", "uSER", "Password"), key);
        assert_ne!(response_key("DOMAIN", "User", "Password"), key);
        assert_ne!(response_key("Domain", "User", "password"), key);
    }
}
