//! Trace spans of operations, and the traces of their envelopes.

use std::time::Instant;

use tracing::field::{Empty, display};
use tracing::{Level, Span, debug, debug_span, enabled, trace};

use crate::auth::{Credentials, Secret};
use crate::error::Error;
use crate::printable::shortened;
use crate::transport::scrub::scrubbed;
use crate::transport::{Error as TransportError, Response};
use crate::wsman::{Fault, Operation};
use crate::xml;

use super::Client;

/// A span of an operation, whose fields are recorded when the operation ends. It contains neither a body nor a text of
/// the server, which might quote one; only the traces of envelopes do, without secrets.
pub(super) struct OperationSpan<'a> {
    span: Span,
    /// The credentials of the client, whose password no trace of an envelope shows.
    credentials: Option<&'a Credentials>,
    /// The envelope of a request that is traced when the password is known.
    untraced: Option<String>,
    began: Instant,
    attempts: u32,
    sent: usize,
    received: usize,
    status: Option<u16>,
}

impl<'a> OperationSpan<'a> {
    pub(super) fn new(operation: &Operation, client: &'a Client) -> Self {
        let span = debug_span!(
            target: OPERATION,
            "wsman",
            host = client.host(),
            action = operation.name(),
            class = operation.class().map(display),
            status = Empty,
            items = Empty,
            sent = Empty,
            received = Empty,
            attempts = Empty,
            duration_ms = Empty,
            fault = Empty,
        );
        Self {
            span,
            credentials: client.inner.settings.credentials.as_ref(),
            untraced: None,
            began: Instant::now(),
            attempts: 0,
            sent: 0,
            received: 0,
            status: None,
        }
    }

    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Records an envelope that is sent.
    pub(super) fn sent(&mut self, envelope: &str) {
        self.attempts += 1;
        self.sent += envelope.len();
        if !enabled!(target: ENVELOPE, Level::TRACE) {
            return;
        }
        self.untraced = Some(envelope.to_owned());
        // A callback returns the password during the login, which is part of the exchange.
        match self.credentials {
            Some(credentials) if credentials.known_password().is_none() => {
                credentials.keep_password();
            }
            _ => self.trace_sent(),
        }
    }

    /// Traces the request, if that has not been done yet.
    pub(super) fn trace_sent(&mut self) {
        if let Some(envelope) = self.untraced.take() {
            trace!(target: ENVELOPE, envelope = self.scrubbed(&envelope), "sent");
        }
    }

    /// Records a response.
    pub(super) fn answered(&mut self, response: &Response) {
        self.received += response.body.len();
        self.status = Some(response.status);
        if enabled!(target: ENVELOPE, Level::TRACE) {
            match xml::decode(&response.body, response.charset.as_deref()) {
                Ok(text) => trace!(target: ENVELOPE, envelope = self.scrubbed(&text), "received"),
                Err(_) => trace!(target: ENVELOPE, "received an envelope that is not text"),
            }
        }
    }

    fn scrubbed(&self, envelope: &str) -> String {
        let password = self.credentials.and_then(Credentials::known_password);
        scrubbed(envelope, password.as_ref().map(Secret::expose).as_slice())
    }

    /// Records the end of the operation and, if it returns items, their number.
    pub(super) fn finish(&self, outcome: Result<Option<usize>, &Error>) {
        let Self { span, .. } = self;
        span.record("attempts", self.attempts);
        span.record("sent", self.sent);
        span.record("received", self.received);
        let duration = self.began.elapsed().as_millis();
        span.record("duration_ms", u64::try_from(duration).unwrap_or(u64::MAX));
        let error = outcome.err();
        let status = self
            .status
            .or_else(|| error.and_then(|error| error.cause::<TransportError>()?.status()));
        if let Some(status) = status {
            span.record("status", status);
        }
        if let Ok(Some(items)) = outcome {
            span.record("items", items);
        }
        if let Some(fault) = error.and_then(Error::fault) {
            span.record("fault", display(code_of(fault)));
        }
        match error {
            None => debug!(target: OPERATION, "answered"),
            Some(error) => {
                let cause = error.cause::<TransportError>().map(display);
                debug!(target: OPERATION, %error, cause, "failed");
            }
        }
    }
}

/// Returns the code of a fault, or its name if it has no code.
fn code_of(fault: &Fault) -> String {
    match fault.wsman_code() {
        Some(code) => format!("{code:#010x}"),
        None => shortened(
            fault.subcode().unwrap_or_else(|| fault.code()),
            LONGEST_NAME,
        )
        .into_owned(),
    }
}

/// The longest subcode recorded. Those of the specifications have up to 40 characters.
const LONGEST_NAME: usize = 60;

/// The target of the span of each operation, and of its events.
pub(super) const OPERATION: &str = "cimwire::operation";

/// The target of envelopes as the host and this crate read them: before sealing and after unsealing.
const ENVELOPE: &str = "cimwire::envelope";
