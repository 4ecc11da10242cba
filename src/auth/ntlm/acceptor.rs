//! The server's side of a login, as strict as Windows, for the simulated host (\[MS-NLMP\] 3.2.5.1).

use hmac::Mac;
use ntlmclient::{AuthenticateMessage, Flags, TargetInfoEntry, TargetInfoType};
use rand::RngCore;
use rand::rngs::OsRng;
use zeroize::Zeroizing;

use super::keys::{self, Key};
use super::seal::SealingSession;
use super::{av_pairs, messages, response};
use crate::auth::{ChannelBinding, Error, Secret, Session, bounded};

/// The random values and the time of an acceptor, which come from outside.
pub(crate) struct ServerNonces {
    pub(super) server_challenge: [u8; 8],
    /// The time as a FILETIME.
    pub(super) time: u64,
}

impl ServerNonces {
    /// Creates random values and the time of the operating system.
    pub(crate) fn random() -> Self {
        let mut server_challenge = [0; 8];
        OsRng.fill_bytes(&mut server_challenge);
        Self {
            server_challenge,
            time: response::now(),
        }
    }
}

/// The policy for channel bindings: the `CbtHardeningLevel` of WinRM (\[MS-WSMV\] 2.2.4.34).
#[derive(Clone, Copy, Debug)]
pub(crate) enum BindingPolicy<'a> {
    /// Bindings are ignored.
    Ignore,
    /// A binding is optional, and must be this one.
    Relaxed(&'a ChannelBinding),
    /// This binding is required.
    Strict(&'a ChannelBinding),
}

/// A client whose login was accepted.
pub(crate) struct Accepted {
    /// The domain in the client's message.
    pub(crate) domain: String,
    /// The user.
    pub(crate) user: String,
    /// The server's end of the sealed connection.
    pub(crate) session: Box<dyn Session>,
    /// True if the client may seal messages. A client over TLS need not negotiate this.
    pub(crate) seals: bool,
}

/// A connection whose challenge has not been answered yet.
///
/// A challenge accepts one response: [`authenticate`](Self::authenticate) consumes it.
pub(crate) struct Challenged {
    negotiate: Vec<u8>,
    challenge: Vec<u8>,
    nonces: ServerNonces,
}

impl Challenged {
    /// Answers a negotiate message with the challenge of a host of this name, which is not in a domain.
    pub(crate) fn new(
        negotiate: &[u8],
        computer: &str,
        nonces: ServerNonces,
    ) -> Result<Self, Error> {
        let requested = read_negotiate(negotiate)?;
        messages::require_all_but_seal(requested)?;
        let flags = (requested & messages::REQUESTED) | ALWAYS_ANSWERED;
        Ok(Self {
            negotiate: negotiate.to_vec(),
            challenge: write_challenge(flags, computer, &nonces)?,
            nonces,
        })
    }

    /// Returns the challenge message to send.
    pub(crate) fn token(&self) -> &[u8] {
        &self.challenge
    }

    /// Checks the client's response. `password_of` returns the password for a domain and a user, if they exist.
    pub(crate) fn authenticate(
        self,
        token: &[u8],
        binding: BindingPolicy<'_>,
        password_of: impl FnOnce(&str, &str) -> Option<Secret>,
    ) -> Result<Accepted, Error> {
        let message = messages::read_authenticate(token)?;
        messages::require_all_but_seal(message.flags)?;
        // An unknown user and a wrong password give the same error.
        let password =
            password_of(&message.domain_name, &message.user_name).ok_or(WRONG_PASSWORD)?;
        let response_key =
            keys::response_key(&message.domain_name, &message.user_name, password.expose());
        let (session_base_key, blob) = self.check_proof(&message, &response_key)?;
        let exported_session_key = read_session_key(&message, &session_base_key)?;
        let pairs = read_blob(blob, self.nonces.time)?;
        if av_pairs::flags(&pairs) & av_pairs::INTEGRITY_CODE_PRESENT != 0 {
            self.check_integrity(token, &exported_session_key)?;
        }
        check_binding(&pairs, binding)?;
        Ok(Accepted {
            session: Box::new(SealingSession::server(&exported_session_key)),
            seals: message.flags.contains(Flags::NEGOTIATE_SEAL),
            domain: message.domain_name,
            user: message.user_name,
        })
    }

    /// Checks the proof. Returns the session base key and the part of the response that the proof covers.
    fn check_proof<'a>(
        &self,
        message: &'a AuthenticateMessage,
        response_key: &Key,
    ) -> Result<(Key, &'a [u8]), Error> {
        let (proof, blob) = message
            .ntlm_response
            .split_first_chunk()
            .ok_or(Error::Token("it has no response"))?;
        // A response of 24 bytes has version 1. Windows can be configured to accept it, which is discouraged.
        if message.ntlm_response.len() <= 24 {
            return Err(Error::Refused("its response is not of version 2"));
        }
        let mut expected = keys::mac(response_key);
        expected.update(&self.nonces.server_challenge);
        expected.update(blob);
        expected.verify_slice(proof).map_err(|_| WRONG_PASSWORD)?;
        Ok((keys::session_base_key(response_key, proof), blob))
    }

    fn check_integrity(&self, token: &[u8], exported_session_key: &Key) -> Result<(), Error> {
        let mut token = token.to_vec();
        let code = messages::replace_integrity_code(&mut token, [0; 16])?;
        let mut expected = keys::mac(exported_session_key);
        for message in [&self.negotiate, &self.challenge, &token] {
            expected.update(message);
        }
        expected
            .verify_slice(&code)
            .map_err(|_| Error::Refused("the tokens were changed on their way"))
    }
}

