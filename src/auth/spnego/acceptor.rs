//! The server's side of an NTLM negotiation, for the simulated host.

use std::mem;

use super::tokens::{Init, NegState, Response};
use super::{Mechanism, NOTHING_INSIDE};
use crate::auth::ntlm::acceptor::{Accepted, BindingPolicy, Challenged, ServerNonces};
use crate::auth::{Error, Secret, ntlm};

/// Reports whether a token is a client's first one, with which a login may restart at any time.
pub(crate) fn is_first(token: &[u8]) -> bool {
    token.starts_with(ntlm::NEGOTIATE) || Init::read(token).is_ok()
}

/// A connection during login, with NTLM alone or in SPNEGO, as selected by the first token.
///
/// After an error it accepts no further login.
pub(crate) struct Acceptor {
    computer: String,
    nonces: Option<ServerNonces>,
    state: State,
}

/// The next message of the server.
pub(crate) enum Answer {
    /// The token to send. The client must respond.
    Continue(Vec<u8>),
    /// The login is accepted.
    Accepted {
        /// The last token, if SPNEGO has one.
        token: Option<Vec<u8>>,
        /// The client and its session.
        client: Accepted,
    },
}

enum State {
    Start,
    /// The client's first token was for another mechanism; its NTLM token must follow.
    Chosen(Wrapper),
    /// The challenge was sent.
    Challenged(Challenged, Option<Wrapper>),
    Over,
}

/// The state of SPNEGO.
struct Wrapper {
    /// The client's list of mechanisms as received, for the signatures.
    list: Vec<u8>,
    /// True if NTLM is not the client's preferred mechanism, so the list must be signed.
    signature_due: bool,
    /// True if the client knows the chosen mechanism.
    answered: bool,
}

impl Acceptor {
    /// Creates an acceptor for one connection to a host of this name, which is not in a domain.
    pub(crate) fn new(computer: &str, nonces: ServerNonces) -> Self {
        Self {
            computer: computer.to_owned(),
            nonces: Some(nonces),
            state: State::Start,
        }
    }

    /// Takes the client's token. `password_of` returns the password for a domain and a user, if they exist.
    pub(crate) fn step(
        &mut self,
        token: &[u8],
        binding: BindingPolicy<'_>,
        password_of: impl FnOnce(&str, &str) -> Option<Secret>,
    ) -> Result<Answer, Error> {
        match mem::replace(&mut self.state, State::Over) {
            State::Start if token.starts_with(ntlm::NEGOTIATE) => self.challenge(token, None),
            State::Start => self.begin(token),
            State::Chosen(wrapper) => {
                let token = Response::read(token)?.token;
                self.challenge(token.ok_or(Error::Token(NOTHING_INSIDE))?, Some(wrapper))
            }
            State::Challenged(challenged, None) => Ok(Answer::Accepted {
                client: challenged.authenticate(token, binding, password_of)?,
                token: None,
            }),
            State::Challenged(challenged, Some(wrapper)) => {
                let response = Response::read(token)?;
                let token = response.token.ok_or(Error::Token(NOTHING_INSIDE))?;
                let client = challenged.authenticate(token, binding, password_of)?;
                wrapper.finish(client, response.signature)
            }
            State::Over => Err(Error::HandshakeOver),
        }
    }

    /// Selects NTLM from the client's mechanisms (RFC 4178 section 4.2.2).
    fn begin(&mut self, token: &[u8]) -> Result<Answer, Error> {
        let init = Init::read(token)?;
        let place = init
            .identifiers()?
            .into_iter()
            .position(|identifier| Mechanism::Ntlm.is_meant_by(identifier))
            .ok_or(Error::Refused("it cannot log in with NTLM"))?;
        let wrapper = Wrapper {
            list: init.mechanisms.to_vec(),
            signature_due: place > 0,
            answered: false,
        };
        match init.token {
            Some(token) if place == 0 => self.challenge(token, Some(wrapper)),
            // Without an NTLM token, the client is told the chosen mechanism.
            _ => {
                let answer = wrapper.answer(None);
                self.state = State::Chosen(Wrapper {
                    answered: true,
                    ..wrapper
                });
                Ok(Answer::Continue(answer))
            }
        }
    }

    fn challenge(&mut self, negotiate: &[u8], wrapper: Option<Wrapper>) -> Result<Answer, Error> {
        let nonces = self.nonces.take().ok_or(Error::HandshakeOver)?;
        let challenged = Challenged::new(negotiate, &self.computer, nonces)?;
        let token = match &wrapper {
            Some(wrapper) => wrapper.answer(Some(challenged.token())),
            None => challenged.token().to_vec(),
        };
        self.state = State::Challenged(challenged, wrapper);
        Ok(Answer::Continue(token))
    }
}

impl Wrapper {
    /// Returns a response before the last one.
    fn answer(&self, token: Option<&[u8]>) -> Vec<u8> {
        let state = match (self.answered, self.signature_due) {
            (false, true) => NegState::RequestMic,
            _ => NegState::AcceptIncomplete,
        };
        let response = Response {
            state: Some(state),
            mechanism: (!self.answered).then(|| Mechanism::Ntlm.identifier()),
            token,
            signature: None,
        };
        response.write()
    }

    /// Returns the last response. A client that signed the list receives a signature too (RFC 4178 section 5 c).
    fn finish(self, mut client: Accepted, signature: Option<&[u8]>) -> Result<Answer, Error> {
        let ours = match signature {
            Some(signature) => {
                client.session.verify(&self.list, signature)?;
                Some(client.session.sign(&self.list)?)
            }
            None if self.signature_due => {
                return Err(Error::Refused("it does not sign the list of mechanisms"));
            }
            None => None,
        };
        let last = Response {
            state: Some(NegState::AcceptCompleted),
            signature: ours.as_deref(),
            ..Response::default()
        };
        Ok(Answer::Accepted {
            token: Some(last.write()),
            client,
        })
    }
}
