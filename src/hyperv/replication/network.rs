//! The network of a virtual machine after a failover: `Msvm_FailoverNetworkAdapterSettingData`.

use serde::{Deserialize, Serialize};

use crate::cim::Class;
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
    #[serde(rename = "IPAddresses", default, deserialize_with = "or_default")]
    pub addresses: Vec<String>,
    /// The subnet of each address.
    #[serde(default, deserialize_with = "or_default")]
    pub subnets: Vec<String>,
    /// The default gateways, at most five.
    #[serde(default, deserialize_with = "or_default")]
    pub default_gateways: Vec<String>,
    /// The DNS servers.
    #[serde(rename = "DNSServers", default, deserialize_with = "or_default")]
    pub dns_servers: Vec<String>,
}

crate::cim_class!(FailoverNetworkSettings: NAMESPACE, "Msvm_FailoverNetworkAdapterSettingData");

/// A network adapter of a virtual machine with its settings for a failover.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailoverAdapter {
    /// The display name of the adapter, which need not be unique.
    pub name: String,
    /// The MAC address, if the host returned one.
    pub mac_address: Option<String>,
    /// The settings.
    pub settings: FailoverNetworkSettings,
}

impl ReplicationService {
    /// Reads the settings for a failover of the network adapters of a virtual machine, in two round trips and one for each
    /// adapter.
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses, or if an adapter cannot be read.
    pub async fn failover_network(
        &self,
        vm: &VirtualMachine,
    ) -> Result<Vec<FailoverAdapter>, Error> {
        let mut adapters = Vec::new();
        for port in self.components(vm, PORT).await? {
            let settings = self.associated(
                &self.setting(PORT, &port)?,
                "Msvm_EthernetPortFailoverSettingDataComponent",
                FailoverNetworkSettings::NAME,
            )?;
            let text = |name| port.get::<Option<String>>(name).ok().flatten();
            for settings in settings.typed().collect().await? {
                adapters.push(FailoverAdapter {
                    name: text("ElementName").unwrap_or_default(),
                    mac_address: text("Address").filter(|address| !address.is_empty()),
                    settings,
                });
            }
        }
        Ok(adapters)
    }

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

/// The class of the settings of synthetic network adapters, the only ones with settings for a failover.
const PORT: &str = "Msvm_SyntheticEthernetPortSettingData";
