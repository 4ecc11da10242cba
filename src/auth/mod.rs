//! Authentication by exchange of tokens, and the sealing of messages.
//!
//! This module does no I/O. A [`Handshake`] turns the server's tokens into the client's, and ends in a [`Session`] that
//! seals the sent messages and unseals the received ones on one connection (\[MS-WSMV\] 2.2.9.1, \[MS-NLMP\] 3.4). Time
//! and nonces are arguments, so a recorded exchange can be a unit test.
//!
//! A mechanism may wrap another: SPNEGO is a `Handshake` that contains the `Handshake` of the negotiated mechanism, and
//! returns its session.

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
pub(crate) use self::token::{AuthToken, NtlmToken};

/// A login in progress on one connection.
pub(crate) trait Handshake: Send {
    /// Takes the server's token and returns the next step.
    ///
    /// The token is empty at the start. A later empty token means that the server rejected the login without a reason.
    /// This is an error, unless the mechanism has another way to begin.
    ///
    /// `binding` is that of the TLS channel that carries the tokens, if there is one.
    fn step(&mut self, token: &[u8], binding: Option<&ChannelBinding>) -> Result<Step, Error>;

    /// Returns the credentials that the last token showed, so that its rejection can be explained.
    fn presented(&self) -> Presented {
        Presented::Nothing
    }

    /// Reports whether the next step may call a callback, and must not run on an async thread.
    fn blocks(&self) -> bool {
        false
    }
}

/// Returns the token, or an error if it is longer than this.
fn bounded(token: &[u8], most: usize) -> Result<&[u8], Error> {
    if token.len() > most {
        return Err(Error::Token("it is too long"));
    }
    Ok(token)
}

/// The credentials that a server has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presented {
    /// Nothing that it could reject.
    Nothing,
    /// A user name and the proof of its password.
    Password,
    /// A ticket for the service.
    #[cfg(feature = "kerberos")]
    Ticket,
}

/// The next step of a [`Handshake`].
pub(crate) enum Step {
    /// Send this token, and call again with the server's response.
    Continue(Vec<u8>),
    /// Call again with the channel binding, which the first token must contain.
    #[cfg(feature = "kerberos")]
    Bind,
    /// The client is done. Send the token, if there is one. A success of the server then means that the login is
    /// accepted.
    Done {
        /// The last token to send.
        token: Option<Vec<u8>>,
        /// The session that seals and unseals from now on.
        session: Box<dyn Session>,
    },
}

/// A session that seals and unseals the messages of one connection, in order.
///
/// Each direction keeps a cipher state and a counter, so a lost, repeated or damaged message ends the session: after an
/// error, every later call for that direction fails.
pub(crate) trait Session: Send {
    /// Seals one message.
    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, Error>;

    /// Unseals one message, reusing the memory of `data`, and checks its signature.
    fn unseal(&mut self, header: &[u8], data: Vec<u8>) -> Result<Vec<u8>, Error>;

    /// Signs SPNEGO's list of mechanisms (`GSS_GetMIC`), before the first message is sealed.
    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, Error>;

    /// Checks the peer's signature of that list (`GSS_VerifyMIC`), before the first message is unsealed.
    fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), Error>;
}

/// A sealed message in the framing of MS-WSMV 2.2.9.1.2: length of the header, header, data.
pub(crate) struct Sealed {
    /// The signature or token header.
    pub(crate) header: Vec<u8>,
    /// The cipher text.
    pub(crate) data: Vec<u8>,
}

// A token allows offline password guessing, so only its length is shown.
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
