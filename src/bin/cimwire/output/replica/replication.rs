//! Replications of virtual machines: their states and settings.

use cimwire::cim::DateTime;
use cimwire::hyperv::{Relationship, Replication, ReplicationSettings};
use serde::Serialize;

use crate::options::Format;
use crate::output::event::{Vm, word_of};
use crate::output::list::{Known, Row, cell, moment};
use crate::output::report::Failure;
use crate::output::{Output, Render, table};

#[derive(Serialize)]
struct ReplicationRow<'a> {
    vm: Vm<'a>,
    relationship: &'static str,
    state: Option<String>,
    state_code: Option<u16>,
    health: Option<String>,
    health_code: Option<u16>,
    mode: Option<String>,
    mode_code: Option<u16>,
    last_replication_time: Option<DateTime>,
    last_apply_time: Option<DateTime>,
    last_vss_time: Option<DateTime>,
    last_replication_type: Option<String>,
    failed_over_replication_type: Option<String>,
    primary_server: Option<&'a str>,
    replica_server: Option<&'a str>,
    current_replica_server: Option<&'a str>,
    replica_port: Option<u16>,
    authentication: Option<String>,
    certificate_thumbprint: Option<&'a str>,
    frequency_seconds: Option<u16>,
    compression: Option<bool>,
    bypass_proxy: Option<bool>,
    recovery_history: Option<u16>,
    vss_hours: Option<u16>,
    kvp_items: Option<bool>,
    auto_resync: Option<bool>,
    disks: &'a [String],
}

impl<'a> From<&'a Replication> for ReplicationRow<'a> {
    fn from(replication: &'a Replication) -> Self {
        let relationship = &replication.relationship;
        let state = relationship.replication_state;
        let health = relationship.replication_health;
        let mode = replication.vm.replication_mode;
        let settings = replication.settings.as_ref();
        Self {
            vm: Vm::from(&replication.vm),
            relationship: relationship_name(replication.which),
            state: state.map(|state| state.to_string()),
            state_code: state.map(|state| state.code()),
            health: health.map(word_of),
            health_code: health.map(|health| health.code()),
            mode: mode.map(word_of),
            mode_code: mode.map(|mode| mode.code()),
            last_replication_time: relationship.last_replication_time,
            last_apply_time: relationship.last_apply_time,
            last_vss_time: relationship.last_application_consistent_replication_time,
            last_replication_type: relationship.last_replication_type.map(word_of),
            failed_over_replication_type: relationship.failed_over_replication_type.map(word_of),
            primary_server: settings.and_then(primary_server),
            replica_server: settings.and_then(|one| text(one.recovery_connection_point.as_ref())),
            current_replica_server: settings
                .and_then(|one| text(one.recovery_host_system.as_ref())),
            replica_port: settings.and_then(|one| one.recovery_server_port_number),
            authentication: settings.and_then(|one| one.authentication_type.map(word_of)),
            certificate_thumbprint: settings
                .and_then(|one| text(one.certificate_thumb_print.as_ref())),
            frequency_seconds: settings.and_then(|one| one.replication_interval),
            compression: settings.and_then(|one| one.compression_enabled),
            bypass_proxy: settings.and_then(|one| one.bypass_proxy_server),
            recovery_history: settings.and_then(|one| one.recovery_history),
            vss_hours: settings.and_then(|one| one.application_consistent_snapshot_interval),
            kvp_items: settings.and_then(|one| one.replicate_host_kvp_items),
            auto_resync: settings.and_then(|one| one.auto_resynchronize_enabled),
            disks: settings
                .and_then(|one| one.included_disks.as_deref())
                .unwrap_or_default(),
        }
    }
}

/// Returns the primary server: the host itself if that is known, else the name that it is reached by.
pub(crate) fn primary_server(settings: &ReplicationSettings) -> Option<&str> {
    text(settings.primary_host_system.as_ref())
        .or_else(|| text(settings.primary_connection_point.as_ref()))
}

