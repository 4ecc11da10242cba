//! One connection's way from a stranger to a user: what is told by HTTP, token by token (MS-WSMV 2.2.9.1).
//!
//! ```text
//!   Stranger --NEGOTIATE_MESSAGE--> LoggingIn --AUTHENTICATE_MESSAGE--> Known --sealed messages--> Known
//!      ^                                |                                  |
//!      +---- 401: wrong password -------+---- 400: a message does not open +
//! ```
//!
//! The messages of NTLM come bare or in SPNEGO. The login belongs to the TCP connection. Without a word about it in a request, a stranger is told what schemes there
//! are.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::auth::Session;
use crate::auth::ntlm::acceptor::{BindingPolicy, ServerNonces};
use crate::auth::spnego::acceptor::{self, Acceptor, Answer};

use super::accounts::{Accounts, Caller};
use super::framing;

/// How the service lets people in.
#[derive(Debug)]
pub(crate) struct Policy {
    /// The name of the host, which a challenge tells.
    pub(crate) machine: String,
    pub(crate) accounts: Accounts,
    /// Whether Basic and messages that are not sealed are taken, which WinRM has to be told (`Auth/Basic` and
    /// `AllowUnencrypted`).
    pub(crate) is_open: bool,
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
    },
}

/// A request, as far as HTTP tells of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received<'a> {
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
    /// Whether it came sealed, so that its answer must be.
    pub(crate) is_sealed: bool,
    /// SPNEGO's last token, which goes with the answer to a message that completed the login.
    pub(crate) token: Option<String>,
}

impl Login {
    /// Takes a request.
    pub(crate) fn receive(&mut self, policy: &Policy, received: Received<'_>) -> Verdict {
        match received.authorization.map(credentials) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Negotiate") => {
                match self.negotiate(policy, token) {
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
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Basic") && policy.is_open => {
                let caller = BASE64_STANDARD.decode(token).ok();
                let caller = caller.and_then(|pair| String::from_utf8(pair).ok());
                match caller.and_then(|pair| policy.accounts.check(&pair)) {
                    Some(caller) => unsealed(caller, received),
                    None => self.refuse(),
                }
            }
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

    /// Takes a token; `None` where it is refused.
    fn negotiate(&mut self, policy: &Policy, token: &str) -> Option<Step> {
        let token = BASE64_STANDARD.decode(token).ok()?;
        let mut acceptor = match std::mem::take(self) {
            Self::LoggingIn(acceptor) if !acceptor::is_first(&token) => acceptor,
            _ => Acceptor::new(&policy.machine, ServerNonces::random()),
        };
        let password_of = |domain: &str, user: &str| policy.accounts.password_of(domain, user);
        let answer = acceptor.step(&token, BindingPolicy::Ignore, password_of);
        match answer.ok()? {
            Answer::Continue(token) => {
                *self = Self::LoggingIn(acceptor);
                Some(Step::Challenge(BASE64_STANDARD.encode(token)))
            }
            Answer::Accepted { token, client } => {
                *self = Self::Known {
                    caller: policy.accounts.caller(&client.domain, &client.user)?,
                    session: client.session,
                };
                Some(Step::Done(token.map(|token| BASE64_STANDARD.encode(token))))
            }
        }
    }

    /// Opens the message of a request that says nothing about a login.
    fn open(&mut self, policy: &Policy, received: Received<'_>) -> Verdict {
        let Self::Known { caller, session } = self else {
            return Verdict::Unauthorized { token: None };
        };
        if !framing::is_sealed(received.content_type) {
            if policy.is_open {
                return unsealed(caller.clone(), received);
            }
            return self.refuse();
        }
        let message = framing::read(received.body).and_then(|message| {
            let text = session.unseal(message.header, message.data.to_vec());
            Some((text.ok()?, message.charset.map(str::to_owned)))
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

#[cfg(test)]
mod tests;
