//! Why no envelope came back.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::remedy::Remedy;

/// Why a [`Transport`](super::Transport) brought no envelope back.
///
/// It is opaque and one word wide. `Display` is one phrase for this level; what lies behind it is reached through
/// [`source`](StdError::source). Neither holds a secret or the text of an envelope.
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

/// The kind of an error, for a program to decide on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The settings cannot work: an address that is none, Basic without TLS, a CA file without certificates.
    Config,
    /// No connection could be made.
    Connect,
    /// The host's name has no address.
    NameNotResolved,
    /// TLS failed, most often over the server's certificate.
    Tls,
    /// A proxy on the way refused.
    Proxy,
    /// The host did not accept the login.
    Authentication,
    /// There is no password to log in with: its [keeper](crate::Credentials::password_from) did not give it.
    NoPassword,
    /// Something answered, and it is no WS-Management service.
    NotWsMan,
    /// The host answered with an HTTP status that refuses, and no envelope; see [`Error::status`].
    Status,
    /// The answer was larger than our bound, or the request larger than the host's (HTTP 413).
    TooLarge,
    /// An answer on a sealed connection was unsealed, or its seal is broken.
    Sealing,
    /// Something took too long.
    Timeout(Phase),
    /// The connection broke.
    Lost,
    /// The host no longer knows the login of this connection (HTTP 401, or 400 without a body).
    ContextLost,
    /// The request is not the one that was recorded.
    Replay,
}

/// The step that took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Finding the address, connecting, and TLS.
    Connect,
    /// Logging in.
    Authenticate,
    /// The answer to an envelope.
    Answer,
}

/// The fate of an envelope.
///
/// It decides what a caller may do about an operation that changes something: `NotSent` may be sent again, `Unknown`
/// wants a look at the host's state first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// Nothing of it left for the host.
    NotSent,
    /// It may have reached the host, which may have acted on it.
    Unknown,
    /// The host answered it, and the answer is the one that this error tells of.
    Answered,
}

impl Error {
    /// An error of a transport of your own: `message` is one lower-case phrase without a period.
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

    /// Adds what to do about it, in one sentence.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds the setting that may mend it.
    #[must_use]
    pub fn with_remedy(mut self, remedy: Remedy) -> Self {
        self.0.remedy = Some(remedy);
        self
    }

    /// Adds the error that lies behind it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds the HTTP status that came with it.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds how long the server asks to be left alone.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// The same error, of a request that may have arrived at an earlier attempt.
    pub(crate) fn after_attempt(mut self) -> Self {
        if self.0.delivery == Delivery::NotSent {
            self.0.delivery = Delivery::Unknown;
        }
        self
    }

    /// Returns the same error, of a check that went before a request.
    pub(crate) fn before_sending(mut self) -> Self {
        self.0.delivery = Delivery::NotSent;
        self
    }

    /// Returns what kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Reports whether the envelope reached the host.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// The HTTP status of the answer, where there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns how long the server asks to be left alone (`Retry-After`), where it refused with HTTP 429 or 503 and
    /// says so.
    ///
    /// It is not authenticated over plain HTTP, so bound it before you wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns what to do about it, in one sentence.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Returns the setting that may mend it.
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
        self.0.source.as_deref().map(|source| {
            let source: &(dyn StdError + 'static) = source;
            source
        })
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
