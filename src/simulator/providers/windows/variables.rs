//! The environment variables of a host.

use crate::cim::{Instance, Value};

use super::super::ChangeError;

/// The variables of the host.
#[derive(Debug)]
pub(super) struct Variables(Vec<Variable>);

#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    /// Its owner, as `DOMAIN\user`; the system itself is called [`SYSTEM`].
    pub(super) user: String,
    pub(super) value: Option<String>,
}

impl Variables {
    /// Returns the variables that a host starts with.
    pub(super) fn new() -> Self {
        let variable = |(name, value): (&str, &str)| Variable {
            name: name.to_owned(),
            user: SYSTEM.to_owned(),
            value: Some(value.to_owned()),
        };
        Self(FIRST.into_iter().map(variable).collect())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Variable> {
        self.0.iter()
    }

    pub(super) fn create(&mut self, instance: &Instance) -> Result<(), ChangeError> {
        let (name, user) = keys(instance)?;
        if self.find(&name, &user).is_some() {
            return Err(ChangeError::Exists);
        }
        if name.is_empty() || name.contains('=') || self.0.len() >= MAX_VARIABLES {
            return Err(ChangeError::Value);
        }
        let value = Some(value(instance)?.ok_or(ChangeError::Value)?);
        self.0.push(Variable { name, user, value });
        Ok(())
    }

    pub(super) fn put(&mut self, instance: &Instance) -> Result<(), ChangeError> {
        let (name, user) = keys(instance)?;
        let value = value(instance)?;
        let at = self.find(&name, &user);
        let variable = at.and_then(|at| self.0.get_mut(at));
        variable.ok_or(ChangeError::Value)?.value = value;
        Ok(())
    }

    pub(super) fn delete(&mut self, instance: &Instance) -> Result<(), ChangeError> {
        let (name, user) = keys(instance)?;
        let at = self.find(&name, &user).ok_or(ChangeError::Value)?;
        self.0.remove(at);
        Ok(())
    }

    fn find(&self, name: &str, user: &str) -> Option<usize> {
        let is_it = |variable: &Variable| {
            variable.name.eq_ignore_ascii_case(name) && variable.user.eq_ignore_ascii_case(user)
        };
        self.0.iter().position(is_it)
    }
}

impl Variable {
    pub(super) fn is_of_system(&self) -> bool {
        self.user == SYSTEM
    }
}

fn keys(instance: &Instance) -> Result<(String, String), ChangeError> {
    let key = |name| instance.get(name).map_err(|_| ChangeError::Value);
    Ok((key("Name")?, key("UserName")?))
}

fn value(instance: &Instance) -> Result<Option<String>, ChangeError> {
    let value = instance.value("VariableValue").unwrap_or(&Value::Null);
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(ChangeError::Value),
    }
}

/// The user name of variables of the system itself.
const SYSTEM: &str = "<SYSTEM>";
const FIRST: [(&str, &str); 3] = [
    ("NUMBER_OF_PROCESSORS", "8"),
    ("OS", "Windows_NT"),
    ("Path", r"C:\Windows\system32;C:\Windows"),
];
/// The number of variables, so clients do not fill the memory.
const MAX_VARIABLES: usize = 10_000;
