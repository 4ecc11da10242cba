//! Who logs in, and with what secret.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// Who logs in: a user name and the password that goes with it, or the holder of a client certificate or of a Kerberos
/// ticket.
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
    proof: Proof,
}

/// What proves who it is.
#[derive(Clone)]
enum Proof {
    Password(Secret),
    /// A ticket in the cache, or a key in the client's keytab.
    #[cfg(feature = "kerberos")]
    Ticket,
    Certificate(Arc<ClientCertificate>),
}

/// A client certificate and its key, as they were given: in PEM, not yet looked at.
pub(crate) struct ClientCertificate {
    pub(crate) chain: Vec<u8>,
    pub(crate) key: Zeroizing<Vec<u8>>,
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
            proof: Proof::Password(secret.into()),
        }
    }

    /// The holder of a client certificate, for [`Auth::Certificate`](crate::transport::Auth::Certificate).
    ///
    /// Both are in PEM: the certificate, followed by those of the authorities between it and the root where there are
    /// any; and its private key in PKCS #8, PKCS #1 or SEC 1, not encrypted. One file may hold both. They are looked at
    /// when the client is built.
    ///
    /// The key is overwritten in memory when the last client that uses it is gone.
    ///
    /// ```no_run
    /// use cimwire::{Client, Credentials};
    ///
    /// let credentials = Credentials::certificate(
    ///     std::fs::read("operator.pem")?,
    ///     std::fs::read("operator.key")?,
    /// );
    /// let client = Client::builder("https://hv01.example").credentials(credentials).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn certificate(chain: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        Self {
            domain: String::new(),
            user: String::new(),
            proof: Proof::Certificate(Arc::new(ClientCertificate {
                chain: chain.into(),
                key: Zeroizing::new(key.into()),
            })),
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
            proof: Proof::Ticket,
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

    /// The password; empty where there is none.
    pub(crate) fn secret(&self) -> &str {
        match &self.proof {
            Proof::Password(secret) => secret.expose(),
            _ => "",
        }
    }

    pub(crate) fn has_password(&self) -> bool {
        matches!(self.proof, Proof::Password(_))
    }

    pub(crate) fn client_certificate(&self) -> Option<&ClientCertificate> {
        match &self.proof {
            Proof::Certificate(certificate) => Some(certificate),
            _ => None,
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("domain", &self.domain)
            .field("user", &self.user)
            .field("proof", &self.proof)
            .finish()
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password(..)",
            #[cfg(feature = "kerberos")]
            Self::Ticket => "Ticket",
            Self::Certificate(_) => "Certificate(..)",
        })
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
            r#"Credentials { domain: "EXAMPLE", user: "operator", proof: Password(..) }"#
        );
        let shown = format!("{:?}", Credentials::certificate("the chain", "hunter2"));
        assert_eq!(
            shown,
            r#"Credentials { domain: "", user: "", proof: Certificate(..) }"#
        );
    }
}
