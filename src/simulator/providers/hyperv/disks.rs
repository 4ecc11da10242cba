//! Msvm_StorageAllocationSettingData: the disk of each virtual machine.

use crate::cim::Reference;

use super::super::{ClassName, Table, V2, values};
use super::names::{DISK, SETTING_DATA};
use super::replication::network;
use super::setting_data;
use super::state::Hyperv;
use super::vm::Vm;

pub(super) static TABLE: Table<Hyperv> = Table {
    class: DISK,
    instances: |hyperv, now| hyperv.vms(now).map(instance).collect(),
    ..Table::EMPTY
};

/// The parts of the settings of a virtual machine.
pub(super) static COMPONENT: Table<Hyperv> = Table {
    class: ClassName::new(V2, "Msvm_VirtualSystemSettingDataComponent"),
    instances: |hyperv, now| {
        let link = |vm: &Vm, part: Reference| {
            let settings = SETTING_DATA.reference();
            COMPONENT.class.instance(values! {
                GroupComponent: settings.with_key("InstanceID", setting_data::id(vm)),
                PartComponent: part,
            })
        };
        let parts = |vm: &Vm| {
            let port = network::PORT.class.reference();
            [
                link(vm, DISK.reference().with_key("InstanceID", id(vm))),
                link(vm, port.with_key("InstanceID", network::port_id(vm))),
            ]
        };
        hyperv.vms(now).flat_map(parts).collect()
    },
    ..Table::EMPTY
};

/// Returns the `InstanceID` of the disk of a virtual machine.
pub(super) fn id(vm: &Vm) -> String {
    format!(
        r"Microsoft:{}\83F8638B-8DCA-4152-9EDA-2CA8B33039B4\0\0\D",
        vm.id
    )
}

fn instance(vm: &Vm) -> crate::cim::Instance {
    DISK.instance(values! {
        Access: 3u16,
        Address: "0",
        AddressOnParent: "0",
        AllocationUnits: "bytes",
        Caption: "Hard Disk Image",
        Description: "Settings for the Microsoft Hard Disk Image.",
        ElementName: "Hard Disk Image",
        HostResource: vec![format!(r"D:\Virtual Disks\{}.vhdx", vm.name)],
        InstanceID: id(vm),
        ResourceSubType: "Microsoft:Hyper-V:Virtual Hard Disk",
        ResourceType: 31u16,
        VirtualQuantity: 1u64,
        VirtualQuantityUnits: "count(fixed size block)",
    })
}
