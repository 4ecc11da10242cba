//! Tickets from a cache, a keytab or a password.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use libgssapi::credential::{Cred, CredUsage};
use libgssapi::name::Name;
use libgssapi::oid::{GSS_MECH_KRB5, GSS_NT_USER_NAME, OidSet};

use super::error::{Failure, Operation};
use crate::auth::{Credentials, Error};

/// The tickets of one user. Every call may block.
pub(super) struct Tickets {
    credentials: Credentials,
    /// The credentials obtained with the password. They are kept, since each use of the password contacts the KDC.
    acquired: Mutex<Option<Cred>>,
}

impl Tickets {
    pub(super) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            acquired: Mutex::default(),
        }
    }

    pub(super) fn has_password(&self) -> bool {
        self.credentials.has_password()
    }

    /// Returns credentials from the user's ticket, keytab or password.
    pub(super) fn acquire(&self) -> Result<Cred, Error> {
        if !self.has_password() {
            let user = Some(self.credentials.user()).filter(|user| !user.is_empty());
            return Ok(cached(user.map(name).transpose()?.as_ref())?);
        }
        if let Some(acquired) = self.acquired() {
            return Ok(acquired);
        }
        // The lock is not held here: an unresponsive KDC delays its caller only.
        let acquired = Cred::acquire_with_password(
            Some(&self.principal()?),
            self.credentials.secret()?.expose(),
            None,
            CredUsage::Initiate,
            Some(&mechanisms()?),
        )
        .map_err(|error| Failure::new(Operation::Password, error))?;
        *self.lock() = Some(acquired.clone());
        Ok(acquired)
    }

    /// Returns the ticket in the cache for exactly the user of the password, or the reason why there is no usable one.
    pub(super) fn cached(&self) -> Result<Cred, Unusable> {
        if self.credentials.domain().is_empty() && !self.credentials.user().contains('@') {
            return Err(Unusable::NoDomain);
        }
        let ticket = self
            .principal()
            .and_then(|principal| Ok(cached(Some(&principal))?))
            .map_err(Unusable::None)?;
        if lasts(&ticket) {
            Ok(ticket)
        } else {
            Err(Unusable::Expired)
        }
    }

    /// Returns the credentials obtained with the password, if they have not expired.
    fn acquired(&self) -> Option<Cred> {
        let mut acquired = self.lock();
        acquired.take_if(|ticket| !lasts(ticket));
        acquired.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Cred>> {
        self.acquired.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the principal of the user with the password.
    fn principal(&self) -> Result<Name, Error> {
        let (domain, user) = (self.credentials.domain(), self.credentials.user());
        let Spelling { principal, realm } = spelling(domain, user);
        let name = name(&principal)?;
        let Some(realm) = realm else {
            return Ok(name);
        };
        // A NetBIOS domain name does not give the realm, so only the local default realm is accepted, and only if the
        // two names match.
        let failed = |error| Failure::new(Operation::Name, error);
        let canonical = name.canonicalize(Some(GSS_MECH_KRB5)).map_err(failed)?;
        let canonical = canonical.display_name().map_err(failed)?;
        let canonical = String::from_utf8_lossy(&canonical);
        let default = canonical.rsplit_once('@').map_or("", |(_, realm)| realm);
        let label = default.split('.').next().unwrap_or_default();
        if label.eq_ignore_ascii_case(&realm) {
            Ok(name)
        } else {
            Err(Error::UnknownRealm)
        }
    }
}

/// Reports whether the cache holds an unexpired ticket.
pub(crate) fn has_ticket() -> bool {
    cached(None).is_ok_and(|ticket| lasts(&ticket))
}

/// Returns the principal of a user who has an unexpired ticket in the cache.
pub(crate) fn principal_with_ticket(user: Credentials) -> Option<String> {
    let ticket = Tickets::new(user).cached().ok()?;
    let name = ticket.name().ok()?.display_name().ok()?;
    String::from_utf8(name.to_vec()).ok()
}

/// The reason why a login does not use the cache.
#[derive(Debug)]
pub(super) enum Unusable {
    /// The user is named without a domain, and may be an account of the host.
    NoDomain,
    /// There is no ticket of this user.
    None(Error),
    /// The ticket has expired.
    Expired,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDomain => f.write_str("the user is named without a domain"),
            Self::None(error) => match std::error::Error::source(error) {
                Some(cause) => write!(f, "the user has no ticket ({cause})"),
                None => write!(f, "the user has no ticket ({error})"),
            },
            Self::Expired => f.write_str("the ticket of the user has expired"),
        }
    }
}

impl fmt::Debug for Tickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tickets")
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

/// A user in the form of Kerberos.
#[derive(Debug, PartialEq, Eq)]
struct Spelling {
    principal: String,
    /// The required first label of the default realm, if the principal has no realm.
    realm: Option<String>,
}

fn spelling(domain: &str, user: &str) -> Spelling {
    // A realm is the DNS name of its domain in upper case; Windows users write it in either case.
    let (principal, realm) = match user.rsplit_once('@') {
        Some((name, realm)) => (format!("{name}@{}", realm.to_uppercase()), None),
        None if domain.contains('.') => (format!("{user}@{}", domain.to_uppercase()), None),
        None if domain.is_empty() => (user.to_owned(), None),
        None => (user.to_owned(), Some(domain.to_owned())),
    };
    Spelling { principal, realm }
}

fn name(principal: &str) -> Result<Name, Failure> {
    Name::new(principal.as_bytes(), Some(GSS_NT_USER_NAME))
        .map_err(|error| Failure::new(Operation::Name, error))
}

/// Returns the tickets of this user, or of any user in the cache, or new ones for the key in the client's keytab.
fn cached(user: Option<&Name>) -> Result<Cred, Failure> {
    Cred::acquire(user, None, CredUsage::Initiate, Some(&mechanisms()?))
        .map_err(|error| Failure::new(Operation::Cache, error))
}

/// Reports whether a ticket is valid for long enough to log in with.
fn lasts(ticket: &Cred) -> bool {
    ticket.lifetime().is_ok_and(|left| left >= LONG_ENOUGH)
}

fn mechanisms() -> Result<OidSet, Failure> {
    OidSet::singleton(GSS_MECH_KRB5).map_err(|error| Failure::new(Operation::Name, error))
}

/// The shortest remaining lifetime of a usable ticket.
const LONG_ENOUGH: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_spelt_as_kerberos_has_them() {
        for (user, principal, realm) in [
            ("operator@EXAMPLE.TEST", "operator@EXAMPLE.TEST", None),
            ("operator@example.test", "operator@EXAMPLE.TEST", None),
            (r"example.test\operator", "operator@EXAMPLE.TEST", None),
            (r"EXAMPLE\operator", "operator", Some("EXAMPLE")),
            (
                r"EXAMPLE\operator@example.test",
                "operator@EXAMPLE.TEST",
                None,
            ),
            ("operator", "operator", None),
        ] {
            let credentials = Credentials::password(user, "irrelevant");
            assert_eq!(
                spelling(credentials.domain(), credentials.user()),
                Spelling {
                    principal: principal.to_owned(),
                    realm: realm.map(str::to_owned),
                },
                "{user}"
            );
        }
    }
}
