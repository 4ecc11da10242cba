//! Kerberos (RFC 4120, RFC 4121), through the system's GSSAPI library.
//!
//! ```text
//! client                                              KDC
//!   a ticket-granting ticket, or a key for one    <->     a ticket for HTTP/name, else host/name
//! client                                              server
//!   AP-REQ        the ticket, and the client       ->
//!                                                 <-      AP-REP   proof that the server decrypted the ticket
//!   sealed message 0                               ->
//! ```
//!
//! Tokens without SPNEGO use the scheme `Kerberos`; tokens in SPNEGO use `Negotiate`. The library reads tickets from
//! files, key rings and other processes, and contacts the KDC, so the first step of a login may block for seconds.
//!
//! # The name of the service
//!
//! The ticket is for the host as the user named it. By default the library would look up another name in the DNS, by
//! the name and by the address (`dns_canonicalize_hostname` and `rdns`, both enabled by default). An attacker who
//! forges a DNS response could then choose the host to log in to, and mutual authentication would prove the wrong
//! identity. Windows does not look up names either. The name is therefore passed as a principal without a realm
//! (`HTTP/hv01.example@`), for which the library asks the user's own KDC, and follows its referrals.

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
pub(crate) use self::error::Failure;
use self::error::Operation;
use self::session::KerberosSession;
use self::tickets::Tickets;
pub(crate) use self::tickets::{has_ticket, principal_with_ticket};
use super::{ChannelBinding, Credentials, Error, Handshake, Presented, Step};

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
    /// The service that Windows clients request: `HTTP` of the host, or `host` if the KDC does not know `HTTP`.
    Usual,
    /// A given service of the host.
    Service(String),
    Principal(String),
}

impl Kerberos {
    /// Creates settings for the service `HTTP` of the host, or else `host`, without delegation.
    pub fn new() -> Self {
        Self {
            target: Target::Usual,
            delegate: false,
            in_spnego: false,
        }
    }

    /// Sets the service of the ticket: the first part of the service principal name. The second part is the host name
    /// in the address.
    ///
    /// The default is `HTTP`, or `host` if the KDC does not know that principal; clients of Windows Server 2025 request
    /// `host` first. A service that is set here has no alternative. Windows registers `HTTP` for every computer through
    /// `HOST`, and `WSMAN` if WinRM runs.
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.target = Target::Service(name.into());
        self
    }

    /// Sets the whole principal of the service, such as `HTTP/hv01.example` or `HTTP/hv01.example@EXAMPLE.TEST`, for a
    /// host that is addressed by a name under which it is not registered.
    pub fn principal(mut self, principal: impl Into<String>) -> Self {
        self.target = Target::Principal(principal.into());
        self
    }

    /// Delegates the user's ticket to the host, which can then log in elsewhere as the user (the second hop).
    ///
    /// **The host can then act as the user for the lifetime of the ticket.** The ticket must be forwardable; otherwise
    /// the login fails.
    pub fn delegate(mut self, delegate: bool) -> Self {
        self.delegate = delegate;
        self
    }

    /// Uses the scheme `Negotiate` with SPNEGO, instead of the scheme `Kerberos` that `Auth::Kerberos` uses by default,
    /// for hosts that do not offer `Kerberos`.
    pub fn in_spnego(mut self, in_spnego: bool) -> Self {
        self.in_spnego = in_spnego;
        self
    }

    pub(crate) fn is_in_spnego(&self) -> bool {
        self.in_spnego
    }

    /// Returns the principal to request a ticket for.
    fn principal_at(&self, host: &str) -> String {
        match &self.target {
            Target::Usual => format!("{SERVICE}/{host}@"),
            Target::Service(service) => format!("{service}/{host}@"),
            Target::Principal(principal) if principal.contains('@') => principal.clone(),
            Target::Principal(principal) => format!("{principal}@"),
        }
    }

    /// Returns the principal to request if the KDC does not know the first one.
    fn second_principal_at(&self, host: &str) -> Option<String> {
        (self.target == Target::Usual).then(|| format!("{SECOND_SERVICE}/{host}@"))
    }
}

