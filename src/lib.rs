//! cimwire speaks WS-Management straight to WinRM.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod cim;
mod printable;
mod wsman;
mod xml;

pub use wsman::{
    DatetimeForm, Dialect, Fault, FaultKind, Identity, ProviderFault, ServerProfile, Wql,
};
