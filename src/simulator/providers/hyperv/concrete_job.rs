//! Msvm_ConcreteJob, with values as a real host has them.

use crate::cim::{ClassPath, DateTime, Instance, Value};
use crate::wsman::cim_xml;

use super::super::{Call, CallError, Language, Moment, Output, Table, clock::interval, values};
use super::codes::state::{RESYNCING, WAITS_TO_RESYNC};
use super::job::{Job, JobState, KEPT};
use super::names::CONCRETE_JOB;
use super::replication::resync::RESYNC_JOBS;
use super::replication::start::START_JOBS;
use super::state::Hyperv;

pub(super) static TABLE: Table<Hyperv> = Table {
    class: CONCRETE_JOB,
    methods: &[
        ("RequestStateChange", request_state_change),
        ("KillJob", |_, _| Ok(Output::code(NOT_SUPPORTED))),
        ("GetError", get_error),
        ("GetErrorEx", get_error_ex),
    ],
    instances: |hyperv, now| {
        let jobs = hyperv.known_jobs(now);
        jobs.iter()
            .map(|job| instance(job, hyperv.language, now))
            .collect()
    },
    ..Table::EMPTY
};

fn instance(job: &Job, language: Language, now: Moment) -> Instance {
    let status = job.status(now);
    let ended = status.state.is_final().then_some(status.since);
    let elapsed = status
        .started
        .map(|started| ended.unwrap_or(now).since(started));
    let error = job.error(now);
    let failed = status.state == JobState::Exception;
    let text = |part: Option<&str>| Value::from(part.unwrap_or_default());
    let text_of_state = language.text(status.state.text());
    let title = Value::from(language.text(job.task.title));
    CONCRETE_JOB.instance(values! {
        Cancellable: job.task.is_cancellable,
        Caption: title.clone(),
        DeleteOnCompletion: false,
        Description: title.clone(),
        ElapsedTime: interval(elapsed.unwrap_or_default()),
        ElementName: title.clone(),
        ErrorCode: if failed { FAILED } else { 0 },
        ErrorDescription: text(error.map(|error| error.description.as_str())),
        ErrorSummaryDescription: text(error.map(|error| error.summary.as_str())),
        HealthState: 5u16,
        InstallDate: DateTime::NEVER,
        InstanceID: job.id.as_str(),
        JobRunTimes: 1u32,
        JobState: status.state.code(),
        JobStatus: text_of_state,
        JobType: job.task.kind,
        LocalOrUtcTime: 2u16,
        Name: title,
        Notify: "",
        OperationalStatus: operational_status(status.state),
        OtherRecoveryAction: "",
        Owner: job.owner.as_str(),
        PercentComplete: status.percent,
        Priority: 0u32,
        RecoveryAction: 2u16,
        ScheduledStartTime: job.begins.to_datetime(),
        StartTime: status.started.map_or(DateTime::NEVER, Moment::to_datetime),
        Status: "OK",
        StatusDescriptions: vec![text_of_state],
        TimeBeforeRemoval: interval(KEPT),
        TimeOfLastStateChange: status.since.to_datetime(),
        TimeSubmitted: job.submitted.to_datetime(),
    })
}

/// Returns `OperationalStatus`. A finished job was recorded with two values, although the page of the class promises
/// one.
fn operational_status(state: JobState) -> Vec<u16> {
    if state.is_success() {
        vec![17, 2]
    } else {
        vec![2]
    }
}

/// Runs RequestStateChange: 4 terminates and 5 kills. The other states of the table are not supported.
fn request_state_change(hyperv: &mut Hyperv, call: &Call<'_>) -> Result<Output, CallError> {
    let state = match call.input.get::<Option<u16>>("RequestedState") {
        Ok(Some(4)) => JobState::Terminated,
        Ok(Some(5)) => JobState::Killed,
        Ok(Some(2 | 3 | 6)) => return Ok(Output::code(NOT_SUPPORTED)),
        _ => return Ok(Output::code(INVALID_PARAMETER)),
    };
    if demands_time(call.input.value("TimeoutPeriod")) {
        return Ok(Output::code(TIMEOUT_NOT_SUPPORTED));
    }
    let id = call.target.get::<String>("InstanceID").unwrap_or_default();
    let stopped = stop(hyperv, &id, state, call);
    Ok(Output::code(if stopped { 0 } else { INVALID_TRANSITION }))
}

