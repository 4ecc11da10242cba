//! The seam of the crate: an envelope goes in, an envelope comes out.
//!
//! Authentication, sealing and the pool of connections are the HTTP transport's own business. Whatever stands on the
//! client's side of this trait does no IO; whatever stands behind it knows no SOAP.

/// Carries envelopes to one WS-Management service and brings its answers back.
pub trait Transport: Send + Sync + 'static {
    /// The address of the service, as it stands in the `wsa:To` header.
    fn endpoint(&self) -> &str;

    /// Sends one envelope and waits for its answer.
    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>>;
}

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One envelope to send.
pub struct Request {
    /// The SOAP envelope, in UTF-8.
    pub envelope: Bytes,
    /// Whether the transport may send it again when a connection was lost.
    pub repeat: Repeat,
    /// How long the answer may take before the request has failed.
    pub timeout: Duration,
}

/// Whether an envelope may be sent again when its connection was lost before an answer came.
pub enum Repeat {
    /// A read: what it did on the server, if anything, can be done again.
    Read,
    /// It changes something, or moves a cursor: send it again only where it cannot have arrived.
    Once,
}

/// The answer to one envelope: a SOAP envelope in some encoding, success or fault.
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `charset` of the content type, as the server gave it.
    pub charset: Option<String>,
    /// The bytes of the envelope.
    pub body: Bytes,
}
