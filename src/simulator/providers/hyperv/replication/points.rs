//! Recovery points of replicas and checkpoints of users: Msvm_VirtualSystemSettingData by Msvm_SnapshotOfVirtualSystem.

use std::time::Duration;

use crate::cim::Instance;

use super::super::super::{ClassName, Moment, Rows, Table, V2, values};
use super::super::codes::state::{COMMITTED, DISABLED};
use super::super::names::{SETTING_DATA, machine};
use super::super::setting_data;
use super::super::state::Hyperv;
use super::super::vm::Vm;

pub(in super::super) static OF_SYSTEM: Table<Hyperv> = Table {
    class: ClassName::new(V2, "Msvm_SnapshotOfVirtualSystem"),
    instances: |hyperv, now| {
        let link = |vm: &Vm, point: Point| {
            let settings = SETTING_DATA.reference();
            OF_SYSTEM.class.instance(values! {
                Antecedent: machine(&vm.id),
                Dependent: settings.with_key("InstanceID", point.instance_id(vm)),
            })
        };
        of_all(hyperv, now, link)
    },
    ..Table::EMPTY
};

/// A recovery point of a replica, or a checkpoint of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Point {
    at: Moment,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Standard,
    ApplicationConsistent,
    PlannedFailover,
    /// A checkpoint of a user.
    Checkpoint,
}

impl Kind {
    /// Returns `FailedOverReplicationType` after a failover to it.
    pub(super) fn code(self) -> u16 {
        match self {
            Self::Standard => 1,
            Self::ApplicationConsistent => 2,
            Self::PlannedFailover => 3,
            Self::Checkpoint => 0,
        }
    }

    /// Returns `VirtualSystemType`.
    fn system_type(self) -> &'static str {
        match self {
            Self::Standard => "Microsoft:Hyper-V:Snapshot:Replica:Standard",
            Self::ApplicationConsistent => {
                "Microsoft:Hyper-V:Snapshot:Replica:ApplicationConsistent"
            }
            Self::PlannedFailover => "Microsoft:Hyper-V:Snapshot:Replica:PlannedFailover",
            Self::Checkpoint => "Microsoft:Hyper-V:Snapshot:Realized",
        }
    }
}

impl Point {
    /// Returns its id, which is made of its time and the id of the machine.
    fn id(self, vm: &Vm) -> String {
        let rest = vm.id.get(8..).unwrap_or_default();
        format!(
            "{:08X}{rest}",
            self.at.to_file_time() / 10_000_000 % (1 << 32)
        )
    }

    pub(super) fn instance_id(self, vm: &Vm) -> String {
        format!("Microsoft:{}", self.id(vm))
    }
}

/// Returns the recovery points of a machine, the oldest first: one each hour, as many as are kept, and the last
/// replication.
pub(in super::super) fn of(vm: &Vm, now: Moment) -> Vec<Point> {
    let link = &vm.primary;
    let state = link.state.at(now);
    if !vm.is_replica(now) || matches!(state, DISABLED | COMMITTED) {
        return Vec::new();
    }
    let number = |name| link.settings.get::<u16>(name).unwrap_or_default();
    let consistent = number("ApplicationConsistentSnapshotInterval");
    let is_kept = |at: &Moment| link.points_from.is_none_or(|from| *at >= from);
    let mut points = Vec::new();
    for (from, to) in link.flows(now) {
        let hours = u16::try_from(to.since(from).as_secs() / 3_600).unwrap_or(u16::MAX);
        for hour in hours.saturating_sub(MOST_POINTS).max(1)..=hours {
            let is_consistent = consistent > 0 && hour % consistent == 0;
            points.push(Point {
                at: from.plus(HOUR * hour.into()),
                kind: match is_consistent {
                    true => Kind::ApplicationConsistent,
                    false => Kind::Standard,
                },
            });
        }
    }
    let last = link.last_replication(now);
    points.retain(|point| is_kept(&point.at) && Some(point.at) != last);
    let surplus = points
        .len()
        .saturating_sub(number("RecoveryHistory").into());
    points.drain(..surplus);
    let kind = match link.planned.at(now) {
        true => Kind::PlannedFailover,
        false => Kind::Standard,
    };
    points.extend(last.map(|at| Point { at, kind }));
    points
}

/// Makes the settings of all recovery points and checkpoints.
pub(in super::super) fn settings(hyperv: &Hyperv, now: Moment) -> Rows {
    of_all(hyperv, now, |vm, point| {
        let mut instance = setting_data::instance(hyperv.booted, vm);
        let name = point.at.to_datetime().to_rfc3339().unwrap_or_default();
        for (property, value) in values! {
            ConfigurationID: point.id(vm),
            CreationTime: point.at.to_datetime(),
            Description: "",
            ElementName: format!("{} - ({name})", vm.display_name()),
            InstanceID: point.instance_id(vm),
            VirtualSystemType: point.kind.system_type(),
        } {
            instance.set(property, value);
        }
        instance
    })
}

fn of_all(hyperv: &Hyperv, now: Moment, make: impl Fn(&Vm, Point) -> Instance) -> Rows {
    let checkpoint = Point {
        at: hyperv.booted,
        kind: Kind::Checkpoint,
    };
    let of_vm = |vm: &Vm| {
        let of_user = (vm.name == WITH_CHECKPOINT).then_some(checkpoint);
        let all = of(vm, now).into_iter().chain(of_user);
        all.map(|point| make(vm, point)).collect::<Vec<_>>()
    };
    hyperv.vms(now).flat_map(of_vm).collect()
}

/// The machine of which a user has made a checkpoint.
const WITH_CHECKPOINT: &str = "db01";
const HOUR: Duration = Duration::from_secs(3_600);
/// `RecoveryHistory` is at most 24.
const MOST_POINTS: u16 = 24;
