//! Longer reading: why the crate is built as it is, and what the protocol is like in practice.

pub mod architecture;
pub mod fixtures;
pub mod hardening;
pub mod kerberos;
pub mod local_accounts;
pub mod protocol;
pub mod second_hop;

#[doc = include_str!("../../CHANGELOG.md")]
pub mod changelog {}
