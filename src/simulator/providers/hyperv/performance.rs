//! The counters of Hyper-V Replica, as they are and formatted: one instance for each virtual machine that replicates.

use crate::cim::{Instance, Value};

use super::super::{CIMV2, ClassName, Moment, Rows, Table, values};
use super::state::Hyperv;
use super::vm::{MEMORY_MEGABYTES, Vm};

pub(super) static RAW: Table<Hyperv> = Table {
    class: ClassName::new(
        CIMV2,
        "Win32_PerfRawData_HyperVReplicaStats_HyperVReplicaVM",
    ),
    instances: |hyperv, now| rows(hyperv, now, RAW.class),
    ..Table::EMPTY
};

pub(super) static FORMATTED: Table<Hyperv> = Table {
    class: ClassName::new(
        CIMV2,
        "Win32_PerfFormattedData_HyperVReplicaStats_HyperVReplicaVM",
    ),
    instances: |hyperv, now| rows(hyperv, now, FORMATTED.class),
    ..Table::EMPTY
};

fn rows(hyperv: &Hyperv, now: Moment, class: ClassName) -> Rows {
    let row = |vm: &Vm| {
        vm.primary.last_replication(now)?;
        Some(instance(class, vm, now))
    };
    hyperv.vms(now).filter_map(row).collect()
}

/// Makes the counters of a machine whose initial copy was as large as its memory. A replica receives what a primary
/// machine sends.
fn instance(class: ClassName, vm: &Vm, now: Moment) -> Instance {
    let cycles = vm.primary.cycles(None, now);
    let bytes = (MEMORY_MEGABYTES << 20) + u64::from(cycles) * CYCLE_BYTES;
    let (received, sent) = match vm.is_replica(now) {
        true => (bytes, 0),
        false => (0, bytes),
    };
    let time = Value::from(now.to_file_time());
    class.instance(values! {
        AverageReplicationLatency: CYCLE_SECONDS,
        AverageReplicationSize: CYCLE_BYTES,
        CompressionEfficiency: 50u64,
        Frequency_Object: 10_000_000u64,
        Frequency_PerfTime: 10_000_000u64,
        Frequency_Sys100NS: 10_000_000u64,
        LastReplicationSize: CYCLE_BYTES,
        Name: vm.display_name(),
        NetworkBytesRecv: received,
        NetworkBytesSent: sent,
        ReplicationCount: cycles,
        ReplicationLatency: CYCLE_SECONDS,
        ResynchronizedBytes: 0u64,
        Timestamp_Object: time.clone(),
        Timestamp_PerfTime: time.clone(),
        Timestamp_Sys100NS: time,
    })
}

/// The size of a replication cycle, and its duration.
pub(super) const CYCLE_BYTES: u64 = 1 << 20;
pub(super) const CYCLE_SECONDS: u64 = 2;
