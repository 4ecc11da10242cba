//! A little of Windows: the machine and its operating system, files, services, processes and environment variables.
//!
//! One file a class, over the [`Windows`] of `state.rs`.

mod data_file;
mod environment;
mod hardware;
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
        &hardware::COMPUTER_SYSTEM,
        &hardware::COMPUTER_SYSTEM_PRODUCT,
        &hardware::PROCESSOR,
        &data_file::TABLE,
        &service::TABLE,
        &service::DEPENDENT_SERVICE,
        &process::TABLE,
        &environment::TABLE,
    ];
}
