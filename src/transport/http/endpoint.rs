//! Endpoints: the addresses that users write, completed.

use std::fmt;
use std::net::Ipv6Addr;

use reqwest::Url;

use crate::printable::excerpt;
use crate::transport::{Delivery, Error, ErrorKind};

/// The address of a WS-Management service.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(Url);

impl Endpoint {
    /// Reads `hv01`, `hv01:5985`, `https://hv01.example` or a complete address.
    ///
    /// Missing parts take the values of WinRM: `http`, port 5985 (5986 for `https`) and `/wsman`.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.parse::<Ipv6Addr>().is_ok() {
            return Err(invalid("an IPv6 address requires brackets")
                .with_hint(format!("write it as [{text}]")));
        }
        // A URL parser ignores line ends and tabs, and would read another host name.
        if text.contains(char::is_control) {
            return Err(invalid("the address holds a control character"));
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let scheme = scheme.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "http" => HTTP_PORT,
            "https" => HTTPS_PORT,
            _ => return Err(invalid("the address is neither http nor https")),
        };
        let mut url = Url::parse(&format!("{scheme}://{rest}"))
            .map_err(|error| invalid("the address is not a valid one").with_source(error))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("the address must not hold a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("the address must not hold a query or a fragment"));
        }
        // `Url` drops a port that is the scheme's default, which is not the default here.
        if url.port().is_none() && !names_a_port(rest) {
            url.set_port(Some(default_port))
                .map_err(|()| invalid("the address cannot have a port"))?;
        }
        if url.path() == "/" {
            url.set_path(PATH);
        }
        Ok(Self(url))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Returns the host's name, as used in a service principal name.
    pub(crate) fn host(&self) -> &str {
        let host = self.0.host_str().unwrap_or_default();
        host.trim_start_matches('[').trim_end_matches(']')
    }

    pub(crate) fn path(&self) -> &str {
        self.0.path()
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or_default()
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Formats as `host:port`, for messages.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = excerpt(self.0.host_str().unwrap_or_default());
        write!(f, "{host}:{}", self.port())
    }
}

fn names_a_port(rest: &str) -> bool {
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let after_address = authority.rsplit(']').next().unwrap_or_default();
    after_address
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty())
}

// The message leaves the text out, which may hold a password.
fn invalid(message: &'static str) -> Error {
    Error::new(ErrorKind::Config, Delivery::NotSent, message).with_hint(
        "name the host as `hv01.example`, or give its address as `https://hv01.example:5986/wsman`",
    )
}

/// The ports of WinRM 2.0 and later; earlier versions used 80 and 443.
const HTTP_PORT: u16 = 5985;
const HTTPS_PORT: u16 = 5986;
/// The path of WinRM: its `URLPrefix`.
const PATH: &str = "/wsman";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_what_winrm_has() {
        for (written, whole) in [
            ("hv01", "http://hv01:5985/wsman"),
            ("hv01:15985", "http://hv01:15985/wsman"),
            ("hv01:80", "http://hv01/wsman"),
            ("HV01.Example", "http://hv01.example:5985/wsman"),
            ("http://hv01", "http://hv01:5985/wsman"),
            ("http://hv01:80", "http://hv01/wsman"),
            ("https://hv01/", "https://hv01:5986/wsman"),
            ("https://hv01:443/wsman", "https://hv01/wsman"),
            ("HTTPS://hv01", "https://hv01:5986/wsman"),
            ("https://hv01/other", "https://hv01:5986/other"),
            ("https://10.0.0.1", "https://10.0.0.1:5986/wsman"),
            ("[::1]", "http://[::1]:5985/wsman"),
            ("http://[::1]:80", "http://[::1]/wsman"),
            (" hv01 ", "http://hv01:5985/wsman"),
        ] {
            assert_eq!(
                Endpoint::parse(written).unwrap().as_str(),
                whole,
                "{written}"
            );
        }
    }

    #[test]
    fn knows_its_host_and_port() {
        let endpoint = Endpoint::parse("https://[fe80::1]").unwrap();
        assert_eq!((endpoint.host(), endpoint.port()), ("fe80::1", 5986));
        assert_eq!(endpoint.to_string(), "[fe80::1]:5986");
        assert!(endpoint.is_tls());
        let endpoint = Endpoint::parse("hv01:80").unwrap();
        assert_eq!(endpoint.to_string(), "hv01:80");
        assert!(!endpoint.is_tls());
    }

    #[test]
    fn refuses_what_is_no_address_without_repeating_it() {
        for written in [
            "",
            "ftp://hv01",
            "http://",
            "http://hv01:99999",
            "http://user:hunter2@hv01",
            "user:hunter2@hv01",
            "http://hv01?hunter2",
            "http://hv01#hunter2",
            "h v hunter2",
            "::1",
        ] {
            let error = Endpoint::parse(written).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{written}");
            assert!(error.hint().is_some());
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
    }
}
