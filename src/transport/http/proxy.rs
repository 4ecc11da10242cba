//! The proxy between the client and a host.

use std::fmt;
use std::net::Ipv6Addr;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;
use reqwest::header::HeaderValue;

use super::endpoint::Endpoint;
use super::tls::{config, config_with};
use crate::Secret;
use crate::transport::Error;

/// An HTTP proxy between the client and a host.
///
/// For `https://` hosts it opens a tunnel (`CONNECT`), in which nothing differs from a direct connection. For `http://`
/// hosts it must forward messages, and must keep the client's connection and its own to the host together, since the
/// login belongs to the connection: squid does so, tinyproxy does not.
///
/// ```
/// use cimwire::transport::{HttpConfig, Proxy};
/// use cimwire::{Client, Credentials};
///
/// let proxy = Proxy::new("proxy.example:3128")?
///     .login("operator", "the proxy's password")
///     .no_proxy("localhost, .inside.example, 10.0.0.0/8");
/// assert!(!format!("{proxy:?}").contains("password"));
/// let client = Client::builder(HttpConfig::new("https://hv01.example").proxy(proxy))
///     .credentials(Credentials::password(r"EXAMPLE\operator", "secret"))
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Proxy {
    source: Source,
    no_proxy: Option<String>,
}

#[derive(Clone)]
enum Source {
    Address(Address),
    Environment,
}

/// The address of a proxy, and the login at the proxy.
#[derive(Clone)]
struct Address {
    /// `host:port`.
    name: String,
    /// The URL, which contains the user and the password.
    url: Secret,
}

impl Proxy {
    /// Creates a proxy from an address: `proxy.example:3128`, or `http://user:password@proxy.example:3128` with the
    /// password percent-encoded. The default port is 80.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Config`](crate::transport::ErrorKind::Config) if this is not the address of an
    /// HTTP proxy. A proxy that is itself reached over TLS (`https://`), or that speaks SOCKS, is not supported.
    pub fn new(address: &str) -> Result<Self, Error> {
        Ok(Self {
            source: Source::Address(Address::parse(address)?),
            no_proxy: None,
        })
    }

    /// Uses the proxy that the environment names when the transport is made: `HTTPS_PROXY` for `https://` hosts,
    /// `HTTP_PROXY` for `http://` hosts, else `ALL_PROXY`, each in upper or lower case. The connection is direct if the
    /// environment does not name a proxy, or if `NO_PROXY` names the host.
    ///
    /// In a CGI program (`REQUEST_METHOD` is set) `HTTP_PROXY` comes from the sender of the request, and is ignored.
    #[must_use]
    pub fn from_environment() -> Self {
        Self {
            source: Source::Environment,
            no_proxy: None,
        }
    }

    /// Sets the user and the password of the login at the proxy, with Basic: the password goes to the proxy in the
    /// clear. The login at the host is not affected. The environment gives the login in the address of its proxy, so
    /// this setting has no effect there.
    #[must_use]
    pub fn login(mut self, user: &str, password: impl Into<Secret>) -> Self {
        if let Source::Address(address) = &mut self.source {
            address.login(user, &password.into());
        }
        self
    }

    /// Sets the hosts that are reached directly, separated by commas: names (which also match all names that end in
    /// them), addresses, networks as `10.0.0.0/8`, or `*` for all. Replaces `NO_PROXY`.
    #[must_use]
    pub fn no_proxy(mut self, hosts: impl Into<String>) -> Self {
        self.no_proxy = Some(hosts.into());
        self
    }

    /// Returns the route to a host through the proxy, or `None` if the host is reached directly.
    pub(crate) fn route(&self, endpoint: &Endpoint) -> Result<Option<ProxyRoute>, Error> {
        self.route_in(endpoint, |name| std::env::var(name).ok())
    }