fn text(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|text| !text.is_empty())
}

pub(super) fn relationship_name(which: Relationship) -> &'static str {
    match which {
        Relationship::Extended => "extended",
        _ => "primary",
    }
}

/// The names and the order are those of Get-VMReplication; the last columns are ours.
impl Row for Replication {
    const COLUMNS: &'static [(&'static str, Option<usize>)] = &[
        ("VMName", Some(8)),
        ("State", Some(12)),
        ("Health", None),
        ("Mode", None),
        ("FrequencySec", Some(0)),
        ("PrimaryServer", Some(0)),
        ("ReplicaServer", Some(0)),
        ("ReplicaPort", Some(0)),
        ("AuthType", Some(0)),
        ("Relationship", Some(0)),
        ("LReplTime", Some(0)),
        ("VMId", Some(0)),
    ];
    const NARROW: usize = 10;
    const NONE: &'static str = "no replicated virtual machines";

    fn json(&self) -> impl Serialize {
        ReplicationRow::from(self)
    }

    fn cells(&self, format: Format) -> Vec<String> {
        let row = ReplicationRow::from(self);
        let relationship = &self.relationship;
        let settings = self.settings.as_ref();
        let state = relationship.replication_state;
        let health = relationship.replication_health;
        let mode = self.vm.replication_mode;
        let authentication = settings.and_then(|one| one.authentication_type);
        vec![
            self.vm.name.clone(),
            cell(state.map(|one| one.powershell_name(self.side()))),
            cell(health.map(|one| one.powershell_name())),
            cell(mode.map(|one| one.powershell_name())),
            cell(row.frequency_seconds),
            cell(row.primary_server),
            cell(row.replica_server),
            cell(row.replica_port),
            cell(authentication.map(|one| one.powershell_name())),
            self.which.powershell_name().to_owned(),
            moment(relationship.last_replication_time, format),
            self.vm.id.clone(),
        ]
    }

    fn name(&self) -> String {
        self.vm.name.clone()
    }
}

/// The replications of some virtual machines, in full.
#[derive(Debug)]
pub(crate) struct Statuses(pub(crate) Vec<Replication>);

impl Render for Statuses {
    fn render(&self, output: Output) -> Result<(), Failure> {
        for (index, replication) in self.0.iter().enumerate() {
            output.json(&Known::of(ReplicationRow::from(replication)))?;
            if index > 0 {
                output.line("")?;
            }
            output.block(&summary(replication))?;
        }
        Ok(())
    }
}

fn summary(replication: &Replication) -> String {
    let row = ReplicationRow::from(replication);
    let switch = |value: Option<bool>| cell(value.map(|on| if on { "on" } else { "off" }));
    let when = |value| moment(value, Format::Table);
    let seconds = row.frequency_seconds.map(|seconds| format!("{seconds} s"));
    table::summary(&[
        ("VM", replication.vm.name.clone()),
        ("VM id", replication.vm.id.clone()),
        ("Relationship", row.relationship.to_owned()),
        ("State", cell(row.state)),
        ("Health", cell(row.health)),
        ("Mode", cell(row.mode)),
        ("Last replication", when(row.last_replication_time)),
        ("Last applied", when(row.last_apply_time)),
        ("Last application-consistent", when(row.last_vss_time)),
        ("Primary server", cell(row.primary_server)),
        ("Replica server", cell(row.replica_server)),
        ("Current replica host", cell(row.current_replica_server)),
        ("Port", cell(row.replica_port)),
        ("Authentication", cell(row.authentication)),
        ("Certificate", cell(row.certificate_thumbprint)),
        ("Interval", cell(seconds)),
        ("Compression", switch(row.compression)),
        ("Recovery history", cell(row.recovery_history)),
        ("VSS hours", cell(row.vss_hours)),
        ("Automatic resynchronization", switch(row.auto_resync)),
        ("Disks", row.disks.join(", ")),
    ])
}
