//! The parts of a message that may be shown.

use ntlmclient::{AuthenticateMessage, Flags, Message, TargetInfoType};

use super::{av_pairs, messages};
use crate::auth::{Error, NtlmToken};

/// Looks at a message: neither the challenge nor the responses to it are shown.
pub(crate) fn shown(token: &[u8]) -> Result<NtlmToken, Error> {
    if let Some(flags) = negotiated(token) {
        let flags = flag_names(flags);
        return Ok(NtlmToken::Negotiate { flags });
    }
    Ok(match messages::read(token)? {
        Message::Challenge(message) => NtlmToken::Challenge {
            target: message.target_name,
            flags: flag_names(message.flags),
        },
        Message::Authenticate(message) => NtlmToken::Authenticate {
            target: service(&message),
            flags: flag_names(message.flags),
            domain: message.domain_name,
            user: message.user_name,
        },
        Message::Negotiate(_) | Message::Other(..) => {
            return Err(Error::Token("it is none of the three messages"));
        }
    })
}

/// The flags of a negotiate message. Of the rest, which clients write in more than one way, nothing is shown.
fn negotiated(token: &[u8]) -> Option<Flags> {
    let rest = token.strip_prefix(b"NTLMSSP\0\x01\0\0\0")?;
    let flags = u32::from_le_bytes(*rest.first_chunk()?);
    Some(Flags::from_bits_truncate(flags))
}

/// The service that a client names among the attributes of its response; version 1 of the response has none.
fn service(message: &AuthenticateMessage) -> Option<String> {
    let attributes = message.ntlm_response.get(ATTRIBUTES..)?;
    let pairs = av_pairs::read(attributes).ok()?;
    let name = av_pairs::value(&pairs, TargetInfoType::TargetName)?;
    let units = name
        .as_chunks::<2>()
        .0
        .iter()
        .map(|unit| u16::from_le_bytes(*unit));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

/// The names of the flags, as \[MS-NLMP\] has them without what they begin with.
fn flag_names(flags: Flags) -> Vec<String> {
    let names = flags.iter_names().map(|(name, _)| match name {
        // ntlmclient calls this flag by its older name.
        "NEGOTIATE_NTLM2_KEY" => "EXTENDED_SESSIONSECURITY".to_owned(),
        name => name.trim_start_matches("NEGOTIATE_").to_owned(),
    });
    names.collect()
}

/// The offset of the attributes in a response: after the proof and the head of its data.
const ATTRIBUTES: usize = 16 + 28;
