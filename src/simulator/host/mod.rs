//! The host behind the service: virtual machines, jobs, replication; pure, with time as an argument.
//!
//! Nothing happens by itself. What a job or a virtual machine is like at a moment is computed from what was asked of it
//! and when, so that a test can look at any moment it likes.
//!
//! A class is declared in `xml-fixtures/classes`. A [`Provider`](provider::Provider) makes its instances and runs its methods.
//! To add one, write its declaration and its provider, and name the provider in `registry.rs`.
//!
//! ```text
//! class      what is declared               clock, names     time; the namespaces
//! state      Host: machines (vm), jobs (job), settings, processes, variables
//! provider   makes instances, runs methods  change, rows     changes; instances
//!   vm_class, job_class, replication, …     one provider a class
//! registry   the list of providers          events           instances compared over time
//! ```

mod change;
mod class;
mod clock;
mod environment;
mod events;
mod job;
mod job_class;
mod links;
mod management_service;
mod names;
mod process;
mod processes;
mod provider;
mod registry;
mod relationship;
mod replication;
mod rows;
mod setting_data;
mod settings;
mod state;
mod synthetic;
#[cfg(test)]
mod tests;
mod variables;
mod vm;
mod vm_class;
mod windows;

pub(crate) use self::change::{ChangeError, Write};
pub(crate) use self::class::{Class, associations, class, family, has_namespace, is_object};
pub(crate) use self::clock::{Clock, Moment};
pub(crate) use self::events::{EventKind, Rhythm, Watch};
pub(crate) use self::provider::{Addressing, Call, CallError, Output};
pub(crate) use self::state::Host;
