//! Kerberos (RFC 4120, RFC 4121), done by the GSSAPI library of the system.
//!
//! ```text
//! client                                              KDC
//!   who has a ticket, or a key to get one with    <->     a ticket for HTTP/name, else host/name
//! client                                              server
//!   AP-REQ        the ticket, and who shows it     ->
//!                                                 <-      AP-REP   proof that the ticket could be read
//!   sealed message 0                               ->
//! ```
//!
//! Bare, the tokens go under the scheme `Kerberos`; in SPNEGO, under `Negotiate`. The library looks for tickets in files,
//! key rings and other processes, and asks the KDC, so that the first step of a login may block for seconds.
//!
//! # The name of the service
//!
//! The ticket is for the host as the user named it. The library by itself would ask the DNS for another name, and for the
//! name that belongs to the address (`dns_canonicalize_hostname` and `rdns`, both on by default): then an attacker who forges
//! an answer of the DNS chooses whom we log in to, and mutual authentication proves the wrong thing. Windows does not
//! ask either. So the name is handed over as a principal in no realm (`HTTP/hv01.example@`), for which the library
//! asks the user's own KDC, and follows its referrals.

mod choice;
mod error;
mod session;
#[cfg(test)]
mod tests;
mod tickets;

use std::mem;
use std::sync::Arc;

use libgssapi::context::{ClientCtx, CtxFlags, SecurityContext};
use libgssapi::credential::Cred;
use libgssapi::name::Name;
use libgssapi::oid::{GSS_MECH_KRB5, GSS_NT_KRB5_PRINCIPAL};
use tracing::debug;

pub(crate) use self::choice::{Choice, WithoutTicket};
use self::error::Doing;
pub(crate) use self::error::Failure;
use self::session::KerberosSession;
use self::tickets::Tickets;
pub(crate) use self::tickets::{has_ticket, principal_with_ticket};
use super::{ChannelBinding, Credentials, Error, Handshake, Shown, Step};

/// The settings of a Kerberos login.
///
/// ```
/// use cimwire::transport::Kerberos;
///
/// let kerberos = Kerberos::new().service("WSMAN").delegate(true);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Kerberos {
    target: Target,
    delegate: bool,
    in_spnego: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// The service that Windows clients ask for: `HTTP` of the host, and `host` where the KDC does not know that.
    Usual,
    /// This service of the host.
    Service(String),
    Principal(String),
}

impl Kerberos {
    /// To the service `HTTP` of the host, else `host`, without delegation.
    pub fn new() -> Self {
        Self {
            target: Target::Usual,
            delegate: false,
            in_spnego: false,
        }
    }

    /// Sets the service that the ticket is for: the first part of the service principal name, whose second is the host as
    /// the address names it.
    ///
    /// By default it is `HTTP`, and where the KDC does not know that principal, `host`, which clients of Windows Server
    /// 2025 ask for first. A service that is set here is asked for alone. Windows registers `HTTP` with every computer by
    /// way of `HOST`, and `WSMAN` where WinRM runs.
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.target = Target::Service(name.into());
        self
    }

    /// The whole principal of the service, such as `HTTP/hv01.example` or `HTTP/hv01.example@EXAMPLE.TEST`: for a host
    /// that is addressed by a name that it is not registered under.
    pub fn principal(mut self, principal: impl Into<String>) -> Self {
        self.target = Target::Principal(principal.into());
        self
    }

    /// Hands the user's own ticket to the host, so that it can log in elsewhere in the user's name: the second hop.
    ///
    /// **The host can then act as the user, for as long as the ticket lives.** The ticket must be forwardable, else
    /// the login fails.
    pub fn delegate(mut self, delegate: bool) -> Self {
        self.delegate = delegate;
        self
    }

    /// Under the scheme `Negotiate`, in SPNEGO, where `Auth::Kerberos` would use
    /// the scheme `Kerberos`: for hosts that do not offer that one.
    pub fn in_spnego(mut self, in_spnego: bool) -> Self {
        self.in_spnego = in_spnego;
        self
    }

    pub(crate) fn is_in_spnego(&self) -> bool {
        self.in_spnego
    }

    /// Returns the principal to get a ticket for.
    fn principal_at(&self, host: &str) -> String {
        match &self.target {
            Target::Usual => format!("{SERVICE}/{host}@"),
            Target::Service(service) => format!("{service}/{host}@"),
            Target::Principal(principal) if principal.contains('@') => principal.clone(),
            Target::Principal(principal) => format!("{principal}@"),
        }
    }

    /// Returns the principal to ask for where the KDC does not know the first.
    fn second_principal_at(&self, host: &str) -> Option<String> {
        (self.target == Target::Usual).then(|| format!("{SECOND_SERVICE}/{host}@"))
    }
}

impl Default for Kerberos {
    fn default() -> Self {
        Self::new()
    }
}

/// The parts that all logins of one transport share.
#[derive(Debug)]
pub(crate) struct Logins {
    tickets: Tickets,
    options: Kerberos,
    host: String,
    /// There is a TLS channel, which the first token has to name.
    tls: bool,
}

impl Logins {
    pub(crate) fn new(
        credentials: Credentials,
        options: Kerberos,
        host: &str,
        tls: bool,
    ) -> Arc<Self> {
        Arc::new(Self {
            tickets: Tickets::new(credentials),
            options,
            host: host.to_owned(),
            tls,
        })
    }
}

