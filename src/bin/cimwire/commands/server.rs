//! The server that an object path names, which is not where a request goes: that says `--host` alone.

use std::net::IpAddr;

use cimwire::cim::Reference;

use crate::output::report;
use crate::output::short;
use crate::session::Session;

/// Warns where a path is evidently of another host than the one that is asked: what bears the same keys there is
/// something else.
///
/// No more than that, since a host has more names than one.
pub(super) fn compare(session: &Session, path: &Reference) {
    let (Some(server), Some(host)) = (path.server(), &session.connection.host) else {
        return;
    };
    if is_another(server, name_in(host)) {
        report::warning(&format!(
            "the path names the server {}, and {} is asked",
            short(server),
            short(name_in(host))
        ));
    }
}

/// Reports whether these names are not of one computer. An address, or the name that each has for itself, does not
/// tell.
fn is_another(server: &str, host: &str) -> bool {
    let tells = |name: &str| {
        name != "." && !name.eq_ignore_ascii_case("localhost") && name.parse::<IpAddr>().is_err()
    };
    tells(server) && tells(host) && !netbios(server).eq_ignore_ascii_case(netbios(host))
}

/// The name without its domain, and cut off as a computer's NetBIOS name is.
fn netbios(name: &str) -> &str {
    let label = name.split('.').next().unwrap_or(name);
    let end = label.char_indices().nth(NETBIOS);
    end.map_or(label, |(end, _)| label.get(..end).unwrap_or(label))
}

/// The host in an address, of which there may be no more than that.
fn name_in(address: &str) -> &str {
    let authority = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or(authority);
    match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(v6),
        None if authority.parse::<IpAddr>().is_ok() => authority,
        None => authority.split(':').next().unwrap_or(authority),
    }
}

/// The characters that a NetBIOS name has at most (\[MS-NBTE\]: 16 bytes, of which the last is a suffix).
const NETBIOS: usize = 15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_host_is_told_by_its_name() {
        for (server, address, another) in [
            ("HV01", "hv01", false),
            ("HV01", "hv01.example:5985", false),
            ("hv01.example", "https://HV01:5986/wsman", false),
            ("HV02", "hv01", true),
            ("HV02", "https://hv01.example:5986/wsman", true),
            ("HV02.other.example", "http://hv01.example", true),
            // Windows cuts the name of a computer off for NetBIOS.
            ("HYPERVHOST-FRAN", "hypervhost-frankfurt.example", false),
            ("HYPERVHOST-FRAN", "hypervhost-berlin.example", true),
            // These do not tell.
            ("HV02", "192.0.2.7:5985", false),
            ("HV02", "http://[2001:db8::7]:5985", false),
            ("HV02", "2001:db8::7", false),
            ("HV02", "localhost:5985", false),
            (".", "hv01", false),
            ("192.0.2.7", "hv01", false),
        ] {
            let told = is_another(server, name_in(address));
            assert_eq!(told, another, "{server} {address}");
        }
    }
}
