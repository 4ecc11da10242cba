//! A little of Windows: the operating system, services, processes and environment variables.
//!
//! One file a class, over the [`Windows`] of `state.rs`.

mod environment;
mod operating_system;
mod process;
mod processes;
mod service;
mod state;
mod variables;

pub(super) use self::state::Windows;
use super::{Table, Tables};

impl Tables for Windows {
    const TABLES: &'static [&'static Table<Self>] = &[
        &operating_system::TABLE,
        &service::TABLE,
        &service::DEPENDENT_SERVICE,
        &process::TABLE,
        &environment::TABLE,
    ];
}
