//! GetReplicationStatistics, ResetReplicationStatistics, and their newer forms, which name the relationship.

use std::time::Duration;

use crate::cim::{DateTime, Instance, Properties, Value};
use crate::wsman::cim_xml;

use super::super::super::{Call, CallError, ClassName, Moment, Output, V2, values};
use super::super::codes::{DONE, INVALID_PARAMETER, INVALID_STATE, state::*};
use super::super::performance::{CYCLE_BYTES, CYCLE_SECONDS};
use super::super::state::Hyperv;
use super::super::vm::Vm;
use super::link::Which;
use super::relationship::health;
use super::remove::relationship;
use super::request::{Refusal, Started, vm_of};

const STATISTICS: ClassName = ClassName::new(V2, "Msvm_ReplicationStatistics");
const ERROR: ClassName = ClassName::new(V2, "Msvm_Error");

/// Returns the statistics of the monitoring interval in progress, and the reasons of a health that is not OK.
pub(super) fn get(hyperv: &mut Hyperv, call: &Call<'_>) -> Result<Output, CallError> {
    let texts = |instance: Option<Instance>| -> Vec<String> {
        instance
            .iter()
            .filter_map(|one| cim_xml::write(one).ok())
            .collect()
    };
    let (code, statistics, issue) = match read(hyperv, call) {
        Ok((statistics, issue)) => (DONE, Some(statistics), issue),
        Err(Refusal::Code(code)) => (code, None, None),
        Err(Refusal::Call(error)) => return Err(error),
    };
    Ok(Output::code(code)
        .with("ReplicationStatistics", texts(statistics))
        .with("ReplicationHealthIssues", texts(issue))
        .with("Job", Value::Null))
}

/// Lets the statistics of a relationship begin now.
pub(super) fn reset(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let (id, which) = enabled(hyperv, call)?;
    hyperv.change_link(&id, which, |link| link.counted_from = Some(call.now));
    let work = hyperv.work(119, &id, call.now);
    Ok(Some(hyperv.begin_job(work, call)))
}

fn enabled(hyperv: &Hyperv, call: &Call<'_>) -> Result<(String, Which), Refusal> {
    let id = vm_of(hyperv, call, "ComputerSystem")?;
    let which = relationship(call, &id)?;
    if hyperv.link(&id, which)?.state.at(call.now) == DISABLED {
        return Err(INVALID_STATE.into());
    }
    Ok((id, which))
}

fn read(hyperv: &Hyperv, call: &Call<'_>) -> Result<(Instance, Option<Instance>), Refusal> {
    let (id, which) = enabled(hyperv, call)?;
    let vm = hyperv.vm(&id, call.now).ok_or(INVALID_PARAMETER)?;
    let (begin, end) = window(&hyperv.server.settings, call.now);
    let statistics = statistics(vm, which, call.now, begin, end);
    Ok((statistics, issue(vm, which, call.now)))
}

/// Returns the monitoring interval in progress, by the settings of the replica server.
fn window(settings: &Properties, now: Moment) -> (Moment, Moment) {
    let length = settings.get::<u32>("MonitoringInterval");
    let length = i64::from(length.unwrap_or(DEFAULT_INTERVAL)).max(1) * 1_000_000;
    let start = settings.get::<DateTime>("MonitoringStartTime").ok();
    let start = start.and_then(|time| time.instant()).unwrap_or(NINE);
    let micros = now.to_datetime().instant().unwrap_or_default();
    let begin = micros - (micros - start).rem_euclid(length);
    let moment = |micros| DateTime::from_unix_micros(micros).and_then(|time| Moment::of(&time));
    (
        moment(begin).unwrap_or(now),
        moment(begin + length).unwrap_or(now),
    )
}

/// Makes the statistics. Sizes and latencies are sums over the replications.
fn statistics(vm: &Vm, which: Which, now: Moment, begin: Moment, end: Moment) -> Instance {
    let link = vm.link(which);
    let begin = link.counted_from.map_or(begin, |from| from.max(begin));
    let count = link.cycles(Some(begin), now);
    let first = link.flows(now).next().map(|(from, _)| from.max(begin));
    let expected = first.map_or(Duration::ZERO, |from| now.since(from));
    let expected = expected.as_secs() / link.interval().as_secs().max(1);
    let missed = u32::try_from(expected)
        .unwrap_or(u32::MAX)
        .saturating_sub(count);
    let last = link.last_replication(now);
    let waiting = last.map_or(Duration::ZERO, |last| now.since(last));
    let waiting = waiting.as_secs() / link.interval().as_secs().max(1);
    let is_broken = link.state.at(now) == REPLICATING && !link.flow.at(now);
    let latency = u32::try_from(CYCLE_SECONDS).unwrap_or(u32::MAX);
    let one = u64::from(count.min(1));
    STATISTICS.instance(values! {
        ApplicationConsistentSnapshotFailureCount: 0u32,
        EndStatisticTime: end.min(now).to_datetime(),
        LastTestFailoverTime: link.tested.map_or(DateTime::NEVER, Moment::to_datetime),
        MaxReplicationLatency: latency * count.min(1),
        MaxReplicationSize: CYCLE_BYTES * one,
        NetworkFailureCount: if is_broken { missed } else { 0 },
        PendingReplicationSize: waiting * CYCLE_BYTES,
        ReplicationFailureCount: 0u32,
        ReplicationHealth: u32::from(health(vm, which, now)),
        ReplicationLatency: latency.saturating_mul(count),
        ReplicationMissCount: missed,
        ReplicationSize: u64::from(count) * CYCLE_BYTES,
        ReplicationSuccessCount: count,
        StartStatisticTime: begin.to_datetime(),
    })
}

/// Makes the reason of a health that is not OK.
fn issue(vm: &Vm, which: Which, now: Moment) -> Option<Instance> {
    let severity = match health(vm, which, now) {
        2 => 3u16,
        3 => 4,
        _ => return None,
    };
    let reason = match vm.link(which).state.at(now) {
        SUSPENDED => "Replication is paused.",
        WAITS_TO_RESYNC | RESYNCING | RESYNC_SUSPENDED => "Resynchronization is required.",
        FAILED_OVER | COMMITTED => "Replication has not been reversed after the failover.",
        CRITICAL => "Replication needs attention: it has stopped after an error.",
        _ => "Changes could not be sent to the replica server.",
    };
    Some(ERROR.instance(values! {
        ErrorSourceFormat: 0u16,
        Message: format!("{reason} ('{}', virtual machine ID {})", vm.name, vm.id),
        MessageID: OUT_OF_SYNC,
        OwningEntity: "Hyper-V Virtual Machine Management Service",
        PerceivedSeverity: severity,
        RecommendedActions: Vec::<String>::new(),
    }))
}

/// The default of MonitoringInterval in seconds, and of MonitoringStartTime in microseconds of the day: 9 o'clock.
pub(super) const DEFAULT_INTERVAL: u32 = 43_200;
const NINE: i64 = 9 * 3_600 * 1_000_000;
/// The number of the event "out of sync".
const OUT_OF_SYNC: &str = "33414";
