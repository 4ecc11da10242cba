//! NTLM without SPNEGO, unless the server requires SPNEGO.

use super::{Mechanism, SpnegoClient, tokens};
use crate::auth::{ChannelBinding, Error, Handshake, Presented, Step};

/// A login that begins with a token outside SPNEGO, and restarts in SPNEGO if the server does not accept it.
pub(crate) struct BareFirst {
    handshake: Box<dyn Handshake>,
    begun: bool,
    /// The handshake for the restart; `None` once the server has responded to the first token.
    again: Option<Again>,
}

type Again = Box<dyn FnOnce() -> Box<dyn Handshake> + Send>;

impl BareFirst {
    /// Creates a login with NTLM. Each call of `begin` begins one.
    pub(crate) fn new(begin: impl Fn() -> Box<dyn Handshake> + Send + 'static) -> Self {
        Self {
            handshake: begin(),
            begun: false,
            again: Some(Box::new(begin)),
        }
    }
}

impl Handshake for BareFirst {
    fn step(&mut self, token: &[u8], binding: Option<&ChannelBinding>) -> Result<Step, Error> {
        if !self.begun {
            self.begun = true;
            return self.handshake.step(token, binding);
        }
        match self.again.take() {
            // MIT's acceptor with SPNEGO only rejects a token outside SPNEGO without a reason.
            Some(again) if token.is_empty() || tokens::is_spnego(token) => {
                tracing::debug!("the host takes no bare NTLM; beginning anew in SPNEGO");
                self.handshake = Box::new(SpnegoClient::new(Mechanism::Ntlm, again()));
                self.handshake.step(&[], binding)
            }
            _ => self.handshake.step(token, binding),
        }
    }

    fn presented(&self) -> Presented {
        self.handshake.presented()
    }

    fn blocks(&self) -> bool {
        self.handshake.blocks()
    }
}
