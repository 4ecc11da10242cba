//! The statistics of a relationship: `Msvm_ReplicationStatistics`.

use std::time::Duration;

use serde::Deserialize;

use crate::cim::{DateTime, Properties};
use crate::error::Error;
use crate::hyperv::{
    NAMESPACE, Outcome, Relationship, ReplicationHealth, ReplicationService, VirtualMachine,
};

use super::relationship::RELATIONSHIP;
use crate::hyperv::service::{or_default, or_never};

/// The statistics of a monitoring interval (`Msvm_ReplicationStatistics`).
///
/// Sizes and latencies are sums over the successful replications; [`average_size`](Self::average_size) and
/// [`average_latency`](Self::average_latency) divide them, as Microsoft's module does.
///
/// Source: [Msvm_ReplicationStatistics](https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-replicationstatistics)
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct ReplicationStatistics {
    /// The beginning of the interval.
    #[serde(deserialize_with = "or_never")]
    pub start_statistic_time: Option<DateTime>,
    /// The end of the interval.
    #[serde(deserialize_with = "or_never")]
    pub end_statistic_time: Option<DateTime>,
    /// The number of successful replications.
    #[serde(deserialize_with = "or_default")]
    pub replication_success_count: u32,
    /// The bytes of all successful replications.
    #[serde(deserialize_with = "or_default")]
    pub replication_size: u64,
    /// The bytes of the largest.
    #[serde(deserialize_with = "or_default")]
    pub max_replication_size: u64,
    /// The seconds of all successful replications.
    #[serde(deserialize_with = "or_default")]
    pub replication_latency: u32,
    /// The seconds of the longest.
    #[serde(deserialize_with = "or_default")]
    pub max_replication_latency: u32,
    /// The number of replications that were missed.
    #[serde(deserialize_with = "or_default")]
    pub replication_miss_count: u32,
    /// The number of failures of the network.
    #[serde(deserialize_with = "or_default")]
    pub network_failure_count: u32,
    /// The number of failed replications.
    #[serde(deserialize_with = "or_default")]
    pub replication_failure_count: u32,
    /// The bytes that wait to be sent.
    #[serde(deserialize_with = "or_default")]
    pub pending_replication_size: u64,
    /// The number of failed application-consistent recovery points.
    #[serde(deserialize_with = "or_default")]
    pub application_consistent_snapshot_failure_count: u32,
    /// The health.
    pub replication_health: Option<ReplicationHealth>,
    /// The time of the last test failover.
    #[serde(deserialize_with = "or_never")]
    pub last_test_failover_time: Option<DateTime>,
}

crate::cim_class!(ReplicationStatistics: NAMESPACE, "Msvm_ReplicationStatistics");

impl ReplicationStatistics {
    /// Returns the bytes of an average replication; 0 without one.
    pub fn average_size(&self) -> u64 {
        self.replication_size
            .checked_div(self.replication_success_count.into())
            .unwrap_or(0)
    }

    /// Returns the time of an average replication, or `None` without one.
    pub fn average_latency(&self) -> Option<Duration> {
        let count = self.replication_success_count;
        (count > 0).then(|| Duration::from_secs(self.replication_latency.into()) / count)
    }

    /// Returns the bytes that wait to be sent, as Microsoft's module counts them on the sending side.
    ///
    /// During the initial copy, before the first success, the module adds what the copy has not sent yet: pass the bytes of the
    /// replicated disks with their parents, and the percentage of the job that sends them (type 116), which
    /// [`copy_in_progress`](ReplicationService::copy_in_progress) reads. A host does not report these sizes with the statistics.
    pub fn pending_size(&self, copy: Option<(u64, u16)>) -> u64 {
        let left = copy.map_or(0, |(bytes, percent)| {
            let left = 100 - u128::from(percent.min(100));
            u64::try_from(u128::from(bytes) * left / 100).unwrap_or(u64::MAX)
        });
        self.pending_replication_size.saturating_add(left)
    }

    /// Returns the number of errors: of replications, of the network, and of application-consistent recovery points.
    pub fn errors(&self) -> u64 {
        let counts = [
            self.replication_failure_count,
            self.network_failure_count,
            self.application_consistent_snapshot_failure_count,
        ];
        counts.into_iter().map(u64::from).sum()
    }
}

