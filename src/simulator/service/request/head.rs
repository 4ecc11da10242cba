//! The checked headers of a request.

use std::time::Duration;

use crate::wsman::server_side::uris;

use super::super::fault::{self, FaultDialect, Refusal};
use super::super::resource::{Resource, Selectors, Subject};
use super::Rejected;

/// The values of the headers.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) message_id: String,
    pub(crate) action: Action,
    pub(crate) resource: Resource,
    /// The keys that the request gives.
    pub(crate) selectors: Selectors,
    /// The maximum size of the response, in bytes.
    pub(crate) max_envelope_size: usize,
    /// The time that the response may take.
    pub(crate) operation_timeout: Duration,
    /// The options, each with its value.
    pub(crate) options: Vec<(String, String)>,
    /// The part of the instance that the request is for; absent for all of it (DSP0226 7.7).
    pub(crate) fragment: Option<String>,
    /// The form of a fault.
    pub(crate) dialect: FaultDialect,
    /// The subscription that the request is for (WS-Eventing).
    pub(crate) identifier: Option<String>,
}

/// The operation of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Get,
    /// A Get of the declaration of a class.
    GetClass,
    /// A Get of the configuration of the service.
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
    /// Returns a function that refuses the request.
    pub(crate) fn rejection(&self) -> impl Fn(Refusal) -> Rejected + use<> {
        let (relates_to, dialect) = (self.message_id.clone(), self.dialect);
        move |refusal| Rejected {
            relates_to: Some(relates_to.clone()),
            dialect,
            refusal,
        }
    }

    /// Reports whether a boolean option is true.
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
