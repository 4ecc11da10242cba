//! cimwire speaks WS-Management straight to WinRM.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
pub mod transport;

pub use auth::{Credentials, Secret};
