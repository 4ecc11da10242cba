//! The parts of the three messages that `ntlmclient` does not provide (\[MS-NLMP\] 2.2.1).
//!
//! ntlmclient reads a challenge and an authenticate message, and writes a negotiate message. It writes an authenticate
//! message without the integrity code, which is added here.

use std::mem;
use std::ops::Range;

use ntlmclient::{
    AuthenticateMessage, ChallengeMessage, Flags, Message, NegotiateMessage, OsVersion,
};

use crate::auth::{Error, bounded};

/// The flags that the client requests.
pub(super) const REQUESTED: Flags = Flags::NEGOTIATE_UNICODE
    .union(Flags::REQUEST_TARGET)
    .union(Flags::NEGOTIATE_SIGN)
    .union(Flags::NEGOTIATE_SEAL)
    .union(Flags::NEGOTIATE_NTLM)
    .union(Flags::NEGOTIATE_ALWAYS_SIGN)
    .union(EXTENDED_SESSION_SECURITY)
    .union(Flags::NEGOTIATE_TARGET_INFO)
    .union(Flags::NEGOTIATE_VERSION)
    .union(Flags::NEGOTIATE_128BIT)
    .union(Flags::NEGOTIATE_KEY_EXCHANGE)
    .union(Flags::NEGOTIATE_56BIT);

/// Extended session security, which ntlmclient calls by its older name.
const EXTENDED_SESSION_SECURITY: Flags = Flags::NEGOTIATE_NTLM2_KEY;

/// Returns the negotiate message.
pub(super) fn negotiate() -> Result<Vec<u8>, Error> {
    // A client that sends a version leaves the two names empty (\[MS-NLMP\] 3.1.5.1.1).
    let message = Message::Negotiate(NegotiateMessage {
        flags: REQUESTED,
        supplied_domain: String::new(),
        supplied_workstation: String::new(),
        os_version: VERSION,
    });
    message
        .to_bytes()
        .map_err(|_| Error::Token("it cannot be written"))
}

/// Reads a challenge message. Returns an error if it lacks a flag that sealing requires.
pub(super) fn read_challenge(token: &[u8]) -> Result<ChallengeMessage, Error> {
    let Message::Challenge(challenge) = read(token)? else {
        return Err(Error::Token("it is not a challenge"));
    };
    require(challenge.flags)?;
    if !challenge.flags.contains(Flags::NEGOTIATE_TARGET_INFO) {
        return Err(Error::Lacking("describing itself"));
    }
    Ok(challenge)
}

/// Reads an authenticate message.
#[cfg(any(test, feature = "simulator"))]
pub(super) fn read_authenticate(token: &[u8]) -> Result<AuthenticateMessage, Error> {
    match read(token)? {
        Message::Authenticate(authenticate) => Ok(authenticate),
        _ => Err(Error::Token("it is not an authenticate message")),
    }
}

/// Reads any message.
pub(super) fn read(token: &[u8]) -> Result<Message, Error> {
    Message::try_from(bounded(token, MAX_TOKEN)?)
        .map_err(|_| Error::Token("it is not a whole NTLM message"))
}

/// Returns an error if the peer's flags leave messages unsealed, or weakly sealed.
pub(super) fn require(flags: Flags) -> Result<(), Error> {
    for (flag, capability) in REQUIRED {
        if !flags.contains(flag) {
            return Err(Error::Lacking(capability));
        }
    }
    Ok(())
}

/// Returns the errors of [`require`], but does not require sealing: TLS protects the messages.
#[cfg(any(test, feature = "simulator"))]
pub(super) fn require_all_but_seal(flags: Flags) -> Result<(), Error> {
    require(flags | Flags::NEGOTIATE_SEAL)
}

/// Writes an authenticate message whose integrity code is zero (\[MS-NLMP\] 2.2.1.3).
pub(super) fn write_authenticate(message: AuthenticateMessage) -> Result<Vec<u8>, Error> {
    // ntlmclient panics if a length does not fit 16 bits.
    for (field, length) in [
        ("domain name", utf16_length(&message.domain_name)),
        ("user name", utf16_length(&message.user_name)),
        ("response", message.ntlm_response.len()),
    ] {
        if length > usize::from(u16::MAX) {
            return Err(Error::TooLong(field));
        }
    }
    let unwritable = || Error::Token("it cannot be written");
    let mut token = Message::Authenticate(message)
        .to_bytes()
        .map_err(|_| unwritable())?;
    let fields = token.get_mut(FIELDS).ok_or_else(unwritable)?;
    for [_, _, _, _, offset @ ..] in fields.as_chunks_mut::<8>().0 {
        let moved = u32::from_le_bytes(*offset).saturating_add(INTEGRITY_CODE_LENGTH);
        *offset = moved.to_le_bytes();
    }
    token.splice(INTEGRITY_CODE.start..INTEGRITY_CODE.start, [0; 16]);
    Ok(token)
}

fn utf16_length(text: &str) -> usize {
    text.encode_utf16().count() * 2
}

/// Sets the integrity code. Returns the previous one.
pub(super) fn replace_integrity_code(token: &mut [u8], code: [u8; 16]) -> Result<[u8; 16], Error> {
    let place = token
        .get_mut(INTEGRITY_CODE)
        .and_then(|place| place.first_chunk_mut());
    Ok(mem::replace(
        place.ok_or(Error::Token("it has no integrity code"))?,
        code,
    ))
}

const REQUIRED: [(Flags, &str); 6] = [
    (Flags::NEGOTIATE_UNICODE, "Unicode names"),
    (EXTENDED_SESSION_SECURITY, "extended session security"),
    (Flags::NEGOTIATE_SIGN, "signing"),
    (Flags::NEGOTIATE_SEAL, "sealing"),
    (Flags::NEGOTIATE_128BIT, "128-bit keys"),
    (Flags::NEGOTIATE_KEY_EXCHANGE, "a key exchange"),
];

/// The version, which is for debugging and ignored by receivers (\[MS-NLMP\] 2.2.2.10); the revision is
/// NTLMSSP_REVISION_W2K3.
pub(super) const VERSION: OsVersion = OsVersion {
    major_version: 10,
    minor_version: 0,
    build_number: 0,
    reserved: [0; 3],
    ntlm_revision: 15,
};

/// Six fields of an authenticate message: length, space and offset of a part of the payload.
const FIELDS: Range<usize> = 12..60;
const INTEGRITY_CODE: Range<usize> = 72..88;
const INTEGRITY_CODE_LENGTH: u32 = 16;

/// The first bytes of a NEGOTIATE_MESSAGE (\[MS-NLMP\] 2.2.1.1).
pub(in crate::auth) const NEGOTIATE: &[u8; 12] = b"NTLMSSP\0\x01\0\0\0";

/// The longest token. A Windows challenge has about 300 bytes, and longer tokens do not fit into an HTTP header.
pub(super) const MAX_TOKEN: usize = 16 * 1024;
