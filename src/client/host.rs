//! The host of a client, which its errors name.

use reqwest::Url;

use crate::error::Error;
use crate::transport::Probe;

use super::Client;

impl Client {
    /// Returns the address of the service, or `None` if a custom transport has an address of another kind.
    pub(crate) fn url(&self) -> Option<Url> {
        http_url(self.endpoint())
    }

    /// Returns the host that operations are sent to: its name or address, with the port if that is not WinRM's (5985 for
    /// http, 5986 for https). It is the host of the client's [errors](Error::host), and `None` if a custom transport has an
    /// address of another kind.
    ///
    /// ```
    /// use cimwire::{Client, Credentials};
    ///
    /// # fn main() -> Result<(), cimwire::Error> {
    /// let login = Credentials::password(r"EXAMPLE\operator", "secret");
    /// let client = Client::builder("hv01.example").credentials(login.clone()).build()?;
    /// assert_eq!(client.host(), Some("hv01.example"));
    /// let client = Client::builder("https://hv01.example:8443").credentials(login).build()?;
    /// assert_eq!(client.host(), Some("hv01.example:8443"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.inner.host.as_deref()
    }

    /// Adds the host of the client to an error that has none.
    pub(crate) fn attribute(&self, error: Error) -> Error {
        error.or_host(|| self.host().map(Box::from))
    }
}

impl Probe {
    /// Returns the host that was asked, in the form of [`Client::host`].
    #[must_use]
    pub fn host(&self) -> Option<Box<str>> {
        host_of(&self.endpoint)
    }
}

fn http_url(endpoint: &str) -> Option<Url> {
    let url = Url::parse(endpoint).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https"))
}

pub(super) fn host_of(endpoint: &str) -> Option<Box<str>> {
    let url = http_url(endpoint)?;
    let host = url.host_str()?;
    let usual = if url.scheme() == "https" { 5986 } else { 5985 };
    Some(match url.port_or_known_default() {
        Some(port) if port != usual => format!("{host}:{port}").into(),
        _ => host.trim_matches(['[', ']']).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_part_of_the_host_unless_it_is_that_of_winrm() {
        for (endpoint, host) in [
            ("http://hv01:5985/wsman", Some("hv01")),
            ("https://hv01:5986/wsman", Some("hv01")),
            ("https://hv01:5985/wsman", Some("hv01:5985")),
            ("http://hv01:80/wsman", Some("hv01:80")),
            ("http://[2001:db8::7]:5985/wsman", Some("2001:db8::7")),
            (
                "http://[2001:db8::7]:8080/wsman",
                Some("[2001:db8::7]:8080"),
            ),
            ("xml-fixtures/client-get", None),
        ] {
            assert_eq!(host_of(endpoint).as_deref(), host, "{endpoint}");
        }
    }
}
