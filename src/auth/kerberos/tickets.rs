//! Sources of tickets: a cache, a keytab, or a password.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use libgssapi::credential::{Cred, CredUsage};
use libgssapi::name::Name;
use libgssapi::oid::{GSS_MECH_KRB5, GSS_NT_USER_NAME, OidSet};

use super::error::Doing;
use super::{Error, Failure};
use crate::auth::Credentials;

/// The tickets of one user. Every call may block.
pub(super) struct Tickets {
    credentials: Credentials,
    /// The credentials that the password obtained, since each use of it asks the KDC anew.
    gotten: Mutex<Option<Cred>>,
}

impl Tickets {
    pub(super) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            gotten: Mutex::default(),
        }
    }

    pub(super) fn has_password(&self) -> bool {
        self.credentials.has_password()
    }

    /// Credentials to log in with, by whatever means the user has.
    pub(super) fn acquire(&self) -> Result<Cred, Error> {
        if !self.has_password() {
            let user = Some(self.credentials.user()).filter(|user| !user.is_empty());
            return Ok(cached(user.map(name).transpose()?.as_ref())?);
        }
        if let Some(gotten) = self.gotten() {
            return Ok(gotten);
        }
        // Nothing is locked meanwhile: a KDC that does not answer holds up its caller alone.
        let gotten = Cred::acquire_with_password(
            Some(&self.principal()?),
            self.credentials.secret()?.expose(),
            None,
            CredUsage::Initiate,
            Some(&mechanisms()?),
        )
        .map_err(|error| Failure::new(Doing::Password, error))?;
        *self.lock() = Some(gotten.clone());
        Ok(gotten)
    }

    /// The ticket in the cache that belongs to the very user that the password is for; and if there is none, why.
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

    /// Returns what the password has got us, as long as it lasts.
    fn gotten(&self) -> Option<Cred> {
        let mut gotten = self.lock();
        gotten.take_if(|ticket| !lasts(ticket));
        gotten.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Cred>> {
        self.gotten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The principal that belongs to the password.
    fn principal(&self) -> Result<Name, Error> {
        let (domain, user) = (self.credentials.domain(), self.credentials.user());
        let Spelling { principal, realm } = spelling(domain, user);
        let name = name(&principal)?;
        let Some(realm) = realm else {
            return Ok(name);
        };
        // The name of a domain in NetBIOS tells nothing about its realm, so only the realm that is the default here will
        // do, and only when the two look alike.
        let failed = |error| Failure::new(Doing::Name, error);
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

/// Reports whether the cache holds a ticket that lasts.
pub(crate) fn has_ticket() -> bool {
    cached(None).is_ok_and(|ticket| lasts(&ticket))
}

/// Returns the principal of a user whose ticket is in the cache, and lasts.
pub(crate) fn principal_with_ticket(user: Credentials) -> Option<String> {
    let ticket = Tickets::new(user).cached().ok()?;
    let name = ticket.name().ok()?.display_name().ok()?;
    String::from_utf8(name.to_vec()).ok()
}

/// Why a login goes without the cache.
#[derive(Debug)]
pub(super) enum Unusable {
    /// The user is named without a domain, and so may be one of the host's own.
    NoDomain,
    /// There is no ticket of this user.
    None(Error),
    /// There is one, which has run out.
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

/// A user as Kerberos writes one.
#[derive(Debug, PartialEq, Eq)]
struct Spelling {
    principal: String,
    /// The first label that the default realm must have, where the principal names none.
    realm: Option<String>,
}

fn spelling(domain: &str, user: &str) -> Spelling {
    // A realm has the DNS name of its domain, in upper case; Windows users write it in either.
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
        .map_err(|error| Failure::new(Doing::Name, error))
}

/// The tickets of this user, or whosever the cache holds; or new ones for the key in the client's keytab.
fn cached(user: Option<&Name>) -> Result<Cred, Failure> {
    Cred::acquire(user, None, CredUsage::Initiate, Some(&mechanisms()?))
        .map_err(|error| Failure::new(Doing::Cache, error))
}

/// Reports whether a ticket lasts for long enough to log in with.
fn lasts(ticket: &Cred) -> bool {
    ticket.lifetime().is_ok_and(|left| left >= LONG_ENOUGH)
}

fn mechanisms() -> Result<OidSet, Failure> {
    OidSet::singleton(GSS_MECH_KRB5).map_err(|error| Failure::new(Doing::Name, error))
}

/// A ticket that is about to expire is as good as none.
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
