//! cimwire speaks WS-Management straight to WinRM.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod cim;
mod xml;
