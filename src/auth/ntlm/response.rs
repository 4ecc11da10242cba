//! The client's response to a challenge (\[MS-NLMP\] 2.2.2.7, 2.2.2.8).

use std::time::{SystemTime, UNIX_EPOCH};

use rand::RngCore;
use rand::rngs::OsRng;
use zeroize::Zeroizing;

use super::keys::Key;

/// The random values and the time of a login, which come from outside.
pub(crate) struct Nonces {
    pub(super) client_challenge: [u8; 8],
    /// The random session key, which the client chooses.
    pub(super) exported_session_key: Key,
    /// The time in units of 100 ns since 1601, as a FILETIME (\[MS-DTYP\] 2.3.3). It is used if the server sends none.
    pub(super) time: u64,
}

impl Nonces {
    /// Creates random values and the time of the operating system.
    pub(crate) fn random() -> Self {
        let mut client_challenge = [0; 8];
        let mut exported_session_key = Zeroizing::new([0; 16]);
        OsRng.fill_bytes(&mut client_challenge);
        OsRng.fill_bytes(&mut *exported_session_key);
        Self {
            client_challenge,
            exported_session_key,
            time: now(),
        }
    }
}

/// Returns the current time as a FILETIME.
pub(super) fn now() -> u64 {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since_1970.as_nanos() / 100)
        .map_or(u64::MAX, |ticks| ticks.saturating_add(UNIX_EPOCH_FILETIME))
}

/// Returns NTLMv2_CLIENT_CHALLENGE, the `temp` of the hash (\[MS-NLMP\] 3.3.2).
///
/// ntlmclient writes one too, but with a random client challenge of its own, which tests cannot predict.
pub(super) fn blob(time: u64, client_challenge: &[u8; 8], target_info: &[u8]) -> Vec<u8> {
    [
        &VERSIONS[..],
        &time.to_le_bytes(),
        client_challenge,
        &[0; 4],
        target_info,
        &[0; 4],
    ]
    .concat()
}

/// RespType and HiRespType, followed by six reserved bytes.
pub(super) const VERSIONS: [u8; 8] = [1, 1, 0, 0, 0, 0, 0, 0];

/// 1970-01-01 as a FILETIME: 11,644,473,600 seconds after 1601-01-01.
const UNIX_EPOCH_FILETIME: u64 = 116_444_736_000_000_000;
