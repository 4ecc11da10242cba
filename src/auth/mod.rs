//! Logging in: token in, token out; then sealing and unsealing messages.
//!
//! Nothing here does IO. A [`Handshake`] is a value that turns the server's tokens into ours, and ends in a
//! [`Session`] that seals what is sent and unseals what is received on the one connection that it was made for
//! (\[MS-WSMV\] 2.2.9.1, \[MS-NLMP\] 3.4). Time and nonces come in from outside, so that a recorded exchange is an
//! ordinary unit test.
//!
//! A mechanism may wrap another: SPNEGO is a `Handshake` that holds the `Handshake` of the mechanism it negotiates, and hands
//! on that one's session.

pub(crate) mod basic;
mod certificate;
mod channel_binding;
mod credentials;
mod der;
mod error;
#[cfg(feature = "kerberos")]
pub(crate) mod kerberos;
pub(crate) mod ntlm;
pub(crate) mod spnego;
mod token;

use std::fmt;

pub(crate) use self::certificate::PublicKey;
pub(crate) use self::channel_binding::ChannelBinding;
pub(crate) use self::credentials::ClientCertificate;
pub use self::credentials::{Credentials, Secret};
pub(crate) use self::error::Error;
pub use self::token::{AuthToken, NtlmToken};

/// A login in progress on one connection.
pub(crate) trait Handshake: Send {
    /// Takes the server's token and says what to do next.
    ///
    /// The token is empty at the start. Later an empty one means that the server said no without a word, which ends the
    /// login with an error, unless the mechanism knows another way to begin.
    ///
    /// `binding` names the TLS channel that carries the tokens, where there is one.
    fn step(&mut self, token: &[u8], binding: Option<&ChannelBinding>) -> Result<Step, Error>;

    /// Returns what the token that was given last shows, so that a refusal of it can be told for what it is.
    fn shown(&self) -> Shown {
        Shown::Nothing
    }

    /// Reports whether the next step may ask a callback, and so must be kept off the async threads.
    fn blocks(&self) -> bool {
        false
    }
}

/// The part of a login that a server has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Nothing that it could refuse.
    Nothing,
    /// A user's name, and proof of the password.
    Password,
    /// A ticket for the service.
    #[cfg(feature = "kerberos")]
    Ticket,
}

/// The next step of a [`Handshake`].
pub(crate) enum Step {
    /// Send this token and come back with the server's answer.
    Continue(Vec<u8>),
    /// Come back with the name of the TLS channel, which the first token has to hold.
    #[cfg(feature = "kerberos")]
    Bind,
    /// Our side is done. Send the token, if there is one; the server has accepted when it answers with success.
    Done {
        /// The last token to send.
        token: Option<Vec<u8>>,
        /// Seals and unseals from now on.
        session: Box<dyn Session>,
    },
}

/// Seals and unseals the messages of one connection, in order.
///
/// Both directions keep a running cipher and a count, so a message that was lost, repeated or damaged ends the session:
/// after an error every later call on that direction is an error as well.
pub(crate) trait Session: Send {
    /// Seals one message.
    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, Error>;

    /// Unseals one message in place of `data`, and checks its signature.
    fn unseal(&mut self, header: &[u8], data: Vec<u8>) -> Result<Vec<u8>, Error>;

    /// Signs SPNEGO's list of mechanisms: `GSS_GetMIC`, before the first message is sealed.
    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, Error>;

    /// Checks the other side's signature of that list: `GSS_VerifyMIC`, before the first message is unsealed.
    fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), Error>;
}

/// A sealed message, as MS-WSMV 2.2.9.1.2 frames it: length of the header, header, data.
pub(crate) struct Sealed {
    /// The signature or token header.
    pub(crate) header: Vec<u8>,
    /// The cipher text.
    pub(crate) data: Vec<u8>,
}

// A token lets its reader guess passwords at leisure, so only its length is shown.
impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Continue(token) => write!(f, "Continue({} bytes)", token.len()),
            #[cfg(feature = "kerberos")]
            Self::Bind => f.write_str("Bind"),
            Self::Done { token, .. } => {
                write!(f, "Done({} bytes)", token.as_ref().map_or(0, Vec::len))
            }
        }
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Sealed({} + {} bytes)",
            self.header.len(),
            self.data.len()
        )
    }
}
