//! A replica server: its settings, and the primary servers that it accepts.

use cimwire::hyperv::{AuthorizationEntry, ReplicaServerSettings};
use serde::Serialize;

use crate::options::Format;
use crate::output::event::word_of;
use crate::output::list::{Known, Row};
use crate::output::report::Failure;
use crate::output::{Output, Render, table};
use crate::time;

#[derive(Serialize)]
struct SettingsRow<'a> {
    enabled: Option<bool>,
    allowed_authentication: Option<String>,
    certificate_thumbprint: Option<&'a str>,
    http_port: Option<u16>,
    https_port: Option<u16>,
    monitoring_interval_seconds: Option<u32>,
    /// The time of day in UTC at which a monitoring interval begins.
    monitoring_start_time: Option<String>,
}

impl Render for ReplicaServerSettings {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let allowed = self.allowed_authentication_type;
        let start = self.monitoring_start_time.map(time_of_day);
        output.json(&Known::of(SettingsRow {
            enabled: self.recovery_server_enabled,
            allowed_authentication: allowed.map(word_of),
            certificate_thumbprint: self.certificate_thumb_print.as_deref(),
            http_port: self.http_port,
            https_port: self.https_port,
            monitoring_interval_seconds: self.monitoring_interval,
            monitoring_start_time: start.clone(),
        }))?;
        let text = |value: Option<String>| value.unwrap_or_default();
        let port = |port: Option<u16>| text(port.map(|port| port.to_string()));
        let interval = self.monitoring_interval.map(u64::from);
        let interval = interval.map(std::time::Duration::from_secs);
        output.block(&table::summary(&[
            (
                "Enabled",
                text(self.recovery_server_enabled.map(|on| on.to_string())),
            ),
            ("Accepts", text(allowed.map(|allowed| allowed.to_string()))),
            ("Certificate", text(self.certificate_thumb_print.clone())),
            ("HTTP port", port(self.http_port)),
            ("HTTPS port", port(self.https_port)),
            (
                "Monitoring interval",
                text(interval.map(time::duration_text)),
            ),
            ("Monitoring start (UTC)", text(start)),
        ]))
    }
}

#[derive(Serialize)]
struct EntryRow<'a> {
    primary_server: &'a str,
    storage_location: &'a str,
    trust_group: &'a str,
}

/// A primary server that a replica server accepts; the columns are those of Get-VMReplicationAuthorizationEntry.
impl Row for AuthorizationEntry {
    const COLUMNS: &'static [(&'static str, Option<usize>)] = &[
        ("AllowedPrimaryServer", None),
        ("ReplicaStorageLocation", Some(12)),
        ("TrustGroup", Some(0)),
    ];
    const NONE: &'static str = "no primary server is authorized";

    fn json(&self) -> impl Serialize {
        EntryRow {
            primary_server: &self.allowed_primary_host_system,
            storage_location: &self.replica_storage_location,
            trust_group: &self.trust_group,
        }
    }

    fn cells(&self, _: Format) -> Vec<String> {
        vec![
            self.allowed_primary_host_system.clone(),
            self.replica_storage_location.clone(),
            self.trust_group.clone(),
        ]
    }

    fn name(&self) -> String {
        self.allowed_primary_host_system.clone()
    }
}

/// Returns the time of day of a point in time without a date.
fn time_of_day(time: cimwire::cim::DateTime) -> String {
    let text = time.to_string();
    match (text.get(8..10), text.get(10..12)) {
        (Some(hours), Some(minutes)) => format!("{hours}:{minutes}"),
        _ => text,
    }
}
