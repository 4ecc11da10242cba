//! Retries: the envelopes that are sent again, and the connections of those that must be sent once.

use std::sync::OnceLock;

use tracing::debug;

use super::HttpTransport;
use super::connection::{Connection, EXCHANGE, Failed};
use super::pool::Turn;
use crate::part_headers::PartHeaders;
use crate::transport::{Delivery, Error, ErrorKind, Repeat, Request, Response};

/// The form of part headers that a host accepts: the one that was set, until a sealed response proves one.
#[derive(Debug)]
pub(super) struct Form {
    set: PartHeaders,
    proven: OnceLock<PartHeaders>,
}

impl Form {
    pub(super) fn new(set: PartHeaders) -> Self {
        Self {
            set,
            proven: OnceLock::new(),
        }
    }

    fn current(&self) -> PartHeaders {
        self.proven.get().copied().unwrap_or(self.set)
    }

    /// Returns the form to try after a host has refused one; `None` if that form is proven, so that the reason is
    /// another.
    fn instead_of(&self, refused: PartHeaders) -> Option<PartHeaders> {
        match self.proven.get() {
            Some(&proven) => Some(proven).filter(|&proven| proven != refused),
            None => Some(refused.other()),
        }
    }

    fn is_proven(&self) -> bool {
        self.proven.get().is_some()
    }

    fn prove(&self, form: PartHeaders) {
        // The first proven form stays: it works.
        let _ = self.proven.set(form);
    }
}

impl HttpTransport {
    pub(super) async fn send(&self, request: Request) -> Result<Response, Error> {
        let turn = self.pool.turn().await;
        let outcome = match request.repeat {
            Repeat::Read => self.read(&turn, &request).await,
            Repeat::Once => self.change(&turn, &request).await,
        };
        outcome.map_err(|failed| failed.error)
    }

    /// Sends a read, and sends it once more if the connection had died, the login was lost, or the host may expect the
    /// other form of part headers.
    async fn read(
        &self,
        turn: &Turn<'_, Connection>,
        request: &Request,
    ) -> Result<Response, Failed> {
        let idle = turn.idle();
        let is_new = idle.is_none();
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect(self.form.current()).await?,
        };
        let failed = match self.attempt(turn, connection, request).await {
            Ok(response) => return Ok(response),
            Err(failed) => failed,
        };
        let other = failed.refused.and_then(|form| self.form.instead_of(form));
        let form = match (other, failed.error.kind()) {
            (Some(form), _) => form,
            (None, ErrorKind::ContextLost) => self.form.current(),
            (None, ErrorKind::Lost) if !is_new => self.form.current(),
            _ => return Err(failed),
        };
        debug!(target: EXCHANGE, endpoint = %self.settings.endpoint, error = %failed.error, ?form, "sending again on a new connection");
        // The event that ended this connection has most likely ended the other idle ones.
        self.pool.forget_idle();
        let again = async {
            let connection = self.connect(form).await?;
            self.attempt(turn, connection, request).await
        };
        again.await.map_err(|again| match failed.error.delivery() {
            Delivery::NotSent => again,
            _ => again.error.after_attempt().into(),
        })
    }

    /// Sends an envelope whose bytes may leave the process once, on a connection that is known to work.
    async fn change(
        &self,
        turn: &Turn<'_, Connection>,
        request: &Request,
    ) -> Result<Response, Failed> {
        if let Some(connection) = self.working(turn, request).await {
            match self.attempt(turn, connection, request).await {
                // The connection had ended before anything of the request was sent.
                Err(Failed { error, .. })
                    if error.kind() == ErrorKind::Lost && error.delivery() == Delivery::NotSent =>
                {
                    debug!(target: EXCHANGE, endpoint = %self.settings.endpoint, %error, "sending on a new connection");
                    self.pool.forget_idle();
                }
                outcome => return outcome,
            }
        }
        let connection = self.proven(request).await?;
        self.attempt(turn, connection, request).await
    }

    /// Returns an idle connection that has answered recently, or answers a check now.
    async fn working(&self, turn: &Turn<'_, Connection>, request: &Request) -> Option<Connection> {
        let mut connection = turn.idle()?;
        if connection.has_rested() {
            let check = self.check(request)?;
            if let Err(Failed { error, .. }) = self.exchange(&mut connection, &check).await {
                debug!(target: EXCHANGE, endpoint = %self.settings.endpoint, %error, "a rested connection does not answer");
                self.pool.forget_idle();
                return None;
            }
        }
        connection.is_usable().then_some(connection)
    }

    /// Opens a connection for a change. Until the host has shown that it accepts the form of part headers, a check is
    /// sent first: a change that is refused for its form would have an unknown outcome.
    async fn proven(&self, request: &Request) -> Result<Connection, Error> {
        let mut connection = self.connect(self.form.current()).await?;
        let seals = connection.part_headers().is_some();
        let Some(check) = self
            .check(request)
            .filter(|_| seals && !self.form.is_proven())
        else {
            return Ok(connection);
        };
        let not_sent = |failed: Failed| failed.error.before_sending();
        if let Err(failed) = self.exchange(&mut connection, &check).await {
            let other = failed.refused.and_then(|form| self.form.instead_of(form));
            let Some(form) = other else {
                return Err(not_sent(failed));
            };
            debug!(target: EXCHANGE, endpoint = %self.settings.endpoint, error = %failed.error, ?form, "checking again on a new connection");
            connection = self.connect(form).await?;
            let checked = self.exchange(&mut connection, &check).await;
            checked.map_err(not_sent)?;
        }
        if connection.is_usable() {
            Ok(connection)
        } else {
            self.connect(self.form.current()).await
        }
    }

    /// Returns the check of a request as a request. It replaces a login, and may take as long.
    fn check(&self, request: &Request) -> Option<Request> {
        Some(Request {
            envelope: request.check.clone()?,
            repeat: Repeat::Read,
            timeout: request.timeout.min(self.authenticate_timeout),
            check: None,
        })
    }

    async fn connect(&self, form: PartHeaders) -> Result<Connection, Error> {
        Connection::open(&self.settings, &self.login, self.authenticate_timeout, form).await
    }

    /// Sends a request and keeps the connection if it succeeds; otherwise, and if this future is dropped, the
    /// connection is closed.
    async fn attempt(
        &self,
        turn: &Turn<'_, Connection>,
        mut connection: Connection,
        request: &Request,
    ) -> Result<Response, Failed> {
        let response = self.exchange(&mut connection, request).await?;
        if connection.is_usable() {
            turn.give_back(connection);
        }
        Ok(response)
    }

    async fn exchange(
        &self,
        connection: &mut Connection,
        request: &Request,
    ) -> Result<Response, Failed> {
        let response = connection.exchange(request).await?;
        if let Some(form) = connection.part_headers() {
            self.form.prove(form);
        }
        Ok(response)
    }
}
