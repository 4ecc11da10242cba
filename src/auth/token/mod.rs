//! The public part of a login token, without data that helps to guess a password.

mod kerberos;

use super::spnego::{Init, Response};
use super::{Error, ntlm, spnego};

/// The public part of a login token.
///
/// Challenges, responses, tickets, keys and signatures are omitted, since some of them allow password guessing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AuthToken {
    /// NTLM (\[MS-NLMP\] 2.2.1).
    Ntlm(NtlmToken),
    /// SPNEGO: a negotiation of mechanisms, usually with a token of one of them (RFC 4178).
    Spnego {
        /// The mechanisms on offer, the preferred first, or the chosen one.
        mechanisms: Vec<String>,
        /// The state of the negotiation, if the server sends it: `accept-completed`.
        state: Option<String>,
        /// The token inside.
        inside: Option<Box<Self>>,
    },
    /// Kerberos (RFC 4120, RFC 4121).
    Kerberos {
        /// The message: `AP-REQ`, `AP-REP`, `KRB-ERROR`.
        message: String,
        /// The service and the realm of the ticket: `HTTP/hv01.example@EXAMPLE`.
        service: Option<String>,
    },
    /// Another token, with its length in bytes.
    Other(usize),
}

/// The public part of an NTLM message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NtlmToken {
    /// The client's first message.
    Negotiate {
        /// The requested flags.
        flags: Vec<String>,
    },
    /// The server's challenge.
    Challenge {
        /// The domain or computer name of the server.
        target: String,
        /// The flags that the server agrees to.
        flags: Vec<String>,
    },
    /// The client's response to the challenge.
    Authenticate {
        /// The domain of the user.
        domain: String,
        /// The user.
        user: String,
        /// The service that the client requested.
        target: Option<String>,
        /// The agreed flags.
        flags: Vec<String>,
    },
}

impl AuthToken {
    /// Reads the public part of a token.
    pub(crate) fn read(token: &[u8]) -> Self {
        spnego_parts(token).unwrap_or_else(|_| Self::read_inside(token))
    }

    /// Reads the public part of a token inside SPNEGO. SPNEGO is not nested.
    fn read_inside(token: &[u8]) -> Self {
        let known = ntlm::public_parts(token)
            .map(Self::Ntlm)
            .or_else(|_| kerberos::public_parts(token));
        known.unwrap_or(Self::Other(token.len()))
    }
}

fn spnego_parts(token: &[u8]) -> Result<AuthToken, Error> {
    let inside = |token: Option<&[u8]>| token.map(|token| Box::new(AuthToken::read_inside(token)));
    if let Ok(init) = Init::read(token) {
        let mechanisms = init.identifiers()?;
        return Ok(AuthToken::Spnego {
            mechanisms: mechanisms.into_iter().map(spnego::name_of).collect(),
            state: None,
            inside: inside(init.token),
        });
    }
    let response = Response::read(token)?;
    Ok(AuthToken::Spnego {
        mechanisms: response
            .mechanism
            .map(spnego::name_of)
            .into_iter()
            .collect(),
        state: response.state.map(|state| state.name().to_owned()),
        inside: inside(response.token),
    })
}

#[cfg(test)]
mod tests;
