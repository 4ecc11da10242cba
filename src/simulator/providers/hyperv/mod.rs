//! Hyper-V: virtual machines, their settings and jobs, and the replication of them.
//!
//! One file a class, over the [`Hyperv`] of `state.rs`.

mod associations;
mod computer_system;
mod concrete_job;
mod job;
mod management_service;
mod performance;
mod power;
mod replication_relationship;
mod replication_service;
mod setting_data;
mod state;
mod summary;
mod vm;

pub(super) use self::state::Hyperv;
use super::{Table, Tables};

impl Tables for Hyperv {
    const TABLES: &'static [&'static Table<Self>] = &[
        &computer_system::TABLE,
        &concrete_job::TABLE,
        &replication_service::TABLE,
        &replication_relationship::TABLE,
        &setting_data::TABLE,
        &management_service::TABLE,
        &associations::SETTINGS_DEFINE_STATE,
        &associations::AFFECTED_JOB_ELEMENT,
        &performance::RAW,
        &performance::FORMATTED,
    ];
}
