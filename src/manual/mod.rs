//! Longer reading: why the crate is built as it is, and what the protocol is like in practice.

pub mod architecture;
pub mod fixtures;
pub mod protocol;

#[doc = include_str!("../../CHANGELOG.md")]
pub mod changelog {}
