//! The service of a job: the part of its reference that is compared with the client.

use std::fmt;

use percent_encoding::percent_decode_str;
use reqwest::Url;

/// The scheme, host, port and path of a WS-Management service.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Service {
    scheme: String,
    /// In lower case; an IPv6 address in brackets.
    host: String,
    /// `None` if a reference leaves it out, which means any.
    port: Option<u16>,
    /// The path if it is not that of WinRM, such as that of a gateway in front of several hosts.
    path: Option<String>,
}

impl Service {
    pub(super) fn of(url: &Url) -> Option<Self> {
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_owned(),
            port: url.port_or_known_default(),
            path: Some(url.path().to_owned()).filter(|path| path != WINRM),
        })
    }

    /// Reads a URI after its scheme: the service, and the object path.
    ///
    /// A path other than that of WinRM stands before the object path, and `//` between them.
    pub(super) fn parse(scheme: &str, rest: &str) -> Option<(Self, String)> {
        let (authority, path) = rest.split_once('/')?;
        let is_plain = |c: char| c.is_alphanumeric() || "-._:[]".contains(c);
        if !matches!(scheme, "http" | "https") || !authority.chars().all(is_plain) {
            return None;
        }
        let url = Url::parse(&format!("{scheme}://{authority}/")).ok()?;
        let has_port = authority
            .rsplit_once(':')
            .is_some_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        let (base, path) = match path.split_once("//") {
            Some((base, path)) if !base.contains([':', '%']) => (Some(format!("/{base}")), path),
            _ => (None, path),
        };
        let path = percent_decode_str(path).decode_utf8().ok()?.into_owned();
        let service = Self {
            port: url.port_or_known_default().filter(|_| has_port),
            path: base,
            ..Self::of(&url)?
        };
        Some((service, path))
    }

    /// Returns the host, an IPv6 address without brackets.
    pub(super) fn host(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }

    /// Returns true if this is the service that a client is connected to.
    pub(super) fn is(&self, here: &Self) -> bool {
        let port = self.port.or(here.port);
        (&self.scheme, &self.host, port, &self.path)
            == (&here.scheme, &here.host, here.port, &here.path)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        match &self.path {
            Some(path) => write!(f, "{path}/"),
            None => Ok(()),
        }
    }
}

/// The path of WinRM (MS-WSMV 2.1).
const WINRM: &str = "/wsman";

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Service {
        Service::of(&Url::parse(url).unwrap()).unwrap()
    }

    #[test]
    fn tells_hosts_behind_a_gateway_and_default_ports_apart() {
        for (reference, url, expected) in [
            ("gw:443/hv01/wsman//x", "https://gw/hv01/wsman", true),
            ("gw:443/hv01/wsman//x", "https://gw/hv02/wsman", false),
            ("gw:443/x", "https://gw/hv01/wsman", false),
            ("gw:443/x", "https://gw:443/wsman", true),
            ("gw:443/x", "https://gw:5986/wsman", false),
            ("gw/x", "https://gw:5986/wsman", true),
            ("GW/x", "https://gw/wsman", true),
        ] {
            let (service, path) = Service::parse("https", reference).unwrap();
            assert_eq!(
                (service.is(&of(url)), &*path),
                (expected, "x"),
                "{reference} {url}"
            );
        }
    }

    #[test]
    fn shows_no_login_of_an_address() {
        let service = of("https://operator:hunter2@gw/wsman");
        assert_eq!(service.to_string(), "https://gw:443");
    }
}
