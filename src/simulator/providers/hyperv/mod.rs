//! Hyper-V: virtual machines, their settings and jobs, and the replication of them.
//!
//! One file a class, over the [`Hyperv`] of `state.rs`; those of Hyper-V Replica in `replication`.

mod associations;
mod codes;
mod computer_system;
mod concrete_job;
mod disks;
mod job;
mod management_service;
mod names;
mod orders;
mod performance;
mod power;
mod replication;
mod setting_data;
mod state;
mod summary;
mod timeline;
mod vm;

pub use self::orders::Order;
pub(super) use self::state::Hyperv;
use super::{Table, Tables};

impl Tables for Hyperv {
    const TABLES: &'static [&'static Table<Self>] = &[
        &computer_system::TABLE,
        &concrete_job::TABLE,
        &replication::service::TABLE,
        &replication::relationship::TABLE,
        &replication::relationship::OF_SYSTEM,
        &replication::settings::TABLE,
        &replication::provider::TABLE,
        &replication::authorization::TABLE,
        &replication::authorization::ELEMENT_SETTINGS,
        &replication::network::PORT,
        &replication::network::SETTINGS,
        &replication::network::COMPONENT,
        &replication::server_settings::TABLE,
        &replication::points::OF_SYSTEM,
        &replication::test::DEPENDENCY,
        &disks::TABLE,
        &disks::COMPONENT,
        &setting_data::TABLE,
        &management_service::TABLE,
        &associations::SETTINGS_DEFINE_STATE,
        &associations::AFFECTED_JOB_ELEMENT,
        &associations::OWNING_JOB_ELEMENT,
        &performance::RAW,
        &performance::FORMATTED,
    ];
}
