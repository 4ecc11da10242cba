//! The attributes of the server, which the client returns in its response (\[MS-NLMP\] 2.2.2.1).

use ntlmclient::{TargetInfoEntry, TargetInfoType};

use crate::auth::{ChannelBinding, Error};

/// Returns the server's time, if it was sent (MsvAvTimestamp).
pub(super) fn timestamp(pairs: &[TargetInfoEntry]) -> Option<u64> {
    let bytes = value(pairs, TargetInfoType::Timestamp)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

/// Returns MsvAvFlags, or no flags.
pub(super) fn flags(pairs: &[TargetInfoEntry]) -> u32 {
    let bytes = value(pairs, TargetInfoType::Flags).and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u32::from_le_bytes)
}

/// Returns the value of the first pair of this type.
pub(super) fn value(pairs: &[TargetInfoEntry], wanted: TargetInfoType) -> Option<&[u8]> {
    let pair = until_end(pairs).find(|pair| pair.entry_type == wanted)?;
    Some(&pair.data)
}

/// Returns the server's pairs for the response. Pairs that only a client may set are replaced.
///
/// A missing channel binding is sent as zeros (\[MS-NLMP\] 3.1.5.1.2). `target_name` is the service principal name.
pub(super) fn for_response(
    server: &[TargetInfoEntry],
    target_name: &str,
    binding: Option<&ChannelBinding>,
) -> Result<Vec<u8>, Error> {
    if target_name.len() > MAX_TARGET_NAME {
        return Err(Error::TooLong("name of the host"));
    }
    let channel = binding.map_or([0; 16], ChannelBinding::gss_hash);
    let flags = (flags(server) & CONSTRAINED) | INTEGRITY_CODE_PRESENT;
    let ours = [
        pair(TargetInfoType::ChannelBindings, channel),
        TargetInfoEntry::from_string(TargetInfoType::TargetName, target_name),
        pair(TargetInfoType::Flags, flags.to_le_bytes()),
        pair(TargetInfoType::Terminator, []),
    ];
    let kept = until_end(server).filter(|pair| !REPLACED.contains(&pair.entry_type));
    Ok(kept
        .chain(&ours)
        .flat_map(TargetInfoEntry::to_bytes)
        .collect())
}

/// Reads the pairs of a client's response, up to the required terminator.
pub(super) fn read(mut bytes: &[u8]) -> Result<Vec<TargetInfoEntry>, Error> {
    let mut pairs = Vec::new();
    loop {
        let (pair, rest) = TargetInfoEntry::try_from_bytes(bytes)
            .map_err(|_| Error::Token("its attributes are cut short"))?;
        if pair.entry_type == TargetInfoType::Terminator {
            return Ok(pairs);
        }
        pairs.push(pair);
        bytes = rest;
    }
}

pub(super) fn pair(entry_type: TargetInfoType, data: impl Into<Vec<u8>>) -> TargetInfoEntry {
    TargetInfoEntry {
        entry_type,
        data: data.into(),
    }
}

fn until_end(pairs: &[TargetInfoEntry]) -> impl Iterator<Item = &TargetInfoEntry> {
    pairs
        .iter()
        .take_while(|pair| pair.entry_type != TargetInfoType::Terminator)
}

/// MsvAvFlags: the account is constrained. The only flag that a client passes on.
const CONSTRAINED: u32 = 0x1;
/// MsvAvFlags: the authenticate message has an integrity code.
pub(super) const INTEGRITY_CODE_PRESENT: u32 = 0x2;

const REPLACED: [TargetInfoType; 4] = [
    TargetInfoType::Flags,
    TargetInfoType::SingleHost,
    TargetInfoType::TargetName,
    TargetInfoType::ChannelBindings,
];

/// The longest target name. A DNS name has at most 255 bytes; a longer name might not fit beside the other pairs.
const MAX_TARGET_NAME: usize = 1024;
