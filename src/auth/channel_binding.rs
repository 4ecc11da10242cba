//! The name of a TLS channel.

use super::Error;

/// The name of the TLS channel that carries a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChannelBinding {
    application_data: Vec<u8>,
}

impl ChannelBinding {
    /// Names the channel by the server's certificate, in DER (RFC 5929 section 4).
    pub(crate) fn tls_server_end_point(certificate_der: &[u8]) -> Result<Self, Error> {
        Ok(Self {
            application_data: certificate_der.to_vec(),
        })
    }
}