/// Stops a job, with the effects on its virtual machine. Returns `false` if the job does not exist, has ended, or cannot
/// be cancelled.
fn stop(hyperv: &mut Hyperv, id: &str, state: JobState, call: &Call<'_>) -> bool {
    let now = call.now;
    let Some(job) = hyperv.jobs.find_mut(id) else {
        return false;
    };
    if job.status(now).state.is_final() || !job.task.is_cancellable {
        return false;
    }
    job.stopped = Some((now, state));
    let (kind, vm) = (job.task.kind, job.vm.clone());
    let which = hyperv.vm(&vm, now).and_then(|vm| vm.sends(now));
    if let Some(which) = which {
        let of_copy = START_JOBS.contains(&kind) || kind == 116;
        let has_begun = hyperv.link_state(&vm, which, now) == RESYNCING;
        if of_copy {
            hyperv.cancel_start(call, &vm, which, state);
        } else if RESYNC_JOBS.contains(&kind) && has_begun {
            hyperv.stop_resync(call, &vm, which, WAITS_TO_RESYNC);
        } else if RESYNC_JOBS.contains(&kind) {
            hyperv.pause_as_it_is(call, &vm, which);
        }
    }
    true
}

/// Reports whether a timeout was asked for. A null timeout, and one of zero, ask for nothing.
fn demands_time(timeout: Option<&Value>) -> bool {
    match timeout {
        None | Some(Value::Null) => false,
        Some(Value::Interval(timeout)) => timeout.micros() != Some(0),
        Some(_) => true,
    }
}

fn get_error(hyperv: &mut Hyperv, call: &Call<'_>) -> Result<Output, CallError> {
    Ok(Output::code(0).with("Error", error_text(hyperv, call)))
}

fn get_error_ex(hyperv: &mut Hyperv, call: &Call<'_>) -> Result<Output, CallError> {
    let errors = match error_text(hyperv, call) {
        Some(error) => vec![error],
        None => Vec::new(),
    };
    Ok(Output::code(0).with("Errors", errors))
}

/// Returns the Msvm_Error of the job, as CIM-XML.
fn error_text(hyperv: &Hyperv, call: &Call<'_>) -> Option<String> {
    let id = call.target.get::<String>("InstanceID").ok()?;
    let job = hyperv.jobs.known(call.now).find(|job| job.id == id)?;
    let error = job.error(call.now)?;
    let failed = job.status(call.now).state == JobState::Exception;
    let source = format!(
        "Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",Name=\"{}\"",
        job.vm
    );
    let error = Instance::new(ClassPath::new("", "Msvm_Error"))
        .with("CIMStatusCode", if failed { 1u32 } else { 0 })
        .with("ErrorSource", source)
        .with("ErrorSourceFormat", 0u16)
        .with("ErrorType", 4u16)
        .with("Message", error.description.as_str())
        .with("MessageID", MESSAGE_ID)
        .with("OwningEntity", "Hyper-V Virtual Machine Management Service")
        .with("PerceivedSeverity", if failed { 4u16 } else { 2 })
        .with("ProbableCause", 0u16)
        .with("RecommendedActions", vec![error.advice]);
    cim_xml::write(&error).ok()
}

/// `ErrorCode` of a job that failed: the return code "failed" of Hyper-V's methods.
const FAILED: u16 = 32_768;
/// The id of the event "could not replicate changes".
const MESSAGE_ID: &str = "32022";
/// Return codes of RequestStateChange and KillJob.
const NOT_SUPPORTED: u32 = 1;
const INVALID_PARAMETER: u32 = 5;
const INVALID_TRANSITION: u32 = 4097;
const TIMEOUT_NOT_SUPPORTED: u32 = 4098;
