//! The choice of the mechanism under `Negotiate`: Kerberos with a ticket, else NTLM.

use std::net::IpAddr;
use std::sync::Arc;

use tracing::debug;

use super::{KerberosClient, Logins};
use crate::auth::spnego::{Mechanism, SpnegoClient};
use crate::auth::{ChannelBinding, Error, Handshake, Presented, Step};

/// A login whose mechanism is chosen at its first step.
///
/// | credentials  | host        | ticket cache        | mechanism                        |
/// |--------------|-------------|---------------------|----------------------------------|
/// | no password  |             |                     | Kerberos, or an error            |
/// | a password   | an address  |                     | NTLM, since Kerberos needs names |
/// | a password   | a name      | the user's ticket   | Kerberos                         |
/// | a password   | a name      | none, or expired    | NTLM                             |
///
/// The choice of Kerberos is final. An attacker who prefers NTLM could block the KDC, or make it deny a ticket for the
/// host; so these failures are errors, unless the user allowed NTLM in that case.
pub(crate) struct Choice {
    logins: Arc<Logins>,
    /// Begins a login with NTLM.
    ntlm: Begin,
    without_ticket: WithoutTicket,
    chosen: Option<Box<dyn Handshake>>,
    /// True if Kerberos was chosen and NTLM may replace it.
    ntlm_is_left: bool,
}

type Begin = Box<dyn Fn() -> Box<dyn Handshake> + Send>;

/// The policy for a host without a Kerberos ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum WithoutTicket {
    /// The login fails.
    #[default]
    Fail,
    /// The login continues with NTLM.
    Ntlm,
}

impl Choice {
    pub(crate) fn new(
        logins: Arc<Logins>,
        without_ticket: WithoutTicket,
        ntlm: impl Fn() -> Box<dyn Handshake> + Send + 'static,
    ) -> Self {
        Self {
            logins,
            ntlm: Box::new(ntlm),
            without_ticket,
            chosen: None,
            ntlm_is_left: false,
        }
    }

    fn choose(&mut self) -> Box<dyn Handshake> {
        let Logins { tickets, host, .. } = &*self.logins;
        let ticket = if !tickets.has_password() {
            debug!(host, "chose Kerberos: there is no password for NTLM");
            None
        } else if host.parse::<IpAddr>().is_ok() {
            debug!(host, "chose NTLM: the host is named by its address");
            return (self.ntlm)();
        } else {
            match tickets.cached() {
                Ok(ticket) => {
                    debug!(host, "chose Kerberos: the user has a ticket");
                    self.ntlm_is_left = self.without_ticket == WithoutTicket::Ntlm;
                    Some(ticket)
                }
                Err(reason) => {
                    debug!(host, %reason, "chose NTLM");
                    return (self.ntlm)();
                }
            }
        };
        let kerberos = KerberosClient::new(Arc::clone(&self.logins), ticket);
        Box::new(SpnegoClient::new(Mechanism::Kerberos, Box::new(kerberos)))
    }
}

impl Handshake for Choice {
    fn step(&mut self, token: &[u8], binding: Option<&ChannelBinding>) -> Result<Step, Error> {
        let mut chosen = match self.chosen.take() {
            Some(chosen) => chosen,
            None => self.choose(),
        };
        let step = match chosen.step(token, binding) {
            Err(Error::Kerberos(failure)) if self.ntlm_is_left && failure.is_before_the_host() => {
                let reason = failure.cause();
                debug!(host = self.logins.host, %reason, "Kerberos has failed; trying NTLM, as was asked for");
                self.ntlm_is_left = false;
                chosen = (self.ntlm)();
                chosen.step(&[], binding)
            }
            step => step,
        };
        self.chosen = Some(chosen);
        step
    }

    fn presented(&self) -> Presented {
        let chosen = self.chosen.as_ref();
        chosen.map_or(Presented::Nothing, |chosen| chosen.presented())
    }

    fn blocks(&self) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.blocks())
    }
}
