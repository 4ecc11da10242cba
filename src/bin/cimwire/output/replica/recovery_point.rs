//! A recovery point of a replica virtual machine.

use cimwire::cim::DateTime;
use cimwire::hyperv::{RecoveryPoint, RecoveryPointKind, VirtualMachine};
use serde::Serialize;

use crate::options::Format;
use crate::output::event::Vm;
use crate::output::list::{Row, moment};

/// A recovery point, and the virtual machine that it is of.
#[derive(Debug)]
pub(crate) struct PointOfVm {
    pub(crate) vm: VirtualMachine,
    pub(crate) point: RecoveryPoint,
}

#[derive(Serialize)]
struct PointRow<'a> {
    vm: Vm<'a>,
    id: &'a str,
    name: &'a str,
    kind: &'static str,
    creation_time: Option<DateTime>,
}

/// The names are those of Get-VMSnapshot; Id is what `--recovery-point` takes.
impl Row for PointOfVm {
    const COLUMNS: &'static [(&'static str, Option<usize>)] = &[
        ("VMName", Some(8)),
        ("Name", Some(12)),
        ("SnapshotType", None),
        ("CreationTime", None),
        ("Id", None),
    ];
    const NONE: &'static str = "no recovery points";

    fn json(&self) -> impl Serialize {
        PointRow {
            vm: Vm::from(&self.vm),
            id: &self.point.instance_id,
            name: &self.point.name,
            kind: match self.point.kind {
                RecoveryPointKind::ApplicationConsistent => "application_consistent",
                RecoveryPointKind::PlannedFailover => "planned_failover",
                _ => "standard",
            },
            creation_time: self.point.creation_time,
        }
    }

    fn cells(&self, format: Format) -> Vec<String> {
        vec![
            self.vm.name.clone(),
            self.point.name.clone(),
            self.point.kind.powershell_name().to_owned(),
            moment(self.point.creation_time, format),
            self.point.instance_id.clone(),
        ]
    }

    fn name(&self) -> String {
        self.point.instance_id.clone()
    }
}
