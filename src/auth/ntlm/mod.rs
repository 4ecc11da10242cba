//! NTLM (\[MS-NLMP\]): raw NTLMSSP tokens, responses of version 2, sealing with extended session security.
//!
//! ```text
//! client                                                  server
//!   NEGOTIATE      capabilities of the client         ->
//!                                                     <-    CHALLENGE      8 random bytes, names, the time
//!   AUTHENTICATE   proof of the password, session key ->
//!   sealed message 0                                  ->
//!                                                     <-    sealed message 0
//! ```
//!
//! The proof binds the server's names, the service name and the TLS channel to the password. The integrity code of the
//! last token binds the three tokens together, so an attacker cannot weaken the negotiated settings.

#[cfg(any(test, feature = "simulator"))]
pub(crate) mod acceptor;
mod av_pairs;
mod keys;
mod messages;
mod public_parts;
mod response;
mod seal;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod transcript;

use std::mem;

use ntlmclient::AuthenticateMessage;

#[cfg(any(test, feature = "simulator"))]
pub(super) use self::messages::NEGOTIATE;
pub(crate) use self::public_parts::public_parts;
use self::response::Nonces;
use self::seal::SealingSession;
use super::{ChannelBinding, Credentials, Error, Handshake, Presented, Step};

/// Creates a login to `host` over one connection, with random nonces and the current time.
pub(crate) fn client(credentials: Credentials, host: &str) -> Box<dyn Handshake> {
    Box::new(NtlmClient::new(credentials, host, Nonces::random()))
}

/// The client's side of a login.
pub(crate) struct NtlmClient {
    credentials: Credentials,
    /// The service principal name.
    target_name: String,
    nonces: Nonces,
    state: State,
}

enum State {
    Start,
    /// The negotiate message was sent.
    Negotiated(Vec<u8>),
    Over,
}

impl NtlmClient {
    /// Creates a login to the web service of `host`.
    pub(crate) fn new(credentials: Credentials, host: &str, nonces: Nonces) -> Self {
        Self {
            credentials,
            target_name: format!("HTTP/{host}"),
            nonces,
            state: State::Start,
        }
    }

    fn negotiate(&mut self) -> Result<Step, Error> {
        let negotiate = messages::negotiate()?;
        self.state = State::Negotiated(negotiate.clone());
        Ok(Step::Continue(negotiate))
    }

    /// Answers the challenge (\[MS-NLMP\] 3.1.5.1.2).
    fn authenticate(
        &self,
        negotiate: &[u8],
        token: &[u8],
        binding: Option<&ChannelBinding>,
    ) -> Result<Step, Error> {
        let challenge = messages::read_challenge(token)?;
        let Nonces {
            client_challenge,
            exported_session_key,
            time,
        } = &self.nonces;
        let (domain, user) = (self.credentials.domain(), self.credentials.user());
        let password = self.credentials.secret()?;
        let response_key = keys::response_key(domain, user, password.expose());

        let server_time = av_pairs::timestamp(&challenge.target_information);
        let target_info =
            av_pairs::for_response(&challenge.target_information, &self.target_name, binding)?;
        let blob = response::blob(server_time.unwrap_or(*time), client_challenge, &target_info);
        let proof = keys::proof(&response_key, &challenge.challenge, &blob);
        let session_base_key = keys::session_base_key(&response_key, &proof);
        let lm_response = match server_time {
            Some(_) => vec![0; 24],
            None => keys::lm_response(&response_key, &challenge.challenge, client_challenge),
        };

        let mut authenticate = messages::write_authenticate(AuthenticateMessage {
            lm_response,
            ntlm_response: [&proof[..], &blob].concat(),
            domain_name: domain.to_owned(),
            user_name: user.to_owned(),
            workstation_name: String::new(),
            session_key: keys::exchange(&session_base_key, exported_session_key).to_vec(),
            flags: challenge.flags & messages::REQUESTED,
            os_version: messages::VERSION,
        })?;
        let code = keys::integrity_code(exported_session_key, negotiate, token, &authenticate);
        messages::replace_integrity_code(&mut authenticate, code)?;
        Ok(Step::Done {
            token: Some(authenticate),
            session: Box::new(SealingSession::client(exported_session_key)),
        })
    }
}

impl Handshake for NtlmClient {
    fn step(&mut self, token: &[u8], binding: Option<&ChannelBinding>) -> Result<Step, Error> {
        match mem::replace(&mut self.state, State::Over) {
            State::Start if token.is_empty() => self.negotiate(),
            State::Start => Err(Error::Token("it came before the login began")),
            State::Negotiated(negotiate) => self.authenticate(&negotiate, token, binding),
            State::Over => Err(Error::HandshakeOver),
        }
    }

    fn presented(&self) -> Presented {
        match self.state {
            State::Start | State::Negotiated(_) => Presented::Nothing,
            State::Over => Presented::Password,
        }
    }

    fn blocks(&self) -> bool {
        matches!(self.state, State::Negotiated(_)) && self.credentials.asks()
    }
}
