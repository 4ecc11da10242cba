//! Who logs in, and with what secret.

use std::fmt;

use zeroize::Zeroizing;

/// Who logs in: a user name and the password that goes with it, or the holder of a Kerberos ticket.
///
/// ```
/// use cimwire::Credentials;
///
/// let credentials = Credentials::password(r"EXAMPLE\operator", "the password");
/// assert_eq!(credentials.domain(), "EXAMPLE");
/// assert!(!format!("{credentials:?}").contains("the password"));
/// ```
#[derive(Clone)]
pub struct Credentials {
    domain: String,
    user: String,
    secret: Secret,
    /// There is no password, and a ticket or a keytab in its place.
    #[cfg(feature = "kerberos")]
    ticket: bool,
}

impl Credentials {
    /// A user and a password.
    ///
    /// The user is written in any of the forms that Windows takes:
    ///
    /// | `user`         | domain sent | user sent     | who that is                                        |
    /// |----------------|-------------|---------------|----------------------------------------------------|
    /// | `DOMAIN\user`  | `DOMAIN`    | `user`        | an account of that domain, or of that computer     |
    /// | `user@domain`  | none        | `user@domain` | a user principal name, which the server looks up   |
    /// | `.\user`       | none        | `user`        | an account of the server itself                    |
    /// | `user`         | none        | `user`        | whatever account the server finds under the name   |
    pub fn password(user: impl AsRef<str>, secret: impl Into<Secret>) -> Self {
        let user = user.as_ref();
        let (domain, user) = match user.split_once('\\') {
            Some((".", user)) => ("", user),
            Some((domain, user)) => (domain, user),
            None => ("", user),
        };
        Self {
            domain: domain.to_owned(),
            user: user.to_owned(),
            secret: secret.into(),
            #[cfg(feature = "kerberos")]
            ticket: false,
        }
    }

    /// Whoever the Kerberos ticket cache belongs to (`kinit`; the environment variable `KRB5CCNAME` names another one).
    ///
    /// Where the cache is empty and the client has a keytab (`KRB5_CLIENT_KTNAME` names it), tickets are got with the
    /// first key in it.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    #[must_use]
    pub fn ticket() -> Self {
        Self::ticket_of("")
    }

    /// This principal, `operator@EXAMPLE.TEST`, by its ticket in the cache or its key in the client's keytab, where
    /// either holds several.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    pub fn ticket_of(principal: impl Into<String>) -> Self {
        Self {
            domain: String::new(),
            user: principal.into(),
            secret: Secret::from(""),
            ticket: true,
        }
    }

    /// The domain, as written; empty where the user name has none, or is a user principal name.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The user name without its domain; a user principal name is kept whole.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    #[cfg(feature = "kerberos")]
    pub(crate) fn has_password(&self) -> bool {
        !self.ticket
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("domain", &self.domain)
            .field("user", &self.user)
            .field("secret", &self.secret)
            .finish()
    }
}

/// A text that is overwritten in memory when it is dropped, and that `Debug` does not show.
///
/// What a `String` left behind when it grew is beyond its reach: build the secret once, and hand it over.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(Zeroizing::new(secret))
    }
}

impl From<&str> for Secret {
    fn from(secret: &str) -> Self {
        Self::from(secret.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_are_split_as_windows_does() {
        for (written, domain, user) in [
            (r"EXAMPLE\operator", "EXAMPLE", "operator"),
            ("operator@example.test", "", "operator@example.test"),
            (r".\operator", "", "operator"),
            (r"\operator", "", "operator"),
            ("operator", "", "operator"),
            (
                r"EXAMPLE\operator@example.test",
                "EXAMPLE",
                "operator@example.test",
            ),
            (r"EXAMPLE\odd\name", "EXAMPLE", r"odd\name"),
        ] {
            let credentials = Credentials::password(written, "irrelevant");
            assert_eq!(
                (credentials.domain(), credentials.user()),
                (domain, user),
                "{written}"
            );
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!(
            "{:?}",
            Credentials::password(r"EXAMPLE\operator", "hunter2")
        );
        assert_eq!(
            shown,
            r#"Credentials { domain: "EXAMPLE", user: "operator", secret: Secret(..) }"#
        );
    }
}
