//! The `Basic` scheme (RFC 7617). It sends the password itself, so it is for TLS only.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::{Credentials, Error};

/// Returns the value of the `Authorization` header.
///
/// User and password are encoded in UTF-8. The settings of a connection reject a user name with a colon before this is
/// called: the server would take the rest of the name for the start of the password (RFC 7617 section 2).
pub(crate) fn header(credentials: &Credentials) -> Result<Zeroizing<String>, Error> {
    let pair = user_and_password(credentials)?;
    // Allocated in full, since a growing buffer would leave copies of the password behind.
    let mut header = Zeroizing::new(String::with_capacity(
        SCHEME.len() + pair.len().div_ceil(3) * 4,
    ));
    header.push_str(SCHEME);
    BASE64_STANDARD.encode_string(pair.as_bytes(), &mut header);
    Ok(header)
}

fn user_and_password(credentials: &Credentials) -> Result<Zeroizing<String>, Error> {
    let (domain, user) = (credentials.domain(), credentials.user());
    let password = credentials.secret()?;
    let password = password.expose();
    let mut pair = Zeroizing::new(String::with_capacity(
        domain.len() + user.len() + password.len() + 2,
    ));
    if !domain.is_empty() {
        pair.push_str(domain);
        pair.push('\\');
    }
    pair.push_str(user);
    pair.push(':');
    pair.push_str(password);
    Ok(pair)
}

const SCHEME: &str = "Basic ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7617_example() {
        let credentials = Credentials::password("Aladdin", "open sesame");
        assert_eq!(
            *header(&credentials).unwrap(),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        );
    }

    #[test]
    fn rfc_7617_example_in_utf_8() {
        let credentials = Credentials::password("test", "123\u{a3}");
        assert_eq!(*header(&credentials).unwrap(), "Basic dGVzdDoxMjPCow==");
    }

    #[test]
    fn the_domain_stays_in_front_of_the_user() {
        let header = header(&Credentials::password(r"EXAMPLE\operator", "secret")).unwrap();
        let decoded = BASE64_STANDARD
            .decode(header.strip_prefix(SCHEME).unwrap())
            .unwrap();
        assert_eq!(decoded, br"EXAMPLE\operator:secret");
    }
}
