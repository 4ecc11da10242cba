//! A replica server: its settings, and the primary servers that it accepts.

use cimwire::hyperv::{AuthorizationEntry, ReplicaServerSettings};
use serde::Serialize;

use crate::options::Format;
use crate::output::event::word_of;
use crate::output::origin::Origin;
use crate::output::report::{self, Failure};
use crate::output::table::{self, Table};
use crate::output::{Output, Render};
use crate::time;

#[derive(Serialize)]
struct SettingsRow<'a> {
    #[serde(flatten)]
    origin: Origin<'static>,
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
        output.json(&SettingsRow {
            origin: Origin::now(),
            enabled: self.recovery_server_enabled,
            allowed_authentication: allowed.map(word_of),
            certificate_thumbprint: self.certificate_thumb_print.as_deref(),
            http_port: self.http_port,
            https_port: self.https_port,
            monitoring_interval_seconds: self.monitoring_interval,
            monitoring_start_time: start.clone(),
        })?;
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

/// The primary servers that a replica server accepts.
#[derive(Debug)]
pub(crate) struct AuthorizationEntries(pub(crate) Vec<AuthorizationEntry>);

#[derive(Serialize)]
struct EntryRow<'a> {
    #[serde(flatten)]
    origin: Origin<'static>,
    primary_server: &'a str,
    storage_location: &'a str,
    trust_group: &'a str,
}

impl Render for AuthorizationEntries {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let Self(entries) = self;
        if entries.is_empty() {
            report::note("no primary server is authorized");
            return Ok(());
        }
        let mut each = entries.iter();
        match output.format() {
            Format::Json => each.try_for_each(|entry| {
                output.json(&EntryRow {
                    origin: Origin::now(),
                    primary_server: &entry.allowed_primary_host_system,
                    storage_location: &entry.replica_storage_location,
                    trust_group: &entry.trust_group,
                })
            }),
            Format::Name => {
                each.try_for_each(|entry| output.line(&entry.allowed_primary_host_system))
            }
            _ => {
                let rows: Vec<_> = each
                    .map(|entry| {
                        vec![
                            entry.allowed_primary_host_system.clone(),
                            entry.replica_storage_location.clone(),
                            entry.trust_group.clone(),
                        ]
                    })
                    .collect();
                // The names of Get-VMReplicationAuthorizationEntry.
                let columns = [
                    "AllowedPrimaryServer",
                    "ReplicaStorageLocation",
                    "TrustGroup",
                ];
                let columns = columns.into_iter().map(Into::into).collect();
                Table::new(output, columns).write(&rows)
            }
        }
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
