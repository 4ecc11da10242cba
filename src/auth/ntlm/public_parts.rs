//! The public parts of an NTLM message.

use ntlmclient::{AuthenticateMessage, Flags, Message, TargetInfoType};

use super::{av_pairs, messages};
use crate::auth::{Error, NtlmToken};

/// Reads the public parts of a message, without the challenge and the responses to it.
pub(crate) fn public_parts(token: &[u8]) -> Result<NtlmToken, Error> {
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
            return Err(Error::Token("it is not one of the three messages"));
        }
    })
}

/// Returns the flags of a negotiate message. The other fields are not shown, since clients write them in several ways.
fn negotiated(token: &[u8]) -> Option<Flags> {
    let rest = token.strip_prefix(messages::NEGOTIATE)?;
    let flags = u32::from_le_bytes(*rest.first_chunk()?);
    Some(Flags::from_bits_truncate(flags))
}

/// Returns the service in the attributes of a client's response. Responses of version 1 have none.
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

/// Returns the names of the flags as in \[MS-NLMP\], without their prefix.
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
