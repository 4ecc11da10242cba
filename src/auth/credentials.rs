//! Credentials: the user who logs in, and the secret.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::Error;

/// The identity that logs in: a user name and its password, or the holder of a client certificate or of a Kerberos
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

/// The proof of an identity.
#[derive(Clone)]
enum Proof {
    Password(Secret),
    /// A password that a callback keeps.
    Asked(Ask),
    /// A ticket in the cache, or a key in the client's keytab.
    #[cfg(feature = "kerberos")]
    Ticket,
    Certificate(Arc<ClientCertificate>),
}

/// Asks the keeper of the password for it.
type Ask = Arc<dyn Fn() -> Result<Secret, Box<dyn StdError + Send + Sync>> + Send + Sync>;

/// The reason why the keeper of the password did not give it.
#[derive(Clone, Debug)]
pub(crate) struct Withheld(Arc<dyn StdError + Send + Sync>);

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
        Self::of_user(user.as_ref(), Proof::Password(secret.into()))
    }

    /// A user, written as for [`password`](Self::password), and a function that is asked for the password: by a vault
    /// whose passwords change, or in a window, say.
    ///
    /// It is asked when a login has come to the point where it needs the password, at most once for each login, and so
    /// neither when the client is built nor when the host cannot be reached. A client logs in once for each of its
    /// connections, and again when one was lost; a login with a Kerberos ticket does not ask. What it gives is
    /// overwritten in memory when the login is done.
    ///
    /// It may block, since it is called on a thread for that, but the time that it takes is part of the login's
    /// ([`ClientBuilder::authenticate_timeout`](crate::ClientBuilder::authenticate_timeout)): give people more than the
    /// 30 s that it is by default. A call that is no longer waited for runs on to its end.
    ///
    /// If it fails, so does the operation, with [`ErrorKind::NoPassword`](crate::ErrorKind::NoPassword) and its error
    /// among the causes, and nothing of the operation has been sent. A password that it gives and the host rejects is
    /// like any other wrong password.
    ///
    /// ```
    /// use cimwire::{Client, Credentials, Secret};
    ///
    /// let credentials = Credentials::password_from(r"EXAMPLE\operator", || {
    ///     std::env::var("OPERATOR_PASSWORD").map(Secret::from)
    /// });
    /// // The callback has not been asked yet.
    /// let client = Client::builder("hv01.example").credentials(credentials).build()?;
    /// # Ok::<(), cimwire::Error>(())
    /// ```
    pub fn password_from<E>(
        user: impl AsRef<str>,
        ask: impl Fn() -> Result<Secret, E> + Send + Sync + 'static,
    ) -> Self
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let ask: Ask = Arc::new(move || ask().map_err(Into::into));
        Self::of_user(user.as_ref(), Proof::Asked(ask))
    }

    /// Splits the user from the domain.
    fn of_user(user: &str, proof: Proof) -> Self {
        let (domain, user) = match user.split_once('\\') {
            Some((".", user)) => ("", user),
            Some((domain, user)) => (domain, user),
            None => ("", user),
        };
        Self {
            domain: domain.to_owned(),
            user: user.to_owned(),
            proof,
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

    /// Returns the credentials of the Kerberos ticket cache (`kinit`; the environment variable `KRB5CCNAME` names
    /// another one).
    ///
    /// If the cache is empty and the client has a keytab (`KRB5_CLIENT_KTNAME` names it), tickets are got with the
    /// first key in it.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    #[must_use]
    pub fn ticket() -> Self {
        Self::ticket_of("")
    }

    /// Returns the credentials of a ticket that lies in the cache and has not expired: the ticket of this user, written as
    /// for [`password`](Self::password), or else the one that the cache holds.
    ///
    /// A user without a domain has no ticket, since the name may be that of an account of the host. It may block, since
    /// the cache can be kept by another process, and a keytab that stands in for it asks the KDC.
    ///
    /// ```no_run
    /// use cimwire::Credentials;
    ///
    /// let credentials = Credentials::cached_ticket(Some("operator@EXAMPLE.TEST"))
    ///     .unwrap_or_else(|| Credentials::password("operator@EXAMPLE.TEST", "the password"));
    /// ```
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    #[must_use]
    pub fn cached_ticket(user: Option<&str>) -> Option<Self> {
        match user {
            None => super::kerberos::has_ticket().then(Self::ticket),
            Some(user) => {
                let user = Self::password(user, "");
                super::kerberos::principal_with_ticket(user).map(Self::ticket_of)
            }
        }
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

    /// The password, from its keeper; empty where the proof is another one.
    pub(crate) fn secret(&self) -> Result<Secret, Error> {
        match &self.proof {
            Proof::Password(secret) => Ok(secret.clone()),
            Proof::Asked(ask) => ask().map_err(|error| Error::NoPassword(Withheld(error.into()))),
            _ => Ok(Secret::from("")),
        }
    }

    pub(crate) fn has_password(&self) -> bool {
        matches!(self.proof, Proof::Password(_) | Proof::Asked(_))
    }

    /// Reports whether the user, or the domain, is written with a colon.
    pub(crate) fn has_colon(&self) -> bool {
        self.user.contains(':') || self.domain.contains(':')
    }

    /// Reports whether [`secret`](Self::secret) asks a callback, and so must be kept off the async threads.
    pub(crate) fn asks(&self) -> bool {
        matches!(self.proof, Proof::Asked(_))
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
            Self::Asked(_) => "Asked(..)",
            #[cfg(feature = "kerberos")]
            Self::Ticket => "Ticket",
            Self::Certificate(_) => "Certificate(..)",
        })
    }
}

impl Withheld {
    pub(crate) fn cause(&self) -> &(dyn StdError + 'static) {
        &*self.0
    }
}

/// Each is its own.
impl PartialEq for Withheld {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Withheld {}

/// A text that is overwritten in memory when it is dropped, and that `Debug` does not show.
///
/// The memory that a `String` left behind when it grew is beyond its reach: build the secret once, and hand it over.
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
        let hunter2 = || Ok::<_, std::io::Error>(Secret::from("hunter2"));
        let asked = Credentials::password_from(r"EXAMPLE\operator", hunter2);
        assert_eq!(
            format!("{asked:?}"),
            r#"Credentials { domain: "EXAMPLE", user: "operator", proof: Asked(..) }"#
        );
        assert_eq!(asked.secret().unwrap().expose(), "hunter2");
    }
}
