//! Msvm_ReplicationService, and its method StartReplication.

use crate::cim::{DateTime, Instance, KeyValue, Reference, Value};

use super::super::{Call, CallError, ClassName, Moment, Output, Table, V2, values};
use super::computer_system::COMPUTER_SYSTEM;
use super::job::{Job, JobState, Task};
use super::state::Hyperv;
use super::vm::{READY, Vm};

pub(super) const REPLICATION_SERVICE: ClassName = ClassName::new(V2, "Msvm_ReplicationService");

pub(super) static TABLE: Table<Hyperv> = Table {
    class: REPLICATION_SERVICE,
    methods: &[("StartReplication", start_replication)],
    instances: |hyperv, _| vec![instance(hyperv)].into(),
    ..Table::EMPTY
};

fn instance(hyperv: &Hyperv) -> Instance {
    REPLICATION_SERVICE.instance(values! {
        Caption: "Hyper-V Replica Service",
        CommunicationStatus: 2u16,
        CreationClassName: REPLICATION_SERVICE.name,
        Description: "Replication Service",
        DetailedStatus: 1u16,
        ElementName: "Hyper-V Replica Service",
        EnabledDefault: 2u16,
        EnabledState: 2u16,
        HealthState: 5u16,
        InstallDate: hyperv.booted.to_datetime(),
        Name: "replicasvc",
        OperatingStatus: 2u16,
        OperationalStatus: vec![2u16],
        PrimaryStatus: 1u16,
        RequestedState: 12u16,
        Started: true,
        Status: "OK",
        StatusDescriptions: vec!["OK"],
        SystemCreationClassName: COMPUTER_SYSTEM.name,
        SystemName: hyperv.machine.as_str(),
        TimeOfLastStateChange: hyperv.booted.to_datetime(),
    })
}

/// Starts the initial replication of a virtual machine, now or later.
///
/// The parameters are checked before the state of the machine. A second call while a scheduled start is pending
/// reschedules it, as `Set-VMReplication` relies on, and terminates the pending job. A time in the past means now; the
/// behavior of Windows is not documented.
fn start_replication(hyperv: &mut Hyperv, call: &Call<'_>) -> Result<Output, CallError> {
    let refused = |code| Ok(Output::code(code).with("Job", Value::Null));
    let Some(start) = Start::read(call) else {
        return refused(INVALID_PARAMETER);
    };
    let vm = match call.input.value("ComputerSystem") {
        Some(Value::Reference(reference)) => vm_of(hyperv, reference)?,
        _ => None,
    };
    let Some(vm) = vm else {
        return refused(INVALID_PARAMETER);
    };
    match hyperv.start(vm, &start, call) {
        Err(code) => refused(code),
        Ok(None) => Ok(Output::code(DONE).with("Job", Value::Null)),
        Ok(Some(job)) => Ok(Output::code(JOB_STARTED).with("Job", job)),
    }
}

/// Returns the position of the virtual machine that a reference names.
///
/// The reference must carry all keys. Reports about Windows differ on whether the name alone suffices.
fn vm_of(hyperv: &Hyperv, reference: &Reference) -> Result<Option<usize>, CallError> {
    let key = |name| reference.key(name).and_then(KeyValue::as_text);
    let (Some(class), Some(name)) = (key("CreationClassName"), key("Name")) else {
        return Err(CallError::IncompleteReference);
    };
    let is_vm = COMPUTER_SYSTEM.is_a(reference.class().name())
        && reference.class().namespace().eq_ignore_ascii_case(V2)
        && class.eq_ignore_ascii_case(COMPUTER_SYSTEM.name);
    let found = |vm: &Vm| is_vm && vm.id.eq_ignore_ascii_case(&name);
    Ok(hyperv.vms.iter().position(found))
}

/// The parameters of a start.
struct Start {
    task: Task,
    waits_for_import: bool,
    begins: Moment,
}

impl Start {
    /// Reads the parameters. Returns `None` if one of them is invalid.
    fn read(call: &Call<'_>) -> Option<Self> {
        let location: Option<String> = call.input.get("InitialReplicationExportLocation").ok()?;
        let (kind, title) = match call.input.get::<u16>("InitialReplicationType").ok()? {
            1 => (94, "Starting initial replication"),
            2 if is_absolute(&location.unwrap_or_default()) => {
                (118, "Exporting the initial replica")
            }
            3 => (
                117,
                "Starting initial replication with a copy on the replica server",
            ),
            _ => return None,
        };
        let begins = match call.input.value("StartTime") {
            None | Some(Value::Null) => call.now,
            // StartTime is ignored for an export.
            Some(_) if kind == 118 => call.now,
            Some(Value::DateTime(time)) if *time != DateTime::NEVER => Moment::of(time)?,
            Some(_) => return None,
        };
        Some(Self {
            task: Task {
                kind,
                title,
                is_cancellable: true,
            },
            waits_for_import: kind == 118,
            begins: begins.max(call.now),
        })
    }
}

/// Reports whether a directory is fully qualified, as seen from the host.
fn is_absolute(path: &str) -> bool {
    let drive = path.strip_prefix(|c: char| c.is_ascii_alphabetic());
    drive.is_some_and(|rest| rest.starts_with(":\\"))
        || path
            .strip_prefix(r"\\")
            .is_some_and(|rest| !rest.is_empty())
}

impl Hyperv {
    /// Starts an initial replication. Returns its job, or `None` if it needs no job.
    ///
    /// # Errors
    ///
    /// Returns the return code of the method if the machine cannot be started.
    fn start(
        &mut self,
        vm: usize,
        start: &Start,
        call: &Call<'_>,
    ) -> Result<Option<Reference>, u32> {
        let (now, pace) = (call.now, self.pace);
        let vm = self.vms.get(vm).ok_or(INVALID_PARAMETER)?;
        if vm.replication_state(now) != READY {
            return Err(INVALID_STATE);
        }
        let ending = vm.start_ending();
        let id = vm.id.clone();
        let unfinished = |job: &&Job| {
            job.vm == id && job.task.is_cancellable && !job.status(now).state.is_final()
        };
        let pending = self.jobs.known(now).find(unfinished);
        if let Some(pending) = pending.map(|job| job.id.clone()) {
            self.stop_job(&pending, JobState::Terminated, now);
        }
        let vm = self.vms.iter_mut().find(|vm| vm.id == id);
        if let Some(vm) = vm {
            vm.start(start.begins, pace, start.waits_for_import);
        }
        let Some(ending) = ending else {
            return Ok(None);
        };
        Ok(Some(self.begin_job(
            start.task.clone(),
            id,
            start.begins,
            ending,
            call,
        )))
    }
}

/// Return codes of StartReplication.
const DONE: u32 = 0;
const JOB_STARTED: u32 = 4096;
const INVALID_PARAMETER: u32 = 32_773;
const INVALID_STATE: u32 = 32_775;
