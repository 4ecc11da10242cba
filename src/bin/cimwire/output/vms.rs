//! The virtual machines of a host.

use std::time::Duration;

use cimwire::hyperv::{ReplicationMode, VirtualMachine};
use serde::Serialize;

use super::event::word_of;
use super::list::{Row, cell};
use crate::options::Format;
use crate::time;

#[derive(Serialize)]
struct VmRow<'a> {
    name: &'a str,
    id: &'a str,
    state: Option<String>,
    state_code: Option<u16>,
    uptime_seconds: Option<u64>,
    health: Option<String>,
    health_code: Option<u16>,
    process_id: Option<u32>,
    replication_mode: Option<String>,
    replication_mode_code: Option<u16>,
    replication_state: Option<String>,
    replication_state_code: Option<u16>,
    replication_health: Option<String>,
    replication_health_code: Option<u16>,
}

impl Row for VirtualMachine {
    const COLUMNS: &'static [(&'static str, Option<usize>)] = &[
        ("Name", Some(12)),
        ("State", None),
        ("Uptime", Some(0)),
        ("ReplicationMode", Some(0)),
        ("ReplicationState", Some(12)),
        ("ReplicationHealth", Some(0)),
        ("Id", Some(0)),
    ];
    const NARROW: usize = 6;
    const NONE: &'static str = "no virtual machines";

    fn json(&self) -> impl Serialize {
        VmRow {
            name: &self.name,
            id: &self.id,
            state: self.enabled_state.map(word_of),
            state_code: self.enabled_state.map(|one| one.code()),
            uptime_seconds: self.uptime.map(|uptime| uptime.as_secs()),
            health: self.health_state.map(word_of),
            health_code: self.health_state.map(|one| one.code()),
            process_id: self.process_id,
            replication_mode: self.replication_mode.map(word_of),
            replication_mode_code: self.replication_mode.map(|one| one.code()),
            replication_state: self.replication_state.map(|one| one.to_string()),
            replication_state_code: self.replication_state.map(|one| one.code()),
            replication_health: self.replication_health.map(word_of),
            replication_health_code: self.replication_health.map(|one| one.code()),
        }
    }

    fn cells(&self, _: Format) -> Vec<String> {
        let side = self.replication_mode.unwrap_or(ReplicationMode::None);
        let seconds = self.uptime.map(|uptime| uptime.as_secs());
        let uptime = seconds
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs);
        let state = self.replication_state;
        vec![
            self.name.clone(),
            cell(self.enabled_state.map(|one| one.powershell_name())),
            cell(uptime.map(time::duration_text)),
            cell(self.replication_mode.map(|one| one.powershell_name())),
            cell(state.map(|one| one.powershell_name(side))),
            cell(self.replication_health.map(|one| one.powershell_name())),
            self.id.clone(),
        ]
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}
