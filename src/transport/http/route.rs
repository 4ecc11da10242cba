//! The route to a host: its endpoint, and the proxy in front of it.

use super::endpoint::Endpoint;
use super::proxy::ProxyRoute;

/// The route from the client to the host.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) endpoint: Endpoint,
    pub(crate) proxy: Option<ProxyRoute>,
}

impl Route {
    /// Returns the proxy that forwards messages, if there is one. It sees requests and responses, and can replace them.
    /// A proxy that has opened a tunnel cannot.
    pub(crate) fn passed_on_by(&self) -> Option<&ProxyRoute> {
        self.proxy.as_ref().filter(|_| !self.endpoint.is_tls())
    }
}
