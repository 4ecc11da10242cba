//! The login of a connection, token by token in HTTP headers (MS-WSMV 2.2.9.1).
//!
//! ```text
//!   Unknown  --NEGOTIATE_MESSAGE--> LoggingIn --AUTHENTICATE_MESSAGE--> Known --sealed messages--> Known
//!      ^                                |                                  |
//!      +---- 401: wrong password -------+---- 400: a message does not open +
//! ```
//!
//! The messages of NTLM come bare or in SPNEGO. The login belongs to the TCP connection. A request without credentials
//! on an unauthenticated connection is answered with the schemes. Over TLS messages need no seal, and a request may log
//! in for itself alone: with Basic, or with the certificate that TLS has checked.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::auth::ntlm::acceptor::{BindingPolicy, ServerNonces};
use crate::auth::spnego::acceptor::{self, Acceptor, Answer};
use crate::auth::{ChannelBinding, Session};

use super::accounts::{Accounts, Caller};
use super::framing;

/// The accounts of the host, and the rules for logins.
#[derive(Debug)]
pub(crate) struct LoginPolicy {
    /// The name of the host, which a challenge carries.
    pub(crate) machine: String,
    pub(crate) accounts: Accounts,
    pub(crate) rules: LoginRules,
}

/// The settings of WinRM for logins.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LoginRules {
    /// True if Basic is accepted over TLS (`Auth/Basic`, which is off by default in WinRM).
    pub(crate) basic: bool,
    /// True if messages in the clear are accepted over plain HTTP, and Basic with them (`AllowUnencrypted`, off by
    /// default).
    pub(crate) is_open: bool,
    /// The treatment of channel bindings over TLS.
    pub(crate) hardening: CbtHardening,
}

/// The treatment of the channel binding of a login over TLS: the `CbtHardeningLevel` of WinRM (MS-WSMV 2.2.4.34).
///
/// A binding names the TLS channel of a login, so an attacker in between cannot relay the login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CbtHardening {
    /// Channel bindings are ignored.
    None,
    /// A channel binding that is sent must be that of the channel. This is the default of WinRM.
    #[default]
    Relaxed,
    /// Each login must be bound to its channel.
    Strict,
}

/// The channel of a connection.
#[derive(Debug)]
pub(crate) enum Channel {
    /// Plain HTTP: an attacker on the way can listen.
    Clear,
    /// TLS.
    Tls {
        /// The channel binding of the server's certificate.
        binding: ChannelBinding,
        /// The certificate of the client, in DER. The handshake has checked that the client holds its key.
        certificate: Option<Vec<u8>>,
    },
}

impl LoginPolicy {
    /// Reports whether Basic is accepted on a channel.
    pub(crate) fn accepts_basic(&self, channel: &Channel) -> bool {
        self.rules.basic && self.accepts_unsealed(channel)
    }

    /// Reports whether messages without a seal are accepted on a channel.
    fn accepts_unsealed(&self, channel: &Channel) -> bool {
        self.rules.is_open || matches!(channel, Channel::Tls { .. })
    }

    fn binding<'a>(&self, channel: &'a Channel) -> BindingPolicy<'a> {
        match (channel, self.rules.hardening) {
            (Channel::Tls { binding, .. }, CbtHardening::Relaxed) => {
                BindingPolicy::Relaxed(binding)
            }
            (Channel::Tls { binding, .. }, CbtHardening::Strict) => BindingPolicy::Strict(binding),
            _ => BindingPolicy::Ignore,
        }
    }

    /// Returns the user of a client's certificate.
    fn certificate_user(&self, channel: &Channel) -> Option<Caller> {
        match channel {
            Channel::Tls {
                certificate: Some(certificate),
                ..
            } => self.accounts.certificate_user(certificate),
            _ => None,
        }
    }

    /// Checks the credentials of Basic: `user:password` in base64.
    fn check(&self, token: &str) -> Option<Caller> {
        let pair = String::from_utf8(BASE64_STANDARD.decode(token).ok()?).ok()?;
        self.accounts.check(&pair)
    }
}

/// The state of the login of a connection.
#[derive(Default)]
pub(crate) enum Login {
    #[default]
    Unknown,
    LoggingIn(Acceptor),
    Known {
        caller: Caller,
        session: Box<dyn Session>,
        /// True if messages may be sealed.
        seals: bool,
    },
}

/// The parts of an HTTP request that a login needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoginRequest<'a> {
    pub(crate) channel: &'a Channel,
    /// The header `Authorization`.
    pub(crate) authorization: Option<&'a str>,
    pub(crate) content_type: &'a str,
    pub(crate) body: &'a [u8],
}

/// The result of a request.
#[derive(Debug)]
pub(crate) enum LoginResult {
    /// 401, with a token if the login continues.
    Unauthorized { token: Option<String> },
    /// 200 with the last token of SPNEGO alone: the login is complete.
    Welcome { token: Option<String> },
    /// 400 without a body: the message cannot be unsealed.
    Unreadable,
    /// A message of a user, to be answered.
    Message(Message),
}

/// A message in the clear.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) caller: Caller,
    pub(crate) text: Vec<u8>,
    pub(crate) charset: Option<String>,
    /// True if it was sealed. The response is then sealed too.
    pub(crate) is_sealed: bool,
    /// The last token of SPNEGO, sent with the response to a message that completed the login.
    pub(crate) token: Option<String>,
}

