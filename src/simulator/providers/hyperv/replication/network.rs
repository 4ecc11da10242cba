//! The network adapter of each virtual machine and its settings after a failover: SetFailoverNetworkAdapterSettings.

use crate::cim::{Instance, Properties, Value};

use super::super::super::{Call, ClassName, Table, V2, values};
use super::super::codes::INVALID_PARAMETER;
use super::super::state::Hyperv;
use super::super::vm::Vm;
use super::request::{Started, read_embedded, vm_of};

pub(in super::super) static PORT: Table<Hyperv> = Table {
    class: ClassName::new(V2, "Msvm_SyntheticEthernetPortSettingData"),
    instances: |hyperv, now| {
        let port = |vm: &Vm| {
            PORT.class.instance(values! {
                Address: format!("00155D{:06X}", vm.process),
                Caption: "Ethernet Port",
                Description: "Settings for the Microsoft Synthetic Ethernet Port.",
                ElementName: "Network Adapter",
                InstanceID: port_id(vm),
                ResourceSubType: "Microsoft:Hyper-V:Synthetic Ethernet Port",
                ResourceType: 10u16,
            })
        };
        hyperv.vms(now).map(port).collect()
    },
    ..Table::EMPTY
};

pub(in super::super) static SETTINGS: Table<Hyperv> = Table {
    class: ClassName::new(V2, "Msvm_FailoverNetworkAdapterSettingData"),
    instances: |hyperv, now| hyperv.vms(now).map(settings).collect(),
    ..Table::EMPTY
};

pub(in super::super) static COMPONENT: Table<Hyperv> = Table {
    class: ClassName::new(V2, "Msvm_EthernetPortFailoverSettingDataComponent"),
    instances: |hyperv, now| {
        let link = |vm: &Vm| {
            COMPONENT.class.instance(values! {
                GroupComponent: PORT.class.reference().with_key("InstanceID", port_id(vm)),
                PartComponent: SETTINGS.class.reference().with_key("InstanceID", settings_id(vm)),
            })
        };
        hyperv.vms(now).map(link).collect()
    },
    ..Table::EMPTY
};

fn settings(vm: &Vm) -> Instance {
    let mut instance = SETTINGS.class.instance(values! {
        Caption: "Failover Network Adapter Settings",
        DHCPEnabled: true,
        Description: "Failover Network Adapter Settings",
        ElementName: "Network Adapter",
        ProtocolIFType: 4_096u16,
    });
    for (name, value) in vm.network.iter() {
        instance.set(name, value.clone());
    }
    instance.set("InstanceID", settings_id(vm));
    instance
}

/// Returns the `InstanceID` of the network adapter.
pub(in super::super) fn port_id(vm: &Vm) -> String {
    format!(r"Microsoft:{}\{ADAPTER}", vm.id)
}

fn settings_id(vm: &Vm) -> String {
    format!(r"Microsoft:{}\{ADAPTER}\FailoverSettings", vm.id)
}

/// Sets the network of a virtual machine after a failover. Each element needs addresses and the choice of DHCP.
pub(super) fn set(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let id = vm_of(hyperv, call, "ComputerSystem")?;
    let expected = hyperv.vm(&id, call.now).map(settings_id);
    let texts = call
        .input
        .value("NetworkSettings")
        .map_or(&[][..], Value::elements);
    let mut network = Properties::new();
    for text in texts {
        let given = read_embedded(text, SETTINGS.class)?;
        let gateways: Vec<String> = given.get("DefaultGateways").unwrap_or_default();
        let is_complete =
            given.value("IPAddresses").is_some() && given.value("DHCPEnabled").is_some();
        let is_it = given.get::<String>("InstanceID").ok() == expected;
        if !is_complete || !is_it || gateways.len() > MOST_GATEWAYS {
            return Err(INVALID_PARAMETER.into());
        }
        network = given;
    }
    if network.is_empty() {
        return Err(INVALID_PARAMETER.into());
    }
    if let Some(vm) = hyperv.vm_mut(&id) {
        vm.network = network;
    }
    Ok(None)
}

/// The id of the adapter, within its virtual machine.
const ADAPTER: &str = "B637F346-6A0E-4DEC-AF52-BD70CB80A21D";
/// `DefaultGateways` has at most five elements.
const MOST_GATEWAYS: usize = 5;
