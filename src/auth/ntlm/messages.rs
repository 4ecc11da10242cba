//! The three messages, as far as `ntlmclient` does not have them (\[MS-NLMP\] 2.2.1).
//!
//! It reads a challenge and an authenticate message, and writes a negotiate message. Of the authenticate message that it
//! writes the integrity code is missing, which is put in here.

use std::mem;
use std::ops::Range;

use ntlmclient::{
    AuthenticateMessage, ChallengeMessage, Flags, Message, NegotiateMessage, OsVersion,
};

use crate::auth::Error;

/// The flags that the client asks for.
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

/// ntlmclient calls this flag by its older name.
const EXTENDED_SESSION_SECURITY: Flags = Flags::NEGOTIATE_NTLM2_KEY;

/// The negotiate message.
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

/// Reads a challenge message, and refuses one that agrees to less than sealing needs.
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
    if token.len() > MAX_TOKEN {
        return Err(Error::Token("it is longer than any that makes sense"));
    }
    Message::try_from(token).map_err(|_| Error::Token("it is not a whole NTLM message"))
}

/// Refuses a peer whose flags leave messages unsealed, or sealed weakly.
pub(super) fn require(flags: Flags) -> Result<(), Error> {
    for (flag, capability) in REQUIRED {
        if !flags.contains(flag) {
            return Err(Error::Lacking(capability));
        }
    }
    Ok(())
}

/// Reports whether messages can be sealed with what these flags agree to.
#[cfg(any(test, feature = "simulator"))]
pub(super) fn seals(flags: Flags) -> bool {
    flags.contains(Flags::NEGOTIATE_SEAL)
}

/// Refuses a peer as [`require`] does, but for one thing: where TLS protects the messages, no seal is needed.
#[cfg(any(test, feature = "simulator"))]
pub(super) fn require_all_but_seal(flags: Flags) -> Result<(), Error> {
    require(flags | Flags::NEGOTIATE_SEAL)
}

/// Writes an authenticate message with zeros in the place of the integrity code (\[MS-NLMP\] 2.2.1.3).
pub(super) fn write_authenticate(message: AuthenticateMessage) -> Result<Vec<u8>, Error> {
    // ntlmclient panics on what does not fit a 16-bit length.
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

/// Puts this integrity code in its place, and gives the one that stood there.
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

/// Meant for debugging, and ignored by all who receive it (\[MS-NLMP\] 2.2.2.10); the revision is NTLMSSP_REVISION_W2K3.
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

/// A Windows challenge has about 300 bytes. Beyond what an HTTP header holds there is nothing worth reading.
pub(super) const MAX_TOKEN: usize = 16 * 1024;
