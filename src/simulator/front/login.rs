//! One connection's way to a login: what is told by HTTP, token by token (MS-WSMV 2.2.9.1).
//!
//! ```text
//!   Unknown  --NEGOTIATE_MESSAGE--> LoggingIn --AUTHENTICATE_MESSAGE--> Known --sealed messages--> Known
//!      ^                                |                                  |
//!      +---- 401: wrong password -------+---- 400: a message does not open +
//! ```
//!
//! The messages of NTLM come bare or in SPNEGO. The login belongs to the TCP connection. Without a word about it in a
//! request, an unauthenticated client is told what schemes there are. Over TLS messages need no seal, and each request may log in for
//! itself alone: with Basic, or with the certificate that TLS has checked.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::auth::ntlm::acceptor::{BindingPolicy, ServerNonces};
use crate::auth::spnego::acceptor::{self, Acceptor, Answer};
use crate::auth::{ChannelBinding, Session};

use super::accounts::{Accounts, Caller};
use super::framing;

/// How the service lets people in.
#[derive(Debug)]
pub(crate) struct Policy {
    /// The name of the host, which a challenge tells.
    pub(crate) machine: String,
    pub(crate) accounts: Accounts,
    /// True if Basic is taken where the channel is protected (`Auth/Basic`, which is off in WinRM until it is told).
    pub(crate) basic: bool,
    /// True if messages in the clear, and Basic, are taken where anybody can listen (`AllowUnencrypted`, likewise).
    pub(crate) is_open: bool,
    /// What becomes of channel bindings over TLS.
    pub(crate) hardening: CbtHardening,
}

/// What becomes of the channel binding of a login over TLS: the `CbtHardeningLevel` of WinRM (MS-WSMV 2.2.4.34).
///
/// A binding names the TLS channel that a login travels through, so that an attacker in between cannot pass it on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CbtHardening {
    /// Not looked at.
    None,
    /// One that is sent must be that of the channel. So is WinRM by default.
    #[default]
    Relaxed,
    /// Each login must be bound to its channel.
    Strict,
}

/// What a connection goes through.
#[derive(Debug)]
pub(crate) enum Channel {
    /// Nothing: an attacker on the way can listen.
    Clear,
    /// TLS.
    Tls {
        /// Its name.
        binding: ChannelBinding,
        /// The certificate that the client has shown to hold, in DER.
        certificate: Option<Vec<u8>>,
    },
}

impl Policy {
    /// Reports whether Basic is taken from a connection.
    pub(crate) fn takes_basic(&self, channel: &Channel) -> bool {
        self.basic && self.takes_plain(channel)
    }

    /// Reports whether messages without a seal are.
    fn takes_plain(&self, channel: &Channel) -> bool {
        self.is_open || matches!(channel, Channel::Tls { .. })
    }

    fn binding<'a>(&self, channel: &'a Channel) -> BindingPolicy<'a> {
        match (channel, self.hardening) {
            (Channel::Tls { binding, .. }, CbtHardening::Relaxed) => {
                BindingPolicy::Relaxed(binding)
            }
            (Channel::Tls { binding, .. }, CbtHardening::Strict) => BindingPolicy::Strict(binding),
            _ => BindingPolicy::Ignore,
        }
    }

    /// Returns who has logged in with a certificate.
    fn holder(&self, channel: &Channel) -> Option<Caller> {
        match channel {
            Channel::Tls {
                certificate: Some(certificate),
                ..
            } => self.accounts.holder(certificate),
            _ => None,
        }
    }

    /// Checks what Basic brings: `user:password` in base64.
    fn check(&self, token: &str) -> Option<Caller> {
        let pair = String::from_utf8(BASE64_STANDARD.decode(token).ok()?).ok()?;
        self.accounts.check(&pair)
    }
}

/// Where the login of a connection stands.
#[derive(Default)]
pub(crate) enum Login {
    #[default]
    Stranger,
    LoggingIn(Acceptor),
    Known {
        caller: Caller,
        session: Box<dyn Session>,
        /// True if its messages may be sealed.
        seals: bool,
    },
}

/// A request, as far as HTTP tells of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received<'a> {
    pub(crate) channel: &'a Channel,
    /// The header `Authorization`.
    pub(crate) authorization: Option<&'a str>,
    pub(crate) content_type: &'a str,
    pub(crate) body: &'a [u8],
}