    fn route_in(
        &self,
        endpoint: &Endpoint,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<ProxyRoute>, Error> {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let either = |name: &str| variable(name).or_else(|| variable(&name.to_ascii_uppercase()));
        match &self.source {
            Source::Address(address) => address.route(endpoint, self.no_proxy.as_deref()),
            Source::Environment => {
                let own = match endpoint.is_tls() {
                    true => either("https_proxy"),
                    false if variable("REQUEST_METHOD").is_some() => variable("http_proxy"),
                    false => either("http_proxy"),
                };
                let Some(address) = own.or_else(|| either("all_proxy")) else {
                    return Ok(None);
                };
                let no_proxy = self.no_proxy.clone().or_else(|| either("no_proxy"));
                let address = Address::parse(&address).map_err(|error| {
                    let message = "the environment names a proxy that cannot be used";
                    config_with(message, error).with_hint(HINT)
                })?;
                address.route(endpoint, no_proxy.as_deref())
            }
        }
    }
}

impl Address {
    // Messages leave the text out, which may hold a password.
    fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        if !scheme.eq_ignore_ascii_case("http") {
            return Err(config("the proxy is not one that is reached by http").with_hint(HINT));
        }
        let invalid = || config("the address of the proxy is not a valid one").with_hint(HINT);
        if rest.contains(char::is_control) {
            return Err(invalid());
        }
        let url = Url::parse(&format!("http://{rest}")).map_err(|_| invalid())?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(invalid());
        }
        Ok(Self {
            name: format!(
                "{}:{}",
                url.host_str().ok_or_else(invalid)?,
                url.port_or_known_default().unwrap_or_default()
            ),
            url: String::from(url).into(),
        })
    }

    fn login(&mut self, user: &str, password: &Secret) {
        // The URL has a host, so it can have a user.
        if let Ok(mut url) = Url::parse(self.url.expose()) {
            let _ = url.set_username(user);
            let _ = url.set_password(Some(password.expose()));
            self.url = String::from(url).into();
        }
    }

    /// Returns the route to a host. The HTTP client's own matcher decides, so that the list is read in one way only.
    fn route(
        &self,
        endpoint: &Endpoint,
        no_proxy: Option<&str>,
    ) -> Result<Option<ProxyRoute>, Error> {
        let matcher = Matcher::builder()
            .all(self.url.expose().to_owned())
            .no(no_proxy.unwrap_or_default())
            .build();
        let destination = endpoint
            .as_str()
            .parse()
            .map_err(|error| config_with("the host cannot be reached through a proxy", error))?;
        let Some(through) = matcher.intercept(&destination) else {
            return Ok(None);
        };
        // The HTTP client takes the brackets of the address for a part of the name that the certificate must match.
        if endpoint.is_tls() && endpoint.host().parse::<Ipv6Addr>().is_ok() {
            let message =
                "no tunnel through a proxy leads to a host that is named by its IPv6 address";
            return Err(config(message).with_hint("name the host by its name"));
        }
        Ok(Some(ProxyRoute {
            name: self.name.clone(),
            login: through.basic_auth().cloned(),
        }))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.source {
            Source::Address(address) => &address.name,
            Source::Environment => "environment",
        };
        f.debug_struct("Proxy")
            .field("source", &source)
            .field("no_proxy", &self.no_proxy)
            .finish()
    }
}

/// The route to one host through a proxy.
#[derive(Clone)]
pub(crate) struct ProxyRoute {
    /// `host:port` of the proxy.
    name: String,
    /// The login that is sent as `Proxy-Authorization`.
    login: Option<HeaderValue>,
}

impl ProxyRoute {
    pub(crate) fn has_login(&self) -> bool {
        self.login.is_some()
    }

    /// Returns the setting for the HTTP client, which must not use any other route.
    pub(crate) fn for_client(&self) -> Result<reqwest::Proxy, reqwest::Error> {
        let proxy = reqwest::Proxy::all(format!("http://{}", self.name))?;
        Ok(match &self.login {
            Some(login) => proxy.custom_http_auth(login.clone()),
            None => proxy,
        })
    }
}

/// Formats as `host:port`, for messages.
impl fmt::Display for ProxyRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for ProxyRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyRoute({})", self.name)
    }
}

const HINT: &str =
    "name the proxy as `proxy.example:3128` or `http://user:password@proxy.example:3128`";

#[cfg(test)]
mod tests;
