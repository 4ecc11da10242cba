#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
pub mod cim;
mod client;
mod codes;
mod error;
pub mod explain;
pub mod hyperv;
pub mod job;
pub mod manual;
mod printable;
mod remedy;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod transport;
mod wsman;
mod xml;

pub use auth::{Credentials, Secret};
pub use client::{
    Associations, Client, ClientBuilder, Dangerous, FromItem, Indications, Instances, Items,
    Namespace, Output, References, Retries, Typed,
};
pub use error::{Error, ErrorKind};
pub use printable::printable;
pub use remedy::Remedy;
#[cfg(feature = "simulator")]
#[cfg_attr(docsrs, doc(cfg(feature = "simulator")))]
pub use wsman::declared_classes;
pub use wsman::{
    DatetimeForm, Dialect, EmbeddedForm, Fault, FaultKind, Identity, PartHeaders, PolymorphismMode,
    ProviderFault, PutUpdates, QueryTarget, ServerProfile, UnknownName, Wql,
};
