//! The network of a virtual machine after a failover: `Msvm_FailoverNetworkAdapterSettingData`.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::hyperv::service::or_default;
use crate::hyperv::{NAMESPACE, Outcome, ReplicationService, VirtualMachine};

/// The settings that a network adapter gets in the guest after a failover (`Msvm_FailoverNetworkAdapterSettingData`).
///
/// Source: [Msvm_FailoverNetworkAdapterSettingData](https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-failovernetworkadaptersettingdata)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FailoverNetworkSettings {
    /// The key, which ends with that of the adapter.
    #[serde(rename = "InstanceID")]
    pub instance_id: String,
    /// The protocols: 4096 IPv4, 4097 IPv6, 4098 both; 0 unknown, 1 other.
    #[serde(rename = "ProtocolIFType", default, deserialize_with = "or_default")]
    pub protocol: u16,
    /// True if the addresses come from DHCP.
    #[serde(rename = "DHCPEnabled", default, deserialize_with = "or_default")]
    pub dhcp: bool,
    /// The addresses.
    #[serde(rename = "IPAddresses")]
    pub addresses: Vec<String>,
    /// The subnet of each address.
    pub subnets: Vec<String>,
    /// The default gateways, at most five.
    pub default_gateways: Vec<String>,
    /// The DNS servers.
    #[serde(rename = "DNSServers")]
    pub dns_servers: Vec<String>,
}

crate::cim_class!(FailoverNetworkSettings: NAMESPACE, "Msvm_FailoverNetworkAdapterSettingData");

impl ReplicationService {
    /// Sets the network of a virtual machine after a failover (`SetFailoverNetworkAdapterSettings`).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [SetFailoverNetworkAdapterSettings](https://learn.microsoft.com/windows/win32/hyperv_v2/setfailovernetworkadaptersettings-msvm-replicationservice)
    pub async fn set_failover_network(
        &self,
        vm: &VirtualMachine,
        settings: &[FailoverNetworkSettings],
    ) -> Result<Outcome, Error> {
        let embedded = settings.iter().map(|one| self.embedded(one));
        let embedded = embedded.collect::<Result<Vec<_>, _>>()?;
        let input = [("NetworkSettings", embedded.into())];
        self.call_for(vm, "SetFailoverNetworkAdapterSettings", input)
            .await
    }
}
