//! The WS-Management protocol (DSP0226, \[MS-WSMV\]) without IO.
//!
//! ```text
//! Operation ──envelope──▶ text          the request, as data that can be compared
//! text ──reply──▶ instance, page, output, or a Fault
//! ```
//!
//! A [`ServerProfile`] describes the server (its dialect, its datetime form) to the envelope writer. Time, message ids
//! and limits are arguments ([`Head`]).

mod compare;
mod decode;
mod encode;
mod envelope;
mod error;
mod explain;
mod fault;
mod fault_kind;
mod operation;
mod profile;
mod reply;
mod sent_request;
mod wql;

pub(crate) mod cim_xml;
pub(crate) mod uris;

#[cfg(feature = "simulator")]
pub use cim_xml::declared_classes;
pub(crate) use compare::{check_class, check_instance, derives, is_same, is_same_key};
pub(crate) use encode::check_reference;
pub(crate) use envelope::{Head, write};
pub(crate) use error::{EncodeError, ReplyError};
pub(crate) use explain::{Fields, Node, envelope as explain};
pub use fault::{Fault, ProviderFault};
pub use fault_kind::FaultKind;
pub use operation::PolymorphismMode;
pub(crate) use operation::{Association, Enumerate, EnumerationMode, Filter, Operation};
pub use profile::{
    DatetimeForm, Dialect, EmbeddedForm, PutUpdates, QueryTarget, ServerProfile, UnknownName,
};
pub use reply::Identity;
pub(crate) use reply::{
    Item, OpenEnvelope, Page, Subscription, acknowledge, class, created, events, identity,
    instance, output, page, property, replaced, subscription,
};
pub(crate) use sent_request::SentRequest;
pub use wql::Wql;

/// Parts of the protocol that the simulated host needs to read requests.
#[cfg(feature = "simulator")]
pub(crate) mod server_side {
    pub(crate) use super::decode::{Decoder, xsi_nil};
    pub(crate) use crate::wsman::uris;
}
