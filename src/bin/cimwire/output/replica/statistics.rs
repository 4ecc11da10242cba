//! The statistics of replications.

use cimwire::cim::DateTime;
use cimwire::hyperv::{Replication, ReplicationReport};
use serde::Serialize;

use super::replication::relationship_name;
use crate::options::Format;
use crate::output::event::{Vm, word_of};
use crate::output::list::{Row, cell, moment};

/// A replication with its statistics.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) replication: Replication,
    pub(crate) report: ReplicationReport,
    /// The bytes that wait to be sent, on the sending side.
    pub(crate) pending: Option<u64>,
}

#[derive(Serialize)]
struct MeasuredRow<'a> {
    vm: Vm<'a>,
    relationship: &'static str,
    state: Option<String>,
    state_code: Option<u16>,
    health: Option<String>,
    health_code: Option<u16>,
    last_replication_time: Option<DateTime>,
    last_vss_time: Option<DateTime>,
    last_test_failover_time: Option<DateTime>,
    monitoring_start_time: Option<DateTime>,
    monitoring_end_time: Option<DateTime>,
    successful_replications: Option<u32>,
    missed_replications: Option<u32>,
    replication_errors: Option<u64>,
    average_latency_seconds: Option<f64>,
    maximum_latency_seconds: Option<u32>,
    average_size_bytes: Option<u64>,
    maximum_size_bytes: Option<u64>,
    pending_size_bytes: Option<u64>,
    health_issues: Vec<&'a str>,
}

impl<'a> From<&'a Measured> for MeasuredRow<'a> {
    fn from(measured: &'a Measured) -> Self {
        let Measured {
            replication,
            report,
            pending,
        } = measured;
        let relationship = &replication.relationship;
        let (state, health) = (
            relationship.replication_state,
            relationship.replication_health,
        );
        let statistics = report.statistics.first();
        let latency = statistics.and_then(|one| one.average_latency());
        Self {
            vm: Vm::from(&replication.vm),
            relationship: relationship_name(replication.which),
            state: state.map(|state| state.to_string()),
            state_code: state.map(|state| state.code()),
            health: health.map(word_of),
            health_code: health.map(|health| health.code()),
            last_replication_time: relationship.last_replication_time,
            last_vss_time: relationship.last_application_consistent_replication_time,
            last_test_failover_time: statistics.and_then(|one| one.last_test_failover_time),
            monitoring_start_time: statistics.and_then(|one| one.start_statistic_time),
            monitoring_end_time: statistics.and_then(|one| one.end_statistic_time),
            successful_replications: statistics.map(|one| one.replication_success_count),
            missed_replications: statistics.map(|one| one.replication_miss_count),
            replication_errors: statistics.map(|one| one.errors()),
            average_latency_seconds: latency.map(|latency| latency.as_secs_f64()),
            maximum_latency_seconds: statistics.map(|one| one.max_replication_latency),
            average_size_bytes: statistics.map(|one| one.average_size()),
            maximum_size_bytes: statistics.map(|one| one.max_replication_size),
            pending_size_bytes: *pending,
            health_issues: report
                .health_issues
                .iter()
                .filter_map(|issue| issue.message.as_deref())
                .collect(),
        }
    }
}

/// The names and the order are those of Measure-VMReplication; the last columns are those of its full list.
impl Row for Measured {
    const COLUMNS: &'static [(&'static str, Option<usize>)] = &[
        ("VMName", Some(8)),
        ("State", Some(12)),
        ("Health", None),
        ("LReplTime", Some(0)),
        ("PReplSize(M)", Some(0)),
        ("AvgLatency", Some(0)),
        ("AvgReplSize(M)", Some(0)),
        ("Relationship", Some(0)),
        ("Successful", Some(0)),
        ("Missed", Some(0)),
        ("Errors", Some(0)),
        ("MaxLatency", Some(0)),
        ("MaxReplSize(M)", Some(0)),
    ];
    const NARROW: usize = 8;
    const NONE: &'static str = "no replicated virtual machines";

    fn json(&self) -> impl Serialize {
        MeasuredRow::from(self)
    }

    fn cells(&self, format: Format) -> Vec<String> {
        let row = MeasuredRow::from(self);
        let replication = &self.replication;
        let relationship = &replication.relationship;
        let state = relationship.replication_state;
        let health = relationship.replication_health;
        vec![
            replication.vm.name.clone(),
            cell(state.map(|one| one.powershell_name(replication.side()))),
            cell(health.map(|one| one.powershell_name())),
            moment(relationship.last_replication_time, format),
            cell(row.pending_size_bytes.map(mebibytes)),
            cell(row.average_latency_seconds.map(clock)),
            cell(row.average_size_bytes.map(mebibytes)),
            replication.which.powershell_name().to_owned(),
            cell(row.successful_replications),
            cell(row.missed_replications),
            cell(row.replication_errors),
            cell(row.maximum_latency_seconds.map(f64::from).map(clock)),
            cell(row.maximum_size_bytes.map(mebibytes)),
        ]
    }

    fn name(&self) -> String {
        self.replication.vm.name.clone()
    }
}

/// Returns a size in MiB, as the module has it.
fn mebibytes(bytes: u64) -> String {
    // In hundredths, without the loss of a conversion to a float.
    let hundredths = u128::from(bytes) * 100 / (1 << 20);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Returns a time in hours, minutes and seconds, as the module has it.
fn clock(seconds: f64) -> String {
    let duration = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let seconds = duration.as_secs();
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_shown_as_the_module_shows_them() {
        assert_eq!(mebibytes(0), "0.00");
        assert_eq!(mebibytes(3 << 19), "1.50");
        assert_eq!(mebibytes(u64::MAX), "17592186044415.99");
        assert_eq!(clock(5_983.0), "01:39:43");
    }
}
