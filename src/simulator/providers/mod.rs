//! The providers behind the service: virtual machines, jobs, replication, a little of Windows; pure, with time as an
//! argument.
//!
//! Nothing happens by itself. The state of a job or a virtual machine at a moment is computed from the calls that it
//! received and their times, so a test can ask for any moment.
//!
//! ```text
//! host          the providers of one host; finds the provider of a class
//!   hyperv, windows, synthetic    state, and a table of functions for each class
//! provider      the trait Provider and the tables        call      calls, changes, outputs
//! class         declared classes (class_name: by name)   rows      instances, made one by one
//! peers         the other hosts of the site
//! events        comparison of instances over time        clock     simulated time
//! ```
//!
//! A class is declared in `xml-fixtures/classes`. To add one, write its declaration and a function that makes its
//! instances, and add a [`Table`](provider::Table) with that function to the tables of its provider.

mod call;
mod class;
mod class_name;
mod clock;
mod config;
mod events;
mod host;
mod hyperv;
mod language;
mod namespaces;
mod peers;
mod provider;
mod rows;
mod synthetic;
#[cfg(test)]
mod tests;
mod windows;

pub(crate) use self::call::{Call, CallError, Change, ChangeError, Output};
pub(crate) use self::class::{
    Class, associations, class, classes_in, family, has_namespace, is_embedded,
};
pub(crate) use self::clock::{Clock, Moment};
pub(crate) use self::config::HostConfig;
pub(crate) use self::events::{EventKind, Polling, Watch};
pub(crate) use self::host::{Host, Snapshot};
pub use self::hyperv::Order;
pub use self::language::Language;
pub(crate) use self::peers::{OtherHosts, Peers};
pub(crate) use self::provider::EventSource;

// What the files of the providers import.
use self::class_name::{ClassName, values};
use self::namespaces::{CIMV2, V2};
use self::provider::{Table, Tables};
use self::rows::Rows;
