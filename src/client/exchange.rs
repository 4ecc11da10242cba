//! The exchange of one operation, from its envelope to the decoded response, with retries and tracing.

use std::borrow::Cow;

use bytes::Bytes;
use tracing::{Instrument, debug};
use uuid::Uuid;

use crate::error::Error;
use crate::transport::{Repeat, Request, Response};
use crate::wsman::{
    self, EncodeError, Enumerate, Filter, Head, OpenEnvelope, Operation, ReplyError, SentRequest,
};
use crate::xml;

use super::Client;
use super::operation_span::{OPERATION, OperationSpan};
use super::retries::RetryState;

impl Client {
    /// Carries out an operation and reads its response.
    pub(super) async fn call<T>(
        &self,
        operation: &Operation,
        read: impl Fn(OpenEnvelope<'_>) -> Result<T, ReplyError>,
    ) -> Result<T, Error> {
        self.exchange(SentRequest::new(operation), read, |_| None)
            .await
    }

    /// Carries out an operation that returns items, and records their number in the span.
    pub(super) async fn exchange<T>(
        &self,
        sent: SentRequest<'_>,
        read: impl Fn(OpenEnvelope<'_>) -> Result<T, ReplyError>,
        items: impl Fn(&T) -> Option<usize>,
    ) -> Result<T, Error> {
        let mut span = OperationSpan::new(sent.operation(), self);
        let entered = span.span();
        async {
            let outcome = self.with_retries(sent, &read, &mut span).await;
            span.finish(outcome.as_ref().map(&items));
            outcome.map_err(|error| self.attribute(error))
        }
        .instrument(entered)
        .await
    }

    /// Attempts an operation until it succeeds or a retry is unsafe or useless.
    async fn with_retries<T>(
        &self,
        sent: SentRequest<'_>,
        read: &impl Fn(OpenEnvelope<'_>) -> Result<T, ReplyError>,
        span: &mut OperationSpan<'_>,
    ) -> Result<T, Error> {
        let repeat = repeat_of(sent.operation());
        let mut state = RetryState::new(&self.inner.settings.retries, repeat);
        loop {
            let error = match self.attempt(sent, &mut state, read, span).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(retry) = state.next(&error, rand::random()) else {
                return Err(error);
            };
            debug!(
                target: OPERATION,
                attempt = state.attempt(),
                delay = ?retry.delay,
                reason = retry.reason,
                "trying again"
            );
            tokio::time::sleep(retry.delay).await;
        }
    }

    async fn attempt<T>(
        &self,
        sent: SentRequest<'_>,
        state: &mut RetryState<'_>,
        read: impl Fn(OpenEnvelope<'_>) -> Result<T, ReplyError>,
        span: &mut OperationSpan<'_>,
    ) -> Result<T, Error> {
        let operation = sent.operation();
        let doing = describe(operation, state.attempt());
        let message_id = Uuid::new_v4();
        let envelope = match self.envelope(operation, message_id) {
            Ok(envelope) => envelope,
            Err(error) => return Err(Error::from_encode(doing, error)),
        };
        span.sent(&envelope);
        let request = Request {
            envelope: envelope.into(),
            repeat: repeat_of(operation),
            timeout: self.inner.settings.operation_timeout + super::ANSWER_GRACE,
            check: self.check(operation),
        };
        let exchanged = self.inner.transport.exchange(request).await;
        span.trace_sent();
        match exchanged {
            Ok(response) => {
                span.answered(&response);
                state.answered(&response);
                let answer = self.read_answer(&response, sent, message_id, read);
                answer.map_err(|error| {
                    let dialect = self.inner.settings.profile.dialect;
                    Error::from_answer(doing, error, operation).in_dialect(dialect, operation)
                })
            }
            Err(error) => {
                let error = state.account_for(error);
                Err(Error::from_transport(doing, error, operation.changes()))
            }
        }
    }

    /// Checks that a response answers the request, and reads it.
    fn read_answer<T>(
        &self,
        response: &Response,
        sent: SentRequest<'_>,
        message_id: Uuid,
        read: impl Fn(OpenEnvelope<'_>) -> Result<T, ReplyError>,
    ) -> Result<T, ReplyError> {
        let text: Cow<'_, str> = xml::decode(&response.body, response.charset.as_deref())?;
        read(sent.open(&text, message_id, self.inner.settings.profile.dialect)?)
    }

    /// Returns an Identify envelope, which tests a connection before an operation that must not be sent twice.
    fn check(&self, operation: &Operation) -> Option<Bytes> {
        let identify = || {
            let envelope = self.envelope(&Operation::Identify, Uuid::nil());
            envelope.ok().map(Bytes::from)
        };
        match repeat_of(operation) {
            Repeat::Read => None,
            Repeat::Once => self.inner.identify.get_or_init(identify).clone(),
        }
    }

    fn envelope(&self, operation: &Operation, message_id: Uuid) -> Result<String, EncodeError> {
        let settings = &self.inner.settings;
        let head = Head {
            to: self.endpoint(),
            message_id,
            max_envelope_size: settings.max_envelope_size,
            operation_timeout: settings.operation_timeout,
            locale: settings.locale.as_deref(),
            profile: settings.profile,
        };
        wsman::write(operation, &head)
    }
}

fn repeat_of(operation: &Operation) -> Repeat {
    if operation.is_read() {
        Repeat::Read
    } else {
        Repeat::Once
    }
}

/// Returns the description of the operation that begins an error.
fn describe(operation: &Operation, attempt: u32) -> String {
    let what = match operation {
        Operation::Identify => "could not identify the service".to_owned(),
        Operation::Get { target } => format!("could not get {}", target.class()),
        Operation::GetProperty { target, property } => {
            format!("could not get {property} of {}", target.class())
        }
        Operation::GetClass { class } => format!("could not get the declaration of {class}"),
        Operation::Put { target, .. } => format!("could not change {}", target.class()),
        Operation::Create { .. } => format!("could not create {}", class_name(operation)),
        Operation::Delete { target } => format!("could not delete {}", target.class()),
        Operation::Enumerate(enumerate) => describe_enumerate(enumerate),
        Operation::Pull { class, .. } => format!("could not pull more of {class}"),
        Operation::Release { class, .. } => format!("could not release the enumeration of {class}"),
        Operation::Subscribe { class, .. } => {
            format!("could not subscribe to events of {}", class.namespace())
        }
        Operation::Unsubscribe { class, .. } => {
            format!(
                "could not end the subscription to events of {}",
                class.namespace()
            )
        }
        Operation::Invoke { target, method, .. } => {
            format!("could not invoke {method} of {}", target.class())
        }
    };
    match attempt {
        1 => what,
        attempt => format!("{what} in {attempt} attempts"),
    }
}

/// Returns the description of an Enumerate: a query, a query for associations, or all instances of a class.
fn describe_enumerate(enumerate: &Enumerate) -> String {
    let namespace = enumerate.class.namespace();
    let begins = |text: &str, verb: &str| {
        let start = text.trim_start().get(..verb.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(verb))
    };
    match &enumerate.filter {
        Some(Filter::Association(asked)) if asked.references => {
            format!("could not query {namespace} for references")
        }
        Some(Filter::Association(_)) => format!("could not query {namespace} for associators"),
        Some(Filter::Wql(wql)) if begins(wql, "REFERENCES OF") => {
            format!("could not query {namespace} for references")
        }
        Some(Filter::Wql(wql)) if begins(wql, "ASSOCIATORS OF") => {
            format!("could not query {namespace} for associators")
        }
        Some(Filter::Wql(_)) => format!("could not query {namespace}"),
        _ => format!("could not enumerate {}", enumerate.class),
    }
}

fn class_name(operation: &Operation) -> String {
    operation
        .class()
        .map_or_else(|| "an instance".to_owned(), ToString::to_string)
}
