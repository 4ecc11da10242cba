//! NTLM without a wrapper, as long as the server does not want one.

use super::{Mechanism, SpnegoClient, tokens};
use crate::auth::{ChannelBinding, Error, Handshake, Shown, Step};

/// A login that begins with a bare token, and begins anew in SPNEGO where the server does not take that up.
pub(crate) struct BareFirst {
    handshake: Box<dyn Handshake>,
    begun: bool,
    /// Makes a handshake for the second beginning; gone once the server has answered the first.
    again: Option<Again>,
}

type Again = Box<dyn FnOnce() -> Box<dyn Handshake> + Send>;

impl BareFirst {
    /// A login with NTLM; each call of `begin` begins one.
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
            // MIT's acceptor, when it speaks SPNEGO alone, says no to a bare token and not why.
            Some(again) if token.is_empty() || tokens::is_spnego(token) => {
                tracing::debug!("the host takes no bare NTLM; beginning anew in SPNEGO");
                self.handshake = Box::new(SpnegoClient::new(Mechanism::Ntlm, again()));
                self.handshake.step(&[], binding)
            }
            _ => self.handshake.step(token, binding),
        }
    }

    fn shown(&self) -> Shown {
        self.handshake.shown()
    }

    fn blocks(&self) -> bool {
        self.handshake.blocks()
    }
}
