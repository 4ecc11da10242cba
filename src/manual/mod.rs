//! Guides: the architecture of the crate, the protocol in practice, and the setup of hosts.

pub mod architecture;
pub mod cmdlets;
pub mod configuration;
#[cfg(feature = "recording")]
#[cfg_attr(docsrs, doc(cfg(feature = "recording")))]
pub mod fixtures;
pub mod hardening;
pub mod json;
pub mod kerberos;
pub mod local_accounts;
pub mod protocol;
pub mod second_hop;

#[doc = include_str!("../../CHANGELOG.md")]
pub mod changelog {}
