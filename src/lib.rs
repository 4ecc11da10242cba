//! A client for WS-Management and CIM: WinRM, other WS-Management servers, and Hyper-V Replica.
//!
//! It runs on Linux, macOS and Windows, without COM. Messages are sealed over http and encrypted over https. A change
//! is sent at most once, and an uncertain outcome is reported as unknown.
//!
//! # First call
//!
//! ```no_run
//! use cimwire::{Client, Credentials, Wql};
//!
//! # async fn example(password: String) -> Result<(), cimwire::Error> {
//! let client = Client::builder("hv01.example")
//!     .credentials(Credentials::password(r"EXAMPLE\operator", password))
//!     .build()?;
//! let running = Wql::select("Win32_Service").equals("State", "Running");
//! let mut services = client.namespace("root/cimv2").query(running)?;
//! while let Some(service) = services.next().await {
//!     println!("{}", service?.get::<String>("Name")?);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Tasks
//!
//! | task | item |
//! |---|---|
//! | connect, authenticate, trust a certificate | [`Client::builder`], [`transport::HttpConfig`], [`Credentials`] |
//! | connect to a server other than Windows | [`ServerProfile`] |
//! | query and enumerate, as streams | [`Namespace`], [`Wql`], [`Items`] |
//! | read instances into your own types | [`Client::enumerate`], [`Client::query`], [`cim_class!`] |
//! | read, change, create and delete instances | [`Client::get`], [`Client::put`], [`Client::create`], [`Client::delete`] |
//! | call a method, checked against its declaration | [`Client::invoke`], [`Client::schema`], [`cim::MethodSchema::check`] |
//! | follow associations, receive events | [`Client::associators`], [`Namespace::subscribe`] |
//! | start the initial replication of a virtual machine | [`hyperv::ReplicationService`] |
//! | follow, cancel and resume jobs | [`job::Job`], [`job::JobWatcher`] |
//! | examine an error and find the remedy | [`Error::kind`], [`Error::delivery`], [`Error::hint`], [`Error::remedy`] |
//! | retry safe operations | [`Retries`] |
//! | test without a host | `transport::Replay`, `simulator::Simulator` |
//!
//! The [manual] has longer texts.
//!
//! # Traces
//!
//! Operations are traced with the crate `tracing`. Without a subscriber nothing is formatted.
//!
//! | target | level | content |
//! |---|---|---|
//! | `cimwire::operation` | debug | a span an operation, with action, class and host; at its end status, items, bytes, attempts, duration and fault; retries |
//! | `cimwire::exchange` | debug | logins and exchanges over HTTP: status, bytes on the network, sealed or not, new or reused connection |
//! | `cimwire::envelope` | trace | the SOAP envelopes, before sealing and after unsealing |
//!
//! In envelopes `***` stands for the values of elements, attributes and properties whose names contain `password`, `passwd`,
//! `passphrase`, `pwd`, `secret`, `key` or `token`, and for the password of the [`Credentials`], unless a callback returns it.
//! Other values are shown as they are, so envelopes are as confidential as the objects they contain.
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `kerberos` | Kerberos, through the system's GSSAPI library |
//! | `recording` | `transport::Replay`, which answers from recorded exchanges |
//! | `simulator` | a simulated Hyper-V host on a loopback port, and the declarations of its classes |
//! | `cli` | the program `cimwire` |
//! | `jiff` | conversions of times to and from the crate `jiff` |
//!
//! No feature is enabled by default.

#![cfg_attr(docsrs, feature(doc_cfg))]

/// The code of the README, compiled as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod auth;
pub mod cim;
mod client;
mod codes;
mod error;
mod explain;
pub mod hyperv;
pub mod job;
pub mod manual;
mod part_headers;
mod printable;
mod remedy;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod transport;
mod wsman;
mod xml;

pub use auth::{Credentials, Secret};
pub use client::{
    Associations, Client, ClientBuilder, Indications, Items, Namespace, Output, Retries,
    embedded_instance,
};
pub use error::{Error, ErrorKind};
pub use explain::{Explanation, explain};
pub use part_headers::PartHeaders;
pub use printable::printable;
pub use remedy::Remedy;
#[cfg(feature = "simulator")]
#[cfg_attr(docsrs, doc(cfg(feature = "simulator")))]
pub use wsman::declared_classes;
pub use wsman::{
    DatetimeForm, Dialect, EmbeddedForm, Fault, FaultKind, Identity, PolymorphismMode,
    ProviderFault, PutUpdates, QueryTarget, ServerProfile, UnknownName, Wql,
};
