//! The error type of transports.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::remedy::Remedy;

/// The reason why a [`Transport`](super::Transport) returned no envelope.
///
/// The type is opaque and one word wide. `Display` is one phrase for this level; the cause is available through
/// [`source`](StdError::source). Neither contains a secret or the text of an envelope.
///
/// ```
/// use cimwire::transport::{Delivery, Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Connect, Delivery::NotSent, "could not connect to hv01:5985")
///     .with_hint("check that WinRM is on at the host");
/// assert_eq!(error.to_string(), "could not connect to hv01:5985");
/// assert_eq!(error.delivery(), Delivery::NotSent);
/// assert_eq!(error.hint(), Some("check that WinRM is on at the host"));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    delivery: Delivery,
    status: Option<u16>,
    retry_after: Option<Duration>,
    message: Cow<'static, str>,
    hint: Option<Cow<'static, str>>,
    remedy: Option<Remedy>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of an error, for programs to decide on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The settings cannot work: an invalid address, Basic without TLS, a CA file without certificates.
    Config,
    /// No connection could be made.
    Connect,
    /// The host name has no address.
    NameNotResolved,
    /// TLS failed, most often because of the server's certificate.
    Tls,
    /// A proxy between the client and the host refused.
    Proxy,
    /// The host did not accept the login.
    Authentication,
    /// No password was available for the login: the callback of
    /// [`Credentials::password_from`](crate::Credentials::password_from) did not provide one.
    NoPassword,
    /// The responding service does not speak WS-Management.
    NotWsMan,
    /// The host refused with an HTTP status and without an envelope; see [`Error::status`].
    Status,
    /// The response was larger than the client's limit, or the request larger than the host's (HTTP 413).
    TooLarge,
    /// A response on a sealed connection was not sealed, or its seal is broken.
    Sealing,
    /// A step took too long.
    Timeout(Phase),
    /// The connection broke.
    Lost,
    /// The host no longer knows the login of this connection (HTTP 401, or 400 without a body).
    ContextLost,
    /// The request differs from the recorded one.
    Replay,
}

/// The step that timed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Name resolution, connecting, and the TLS handshake.
    Connect,
    /// The login.
    Authenticate,
    /// The response to an envelope.
    Answer,
}

/// The fate of an envelope.
///
/// It decides how a caller may proceed with an operation that changes something: after `NotSent` the envelope may be
/// sent again, after `Unknown` the caller must check the host's state first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// Nothing of the envelope was sent to the host.
    NotSent,
    /// The envelope may have reached the host, which may have acted on it.
    Unknown,
    /// The host answered the envelope, and this error describes the response.
    Answered,
}

impl Error {
    /// Creates an error for a custom transport. `message` is one lower-case phrase without a period.
    pub fn new(kind: ErrorKind, delivery: Delivery, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            delivery,
            status: None,
            retry_after: None,
            message: message.into(),
            hint: None,
            remedy: None,
            source: None,
        }))
    }

    /// Adds a hint: what to do about the error, in one sentence.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds the setting that may fix the error.
    #[must_use]
    pub fn with_remedy(mut self, remedy: Remedy) -> Self {
        self.0.remedy = Some(remedy);
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds the HTTP status of the response.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the time that the server asks the client to wait (`Retry-After`).
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Returns the same error for a request that may have arrived in an earlier attempt.
    pub(crate) fn after_attempt(mut self) -> Self {
        if self.0.delivery == Delivery::NotSent {
            self.0.delivery = Delivery::Unknown;
        }
        self
    }

    /// Returns the same error for a check that preceded a request.
    pub(crate) fn before_sending(mut self) -> Self {
        self.0.delivery = Delivery::NotSent;
        self
    }

    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the fate of the envelope, which tells whether it reached the host.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// Returns the HTTP status of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns the time that the server asks the client to wait (`Retry-After`), if it refused with HTTP 425, 429 or
    /// 503 and gave one.
    ///
    /// The value is not authenticated over plain HTTP, so limit it before you wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the hint: what to do about the error, in one sentence.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Returns the setting that may fix the error.
    #[must_use]
    pub fn remedy(&self) -> Option<Remedy> {
        self.0.remedy
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("delivery", &self.0.delivery)
            .field("status", &self.0.status)
            .field("retry_after", &self.0.retry_after)
            .field("message", &self.0.message)
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
mod tests {
    use super::*;

    #[test]
    fn is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn reaches_the_cause_through_source_alone() {
        let error = Error::new(ErrorKind::Lost, Delivery::Unknown, "the connection broke")
            .with_source("connection reset");
        assert_eq!(error.to_string(), "the connection broke");
        assert_eq!(error.source().unwrap().to_string(), "connection reset");
        assert_eq!(error.hint(), None);
    }
}
