//! The checked headers of a request.

use std::time::Duration;

use crate::wsman::server_side::uris;

use super::super::fault::{self, Refusal};
use super::super::resource::{Resource, Selectors, Subject};

/// What the headers say.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) message_id: String,
    pub(crate) action: Action,
    pub(crate) resource: Resource,
    /// The keys that the request gives.
    pub(crate) selectors: Selectors,
    /// How large the answer may be, in bytes.
    pub(crate) max_envelope_size: usize,
    /// How long the answer may take.
    pub(crate) operation_timeout: Duration,
    /// The options, each with its value.
    pub(crate) options: Vec<(String, String)>,
    /// The part of the instance that is meant, and not all of it (DSP0226 7.7).
    pub(crate) fragment: Option<String>,
    /// The subscription that is meant (WS-Eventing).
    pub(crate) identifier: Option<String>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Get,
    /// Get of the declaration of a class.
    GetClass,
    /// Get of the configuration of the service.
    GetConfig,
    Put,
    Create,
    Delete,
    Enumerate,
    Pull,
    Release,
    Subscribe,
    Unsubscribe,
    Invoke(String),
}

impl Head {
    /// Whether an option that is true or false is true.
    pub(crate) fn is_set(&self, option: &str) -> bool {
        let mut options = self.options.iter();
        options.any(|(name, value)| {
            name.eq_ignore_ascii_case(option)
                && (value.eq_ignore_ascii_case("true") || value == "1")
        })
    }
}

impl Action {
    pub(super) fn read(action: &str, resource: &Resource) -> Result<Self, Refusal> {
        match (resource.subject(), action) {
            (Subject::Instances, _) => {}
            (Subject::Declarations, uris::GET) => return Ok(Self::GetClass),
            (Subject::Configuration, uris::GET) => return Ok(Self::GetConfig),
            _ => return Err(fault::ACTION_NOT_SUPPORTED),
        }
        Ok(match action {
            uris::GET => Self::Get,
            uris::PUT => Self::Put,
            uris::CREATE => Self::Create,
            uris::DELETE => Self::Delete,
            uris::ENUMERATE => Self::Enumerate,
            uris::PULL => Self::Pull,
            uris::RELEASE => Self::Release,
            uris::SUBSCRIBE => Self::Subscribe,
            uris::UNSUBSCRIBE => Self::Unsubscribe,
            _ => {
                let method = resource.method_of(action);
                Self::Invoke(method.ok_or(fault::ACTION_NOT_SUPPORTED)?.to_owned())
            }
        })
    }
}
