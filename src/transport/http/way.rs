//! The way to a host: its endpoint, and the proxy before it.

use super::endpoint::Endpoint;
use super::proxy::Route;

/// From here to the host.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) endpoint: Endpoint,
    pub(crate) proxy: Option<Route>,
}

impl Way {
    /// The proxy that passes our messages on, if one does: it sees them and their answers, and can put its own in their
    /// place. One that has opened a tunnel cannot.
    pub(crate) fn passed_on_by(&self) -> Option<&Route> {
        self.proxy.as_ref().filter(|_| !self.endpoint.is_tls())
    }
}
