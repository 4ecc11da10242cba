//! The two tokens of the negotiation (RFC 4178 section 4.2), with the Windows extension of the first (\[MS-SPNG\]
//! 2.2.1).

use crate::auth::der::{
    self, ENUMERATED, INITIAL_TOKEN, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, context,
};
use crate::auth::{Error, bounded};

/// Returns `MechTypeList` of one mechanism, the exact bytes that both sides sign.
pub(super) fn mechanism_list(identifier: &[u8]) -> Vec<u8> {
    let identifier = der::write(OBJECT_IDENTIFIER, &[identifier]);
    der::write(SEQUENCE, &[&identifier])
}

/// Reports whether a token belongs to SPNEGO, whether it is the first of a negotiation or a later one.
pub(super) fn is_spnego(token: &[u8]) -> bool {
    Init::read(token).is_ok() || Response::read(token).is_ok()
}

/// `NegTokenInit`: the client's mechanisms, and the first token of the preferred one.
///
/// The server's form, `NegTokenInit2`, has hints in between. They are not part of RFC 4178 and are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::auth) struct Init<'a> {
    /// `mechTypes`: the [`MechTypeList`](mechanism_list).
    pub(super) mechanisms: &'a [u8],
    /// `mechToken`
    pub(in crate::auth) token: Option<&'a [u8]>,
    /// `mechListMIC`
    pub(super) signature: Option<&'a [u8]>,
}

impl<'a> Init<'a> {
    pub(super) fn write(&self) -> Vec<u8> {
        let token = self.token.map(|token| explicit(2, OCTET_STRING, token));
        let signature = self.signature.map(|bytes| explicit(3, OCTET_STRING, bytes));
        let fields = [
            &der::write(context(0), &[self.mechanisms])[..],
            &token.unwrap_or_default(),
            &signature.unwrap_or_default(),
        ];
        let sequence = der::write(SEQUENCE, &fields);
        der::write(
            INITIAL_TOKEN,
            &[
                &der::write(OBJECT_IDENTIFIER, &[SPNEGO]),
                &der::write(context(0), &[&sequence]),
            ],
        )
    }

    pub(in crate::auth) fn read(token: &'a [u8]) -> Result<Self, Error> {
        let framed = der::only(bounded(token, MAX_TOKEN)?, INITIAL_TOKEN)?;
        let (mechanism, choice) = der::element(framed, OBJECT_IDENTIFIER)?;
        if mechanism != SPNEGO {
            return Err(Error::Token("it is of another mechanism"));
        }
        let rest = der::only(der::only(choice, context(0))?, SEQUENCE)?;
        let (mechanisms, rest) = der::element(rest, context(0))?;
        der::only(mechanisms, SEQUENCE)?;
        // `reqFlags`, which must not be relied on (RFC 4178 section 4.2.1).
        let (_, rest) = der::optional(rest, context(1))?;
        let (token, rest) = octets(rest, 2)?;
        let (third, rest) = der::optional(rest, context(3))?;
        let signature = match third {
            Some(hints) if hints.first() == Some(&SEQUENCE) => octets(rest, 4)?.0,
            Some(signature) => Some(der::only(signature, OCTET_STRING)?),
            None => octets(rest, 4)?.0,
        };
        Ok(Self {
            mechanisms,
            token,
            signature,
        })
    }

    /// Returns the object identifiers in the list, the preferred one first.
    pub(in crate::auth) fn identifiers(&self) -> Result<Vec<&'a [u8]>, Error> {
        let list = der::only(self.mechanisms, SEQUENCE)?;
        Ok(der::all(list, OBJECT_IDENTIFIER)?)
    }
}

/// `NegTokenResp`: every other token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::auth) struct Response<'a> {
    /// `negState`
    pub(in crate::auth) state: Option<NegState>,
    /// `supportedMech`: the mechanism that the server chose.
    pub(in crate::auth) mechanism: Option<&'a [u8]>,
    /// `responseToken`
    pub(in crate::auth) token: Option<&'a [u8]>,
    /// `mechListMIC`
    pub(super) signature: Option<&'a [u8]>,
}

impl<'a> Response<'a> {
    pub(super) fn write(&self) -> Vec<u8> {
        let state = self.state.map(|s| explicit(0, ENUMERATED, &[s.code()]));
        let mechanism = self.mechanism.map(|m| explicit(1, OBJECT_IDENTIFIER, m));
        let token = self.token.map(|token| explicit(2, OCTET_STRING, token));
        let signature = self.signature.map(|bytes| explicit(3, OCTET_STRING, bytes));
        let fields = [state, mechanism, token, signature].map(Option::unwrap_or_default);
        let sequence = der::write(SEQUENCE, &fields.each_ref().map(Vec::as_slice));
        der::write(context(1), &[&sequence])
    }

    pub(in crate::auth) fn read(token: &'a [u8]) -> Result<Self, Error> {
        let rest = der::only(der::only(bounded(token, MAX_TOKEN)?, context(1))?, SEQUENCE)?;
        let (state, rest) = der::optional(rest, context(0))?;
        let (mechanism, rest) = der::optional(rest, context(1))?;
        let (token, rest) = octets(rest, 2)?;
        // Later fields belong to a newer version of the protocol, and are ignored.
        let (signature, _) = octets(rest, 3)?;
        Ok(Self {
            state: state.map(NegState::read).transpose()?,
            mechanism: mechanism
                .map(|mechanism| der::only(mechanism, OBJECT_IDENTIFIER))
                .transpose()?,
            token,
            signature,
        })
    }
}

/// The state of the negotiation as reported by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::auth) enum NegState {
    AcceptCompleted,
    AcceptIncomplete,
    Reject,
    RequestMic,
}

impl NegState {
    /// Returns the name of the state (RFC 4178 section 4.2).
    pub(in crate::auth) fn name(self) -> &'static str {
        match self {
            Self::AcceptCompleted => "accept-completed",
            Self::AcceptIncomplete => "accept-incomplete",
            Self::Reject => "reject",
            Self::RequestMic => "request-mic",
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::AcceptCompleted => 0,
            Self::AcceptIncomplete => 1,
            Self::Reject => 2,
            Self::RequestMic => 3,
        }
    }

    fn read(der: &[u8]) -> Result<Self, Error> {
        match der::only(der, ENUMERATED)? {
            [0] => Ok(Self::AcceptCompleted),
            [1] => Ok(Self::AcceptIncomplete),
            [2] => Ok(Self::Reject),
            [3] => Ok(Self::RequestMic),
            _ => Err(Error::Token("its state is unknown")),
        }
    }
}

/// Reads an optional octet string. Some peers send an empty one instead of omitting it.
fn octets(der: &[u8], number: u8) -> Result<(Option<&[u8]>, &[u8]), Error> {
    let (wrapped, rest) = der::optional(der, context(number))?;
    let octets = wrapped
        .map(|wrapped| der::only(wrapped, OCTET_STRING))
        .transpose()?;
    Ok((octets.filter(|octets| !octets.is_empty()), rest))
}

fn explicit(number: u8, tag: u8, contents: &[u8]) -> Vec<u8> {
    der::write(context(number), &[&der::write(tag, &[contents])])
}

/// 1.3.6.1.5.5.2
const SPNEGO: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x02];

/// The longest token. A ticket with many groups is large: Windows limits a token to 48,000 bytes (`MaxTokenSize`).
pub(super) const MAX_TOKEN: usize = 64 * 1024;
