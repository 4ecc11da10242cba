//! The replication providers of a host: `Msvm_ReplicationProvider`.

use serde::Deserialize;

use crate::error::Error;
use crate::hyperv::{NAMESPACE, OperationalStatus, ReplicationService};

/// A replication provider (`Msvm_ReplicationProvider`, since Windows 8.1 and Server 2012 R2).
///
/// Source: [Msvm_ReplicationProvider](https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-replicationprovider)
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ReplicationProvider {
    /// A key: `Microsoft:<host>\\ReplicationProvider\\<name>`.
    #[serde(rename = "InstanceID")]
    pub instance_id: String,
    /// The GUID; the COM class id of an external provider.
    pub name: String,
    /// The display name.
    pub element_name: Option<String>,
    /// The status.
    #[serde(default)]
    pub operational_status: Vec<OperationalStatus>,
}

crate::cim_class!(ReplicationProvider: NAMESPACE, "Msvm_ReplicationProvider");

impl ReplicationProvider {
    /// Returns true for the provider of Hyper-V itself, which replicates between hosts.
    pub fn is_hyperv(&self) -> bool {
        self.name.eq_ignore_ascii_case(HYPERV)
    }
}

impl ReplicationService {
    /// Reads the replication providers of the host, in one enumeration.
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses, or if a provider cannot be read.
    pub async fn providers(&self) -> Result<Vec<ReplicationProvider>, Error> {
        self.client().enumerate().collect().await
    }
}

/// The GUID of the provider of Hyper-V itself.
pub(super) const HYPERV: &str = "22391CDC-272C-4DDF-BA88-9BEFB1A0975C";
