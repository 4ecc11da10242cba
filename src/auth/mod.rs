//! Logging in: token in, token out; then sealing and unsealing messages.
//!
//! Nothing here does IO. A [`Handshake`] is a value that turns the server's tokens into ours, and ends in a
//! [`Session`] that seals what is sent and unseals what is received on the one connection that it was made for
//! (\[MS-WSMV\] 2.2.9.1, \[MS-NLMP\] 3.4). Time and nonces come in from outside, so that a recorded exchange is an
//! ordinary unit test.

/// A login in progress on one connection.
pub(crate) trait Handshake: Send {
    /// Takes the server's token (empty at the start) and says what to do next.
    ///
    /// `binding` names the TLS channel that carries the tokens, where there is one.
    fn step(&mut self, token: &[u8], binding: Option<&ChannelBinding>) -> Result<Step, Error>;
}

/// What a [`Handshake`] wants next.
pub(crate) enum Step {
    /// Send this token and come back with the server's answer.
    Continue(Vec<u8>),
    /// Our side is done. Send the token, if there is one; the server has accepted when it answers with success.
    Done {
        /// The last token to send.
        token: Option<Vec<u8>>,
        /// Seals and unseals from now on.
        session: Box<dyn Session>,
    },
}

/// Seals and unseals the messages of one connection, in order.
pub(crate) trait Session: Send {
    /// Seals one message.
    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, Error>;

    /// Unseals one message in place of `data`, and checks its signature.
    fn unseal(&mut self, header: &[u8], data: Vec<u8>) -> Result<Vec<u8>, Error>;
}

/// A sealed message, as MS-WSMV 2.2.9.1.2 frames it: length of the header, header, data.
pub(crate) struct Sealed {
    /// The signature or token header.
    pub(crate) header: Vec<u8>,
    /// The cipher text.
    pub(crate) data: Vec<u8>,
}
