//! The settings of a host that its providers follow.

use std::time::Duration;

use super::language::Language;

#[derive(Clone, Debug)]
pub(crate) struct HostConfig {
    pub(crate) name: String,
    /// The duration of a job.
    pub(crate) pace: Duration,
    /// The number of instances of the synthetic class.
    pub(crate) synthetic: u32,
    /// The names of the virtual machines, in place of those that a host starts with.
    pub(crate) machines: Option<Vec<String>>,
    pub(crate) language: Language,
    /// True if the host accepts replicas of all hosts.
    pub(crate) accepts_replicas: bool,
    /// True if the host is a node of a cluster.
    pub(crate) is_cluster_node: bool,
}

impl Default for HostConfig {
    fn default() -> Self {
        Self {
            name: "SIM".to_owned(),
            pace: Duration::from_millis(2_500),
            synthetic: 0,
            machines: None,
            language: Language::English,
            accepts_replicas: false,
            is_cluster_node: false,
        }
    }
}
