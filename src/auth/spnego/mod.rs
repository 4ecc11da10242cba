//! SPNEGO (RFC 4178, \[MS-SPNG\]), which wraps the tokens of a negotiated mechanism.
//!
//! ```text
//! client                                                            server
//!   NegTokenInit  [NTLM], NEGOTIATE                             ->
//!                                     <-  NegTokenResp  accept-incomplete, NTLM, CHALLENGE
//!   NegTokenResp  AUTHENTICATE, signature of [NTLM]             ->
//!                                     <-  NegTokenResp  accept-completed, signature of [NTLM]
//!   sealed message 1                                            ->
//! ```
//!
//! The list of mechanisms is sent before there is a key, so both sides sign it at the end with the key of the mechanism
//! (`mechListMIC`). The signatures may be omitted if both sides prefer the chosen mechanism (section 5). Windows sends
//! them nevertheless if NTLM's last token has an integrity code, as this client's does.
//!
//! # When it is used
//!
//! A client with one mechanism has nothing to negotiate. NTLM protects its own tokens, and SPNEGO adds only two
//! signatures. Windows accepts NTLM outside SPNEGO under `Negotiate`, and this was tested against third-party
//! acceptors, so a login begins that way. A server that requires SPNEGO responds in SPNEGO, or rejects the token
//! without a reason; then the login restarts in SPNEGO ([`BareFirst`]). An attacker who forges that response gains
//! nothing, since a login in SPNEGO proves no less. The cost is one round trip if the server rejects NTLM altogether.
//! Kerberos under `Negotiate` always uses SPNEGO, since its own tokens have a separate scheme.

#[cfg(any(test, feature = "simulator"))]
pub(crate) mod acceptor;
mod bare;
#[cfg(test)]
mod tests;
mod tokens;

use std::mem;

pub(crate) use self::bare::BareFirst;
use self::tokens::NegState;
pub(super) use self::tokens::{Init, Response};
use super::{ChannelBinding, Error, Handshake, Presented, Session, Step};

/// Returns the name of a mechanism, or its identifier in hexadecimal digits.
pub(super) fn name_of(identifier: &[u8]) -> String {
    match identifier {
        NTLM => "NTLM".to_owned(),
        KERBEROS => "Kerberos".to_owned(),
        MS_KERBEROS => "Microsoft Kerberos".to_owned(),
        other => other.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// A mechanism that can be negotiated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mechanism {
    /// NTLM (\[MS-NLMP\]).
    Ntlm,
    /// Kerberos (RFC 4121).
    #[cfg(feature = "kerberos")]
    Kerberos,
}

impl Mechanism {
    /// Returns the object identifier in DER.
    fn identifier(self) -> &'static [u8] {
        match self {
            Self::Ntlm => NTLM,
            #[cfg(feature = "kerberos")]
            Self::Kerberos => KERBEROS,
        }
    }

    /// Reports whether an identifier from a server names this mechanism.
    fn is_meant_by(self, identifier: &[u8]) -> bool {
        match self {
            Self::Ntlm => identifier == NTLM,
            // Windows 2000 used the second identifier by mistake, and some peers still do.
            #[cfg(feature = "kerberos")]
            Self::Kerberos => identifier == KERBEROS || identifier == MS_KERBEROS,
        }
    }
}

/// The client's side of a negotiation that offers one mechanism.
pub(crate) struct SpnegoClient {
    mechanism: Mechanism,
    /// The bytes that both sides sign.
    list: Vec<u8>,
    progress: Progress,
    /// True after the server's first response. Some fields are valid in that one only.
    answered: bool,
    /// True if the server requests signatures of the list, which are otherwise optional.
    signature_due: bool,
}

/// The progress of the negotiated mechanism.
enum Progress {
    Start(Box<dyn Handshake>),
    Running(Box<dyn Handshake>),
    /// The mechanism is done, and the server's confirmation is expected.
    Done {
        session: Box<dyn Session>,
        presented: Presented,
        /// True if the client's signature was sent.
        signed: bool,
    },
    Over(Presented),
}

impl SpnegoClient {
    /// Wraps the handshake of this mechanism.
    pub(crate) fn new(mechanism: Mechanism, handshake: Box<dyn Handshake>) -> Self {
        Self {
            mechanism,
            list: tokens::mechanism_list(mechanism.identifier()),
            progress: Progress::Start(handshake),
            answered: false,
            signature_due: false,
        }
    }

    fn begin(
        &mut self,
        mut handshake: Box<dyn Handshake>,
        hints: &[u8],
        binding: Option<&ChannelBinding>,
    ) -> Result<Step, Error> {
        // A server that speaks first lists its mechanisms. The client has only one to offer.
        if !hints.is_empty() {
            Init::read(hints)?;
        }
        let (token, progress) = match handshake.step(&[], binding)? {
            #[cfg(feature = "kerberos")]
            Step::Bind => {
                self.progress = Progress::Start(handshake);
                return Ok(Step::Bind);
            }
            Step::Continue(token) => (Some(token), Progress::Running(handshake)),
            Step::Done { token, session } => {
                let presented = handshake.presented();
                let signed = false;
                (
                    token,
                    Progress::Done {
                        session,
                        presented,
                        signed,
                    },
                )
            }
        };
        self.progress = progress;
        let init = Init {
            mechanisms: &self.list,
            token: token.as_deref(),
            signature: None,
        };
        Ok(Step::Continue(init.write()))
    }

