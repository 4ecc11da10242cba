//! The accounts of the host, and their rights.

use crate::auth::Secret;
pub(crate) use crate::simulator::service::Caller;

/// The accounts of the host.
#[derive(Debug)]
pub(crate) struct Accounts(Vec<Account>);

#[derive(Debug)]
struct Account {
    /// The name as it is shown: `DOMAIN\user`, or `user`.
    name: String,
    password: Secret,
    may_invoke: bool,
    /// A certificate that is mapped to it, in DER.
    certificate: Option<Vec<u8>>,
}

impl Accounts {
    /// Makes two accounts: an operator with all rights, and a reader who may only read.
    pub(crate) fn new(operator: &str, reader: &str, password: &Secret) -> Self {
        let account = |name: &str, may_invoke| Account {
            name: name.to_owned(),
            password: password.clone(),
            may_invoke,
            certificate: None,
        };
        Self(vec![account(operator, true), account(reader, false)])
    }

    /// Maps a certificate to a user, who may log in with it from now on.
    pub(crate) fn map(&mut self, user: &str, certificate: &[u8]) {
        let mut accounts = self.0.iter_mut();
        if let Some(account) = accounts.find(|account| account.name == user) {
            account.certificate = Some(certificate.to_vec());
        }
    }

    /// Returns the user to whom a certificate is mapped. TLS has checked that the client holds its key.
    pub(crate) fn certificate_user(&self, certificate: &[u8]) -> Option<Caller> {
        let mut accounts = self.0.iter();
        accounts
            .find(|account| account.certificate.as_deref() == Some(certificate))
            .map(Account::caller)
    }

    /// Returns the password of a user, by the names of an NTLM login.
    pub(crate) fn password_of(&self, domain: &str, user: &str) -> Option<Secret> {
        let account = self.find(domain, user)?;
        Some(account.password.clone())
    }

    /// Returns a user whose password has been checked.
    pub(crate) fn caller(&self, domain: &str, user: &str) -> Option<Caller> {
        self.find(domain, user).map(Account::caller)
    }

    /// Checks the user and the password of Basic: `user:password`.
    pub(crate) fn check(&self, user_and_password: &str) -> Option<Caller> {
        let (user, password) = user_and_password.split_once(':')?;
        let (domain, user) = user.split_once('\\').unwrap_or(("", user));
        let account = self.find(domain, user)?;
        (account.password.expose() == password).then(|| account.caller())
    }

    /// Finds an account. No domain, or the domain `.`, means this host.
    fn find(&self, domain: &str, user: &str) -> Option<&Account> {
        self.0.iter().find(|account| {
            let (own_domain, own_user) = account.split();
            own_user.eq_ignore_ascii_case(user)
                && (matches!(domain, "" | ".") || own_domain.eq_ignore_ascii_case(domain))
        })
    }
}

impl Account {
    fn split(&self) -> (&str, &str) {
        self.name.split_once('\\').unwrap_or(("", &self.name))
    }

    fn caller(&self) -> Caller {
        Caller {
            name: self.name.clone(),
            may_invoke: self.may_invoke,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_as_windows_finds_them() {
        let accounts = Accounts::new(r"SIM\operator", r"SIM\reader", &"secret".into());
        let name = |domain, user| accounts.caller(domain, user).map(|caller| caller.name);
        assert_eq!(name("SIM", "operator").as_deref(), Some(r"SIM\operator"));
        assert_eq!(name("sim", "OPERATOR").as_deref(), Some(r"SIM\operator"));
        assert_eq!(name("", "reader").as_deref(), Some(r"SIM\reader"));
        assert_eq!(name(".", "reader").as_deref(), Some(r"SIM\reader"));
        assert_eq!(name("OTHER", "operator"), None);
        assert_eq!(name("SIM", "nobody"), None);
    }

    #[test]
    fn certificates_belong_to_users() {
        let mut accounts = Accounts::new(r"SIM\operator", r"SIM\reader", &"secret".into());
        assert!(accounts.certificate_user(b"").is_none());
        accounts.map(r"SIM\reader", b"certificate");
        let certificate_user = accounts.certificate_user(b"certificate").unwrap();
        assert_eq!(certificate_user.name, r"SIM\reader");
        assert!(accounts.certificate_user(b"another").is_none());
    }

    #[test]
    fn passwords_in_the_clear() {
        let accounts = Accounts::new(r"SIM\operator", r"SIM\reader", &"pass:word".into());
        let operator = accounts.check(r"SIM\operator:pass:word").unwrap();
        assert!(operator.may_invoke);
        assert!(!accounts.check("reader:pass:word").unwrap().may_invoke);
        for wrong in [
            "operator",
            "operator:",
            "operator:pass",
            "nobody:pass:word",
            "",
        ] {
            assert!(accounts.check(wrong).is_none(), "{wrong}");
        }
    }
}
