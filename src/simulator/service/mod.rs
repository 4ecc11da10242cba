//! The service: an envelope in, an envelope out, without HTTP and without a login.

mod associations;
mod caller;
mod config;
mod declaration;
mod dispatch;
mod enumeration;
mod eventing;
mod fault;
mod fragment;
mod hosts;
mod input;
mod invoke;
mod journal;
pub(super) mod limits;
mod lookup;
mod output;
mod reading;
mod request;
mod resource;
mod response;
mod state;
#[cfg(test)]
pub(super) mod testing;
mod transfer;
mod wql;

pub(crate) use self::caller::Caller;
pub(super) use self::dispatch::{Answer, Service};
pub(super) use self::hosts::Hosts;
pub use self::journal::SeenRequest;