    /// Reads the server's response. Returns an error if it contains fields that are not valid at this point.
    fn read<'a>(&mut self, token: &'a [u8]) -> Result<Response<'a>, Error> {
        let response = Response::read(token)?;
        if let Some(chosen) = response.mechanism
            && !self.mechanism.is_meant_by(chosen)
        {
            return Err(Error::Token("it takes a mechanism that was not offered"));
        }
        if response.state == Some(NegState::RequestMic) {
            if self.answered {
                return Err(Error::Token("it asks for a signature too late"));
            }
            self.signature_due = true;
        }
        self.answered = true;
        Ok(response)
    }

    /// Passes the next token to the mechanism.
    fn advance(
        &mut self,
        mut handshake: Box<dyn Handshake>,
        response: Response<'_>,
        binding: Option<&ChannelBinding>,
    ) -> Result<Step, Error> {
        let rejected = response.state == Some(NegState::Reject);
        let token = match response.token {
            Some(token) => token,
            None if rejected => return Err(Error::Rejected),
            None => return Err(Error::Token(NOTHING_INSIDE)),
        };
        let step = match handshake.step(token, binding) {
            // The mechanism's token contains the reason of the rejection.
            #[cfg(feature = "kerberos")]
            Err(error @ Error::Kerberos(_)) => return Err(error),
            _ if rejected => return Err(Error::Rejected),
            step => step?,
        };
        match step {
            Step::Done {
                token: None,
                session,
            } => self.finish(session, handshake.presented(), false, response),
            // The mechanism is not done, so the peer can neither have signed nor have completed.
            _ if response.signature.is_some()
                || response.state == Some(NegState::AcceptCompleted) =>
            {
                Err(Error::Token("it ends the negotiation too early"))
            }
            #[cfg(feature = "kerberos")]
            Step::Bind => Err(Error::HandshakeOver),
            Step::Continue(token) => {
                self.progress = Progress::Running(handshake);
                Ok(Step::Continue(incomplete(&token, None)))
            }
            Step::Done {
                token: Some(token),
                mut session,
            } => {
                let signature = session.sign(&self.list)?;
                self.progress = Progress::Done {
                    session,
                    presented: handshake.presented(),
                    signed: true,
                };
                Ok(Step::Continue(incomplete(&token, Some(&signature))))
            }
        }
    }

    /// Ends the negotiation after the mechanism is done: checks and creates the signatures, and checks the server's
    /// last response (section 5).
    fn finish(
        &mut self,
        mut session: Box<dyn Session>,
        presented: Presented,
        signed: bool,
        response: Response<'_>,
    ) -> Result<Step, Error> {
        self.progress = Progress::Over(presented);
        let completed = response.state == Some(NegState::AcceptCompleted);
        match response.signature {
            Some(signature) => session.verify(&self.list, signature)?,
            None if signed || self.signature_due => {
                return Err(Error::Lacking("signing the list of mechanisms"));
            }
            None => {}
        }
        let token = match (completed, response.signature) {
            (true, _) => None,
            // The server has signed and expects the client's signature.
            (false, Some(_)) if !signed => {
                let signature = session.sign(&self.list)?;
                let last = Response {
                    state: Some(NegState::AcceptCompleted),
                    signature: Some(&signature),
                    ..Response::default()
                };
                Some(last.write())
            }
            (false, _) => return Err(Error::Token("it goes on after the last one was due")),
        };
        Ok(Step::Done { token, session })
    }
}

impl Handshake for SpnegoClient {
    fn step(&mut self, token: &[u8], binding: Option<&ChannelBinding>) -> Result<Step, Error> {
        let presented = self.presented();
        match mem::replace(&mut self.progress, Progress::Over(presented)) {
            Progress::Start(handshake) => self.begin(handshake, token, binding),
            Progress::Running(handshake) => {
                let response = self.read(token)?;
                self.advance(handshake, response, binding)
            }
            Progress::Done {
                session,
                presented,
                signed,
            } => {
                let response = self.read(token)?;
                match response.token {
                    _ if response.state == Some(NegState::Reject) => Err(Error::Rejected),
                    Some(_) => Err(Error::HandshakeOver),
                    None => self.finish(session, presented, signed, response),
                }
            }
            Progress::Over(_) => Err(Error::HandshakeOver),
        }
    }

    fn presented(&self) -> Presented {
        match &self.progress {
            Progress::Start(handshake) | Progress::Running(handshake) => handshake.presented(),
            Progress::Done { presented, .. } | Progress::Over(presented) => *presented,
        }
    }

    fn blocks(&self) -> bool {
        match &self.progress {
            Progress::Start(handshake) | Progress::Running(handshake) => handshake.blocks(),
            Progress::Done { .. } | Progress::Over(_) => false,
        }
    }
}

fn incomplete(token: &[u8], signature: Option<&[u8]>) -> Vec<u8> {
    let response = Response {
        state: Some(NegState::AcceptIncomplete),
        mechanism: None,
        token: Some(token),
        signature,
    };
    response.write()
}

const NOTHING_INSIDE: &str = "it holds no token of the mechanism";

/// 1.2.840.113554.1.2.2
const KERBEROS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];

/// 1.2.840.48018.1.2.2
const MS_KERBEROS: &[u8] = &[0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02];

/// 1.3.6.1.4.1.311.2.2.10
const NTLM: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a];
