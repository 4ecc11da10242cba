//! Credentials: the user and the secret.

use std::error::Error as StdError;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::Error;

/// The credentials of a login: a user name and its password, a client certificate, or a Kerberos ticket.
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
    Asked(Arc<Asked>),
    /// A ticket in the cache, or a key in the client's keytab.
    #[cfg(feature = "kerberos")]
    Ticket,
    Certificate(Arc<ClientCertificate>),
}

/// A password that a callback returns.
struct Asked {
    ask: Box<Ask>,
    /// True if [`Credentials::known_password`] must return the password from the next login on.
    is_kept: AtomicBool,
    last: Mutex<Option<Secret>>,
}

/// A callback that returns the password.
type Ask = dyn Fn() -> Result<Secret, Box<dyn StdError + Send + Sync>> + Send + Sync;

/// The error of a password callback.
#[derive(Clone, Debug)]
pub(crate) struct CallbackError(Arc<dyn StdError + Send + Sync>);

/// A client certificate and its key in PEM, as they were given. They are not checked yet.
pub(crate) struct ClientCertificate {
    pub(crate) chain: Vec<u8>,
    pub(crate) key: Zeroizing<Vec<u8>>,
}

impl Credentials {
    /// Creates credentials of a user and a password.
    ///
    /// The user can be written in any of the forms that Windows accepts:
    ///
    /// | `user`         | domain sent | user sent     | account                                            |
    /// |----------------|-------------|---------------|----------------------------------------------------|
    /// | `DOMAIN\user`  | `DOMAIN`    | `user`        | an account of that domain, or of that computer     |
    /// | `user@domain`  | none        | `user@domain` | a user principal name, which the server looks up   |
    /// | `.\user`       | none        | `user`        | an account of the server itself                    |
    /// | `user`         | none        | `user`        | the account that the server finds under the name   |
    pub fn password(user: impl AsRef<str>, secret: impl Into<Secret>) -> Self {
        Self::of_user(user.as_ref(), Proof::Password(secret.into()))
    }

    /// Creates credentials of a user, written as for [`password`](Self::password), and a callback that returns the
    /// password, for example from a vault with changing passwords, or from a dialog.
    ///
    /// The callback is called when a login needs the password, at most once for each login. It is not called when the
    /// client is built, nor if the host is unreachable. A client logs in once for each of its connections, and again
    /// when one was lost. A login with a Kerberos ticket does not call it. The password is overwritten in memory after
    /// the login. If envelopes are traced, it is kept until the client is dropped: the traces show `***` in its place.
    ///
    /// The callback may block, since it runs on a thread for blocking calls. Its time counts against the timeout of the
    /// login ([`HttpConfig::authenticate_timeout`](crate::transport::HttpConfig::authenticate_timeout)); the default of 30 s
    /// is short for a user who types a password. A call continues to its end after the timeout.
    ///
    /// If the callback fails, the operation fails with [`ErrorKind::NoPassword`](crate::ErrorKind::NoPassword) and has
    /// the callback's error among its causes; nothing of the operation has been sent. A password that the host rejects
    /// is handled like any other wrong password.
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
        let asked = Asked {
            ask: Box::new(move || ask().map_err(Into::into)),
            is_kept: AtomicBool::new(false),
            last: Mutex::new(None),
        };
        Self::of_user(user.as_ref(), Proof::Asked(Arc::new(asked)))
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

    /// Creates credentials of a client certificate, for [`Auth::Certificate`](crate::transport::Auth::Certificate).
    ///
    /// Both arguments are PEM. The chain is the certificate, followed by any intermediate certificates. The private key
    /// is PKCS #8, PKCS #1 or SEC 1, not encrypted. One file may contain both. They are checked when the client is
    /// built.
    ///
    /// The key is overwritten in memory when the last client that uses it is dropped.
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

    /// Returns the credentials of the Kerberos ticket cache (filled by `kinit`; the environment variable `KRB5CCNAME`
    /// selects another cache).
    ///
    /// If the cache is empty and the client has a keytab (set by `KRB5_CLIENT_KTNAME`), tickets are obtained with its
    /// first key.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    #[must_use]
    pub fn ticket() -> Self {
        Self::ticket_of("")
    }

    /// Returns the credentials of an unexpired ticket in the cache: the ticket of this user, written as for
    /// [`password`](Self::password), or else the ticket that the cache holds.
    ///
    /// A user without a domain has no ticket, since the name may be that of an account of the host. The call may block:
    /// the cache may be kept by another process, and a keytab used in its place asks the KDC.
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

    /// Returns the credentials of this principal, `operator@EXAMPLE.TEST`: its ticket in the cache or its key in the
    /// client's keytab, if either holds several.
    #[cfg(feature = "kerberos")]
    #[cfg_attr(docsrs, doc(cfg(feature = "kerberos")))]
    pub fn ticket_of(principal: impl Into<String>) -> Self {
        Self {
            domain: String::new(),
            user: principal.into(),
            proof: Proof::Ticket,
        }
    }

    /// Returns the domain, as written; empty if the user name has none, or is a user principal name.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Returns the user name without its domain. A user principal name is returned unchanged.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the password, calling the callback if there is one; empty for credentials without a password.
    pub(crate) fn secret(&self) -> Result<Secret, Error> {
        match &self.proof {
            Proof::Password(secret) => Ok(secret.clone()),
            Proof::Asked(asked) => {
                let secret = (asked.ask)();
                let secret =
                    secret.map_err(|error| Error::NoPassword(CallbackError(error.into())))?;
                if asked.is_kept.load(Ordering::Relaxed) {
                    *asked.last() = Some(secret.clone());
                }
                Ok(secret)
            }
            _ => Ok(Secret::from("")),
        }
    }

    /// Keeps the password that a callback returns from now on, for [`known_password`](Self::known_password).
    pub(crate) fn keep_password(&self) {
        if let Proof::Asked(asked) = &self.proof {
            asked.is_kept.store(true, Ordering::Relaxed);
        }
    }

    /// Returns the password that was given as text, or the last one that a callback returned and that was
    /// [kept](Self::keep_password); a callback is not called.
    pub(crate) fn known_password(&self) -> Option<Secret> {
        match &self.proof {
            Proof::Password(secret) => Some(secret.clone()),
            Proof::Asked(asked) => asked.last().clone(),
            _ => None,
        }
    }

    pub(crate) fn has_password(&self) -> bool {
        matches!(self.proof, Proof::Password(_) | Proof::Asked(_))
    }

    /// Reports whether the user or the domain contains a colon.
    pub(crate) fn has_colon(&self) -> bool {
        self.user.contains(':') || self.domain.contains(':')
    }

    /// Reports whether [`secret`](Self::secret) calls a callback, and must not run on an async thread.
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

impl Asked {
    fn last(&self) -> MutexGuard<'_, Option<Secret>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallbackError {
    pub(crate) fn cause(&self) -> &(dyn StdError + 'static) {
        &*self.0
    }
}

/// Failures are compared by identity.
impl PartialEq for CallbackError {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for CallbackError {}

/// A text that is overwritten in memory when it is dropped, and that `Debug` does not show.
///
/// Memory that a growing `String` left behind is not overwritten: build the secret once, and move it here.
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
