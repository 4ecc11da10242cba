//! SPNEGO (RFC 4178, \[MS-SPNG\]): tokens of another mechanism, in a wrapper that says which one.
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
//! The list of mechanisms travels before there is a key, so each side signs it in the end with the key that the mechanism
//! brought (`mechListMIC`). Where the mechanism is the one that both like best the signatures may be left out (section 5);
//! Windows sends them all the same when NTLM's last token has an integrity code, which ours has.
//!
//! # When it is used
//!
//! A client that speaks one mechanism has nothing to negotiate: all that the wrapper adds to NTLM, which vouches for its own
//! tokens, is two signatures. Bare NTLM under `Negotiate` is what Windows takes, and what was proven here against acceptors
//! that are not ours, so a login begins with it. A server that wants SPNEGO answers the bare token in SPNEGO, or says no
//! without a word; then the login begins anew, wrapped ([`BareFirst`]). An attacker who forges that answer gains
//! nothing, since the wrapped login proves no less. What is given up is a round trip, where the server will have none of
//! NTLM at all. Kerberos under `Negotiate` is always wrapped, since its bare tokens have a scheme of their own.

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
use super::{ChannelBinding, Error, Handshake, Session, Shown, Step};

/// The name of a mechanism, or its identifier in hexadecimal digits.
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
    /// Its object identifier, as DER has it.
    fn identifier(self) -> &'static [u8] {
        match self {
            Self::Ntlm => NTLM,
            #[cfg(feature = "kerberos")]
            Self::Kerberos => KERBEROS,
        }
    }

    /// Reports whether a server means this mechanism by that identifier.
    fn is_meant_by(self, identifier: &[u8]) -> bool {
        match self {
            Self::Ntlm => identifier == NTLM,
            // The second is what Windows 2000 took it for by mistake, and what some still call it.
            #[cfg(feature = "kerberos")]
            Self::Kerberos => identifier == KERBEROS || identifier == MS_KERBEROS,
        }
    }
}

/// The client's side of a negotiation in which one mechanism is on offer.
pub(crate) struct SpnegoClient {
    mechanism: Mechanism,
    /// The bytes that both sides sign.
    list: Vec<u8>,
    progress: Progress,
    /// The server has answered once: what it may only say the first time it has said.
    answered: bool,
    /// The server wants the list signed, which it otherwise need not be.
    signature_due: bool,
}

/// The progress of the mechanism inside.
enum Progress {
    Start(Box<dyn Handshake>),
    Running(Box<dyn Handshake>),
    /// It is done; what is left is to hear that the server thinks so too.
    Done {
        session: Box<dyn Session>,
        shown: Shown,
        /// Our signature is with the server.
        signed: bool,
    },
    Over(Shown),
}

impl SpnegoClient {
    /// Wraps the handshake of this mechanism.
    pub(crate) fn new(mechanism: Mechanism, handshake: Box<dyn Handshake>) -> Self {
        Self {
            mechanism,
            list: tokens::mechanism_list(mechanism),
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
        // A server that speaks first says what it can do. We have nothing to choose.
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
                let shown = handshake.shown();
                let signed = false;
                (
                    token,
                    Progress::Done {
                        session,
                        shown,
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

    /// Reads the server's answer, and refuses one that says what does not belong there.
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

    /// Takes one more token of the mechanism.
    fn go_on(
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
            // It can read in its own token why it is rejected.
            #[cfg(feature = "kerberos")]
            Err(error @ Error::Kerberos(_)) => return Err(error),
            _ if rejected => return Err(Error::Rejected),
            step => step?,
        };
        match step {
            Step::Done {
                token: None,
                session,
            } => self.finish(session, handshake.shown(), false, response),
            // A peer that has more to send cannot have signed or be done.
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
                    shown: handshake.shown(),
                    signed: true,
                };
                Ok(Step::Continue(incomplete(&token, Some(&signature))))
            }
        }
    }

    /// The mechanism is done on our side. Sees to the signatures, and to the server's last word (section 5).
    fn finish(
        &mut self,
        mut session: Box<dyn Session>,
        shown: Shown,
        signed: bool,
        response: Response<'_>,
    ) -> Result<Step, Error> {
        self.progress = Progress::Over(shown);
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
            // It has signed and waits for our signature.
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
        let shown = self.shown();
        match mem::replace(&mut self.progress, Progress::Over(shown)) {
            Progress::Start(handshake) => self.begin(handshake, token, binding),
            Progress::Running(handshake) => {
                let response = self.read(token)?;
                self.go_on(handshake, response, binding)
            }
            Progress::Done {
                session,
                shown,
                signed,
            } => {
                let response = self.read(token)?;
                match response.token {
                    _ if response.state == Some(NegState::Reject) => Err(Error::Rejected),
                    Some(_) => Err(Error::HandshakeOver),
                    None => self.finish(session, shown, signed, response),
                }
            }
            Progress::Over(_) => Err(Error::HandshakeOver),
        }
    }

    fn shown(&self) -> Shown {
        match &self.progress {
            Progress::Start(handshake) | Progress::Running(handshake) => handshake.shown(),
            Progress::Done { shown, .. } | Progress::Over(shown) => *shown,
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