/// The client's side of a login.
pub(crate) struct KerberosClient {
    logins: Arc<Logins>,
    state: State,
}

enum State {
    /// With a ticket for the KDC, where there is one already.
    Start(Option<Cred>),
    /// The ticket went out.
    Shown(ClientCtx),
    Over,
}

impl KerberosClient {
    /// A login with this ticket, or with what the user has.
    pub(crate) fn new(logins: Arc<Logins>, ticket: Option<Cred>) -> Self {
        Self {
            logins,
            state: State::Start(ticket),
        }
    }

    /// Takes the first step, to the principal that the KDC knows.
    fn begin(
        &mut self,
        ticket: Option<Cred>,
        binding: Option<&ChannelBinding>,
    ) -> Result<Step, Error> {
        let logins = Arc::clone(&self.logins);
        let Logins {
            tickets,
            options,
            host,
            ..
        } = &*logins;
        let ticket = match ticket {
            Some(ticket) => ticket,
            None => tickets.acquire()?,
        };
        let first = options.principal_at(host);
        debug!(service = named(&first), "asks for a ticket");
        let context = self.context(ticket.clone(), &first)?;
        let unknown = match self.go_on(context, None, binding) {
            Err(Error::Kerberos(failure)) if failure.is_unknown_service() => failure,
            step => return step,
        };
        let Some(second) = options.second_principal_at(host) else {
            return Err(unknown.into());
        };
        debug!(
            service = named(&second),
            unknown = named(&first),
            "asks for a ticket for another service, since the KDC does not know the first"
        );
        let context = self.context(ticket, &second)?;
        match self.go_on(context, None, binding) {
            Err(Error::Kerberos(failure)) if failure.is_unknown_service() => {
                Err(unknown.asked_for(named(&first), named(&second)).into())
            }
            step => step,
        }
    }

    fn context(&self, ticket: Cred, principal: &str) -> Result<ClientCtx, Error> {
        let target = Name::new(principal.as_bytes(), Some(GSS_NT_KRB5_PRINCIPAL))
            .map_err(|error| Failure::new(Doing::Name, error))?;
        let mut flags = NEEDED | CtxFlags::GSS_C_REPLAY_FLAG | CtxFlags::GSS_C_SEQUENCE_FLAG;
        flags.set(CtxFlags::GSS_C_DELEG_FLAG, self.logins.options.delegate);
        let mechanism = Some(GSS_MECH_KRB5);
        Ok(ClientCtx::new(Some(ticket), target, flags, mechanism))
    }

    fn go_on(
        &mut self,
        mut context: ClientCtx,
        token: Option<&[u8]>,
        binding: Option<&ChannelBinding>,
    ) -> Result<Step, Error> {
        let doing = match token {
            None => Doing::Begin,
            Some(_) => Doing::Finish,
        };
        let token = context
            .step(token, binding.map(ChannelBinding::application_data))
            .map_err(|error| Failure::new(doing, error))?
            .map(|token| token.to_vec());
        if !context.is_complete() {
            self.state = State::Shown(context);
            return Ok(Step::Continue(token.unwrap_or_default()));
        }
        let granted = context
            .flags()
            .map_err(|error| Failure::new(doing, error))?;
        if !granted.contains(NEEDED) {
            return Err(Error::Lacking("mutual authentication and sealing"));
        }
        if self.logins.options.delegate && !granted.contains(CtxFlags::GSS_C_DELEG_FLAG) {
            return Err(Error::NotDelegated);
        }
        Ok(Step::Done {
            token,
            session: Box::new(KerberosSession::new(context)),
        })
    }
}

impl Handshake for KerberosClient {
    fn step(&mut self, token: &[u8], binding: Option<&ChannelBinding>) -> Result<Step, Error> {
        match mem::replace(&mut self.state, State::Over) {
            State::Start(_) if !token.is_empty() => {
                Err(Error::Token("it came before the login began"))
            }
            start @ State::Start(_) if self.logins.tls && binding.is_none() => {
                self.state = start;
                Ok(Step::Bind)
            }
            State::Start(ticket) => self.begin(ticket, binding),
            State::Shown(_) if token.is_empty() => Err(Error::Rejected),
            State::Shown(context) => self.go_on(context, Some(token), binding),
            State::Over => Err(Error::HandshakeOver),
        }
    }

    fn shown(&self) -> Shown {
        match self.state {
            State::Start(_) => Shown::Nothing,
            State::Shown(_) | State::Over => Shown::Ticket,
        }
    }

    fn blocks(&self) -> bool {
        // What comes after the ticket is arithmetic.
        matches!(self.state, State::Start(_))
    }
}

/// Without these, the server could be anyone, and messages could not be sealed.
const NEEDED: CtxFlags = CtxFlags::GSS_C_MUTUAL_FLAG
    .union(CtxFlags::GSS_C_CONF_FLAG)
    .union(CtxFlags::GSS_C_INTEG_FLAG);

/// Returns a principal without the empty realm that it is handed over with.
fn named(principal: &str) -> &str {
    principal.strip_suffix('@').unwrap_or(principal)
}

/// The service class that Windows clients of WinRM ask a ticket for.
const SERVICE: &str = "HTTP";
/// The one that those of Windows Server 2025 ask for.
const SECOND_SERVICE: &str = "host";