impl Login {
    /// Handles a request.
    pub(crate) fn authenticate(
        &mut self,
        policy: &LoginPolicy,
        request: LoginRequest<'_>,
    ) -> LoginResult {
        match request.authorization.map(credentials) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Negotiate") => {
                match self.negotiate(policy, request.channel, token) {
                    Some(Step::Challenge(token)) => {
                        LoginResult::Unauthorized { token: Some(token) }
                    }
                    Some(Step::Done(token)) if request.body.is_empty() => {
                        LoginResult::Welcome { token }
                    }
                    Some(Step::Done(token)) => match self.open(policy, request) {
                        LoginResult::Message(message) => {
                            LoginResult::Message(Message { token, ..message })
                        }
                        result => result,
                    },
                    None => self.refuse(),
                }
            }
            Some((scheme, token))
                if scheme.eq_ignore_ascii_case("Basic")
                    && policy.accepts_basic(request.channel) =>
            {
                self.for_one_request(policy.check(token), request)
            }
            Some((MUTUAL, _)) => {
                self.for_one_request(policy.certificate_user(request.channel), request)
            }
            Some(_) => self.refuse(),
            None => self.open(policy, request),
        }
    }

    /// Seals a response. Returns its body, framed.
    pub(crate) fn seal(&mut self, envelope: &str) -> Option<Vec<u8>> {
        let Self::Known { session, .. } = self else {
            return None;
        };
        let sealed = session.seal(envelope.as_bytes()).ok()?;
        framing::write(envelope.len(), &sealed)
    }

    /// Accepts a login for one request.
    fn for_one_request(
        &mut self,
        caller: Option<Caller>,
        request: LoginRequest<'_>,
    ) -> LoginResult {
        match caller {
            Some(caller) => unsealed(caller, request),
            None => self.refuse(),
        }
    }

    /// Handles a token. Returns `None` if it is refused.
    fn negotiate(&mut self, policy: &LoginPolicy, channel: &Channel, token: &str) -> Option<Step> {
        let token = BASE64_STANDARD.decode(token).ok()?;
        let mut acceptor = match std::mem::take(self) {
            Self::LoggingIn(acceptor) if !acceptor::is_first(&token) => acceptor,
            _ => Acceptor::new(&policy.machine, ServerNonces::random()),
        };
        let password_of = |domain: &str, user: &str| policy.accounts.password_of(domain, user);
        let answer = acceptor.step(&token, policy.binding(channel), password_of);
        match answer.ok()? {
            Answer::Continue(token) => {
                *self = Self::LoggingIn(acceptor);
                Some(Step::Challenge(BASE64_STANDARD.encode(token)))
            }
            Answer::Accepted { token, client } => {
                *self = Self::Known {
                    caller: policy.accounts.caller(&client.domain, &client.user)?,
                    session: client.session,
                    seals: client.seals,
                };
                Some(Step::Done(token.map(|token| BASE64_STANDARD.encode(token))))
            }
        }
    }

    /// Opens the message of a request without credentials.
    fn open(&mut self, policy: &LoginPolicy, request: LoginRequest<'_>) -> LoginResult {
        let Self::Known {
            caller,
            session,
            seals,
        } = self
        else {
            return LoginResult::Unauthorized { token: None };
        };
        if !framing::is_sealed(request.content_type) {
            if policy.accepts_unsealed(request.channel) {
                return unsealed(caller.clone(), request);
            }
            return self.refuse();
        }
        let sealed = framing::read(request.body).filter(|_| *seals);
        let message = sealed.and_then(|message| {
            let text = session.unseal(message.header, message.data.to_vec());
            let mut text = text.ok()?;
            framing::drop_padding(&mut text);
            Some((text, message.charset.map(str::to_owned)))
        });
        let Some((text, charset)) = message else {
            *self = Self::Unknown;
            return LoginResult::Unreadable;
        };
        LoginResult::Message(Message {
            caller: caller.clone(),
            text,
            charset,
            is_sealed: true,
            token: None,
        })
    }

    /// Drops the login.
    fn refuse(&mut self) -> LoginResult {
        *self = Self::Unknown;
        LoginResult::Unauthorized { token: None }
    }
}

/// The result of a token.
enum Step {
    Challenge(String),
    Done(Option<String>),
}

fn unsealed(caller: Caller, request: LoginRequest<'_>) -> LoginResult {
    match charset_of_soap(request.content_type) {
        Some(charset) => LoginResult::Message(Message {
            caller,
            text: request.body.to_vec(),
            charset,
            is_sealed: false,
            token: None,
        }),
        None => LoginResult::Unreadable,
    }
}

/// Returns the charset of the content type of an envelope in the clear, or `None` for another content type.
pub(crate) fn charset_of_soap(content_type: &str) -> Option<Option<String>> {
    let mut parts = content_type.split(';').map(str::trim);
    let media_type = parts.next()?;
    if !media_type.eq_ignore_ascii_case("application/soap+xml") {
        return None;
    }
    Some(parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.eq_ignore_ascii_case("charset")
            .then(|| value.trim_matches('"').to_owned())
    }))
}

fn credentials(authorization: &str) -> (&str, &str) {
    let (scheme, token) = authorization
        .trim()
        .split_once(' ')
        .unwrap_or((authorization, ""));
    (scheme, token.trim())
}

/// The scheme of a login with a certificate (DSP0226 annex C.3.5).
const MUTUAL: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";

#[cfg(test)]
mod tests;
