//! The error type of the crate.

mod compose;
mod forms;

use std::error::Error as StdError;
use std::fmt;

use crate::remedy::Remedy;
use crate::transport::{self, Delivery};
use crate::wsman::{Fault, FaultKind};

use compose::FaultSource;

/// An error returned by an operation.
///
/// The type is opaque and the size of one pointer. `Display` gives the operation that failed, in one phrase. The causes
/// are reached through [`source`](StdError::source), level by level, without repetition. Neither `Display` nor `Debug`
/// contains a secret or the text of an envelope.
///
/// ```
/// # fn report(error: cimwire::Error) {
/// eprint!("{error}");
/// let mut cause = std::error::Error::source(&error);
/// while let Some(error) = cause {
///     eprint!(": {error}");
///     cause = error.source();
/// }
/// eprintln!();
/// if let Some(hint) = error.hint() {
///     eprintln!("hint: {hint}");
/// }
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    doing: String,
    hint: Option<String>,
    host: Option<Box<str>>,
    /// True if the operation was a change that was not sent, since a read before it failed.
    is_unsent: bool,
    remedy: Option<Remedy>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of an [`Error`], for a program to decide on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is invalid: a setting, a name, or a value that has no form on the wire.
    Usage,
    /// The host rejected the credentials.
    Authentication,
    /// The [password source](crate::Credentials::password_from) did not supply a password.
    NoPassword,
    /// The connection could not be made, or was lost before a response came back.
    Connection,
    /// A time limit was exceeded.
    Timeout,
    /// The server answered with a [fault](Error::fault).
    Fault,
    /// The response is malformed or does not belong to the request.
    Answer,
    /// A value does not have the requested type.
    Decode,
    /// The object was not found.
    NotFound,
    /// More than one object was found.
    Ambiguous,
    /// The method ran and returned an error code, or a check before it found a state that does not allow it; then the
    /// [delivery](Error::delivery) is [`NotSent`](Delivery::NotSent).
    Refused,
    /// The job failed.
    JobFailed,
    /// The job was cancelled.
    JobCancelled,
    /// The outcome of a change is unknown: the connection broke after the request was sent, the response could not be
    /// understood, or the job vanished.
    OutcomeUnknown,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, doing: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            doing: doing.into(),
            hint: None,
            host: None,
            is_unsent: false,
            remedy: None,
            source: None,
        }))
    }

    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub(crate) fn with_hint_or_none(mut self, hint: Option<impl Into<String>>) -> Self {
        self.0.hint = hint.map(Into::into);
        self
    }

    #[must_use]
    fn with_remedy(mut self, remedy: Option<Remedy>) -> Self {
        self.0.remedy = remedy;
        self
    }

    #[must_use]
    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds the host that the error came from, unless it has one.
    #[must_use]
    pub(crate) fn or_host(mut self, host: impl FnOnce() -> Option<Box<str>>) -> Self {
        self.0.host = self.0.host.or_else(host);
        self
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the fault of the server, if it answered with one.
    pub fn fault(&self) -> Option<&Fault> {
        self.cause::<FaultSource>().map(|source| &*source.0)
    }

    /// Returns the kind of the fault, or `None` if the server did not answer with one.
    pub fn fault_kind(&self) -> Option<FaultKind> {
        self.fault().map(Fault::kind)
    }

    /// Returns whether the operation reached the host. After a method call with [`Delivery::Unknown`], check the state of
    /// the host before sending it again.
    pub fn delivery(&self) -> Delivery {
        match (self.0.kind, self.cause::<transport::Error>()) {
            // A response that cannot be read or trusted does not tell what the host has done.
            _ if self.0.is_unsent => Delivery::NotSent,
            (ErrorKind::OutcomeUnknown, _) => Delivery::Unknown,
            (_, Some(error)) => error.delivery(),
            (ErrorKind::Usage, None) => Delivery::NotSent,
            (_, None) => Delivery::Answered,
        }
    }

    /// Returns the host that the operation was sent to, or would have been, as [`Client::host`](crate::Client::host)
    /// returns it. It is `None` for input that was wrong before there was a client, and for a value that the caller reads
    /// from an instance or an output.
    pub fn host(&self) -> Option<&str> {
        self.0.host.as_deref()
    }

    /// Returns a hint on how to solve the problem, in one sentence.
    pub fn hint(&self) -> Option<&str> {
        let own = self.0.hint.as_deref();
        let transport = || {
            self.cause::<transport::Error>()
                .and_then(transport::Error::hint)
        };
        let fault = || self.fault_kind().and_then(FaultKind::hint);
        own.or_else(transport).or_else(fault)
    }

    /// Returns the setting that the [hint](Self::hint) is about.
    pub fn remedy(&self) -> Option<Remedy> {
        if self.0.hint.is_some() {
            return self.0.remedy;
        }
        let cause = self.cause::<transport::Error>();
        let transport = cause.and_then(transport::Error::remedy);
        transport.or_else(|| self.fault_kind().and_then(FaultKind::remedy))
    }

    /// Returns the first error of type `E` among the causes. It gives access to the details of a lower layer.
    pub fn cause<E: StdError + 'static>(&self) -> Option<&E> {
        let mut next = self.source();
        while let Some(error) = next {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            next = error.source();
        }
        None
    }

    /// Replaces the description of the operation that failed.
    pub(crate) fn with_doing(mut self, doing: impl Into<String>) -> Self {
        self.0.doing = doing.into();
        self
    }

    /// Marks the error of a read or a check that comes before a change: the change was not sent.
    pub(crate) fn of_unsent_change(mut self) -> Self {
        self.0.is_unsent = true;
        self
    }

    /// Returns true if a retry may succeed: the service is restarting or busy, or the network failed.
    pub(crate) fn is_transient(&self) -> bool {
        use transport::ErrorKind as Transport;
        if let Some(kind) = self.fault_kind() {
            return matches!(
                kind,
                FaultKind::Quota | FaultKind::TimedOut | FaultKind::Other
            );
        }
        self.cause::<transport::Error>()
            .is_some_and(|error| match error.kind() {
                Transport::Connect
                | Transport::Lost
                | Transport::ContextLost
                | Transport::Timeout(_) => true,
                Transport::Status => error.status() == Some(503),
                _ => false,
            })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.doing)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("doing", &self.0.doing)
            .field("hint", &self.0.hint)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&**self.0.source.as_ref()?)
    }
}

#[cfg(test)]
mod tests;
