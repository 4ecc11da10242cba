//! cimwire speaks WS-Management straight to WinRM.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
pub mod cim;
mod printable;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod transport;
mod wsman;
mod xml;

pub use auth::{Credentials, Secret};
pub use wsman::{
    DatetimeForm, Dialect, Fault, FaultKind, Identity, ProviderFault, ServerProfile, Wql,
};
