//! Lines on stderr, for programs that read them.

use std::borrow::Cow;
use std::fmt::Debug;
use std::io::{self, Write};

use cimwire::hyperv::{ReplicationState, VirtualMachine};
use cimwire::{Error, Fault, ProviderFault};
use serde::Serialize;

use super::{Problem, return_code};
use crate::exit::Exit;
use crate::output::event::Vm;
use crate::output::line::line_of;
use crate::output::origin::{self, Origin};

/// One line: `{"error":{…}}`, `{"warning":"…",…}`, `{"note":"…",…}`.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Message<'a> {
    Error {
        error: Box<ErrorRow<'a>>,
    },
    Warning {
        warning: &'a str,
        #[serde(flatten)]
        origin: Origin<'static>,
        #[serde(skip_serializing_if = "Option::is_none")]
        vm: Option<Vm<'a>>,
    },
    Note {
        note: &'a str,
        #[serde(flatten)]
        origin: Origin<'static>,
    },
}

#[derive(Serialize)]
pub(super) struct ErrorRow<'a> {
    /// The kind of the error: `fault`, `refused`, `outcome_unknown`, …
    kind: String,
    exit_code: u8,
    message: String,
    #[serde(flatten)]
    origin: Origin<'a>,
    /// The user, if the login failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    hint: Option<Cow<'a, str>>,
    /// The delivery of the request: `not_sent`, `unknown`, `answered`.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<String>,
    /// The return value of a method that was not carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    return_code: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<FaultRow<'a>>,
    /// The virtual machine that the error is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    vm: Option<Vm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replication_state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replication_state_code: Option<u16>,
}

#[derive(Serialize)]
struct FaultRow<'a> {
    kind: String,
    subcode: Option<&'a str>,
    code: Option<u32>,
    provider_code: Option<u32>,
    message: &'a str,
}

impl<'a> ErrorRow<'a> {
    /// An error of the library, in these words.
    pub(super) fn of(error: &'a Error, exit: Exit, message: String, hint: Option<&'a str>) -> Self {
        Self {
            kind: snake_case(error.kind()),
            exit_code: exit.code(),
            message,
            origin: Origin::of(error),
            user: user(exit),
            hint: hint.map(Cow::Borrowed),
            delivery: Some(snake_case(error.delivery())),
            return_code: return_code(error).map(Into::into),
            fault: error.fault().map(FaultRow::from),
            vm: None,
            replication_state: None,
            replication_state_code: None,
        }
    }

    pub(super) fn vm(mut self, vm: Option<&'a VirtualMachine>) -> Self {
        self.vm = vm.map(Vm::from);
        self
    }

    /// Adds the replication state of the virtual machine that the error is about.
    pub(super) fn replication_state(mut self, state: Option<ReplicationState>) -> Self {
        self.replication_state = state.map(|state| state.to_string());
        self.replication_state_code = state.map(ReplicationState::code);
        self
    }
}

impl<'a> From<&'a Problem> for ErrorRow<'a> {
    fn from(problem: &'a Problem) -> Self {
        Self {
            kind: snake_case(problem.exit),
            exit_code: problem.exit.code(),
            message: problem.what.clone(),
            origin: Origin::now(),
            user: user(problem.exit),
            hint: problem.hint.as_deref().map(Cow::from),
            delivery: None,
            return_code: problem.return_code,
            fault: None,
            vm: None,
            replication_state: None,
            replication_state_code: None,
        }
    }
}

impl<'a> From<&'a Fault> for FaultRow<'a> {
    fn from(fault: &'a Fault) -> Self {
        Self {
            kind: snake_case(fault.kind()),
            subcode: fault.subcode(),
            code: fault.wsman_code(),
            provider_code: fault.provider_fault().and_then(ProviderFault::code),
            message: fault.message(),
        }
    }
}

fn user(exit: Exit) -> Option<&'static str> {
    origin::user().filter(|_| exit == Exit::Authentication)
}

/// Writes a line to stderr. A closed stderr does not end the program.
pub(super) fn say(message: &Message<'_>) {
    if let Ok(line) = line_of(message) {
        let line = format!("{line}\n");
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }
}

/// The name of a variant as JSON has names: `outcome_unknown`.
fn snake_case(variant: impl Debug) -> String {
    let mut name = String::new();
    for c in format!("{variant:?}").chars() {
        if c.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(c.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_names() {
        assert_eq!(snake_case(Exit::Usage), "usage");
        assert_eq!(
            snake_case(cimwire::ErrorKind::OutcomeUnknown),
            "outcome_unknown"
        );
        assert_eq!(snake_case(cimwire::FaultKind::NotFound), "not_found");
    }
}
