//! Msvm_ReplicationProvider: the built-in provider of replication between hosts.

use super::super::super::{ClassName, Table, V2, values};
use super::super::state::Hyperv;

pub(in super::super) static TABLE: Table<Hyperv> = Table {
    class: PROVIDER,
    instances: |hyperv, _| {
        vec![PROVIDER.instance(values! {
            Caption: NAME,
            Description: NAME,
            ElementName: NAME,
            InstanceID: id(hyperv),
            Name: GUID,
            OperationalStatus: vec![2u16],
        })]
        .into()
    },
    ..Table::EMPTY
};

/// Returns its object path, as settings name it.
pub(super) fn path(hyperv: &Hyperv) -> String {
    let provider = PROVIDER.reference().with_server(&hyperv.machine);
    let provider = provider.with_key("InstanceID", id(hyperv));
    provider.with_key("Name", GUID).to_string()
}

fn id(hyperv: &Hyperv) -> String {
    format!(r"Microsoft:{}\ReplicationProvider\{NAME}", hyperv.machine)
}

const PROVIDER: ClassName = ClassName::new(V2, "Msvm_ReplicationProvider");
const NAME: &str = "Microsoft Hyper-V Replica";
/// The id of the built-in provider on every host.
const GUID: &str = "22391CDC-272C-4DDF-BA88-9BEFB1A0975C";
