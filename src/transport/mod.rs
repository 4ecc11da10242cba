//! The transport layer: sends SOAP envelopes to a service and returns its responses.
//!
//! Authentication, sealing and connection pooling belong to the HTTP transport. The code on the client's side of the
//! [`Transport`] trait does no IO; the code behind it does not know SOAP.
//!
//! [`HttpTransport`] talks to a host, and `Replay` (feature `recording`) answers from a recording. Implement the trait to carry envelopes
//! in another way:
//!
//! ```
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
#[cfg(feature = "recording")]
mod recording;
pub(crate) mod scrub;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub use bytes::Bytes;

pub use self::error::{Delivery, Error, ErrorKind, Phase};
pub use self::http::{Auth, Dangerous, HttpConfig, HttpTransport, Probe, Proxy, Unauthenticated};
#[cfg(feature = "recording")]
#[cfg_attr(docsrs, doc(cfg(feature = "recording")))]
pub use self::recording::{Exchange, Replay, Scenario};
#[cfg(feature = "kerberos")]
#[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
pub use crate::auth::kerberos::Kerberos;

/// A means of exchanging envelopes with one WS-Management service.
pub trait Transport: Send + Sync + 'static {
    /// Returns the address of the service, as sent in the `wsa:To` header.
    fn endpoint(&self) -> &str;

    /// Sends one envelope and waits for the response.
    ///
    /// A SOAP fault is a response. An [`Error`] means that no envelope came back; its [`delivery`](Error::delivery)
    /// tells whether the host may have acted on the envelope that was sent.
    ///
    /// Dropping the future cancels the exchange and does not affect the next one.
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

/// An envelope to send.
#[derive(Clone)]
pub struct Request {
    /// The SOAP envelope, in UTF-8.
    pub envelope: Bytes,
    /// The rule for sending the envelope again after a lost connection.
    pub repeat: Repeat,
    /// The longest time to wait for the response, after which the request fails.
    ///
    /// It counts from the moment when the envelope is sent on an established connection: connecting and logging in have
    /// timeouts of their own. Keep it above the `OperationTimeout` in the envelope, so that the host's own fault about
    /// a slow operation can arrive.
    pub timeout: Duration,
    /// An envelope that changes nothing, such as an Identify, to test a connection.
    ///
    /// A transport sends it before an envelope that is sent [once](Repeat::Once), on a connection that has been idle
    /// and may have died. Without it, the transport opens a new connection instead.
    pub check: Option<Bytes>,
}

impl fmt::Debug for Request {
    /// Prints the size of the envelope and not its text, which may be private.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("bytes", &self.envelope.len())
            .field("repeat", &self.repeat)
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// The rule for sending an envelope again if its connection was lost before a response came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a transport has to decide on each case"
)]
pub enum Repeat {
    /// A read: its effect on the server, if any, may be repeated.
    Read,
    /// A change, or a request that moves a cursor: its bytes leave the process at most once.
    Once,
}

/// The response to one envelope: a SOAP envelope in some encoding, success or fault.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `charset` of the content type, as the server gave it.
    pub charset: Option<String>,
    /// The bytes of the envelope.
    pub body: Bytes,
    /// True if the response is certain to come from the server: it was sealed, or came over TLS with a verified
    /// certificate.
    ///
    /// Only then is a fault accepted as proof that nothing ran. A response from a recording counts as authenticated.
    pub authenticated: bool,
}

impl fmt::Debug for Response {
    /// Prints the size of the envelope and not its text, which may be private.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("charset", &self.charset)
            .field("bytes", &self.body.len())
            .field("authenticated", &self.authenticated)
            .finish()
    }
}