/// Reads the flags of a negotiate message. ntlmclient rejects messages without a payload.
fn read_negotiate(token: &[u8]) -> Result<Flags, Error> {
    let cut_short = || Error::Token("it is cut short");
    let rest = bounded(token, messages::MAX_TOKEN)?
        .strip_prefix(messages::NEGOTIATE)
        .ok_or(Error::Token("it is not a negotiate message"))?;
    let (flags, rest) = rest.split_first_chunk().ok_or_else(cut_short)?;
    let flags = Flags::from_bits_retain(u32::from_le_bytes(*flags));
    // Domain, workstation and possibly the version. Windows sends neither name, and all of them are ignored.
    let rest = rest.split_first_chunk::<16>().ok_or_else(cut_short)?.1;
    if flags.contains(Flags::NEGOTIATE_VERSION) && rest.len() < 8 {
        return Err(cut_short());
    }
    Ok(flags)
}

/// Writes a CHALLENGE_MESSAGE (\[MS-NLMP\] 2.2.1.2). ntlmclient would put its context into the payload.
fn write_challenge(flags: Flags, computer: &str, nonces: &ServerNonces) -> Result<Vec<u8>, Error> {
    if computer.len() > MAX_COMPUTER_NAME {
        return Err(Error::TooLong("computer name"));
    }
    let named = |entry_type| TargetInfoEntry::from_string(entry_type, computer);
    let target_name = named(TargetInfoType::NtServer).data;
    let target_info: Vec<u8> = [
        named(TargetInfoType::NtDomain),
        named(TargetInfoType::NtServer),
        named(TargetInfoType::DnsDomain),
        named(TargetInfoType::DnsServer),
        av_pairs::pair(TargetInfoType::Timestamp, nonces.time.to_le_bytes()),
        av_pairs::pair(TargetInfoType::Terminator, []),
    ]
    .iter()
    .flat_map(TargetInfoEntry::to_bytes)
    .collect();
    let name_end = CHALLENGE_HEADER + target_name.len();
    Ok([
        &CHALLENGE[..],
        &field(target_name.len(), CHALLENGE_HEADER)?,
        &flags.bits().to_le_bytes(),
        &nonces.server_challenge,
        &[0; 8],
        &field(target_info.len(), name_end)?,
        &messages::VERSION.to_bytes(),
        &target_name,
        &target_info,
    ]
    .concat())
}

