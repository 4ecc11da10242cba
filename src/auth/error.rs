//! Errors of logins and of sealed messages.

use std::fmt;

use super::credentials::CallbackError;
#[cfg(feature = "kerberos")]
use super::kerberos::Failure;

/// The reason why the client rejected a login or a sealed message.
///
/// It never contains a secret, nor bytes from the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// A malformed token, or one that is not the expected message. The text gives the problem.
    Token(&'static str),
    /// The peer does not agree to this capability, which is required to seal messages safely.
    Lacking(&'static str),
    /// A name is too long for its field. The text names the field.
    TooLong(&'static str),
    /// The handshake was called after its last step.
    HandshakeOver,
    /// The peer rejects the login.
    Rejected,
    /// The password callback failed.
    NoPassword(CallbackError),
    /// The certificate is malformed. The text gives the problem.
    Certificate(&'static str),
    /// A sealed message has no valid signature block.
    Signature,
    /// A sealed message was modified, or sealed under another key.
    Tampered,
    /// A sealed message was lost, repeated, or reordered.
    Sequence {
        /// The expected sequence number.
        due: u32,
        /// The sequence number of the message.
        got: u32,
    },
    /// An earlier error ended the session.
    SessionOver,
    /// Kerberos failed.
    #[cfg(feature = "kerberos")]
    Kerberos(Failure),
    /// The ticket could not be delegated.
    #[cfg(feature = "kerberos")]
    NotDelegated,
    /// The realm of the user cannot be derived from the name of the domain.
    #[cfg(feature = "kerberos")]
    UnknownRealm,
    /// The acceptor rejected the client. The text gives the reason.
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
            Self::NoPassword(_) => f.write_str("the password could not be obtained"),
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
            Self::NoPassword(error) => Some(error.cause()),
            #[cfg(feature = "kerberos")]
            Self::Kerberos(failure) => Some(failure.cause()),
            _ => None,
        }
    }
}

impl Error {
    /// Returns the hint for the user, in one sentence.
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