/// An error object of Hyper-V (`Msvm_Error`), in the language of the host.
///
/// Source: [Msvm_Error](https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-error)
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct HypervError {
    /// The text.
    pub message: Option<String>,
    /// The number of the event, as text.
    #[serde(rename = "MessageID")]
    pub message_id: Option<String>,
    /// The severity: 2 low, 3 medium, 4 high, 5 fatal; 0 unknown.
    pub perceived_severity: Option<u16>,
    /// The actions that the host recommends.
    pub recommended_actions: Vec<String>,
    /// The object path of the source.
    pub error_source: Option<String>,
}

crate::cim_class!(HypervError: NAMESPACE, "Msvm_Error");

/// The statistics of a relationship, with what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ReplicationReport {
    /// The statistics; the first are those of the interval in progress.
    pub statistics: Vec<ReplicationStatistics>,
    /// The reasons of a health that is not normal.
    pub health_issues: Vec<HypervError>,
}

impl ReplicationService {
    /// Returns the statistics and the health issues of a relationship (`GetReplicationStatisticsEx`).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`remove_relationship`](Self::remove_relationship), and of
    /// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) if the host starts a job for it, whose result it would not return.
    ///
    /// Source: [GetReplicationStatisticsEx](https://learn.microsoft.com/windows/win32/hyperv_v2/getreplicationstatisticsex-msvm-replicationservice)
    pub async fn statistics(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<ReplicationReport, Error> {
        let input = Properties::new().with("ComputerSystem", vm.reference());
        let (method, input) = match self.embedded_relationship(vm, which).await? {
            Some(relationship) => (
                "GetReplicationStatisticsEx",
                input.with(RELATIONSHIP, relationship),
            ),
            None => ("GetReplicationStatistics", input),
        };
        let report = self.read_from(self.reference(), method, input, |output| {
            Ok(ReplicationReport {
                statistics: output.typed_instances("ReplicationStatistics")?,
                health_issues: output.typed_instances("ReplicationHealthIssues")?,
            })
        });
        report.await.map_err(|error| vm.explain(error))
    }

    /// Resets the statistics of a relationship (`ResetReplicationStatisticsEx`).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`remove_relationship`](Self::remove_relationship).
    ///
    /// Source: [ResetReplicationStatisticsEx](https://learn.microsoft.com/windows/win32/hyperv_v2/resetreplicationstatisticsex-msvm-replicationservice)
    pub async fn reset_statistics(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<Outcome, Error> {
        let methods = ["ResetReplicationStatisticsEx", "ResetReplicationStatistics"];
        self.call_for_relationship(vm, which, methods).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_the_host_leaves_empty_are_zero() {
        // Hyper-V writes a property without a value as an empty element.
        let text = r#"<INSTANCE CLASSNAME="Msvm_ReplicationStatistics"><PROPERTY NAME="ReplicationSuccessCount" TYPE="uint32"><VALUE>3</VALUE></PROPERTY><PROPERTY NAME="ReplicationSize" TYPE="uint64" PROPAGATED="true"></PROPERTY><PROPERTY NAME="LastTestFailoverTime" TYPE="datetime" PROPAGATED="true"></PROPERTY></INSTANCE>"#;
        let read = crate::embedded_instance(text).unwrap();
        let statistics: ReplicationStatistics = read.into_typed().unwrap();
        let expected = ReplicationStatistics {
            replication_success_count: 3,
            ..ReplicationStatistics::default()
        };
        assert_eq!(statistics, expected);
    }

    #[test]
    fn sums_become_averages() {
        // 2 replications of 3 MiB and 7 s together.
        let statistics = ReplicationStatistics {
            replication_success_count: 2,
            replication_size: 3 << 20,
            replication_latency: 7,
            replication_failure_count: 1,
            network_failure_count: 2,
            application_consistent_snapshot_failure_count: 4,
            ..ReplicationStatistics::default()
        };
        assert_eq!(statistics.average_size(), 1_572_864);
        assert_eq!(
            statistics.average_latency(),
            Some(Duration::from_millis(3_500))
        );
        assert_eq!(statistics.errors(), 7);
        let none = ReplicationStatistics::default();
        assert_eq!((none.average_size(), none.average_latency()), (0, None));
    }

    /// 4,096 bytes wait, and three quarters of 1,000 bytes are not copied yet.
    #[test]
    fn the_initial_copy_counts_as_pending() {
        let statistics = ReplicationStatistics {
            pending_replication_size: 4_096,
            ..ReplicationStatistics::default()
        };
        assert_eq!(statistics.pending_size(None), 4_096);
        assert_eq!(statistics.pending_size(Some((1_000, 25))), 4_846);
        assert_eq!(statistics.pending_size(Some((1_000, 100))), 4_096);
        assert_eq!(statistics.pending_size(Some((u64::MAX, 0))), u64::MAX);
    }
}
