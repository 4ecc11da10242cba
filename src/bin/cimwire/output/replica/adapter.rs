//! The network settings of a virtual machine after a failover.

use cimwire::hyperv::{FailoverAdapter, VirtualMachine};
use serde::Serialize;

use crate::options::Format;
use crate::output::event::Vm;
use crate::output::list::Row;

/// A network adapter with its settings after a failover, and its virtual machine.
#[derive(Debug)]
pub(crate) struct AdapterOfVm {
    pub(crate) vm: VirtualMachine,
    pub(crate) adapter: FailoverAdapter,
}

#[derive(Serialize)]
struct AdapterRow<'a> {
    vm: Vm<'a>,
    adapter: &'a str,
    mac_address: Option<&'a str>,
    dhcp: bool,
    addresses: &'a [String],
    subnets: &'a [String],
    default_gateways: &'a [String],
    dns_servers: &'a [String],
}

impl Row for AdapterOfVm {
    const COLUMNS: &'static [(&'static str, Option<usize>)] = &[
        ("VMName", Some(8)),
        ("Adapter", Some(12)),
        ("MacAddress", Some(0)),
        ("DHCP", None),
        ("Addresses", Some(12)),
        ("Subnets", Some(0)),
        ("Gateways", Some(0)),
        ("DNSServers", Some(0)),
    ];
    const NONE: &'static str = "no network adapters with failover settings";

    fn json(&self) -> impl Serialize {
        let settings = &self.adapter.settings;
        AdapterRow {
            vm: Vm::from(&self.vm),
            adapter: &self.adapter.name,
            mac_address: self.adapter.mac_address.as_deref(),
            dhcp: settings.dhcp,
            addresses: &settings.addresses,
            subnets: &settings.subnets,
            default_gateways: &settings.default_gateways,
            dns_servers: &settings.dns_servers,
        }
    }

    fn cells(&self, _: Format) -> Vec<String> {
        let settings = &self.adapter.settings;
        vec![
            self.vm.name.clone(),
            self.adapter.name.clone(),
            self.adapter.mac_address.clone().unwrap_or_default(),
            settings.dhcp.to_string(),
            settings.addresses.join(", "),
            settings.subnets.join(", "),
            settings.default_gateways.join(", "),
            settings.dns_servers.join(", "),
        ]
    }

    fn name(&self) -> String {
        self.adapter.name.clone()
    }
}
