//! The offers of a server in `WWW-Authenticate` (RFC 9110, section 11.6.1).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

use crate::printable::excerpt;

/// Returns the schemes that the response offers, for a message.
pub(crate) fn offered(headers: &HeaderMap) -> Vec<String> {
    challenges(headers)
        .map(|(scheme, _)| excerpt(scheme))
        .take(MAX_OFFERED)
        .collect()
}

/// Reports whether the response offers a scheme, with or without a token.
pub(crate) fn offers(headers: &HeaderMap, scheme: &str) -> bool {
    challenges(headers).any(|(offered, _)| offered.eq_ignore_ascii_case(scheme))
}

/// Returns the token that the response has for a scheme. Text that is not base64 is not a token.
pub(crate) fn token(headers: &HeaderMap, scheme: &str) -> Option<Vec<u8>> {
    challenges(headers)
        .filter(|(offered, _)| offered.eq_ignore_ascii_case(scheme))
        .find_map(|(_, token)| BASE64_STANDARD.decode(token).ok().filter(|t| !t.is_empty()))
}

/// Returns the scheme and the rest of each challenge. One header may hold several, and some of its commas only separate
/// parameters.
fn challenges(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .flat_map(|value| split_at_commas(value.as_bytes()))
        .filter_map(|challenge| {
            let challenge = challenge.trim_ascii();
            let end = challenge.iter().position(u8::is_ascii_whitespace);
            let (scheme, rest) = challenge.split_at(end.unwrap_or(challenge.len()));
            let scheme = str::from_utf8(scheme).ok()?;
            // A realm may be in any encoding; a token is ASCII.
            let rest = str::from_utf8(rest.trim_ascii()).unwrap_or_default();
            let is_parameter = scheme.is_empty() || scheme.contains('=');
            (!is_parameter).then_some((scheme, rest))
        })
}

fn split_at_commas(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    value.split(move |byte| {
        quoted ^= *byte == b'"';
        *byte == b',' && !quoted
    })
}

/// The most schemes in a message: more than WinRM knows.
const MAX_OFFERED: usize = 8;

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn headers(values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn finds_the_token_of_a_scheme() {
        let headers = headers(&[
            "Kerberos",
            "negotiate TlRMTVNTUAA=",
            "Basic realm=\"WSMAN\"",
        ]);
        assert_eq!(token(&headers, "Negotiate").unwrap(), b"NTLMSSP\0");
        assert_eq!(token(&headers, "Kerberos"), None);
        assert_eq!(offered(&headers), ["Kerberos", "negotiate", "Basic"]);
        assert!(offers(&headers, "kerberos"));
        assert!(!offers(&headers, "NTLM"));
    }

    #[test]
    fn takes_several_challenges_in_one_header() {
        let headers = headers(&["Basic realm=\"a, Negotiate b\", charset=\"UTF-8\", Negotiate"]);
        assert_eq!(offered(&headers), ["Basic", "Negotiate"]);
        assert_eq!(token(&headers, "Negotiate"), None);
    }

    #[test]
    fn a_realm_in_another_encoding_hides_no_other_scheme() {
        let latin = HeaderValue::from_bytes(b"Basic realm=\"M\xfcller\",\tNegotiate\tTlRMTVNTUAA=");
        let headers = HeaderMap::from_iter([(WWW_AUTHENTICATE, latin.unwrap())]);
        assert_eq!(offered(&headers), ["Basic", "Negotiate"]);
        assert_eq!(token(&headers, "Negotiate").unwrap(), b"NTLMSSP\0");
    }

    #[test]
    fn shrugs_at_nonsense() {
        let headers = headers(&[
            "",
            ",,,",
            "Negotiate ???",
            "=",
            "\"Negotiate",
            "Negotiate =",
        ]);
        assert_eq!(token(&headers, "Negotiate"), None);
        assert_eq!(offered(&HeaderMap::new()), Vec::<String>::new());
        let many = HeaderMap::from_iter([(WWW_AUTHENTICATE, "a,".repeat(100).parse().unwrap())]);
        assert_eq!(offered(&many).len(), 8);
    }
}
