//! The settings of a replication: `Msvm_ReplicationSettingData`.

use serde::{Deserialize, Serialize};

use crate::Wql;
use crate::cim::Interval;
use crate::error::Error;
use crate::hyperv::{
    NAMESPACE, Relationship, ReplicationAuthentication, ReplicationService, VirtualMachine,
};

use super::relationship::missing;

/// The settings of a replication relationship (`Msvm_ReplicationSettingData`).
///
/// The instance exists before replication is enabled. Read it, change fields, and pass the whole: it is not known whether a
/// host accepts a part of it, and Microsoft's own client sends the whole. A field that is `None` is not sent; an empty text
/// takes a value away.
///
/// Source: [Msvm_ReplicationSettingData](https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-replicationsettingdata)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ReplicationSettings {
    /// The key, that of the relationship.
    #[serde(rename = "InstanceID")]
    pub instance_id: String,
    /// The display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element_name: Option<String>,
    /// The type: `Microsoft:Hyper-V:Replica`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_system_type: Option<String>,
    /// The GUID of the virtual machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_system_identifier: Option<String>,
    /// The authentication between the hosts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_type: Option<ReplicationAuthentication>,
    /// The SHA-1 thumbprint of the certificate of this host; empty with Kerberos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_thumb_print: Option<String>,
    /// The thumbprint of the root certificate, which the host reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_certificate_thumb_print: Option<String>,
    /// True if the data is compressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression_enabled: Option<bool>,
    /// True if a proxy of the host is bypassed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bypass_proxy_server: Option<bool>,
    /// The DNS name of the replica host, or of the broker of a cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_connection_point: Option<String>,
    /// The host that holds the replica, which the host reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_host_system: Option<String>,
    /// The connection point of the primary host, which the host reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_connection_point: Option<String>,
    /// The host that holds the primary virtual machine, which the host reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_host_system: Option<String>,
    /// The port of the replica host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_server_port_number: Option<u16>,
    /// True if the key-value pairs of the host are replicated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicate_host_kvp_items: Option<bool>,
    /// The hours between application-consistent recovery points, 1 to 12; 0 for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_consistent_snapshot_interval: Option<u16>,
    /// The number of additional recovery points, 0 to 24.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_history: Option<u16>,
    /// The disks that are replicated, as object paths of `Msvm_StorageAllocationSettingData`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included_disks: Option<Vec<String>>,
    /// True if the host resynchronizes by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_resynchronize_enabled: Option<bool>,
    /// The local time of day from which it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_resynchronize_interval_start: Option<Interval>,
    /// The local time of day until which it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_resynchronize_interval_end: Option<Interval>,
    /// True since Windows 8.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_write_order_preservation_across_disks: Option<bool>,
    /// The object path of the provider (`Msvm_ReplicationProvider`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication_provider: Option<String>,
    /// Settings of an external provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_settings: Option<String>,
    /// The seconds between replications: 30, 300 or 900.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication_interval: Option<u16>,
}

crate::cim_class!(ReplicationSettings: NAMESPACE, "Msvm_ReplicationSettingData");

impl ReplicationService {
    /// Reads the settings of a relationship, in one round trip.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the virtual machine does not have the
    /// relationship.
    pub async fn replication_settings(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
    ) -> Result<ReplicationSettings, Error> {
        let wql =
            Wql::select("Msvm_ReplicationSettingData").equals("InstanceID", which.instance_id(vm));
        self.only(wql, || missing(vm, which, "settings")).await
    }
}
