//! The seam of the crate: an envelope goes in, an envelope comes out.
//!
//! Authentication, sealing and the pool of connections are the HTTP transport's own business. Whatever stands on the
//! client's side of this trait does no IO; whatever stands behind it knows no SOAP.
//!
//! [`HttpTransport`] is the one that talks to a host, and [`Replay`] the one that answers from a recording. Write another
//! where envelopes must go another way:
//!
//! ```
//! use bytes::Bytes;
//! use cimwire::transport::{BoxFuture, Error, Request, Response, Transport};
//!
//! /// Answers every envelope with itself.
//! struct Echo;
//!
//! impl Transport for Echo {
//!     fn endpoint(&self) -> &str {
//!         "http://echo.example:5985/wsman"
//!     }
//!
//!     fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
//!         Box::pin(async move {
//!             Ok(Response { status: 200, charset: None, body: request.envelope, authenticated: true })
//!         })
//!     }
//! }
//! ```

mod error;
pub(crate) mod http;
mod meaning;
mod replay;
mod scenario;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

pub use self::error::{Delivery, Error, ErrorKind, Phase};
pub use self::http::{Auth, Dangerous, HttpConfig, HttpTransport, Probe, Proxy, Unauthenticated};
pub use self::replay::Replay;
pub use self::scenario::{Exchange, Scenario};
#[cfg(feature = "kerberos")]
#[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
pub use crate::auth::kerberos::Kerberos;

/// Carries envelopes to one WS-Management service and brings its answers back.
pub trait Transport: Send + Sync + 'static {
    /// The address of the service, as it stands in the `wsa:To` header.
    fn endpoint(&self) -> &str;

    /// Sends one envelope and waits for its answer.
    ///
    /// A SOAP fault is an answer. An [`Error`] means that no envelope came back, and says in
    /// [`delivery`](Error::delivery) whether the host may have acted on the one that was sent.
    ///
    /// Dropping the future gives the exchange up; the next one is not harmed by it.
    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn endpoint(&self) -> &str {
        T::endpoint(self)
    }

    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        T::exchange(self, request)
    }
}

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One envelope to send.
#[derive(Clone)]
pub struct Request {
    /// The SOAP envelope, in UTF-8.
    pub envelope: Bytes,
    /// The rule for sending it again when a connection was lost.
    pub repeat: Repeat,
    /// The longest time that the answer may take before the request has failed.
    ///
    /// It counts from the moment at which the envelope is sent on a connection that stands: connecting and logging in
    /// have timeouts of their own. Keep it above the `OperationTimeout` that the envelope asks the host to keep, so
    /// that the host's own word on a slow operation is heard.
    pub timeout: Duration,
    /// An envelope that changes nothing, such as an Identify, to try a connection with.
    ///
    /// A transport sends it before an envelope that is sent [once](Repeat::Once), on a connection that has rested and
    /// may have died. Without it, the transport makes a new connection instead.
    pub check: Option<Bytes>,
}

impl fmt::Debug for Request {
    /// Tells the size of the envelope and not what it says, which may be private.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("bytes", &self.envelope.len())
            .field("repeat", &self.repeat)
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// The rule for sending an envelope again when its connection was lost before an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a transport has to decide on each case"
)]
pub enum Repeat {
    /// A read: what it did on the server, if anything, can be done again.
    Read,
    /// It changes something, or moves a cursor: its bytes leave the process at most once.
    Once,
}

/// The answer to one envelope: a SOAP envelope in some encoding, success or fault.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `charset` of the content type, as the server gave it.
    pub charset: Option<String>,
    /// The bytes of the envelope.
    pub body: Bytes,
    /// True if the answer is certain to come from the server: it was sealed, or came over TLS with a verified
    /// certificate.
    ///
    /// A fault that proves that nothing ran is believed only then. An answer from a recording counts as authenticated.
    pub authenticated: bool,
}

impl fmt::Debug for Response {
    /// Tells the size of the envelope and not what it says, which may be private.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("charset", &self.charset)
            .field("bytes", &self.body.len())
            .field("authenticated", &self.authenticated)
            .finish()
    }
}
