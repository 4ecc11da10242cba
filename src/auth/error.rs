//! Errors between the first token and the last sealed message.

use std::fmt;

use super::credentials::Withheld;
#[cfg(feature = "kerberos")]
use super::kerberos::Failure;

/// A login or a sealed message that was refused, on our side.
///
/// It never carries a secret, nor bytes that came from the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// A token is not the message that was due, or is damaged; the text says what about it.
    Token(&'static str),
    /// The peer does not agree to this capability, without which messages cannot be sealed safely.
    Lacking(&'static str),
    /// A name is too long for the field that has to carry it; the text names the field.
    TooLong(&'static str),
    /// The handshake was asked for a step after its last one.
    HandshakeOver,
    /// The peer says no to the login.
    Rejected,
    /// The keeper of the password did not give it.
    NoPassword(Withheld),
    /// The certificate is not one; the text says what about it.
    Certificate(&'static str),
    /// A sealed message has no proper signature block.
    Signature,
    /// A sealed message was changed on its way, or sealed under another key.
    Tampered,
    /// A sealed message was lost, repeated, or came out of order.
    Sequence {
        /// The number that was due.
        due: u32,
        /// The number that the message carries.
        got: u32,
    },
    /// An earlier error ended the session.
    SessionOver,
    /// Kerberos could not go on.
    #[cfg(feature = "kerberos")]
    Kerberos(Failure),
    /// The ticket that was to be handed over stays here.
    #[cfg(feature = "kerberos")]
    NotDelegated,
    /// The realm of the user cannot be told from the name of the domain.
    #[cfg(feature = "kerberos")]
    UnknownRealm,
    /// The acceptor turned the client away; the text says why.
    #[cfg(any(test, feature = "simulator"))]
    Refused(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(why) => write!(f, "bad authentication token: {why}"),
            Self::Lacking(capability) => write!(f, "the peer does not agree to {capability}"),
            Self::TooLong(field) => {
                write!(f, "the {field} is too long for an authentication message")
            }
            Self::HandshakeOver => {
                f.write_str("the login asks for more steps than its mechanism has")
            }
            Self::Rejected => f.write_str("the peer rejects the login"),
            Self::NoPassword(_) => f.write_str("whoever keeps the password did not give it"),
            Self::Certificate(why) => write!(f, "bad certificate: {why}"),
            Self::Signature => f.write_str("the signature of a sealed message is malformed"),
            Self::Tampered => f.write_str("the signature of a sealed message does not match it"),
            Self::Sequence { due, got } => {
                write!(f, "sealed message {got} came when message {due} was due")
            }
            Self::SessionOver => f.write_str("an earlier error ended the sealed session"),
            #[cfg(feature = "kerberos")]
            Self::Kerberos(failure) => failure.fmt(f),
            #[cfg(feature = "kerberos")]
            Self::NotDelegated => f.write_str("the ticket cannot be delegated"),
            #[cfg(feature = "kerberos")]
            Self::UnknownRealm => f.write_str("the domain of the user is not the default realm"),
            #[cfg(any(test, feature = "simulator"))]
            Self::Refused(why) => write!(f, "login refused: {why}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoPassword(withheld) => Some(withheld.cause()),
            #[cfg(feature = "kerberos")]
            Self::Kerberos(failure) => Some(failure.cause()),
            _ => None,
        }
    }
}

impl Error {
    /// Returns what to do about it, in one sentence.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            #[cfg(feature = "kerberos")]
            Self::Kerberos(failure) => failure.hint(),
            #[cfg(feature = "kerberos")]
            Self::NotDelegated => {
                Some("get a forwardable ticket (kinit -f), or set forwardable in krb5.conf")
            }
            #[cfg(feature = "kerberos")]
            Self::UnknownRealm => Some("write the user as user@REALM"),
            _ => None,
        }
    }
}
