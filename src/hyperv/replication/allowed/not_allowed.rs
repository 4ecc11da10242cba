//! The error for an action that the state does not allow.

use std::fmt;

use crate::hyperv::{EnabledState, Relationship, ReplicationMode, ReplicationState};

use super::{Action, alternatives};

/// Error returned when the state of a replication does not allow an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAllowed {
    pub(super) action: Action,
    pub(super) reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Mode(ReplicationMode, &'static [ReplicationMode]),
    State(ReplicationState, Relationship),
    Power(EnabledState),
    NeverReplicated,
}

impl NotAllowed {
    /// Returns the action that is not allowed.
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the state that the replication is in, if that is the reason.
    pub fn state(&self) -> Option<ReplicationState> {
        match self.reason {
            Reason::State(state, _) => Some(state),
            _ => None,
        }
    }

    /// Returns what makes the action allowed, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self.reason {
            Reason::Mode(ReplicationMode::None, _) => "enable the replication first",
            Reason::Mode(..) => "do it on the other host, or for the other relationship",
            Reason::State(..) => self.action.rule().hint,
            Reason::Power(_) => "shut the virtual machine down first",
            Reason::NeverReplicated => "complete the initial replication first",
        }
    }
}

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let doing = self.action.rule().doing;
        match &self.reason {
            Reason::Mode(mode, modes) => {
                let names: Vec<_> = modes.iter().map(|mode| format!("\"{mode}\"")).collect();
                let names = alternatives(&names);
                write!(
                    f,
                    "{doing}: the replication mode is \"{mode}\", and has to be {names}"
                )
            }
            Reason::State(state, which) => {
                let states = self.action.states(*which);
                write!(
                    f,
                    "{doing}: the replication state is \"{state}\", and has to be {states}"
                )
            }
            Reason::NeverReplicated => write!(f, "{doing}: it has never been replicated"),
            Reason::Power(state) => {
                write!(
                    f,
                    "{doing}: the virtual machine is {state}, and has to be off"
                )
            }
        }
    }
}

impl std::error::Error for NotAllowed {}