/// What to do with a request.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// 401, with a token where the login goes on.
    Unauthorized { token: Option<String> },
    /// 200 and nothing more than SPNEGO's last token: the login is complete.
    Welcome { token: Option<String> },
    /// 400 and nothing more: the message cannot be opened.
    Unreadable,
    /// There is a message to be answered.
    Message(Message),
}

/// A message in the clear.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) caller: Caller,
    pub(crate) text: Vec<u8>,
    pub(crate) charset: Option<String>,
    /// True if it came sealed, so that its answer must be.
    pub(crate) is_sealed: bool,
    /// SPNEGO's last token, which goes with the answer to a message that completed the login.
    pub(crate) token: Option<String>,
}

impl Login {
    /// Takes a request.
    pub(crate) fn receive(&mut self, policy: &Policy, received: Received<'_>) -> Verdict {
        match received.authorization.map(credentials) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Negotiate") => {
                match self.negotiate(policy, received.channel, token) {
                    Some(Step::Challenge(token)) => Verdict::Unauthorized { token: Some(token) },
                    Some(Step::Done(token)) if received.body.is_empty() => {
                        Verdict::Welcome { token }
                    }
                    Some(Step::Done(token)) => match self.open(policy, received) {
                        Verdict::Message(message) => Verdict::Message(Message { token, ..message }),
                        verdict => verdict,
                    },
                    None => self.refuse(),
                }
            }
            Some((scheme, token))
                if scheme.eq_ignore_ascii_case("Basic") && policy.takes_basic(received.channel) =>
            {
                self.once(policy.check(token), received)
            }
            Some((MUTUAL, _)) => self.once(policy.holder(received.channel), received),
            Some(_) => self.refuse(),
            None => self.open(policy, received),
        }
    }

    /// Seals an answer: the body, and its content type.
    pub(crate) fn seal(&mut self, envelope: &str) -> Option<Vec<u8>> {
        let Self::Known { session, .. } = self else {
            return None;
        };
        let sealed = session.seal(envelope.as_bytes()).ok()?;
        framing::write(envelope.len(), &sealed)
    }

    /// Accepts a login for one request.
    fn once(&mut self, caller: Option<Caller>, received: Received<'_>) -> Verdict {
        match caller {
            Some(caller) => unsealed(caller, received),
            None => self.refuse(),
        }
    }

    /// Takes a token; `None` where it is refused.
    fn negotiate(&mut self, policy: &Policy, channel: &Channel, token: &str) -> Option<Step> {
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

    /// Opens the message of a request that says nothing about a login.
    fn open(&mut self, policy: &Policy, received: Received<'_>) -> Verdict {
        let Self::Known {
            caller,
            session,
            seals,
        } = self
        else {
            return Verdict::Unauthorized { token: None };
        };
        if !framing::is_sealed(received.content_type) {
            if policy.takes_plain(received.channel) {
                return unsealed(caller.clone(), received);
            }
            return self.refuse();
        }
        let sealed = framing::read(received.body).filter(|_| *seals);
        let message = sealed.and_then(|message| {
            let text = session.unseal(message.header, message.data.to_vec());
            let mut text = text.ok()?;
            framing::drop_padding(&mut text);
            Some((text, message.charset.map(str::to_owned)))
        });
        let Some((text, charset)) = message else {
            *self = Self::Stranger;
            return Verdict::Unreadable;
        };
        Verdict::Message(Message {
            caller: caller.clone(),
            text,
            charset,
            is_sealed: true,
            token: None,
        })
    }

    /// Forgets the login.
    fn refuse(&mut self) -> Verdict {
        *self = Self::Stranger;
        Verdict::Unauthorized { token: None }
    }
}

/// What a token has led to.
enum Step {
    Challenge(String),
    Done(Option<String>),
}

fn unsealed(caller: Caller, received: Received<'_>) -> Verdict {
    match charset_of_soap(received.content_type) {
        Some(charset) => Verdict::Message(Message {
            caller,
            text: received.body.to_vec(),
            charset,
            is_sealed: false,
            token: None,
        }),
        None => Verdict::Unreadable,
    }
}

/// The charset that the content type of an envelope in the clear names; `None` where it is of another type.
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

/// The scheme of those who have shown a certificate (DSP0226 annex C.3.5).
const MUTUAL: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";

#[cfg(test)]
mod tests;