/// Returns length, space and offset of a part of the payload.
fn field(length: usize, offset: usize) -> Result<[u8; 8], Error> {
    let too_long = |_| Error::TooLong("computer name");
    let [a, b] = u16::try_from(length).map_err(too_long)?.to_le_bytes();
    let [c, d, e, f] = u32::try_from(offset).map_err(too_long)?.to_le_bytes();
    Ok([a, b, a, b, c, d, e, f])
}

fn read_session_key(message: &AuthenticateMessage, session_base_key: &Key) -> Result<Key, Error> {
    let encrypted = message.session_key.as_slice().try_into();
    let encrypted = encrypted.map_err(|_| Error::Token("its session key has no 16 bytes"))?;
    Ok(Zeroizing::new(keys::exchange(session_base_key, encrypted)))
}

/// Reads NTLMv2_CLIENT_CHALLENGE (\[MS-NLMP\] 2.2.2.7). Returns its pairs.
fn read_blob(blob: &[u8], now: u64) -> Result<Vec<TargetInfoEntry>, Error> {
    let cut_short = || Error::Token("its response is cut short");
    let (versions, rest) = blob.split_first_chunk::<8>().ok_or_else(cut_short)?;
    let (time, rest) = rest.split_first_chunk().ok_or_else(cut_short)?;
    // The client challenge and four reserved bytes precede the pairs.
    let (_, pairs) = rest.split_first_chunk::<12>().ok_or_else(cut_short)?;
    if versions.first_chunk() != response::VERSIONS.first_chunk::<2>() {
        return Err(Error::Token("its response is of an unknown version"));
    }
    if u64::from_le_bytes(*time).abs_diff(now) > MAX_LIFETIME {
        return Err(Error::Refused(
            "its response is too old, or ahead of the time",
        ));
    }
    av_pairs::read(pairs)
}

/// Checks the channel binding. All zeros mean no binding (\[MS-NLMP\] 3.2.5.1.2).
fn check_binding(pairs: &[TargetInfoEntry], policy: BindingPolicy<'_>) -> Result<(), Error> {
    let sent =
        av_pairs::value(pairs, TargetInfoType::ChannelBindings).filter(|sent| *sent != [0; 16]);
    let (expected, sent) = match (policy, sent) {
        (BindingPolicy::Ignore, _) | (BindingPolicy::Relaxed(_), None) => return Ok(()),
        (BindingPolicy::Strict(_), None) => return Err(Error::Refused("it names no TLS channel")),
        (BindingPolicy::Relaxed(expected) | BindingPolicy::Strict(expected), Some(sent)) => {
            (expected, sent)
        }
    };
    if sent != expected.gss_hash() {
        return Err(Error::Refused("it was made for another TLS channel"));
    }
    Ok(())
}

const CHALLENGE: &[u8; 12] = b"NTLMSSP\0\x02\0\0\0";
/// The offset of the payload in a challenge.
const CHALLENGE_HEADER: usize = 56;

/// The flags of every challenge, whether requested or not (\[MS-NLMP\] 3.2.5.1.1).
const ALWAYS_ANSWERED: Flags = Flags::REQUEST_TARGET
    .union(Flags::NEGOTIATE_NTLM)
    .union(Flags::NEGOTIATE_ALWAYS_SIGN)
    .union(Flags::TARGET_TYPE_SERVER)
    .union(Flags::NEGOTIATE_TARGET_INFO);

const WRONG_PASSWORD: Error = Error::Refused("unknown user or wrong password");

/// The longest computer name, longer than any DNS name.
const MAX_COMPUTER_NAME: usize = 255;

/// The maximum age of a response, in units of 100 ns: 36 hours, as in Windows up to 2008 R2 (\[MS-NLMP\] note 39 on
/// 3.1.1.1).
const MAX_LIFETIME: u64 = 36 * 60 * 60 * 10_000_000;