impl Default for Kerberos {
    fn default() -> Self {
        Self::new()
    }
}

/// The data shared by all logins of a transport.
#[derive(Debug)]
pub(crate) struct Logins {
    tickets: Tickets,
    options: Kerberos,
    host: String,
    /// True if there is a TLS channel, to which the first token must be bound.
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
    /// The start, with a ticket-granting ticket if there is one.
    Start(Option<Cred>),
    /// The ticket was sent.
    Sent(ClientCtx),
    Over,
}

impl KerberosClient {
    /// Creates a login with this ticket, or else with the user's credentials.
    pub(crate) fn new(logins: Arc<Logins>, ticket: Option<Cred>) -> Self {
        Self {
            logins,
            state: State::Start(ticket),
        }
    }

    /// Takes the first step, for the principal that the KDC knows.
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
        let unknown = match self.advance(context, None, binding) {
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
        match self.advance(context, None, binding) {
            Err(Error::Kerberos(failure)) if failure.is_unknown_service() => {
                Err(unknown.asked_for(named(&first), named(&second)).into())
            }
            step => step,
        }
    }

    fn context(&self, ticket: Cred, principal: &str) -> Result<ClientCtx, Error> {
        let target = Name::new(principal.as_bytes(), Some(GSS_NT_KRB5_PRINCIPAL))
            .map_err(|error| Failure::new(Operation::Name, error))?;
        let mut flags = NEEDED | CtxFlags::GSS_C_REPLAY_FLAG | CtxFlags::GSS_C_SEQUENCE_FLAG;
        flags.set(CtxFlags::GSS_C_DELEG_FLAG, self.logins.options.delegate);
        let mechanism = Some(GSS_MECH_KRB5);
        Ok(ClientCtx::new(Some(ticket), target, flags, mechanism))
    }

    fn advance(
        &mut self,
        mut context: ClientCtx,
        token: Option<&[u8]>,
        binding: Option<&ChannelBinding>,
    ) -> Result<Step, Error> {
        let operation = match token {
            None => Operation::Begin,
            Some(_) => Operation::Finish,
        };
        let token = context
            .step(token, binding.map(ChannelBinding::application_data))
            .map_err(|error| Failure::new(operation, error))?
            .map(|token| token.to_vec());
        if !context.is_complete() {
            self.state = State::Sent(context);
            return Ok(Step::Continue(token.unwrap_or_default()));
        }
        let granted = context
            .flags()
            .map_err(|error| Failure::new(operation, error))?;
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
            State::Sent(_) if token.is_empty() => Err(Error::Rejected),
            State::Sent(context) => self.advance(context, Some(token), binding),
            State::Over => Err(Error::HandshakeOver),
        }
    }

    fn presented(&self) -> Presented {
        match self.state {
            State::Start(_) => Presented::Nothing,
            State::Sent(_) | State::Over => Presented::Ticket,
        }
    }

    fn blocks(&self) -> bool {
        // Only the first step contacts the KDC; later steps compute.
        matches!(self.state, State::Start(_))
    }
}

/// Required flags. Without them the server is not authenticated, or messages cannot be sealed.
const NEEDED: CtxFlags = CtxFlags::GSS_C_MUTUAL_FLAG
    .union(CtxFlags::GSS_C_CONF_FLAG)
    .union(CtxFlags::GSS_C_INTEG_FLAG);

/// Returns a principal without the empty realm of its text form for the library.
fn named(principal: &str) -> &str {
    principal.strip_suffix('@').unwrap_or(principal)
}

/// The service class that Windows clients of WinRM request first.
const SERVICE: &str = "HTTP";
/// The service class that clients of Windows Server 2025 request first.
const SECOND_SERVICE: &str = "host";
