//! The public part of a login token, without anything that helps to guess a password.

mod kerberos;

use super::spnego::{Init, Response};
use super::{Error, ntlm, spnego};

/// A token of a login, as far as it may be shown.
///
/// Challenges, responses, tickets, keys and signatures are left out: with some of them passwords can be guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthToken {
    /// NTLM (\[MS-NLMP\] 2.2.1).
    Ntlm(NtlmToken),
    /// SPNEGO: a choice of mechanisms, and mostly a token of one of them (RFC 4178).
    Spnego {
        /// The mechanisms on offer, the preferred first, or the chosen one.
        mechanisms: Vec<String>,
        /// The state of the negotiation, if the server says it: `accept-completed`.
        state: Option<String>,
        /// The token inside.
        inside: Option<Box<Self>>,
    },
    /// Kerberos (RFC 4120, RFC 4121).
    Kerberos {
        /// Which message: `AP-REQ`, `AP-REP`, `KRB-ERROR`.
        message: String,
        /// The service and realm that a ticket is for: `HTTP/hv01.example@EXAMPLE`.
        service: Option<String>,
    },
    /// Something else, of so many bytes.
    Other(usize),
}

/// A message of NTLM, as far as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NtlmToken {
    /// The client begins.
    Negotiate {
        /// The flags that it asks for.
        flags: Vec<String>,
    },
    /// The server challenges.
    Challenge {
        /// The domain or computer that it names itself.
        target: String,
        /// The flags that it agrees to.
        flags: Vec<String>,
    },
    /// The client answers.
    Authenticate {
        /// The domain of the user.
        domain: String,
        /// The user.
        user: String,
        /// The service that the client meant to reach.
        target: Option<String>,
        /// The flags that were agreed.
        flags: Vec<String>,
    },
}

impl AuthToken {
    /// Looks at a token.
    pub(crate) fn read(token: &[u8]) -> Self {
        spnego_shown(token).unwrap_or_else(|_| Self::read_inside(token))
    }

    /// Looks at a token in a wrapper, which wraps no other wrapper.
    fn read_inside(token: &[u8]) -> Self {
        let known = ntlm::shown(token)
            .map(Self::Ntlm)
            .or_else(|_| kerberos::shown(token));
        known.unwrap_or(Self::Other(token.len()))
    }
}

fn spnego_shown(token: &[u8]) -> Result<AuthToken, Error> {
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
