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
        let since = vm.replicates_since(now)?;
        Some(instance(class, vm, now, since))
    };
    hyperv.vms.iter().filter_map(row).collect()
}

/// Makes the counters of a machine that replicates every 5 minutes since its initial copy, which was as large as its
/// memory.
fn instance(class: ClassName, vm: &Vm, now: Moment, since: Moment) -> Instance {
    let cycles = now.since(since).as_secs() / 300;
    let sent = (MEMORY_MEGABYTES << 20) + cycles * CYCLE_BYTES;
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
        NetworkBytesRecv: 0u64,
        NetworkBytesSent: sent,
        ReplicationCount: u32::try_from(cycles).ok(),
        ReplicationLatency: CYCLE_SECONDS,
        ResynchronizedBytes: 0u64,
        Timestamp_Object: time.clone(),
        Timestamp_PerfTime: time.clone(),
        Timestamp_Sys100NS: time,
    })
}

/// The size of a replication cycle, and its duration.
const CYCLE_BYTES: u64 = 1 << 20;
const CYCLE_SECONDS: u64 = 2;
