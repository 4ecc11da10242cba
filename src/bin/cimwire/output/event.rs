//! Jobs and what becomes of them, as JSON.

use std::time::Duration;

use cimwire::Explanation;
use cimwire::cim::{DateTime, Instance};
use cimwire::hyperv::{ReplicationState, ReturnCode, VirtualMachine};
use cimwire::job::{JobFailure, JobReference, JobState, JobStatus};
use serde::Serialize;

use super::origin::Origin;

/// Something that happened, as one line of JSON: `{"event":"progress","job":{…}}`.
#[derive(Debug, Serialize)]
pub(crate) struct Event<'a> {
    event: &'static str,
    #[serde(flatten)]
    origin: Origin<'static>,
    /// True if the host was changed, false if nothing had to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vm: Option<Vm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<Job<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<DateTime>,
    /// The instances that `GetErrorEx` returned.
    #[serde(skip_serializing_if = "<[Instance]>::is_empty")]
    errors: &'a [Instance],
    #[serde(skip_serializing_if = "Option::is_none")]
    replication_state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replication_state_code: Option<u16>,
    /// The command that watches the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    watch: Option<&'a str>,
    /// The request that a dry run did not send.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a Explanation>,
}

impl<'a> Event<'a> {
    pub(crate) fn new(event: &'static str) -> Self {
        Self {
            event,
            origin: Origin::now(),
            changed: None,
            vm: None,
            job: None,
            start_time: None,
            errors: &[],
            replication_state: None,
            replication_state_code: None,
            watch: None,
            request: None,
        }
    }

    pub(crate) fn vm(mut self, vm: &'a VirtualMachine) -> Self {
        self.vm = Some(vm.into());
        self
    }

    /// Adds the replication state of the virtual machine, as it was seen just now.
    pub(crate) fn replication_state(mut self, state: Option<ReplicationState>) -> Self {
        self.replication_state = state.map(|state| state.to_string());
        self.replication_state_code = state.map(ReplicationState::code);
        self
    }

    pub(crate) fn changed(mut self, changed: Option<bool>) -> Self {
        self.changed = changed;
        self
    }

    pub(crate) fn job(mut self, job: &'a JobReference) -> Self {
        self.job = Some(Job::Named(Named::from(job)));
        self
    }

    pub(crate) fn status(mut self, status: &'a JobStatus) -> Self {
        self.job = Some(Job::Known(Box::new(JobRow::from(status))));
        self
    }

    pub(crate) fn failure(mut self, failure: &'a JobFailure) -> Self {
        self.errors = failure.errors();
        self.status(failure.status())
    }

    pub(crate) fn start_time(mut self, time: Option<DateTime>) -> Self {
        self.start_time = time;
        self
    }

    pub(crate) fn request(mut self, request: &'a Explanation) -> Self {
        self.request = Some(request);
        self
    }

    pub(crate) fn watch(mut self, command: Option<&'a str>) -> Self {
        self.watch = command;
        self
    }
}

/// The names of a virtual machine.
#[derive(Debug, Serialize)]
pub(crate) struct Vm<'a> {
    name: &'a str,
    id: &'a str,
}

impl<'a> From<&'a VirtualMachine> for Vm<'a> {
    fn from(vm: &'a VirtualMachine) -> Self {
        Self {
            name: &vm.name,
            id: &vm.id,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Job<'a> {
    Named(Named<'a>),
    Known(Box<JobRow<'a>>),
}

/// The names of a job.
#[derive(Debug, Serialize)]
pub(crate) struct Named<'a> {
    id: &'a str,
    /// The object path.
    reference: String,
    /// The same with its host, which `job watch` takes; null if the host is not known.
    uri: Option<String>,
}

impl<'a> From<&'a JobReference> for Named<'a> {
    fn from(job: &'a JobReference) -> Self {
        Self {
            id: job.id(),
            reference: job.as_reference().to_string(),
            uri: job.host().map(|_| job.to_string()),
        }
    }
}

/// The status of a job.
#[derive(Debug, Serialize)]
pub(crate) struct JobRow<'a> {
    #[serde(flatten)]
    named: Named<'a>,
    name: &'a str,
    /// The state in a word: `completed_with_warnings`; `unknown` where the code has no name.
    state: String,
    state_code: u16,
    percent: Option<u16>,
    status: &'a str,
    job_type: Option<u16>,
    start_time: Option<DateTime>,
    scheduled_start_time: Option<DateTime>,
    elapsed_seconds: Option<f64>,
    cancellable: Option<bool>,
    error: Option<ErrorRow<'a>>,
}

#[derive(Debug, Serialize)]
struct ErrorRow<'a> {
    code: Option<u16>,
    name: Option<String>,
    summary: &'a str,
    description: &'a str,
}

impl<'a> From<&'a JobStatus> for JobRow<'a> {
    fn from(status: &'a JobStatus) -> Self {
        Self {
            named: Named::from(&status.reference),
            name: &status.name,
            state: word(status.state),
            state_code: status.state.code(),
            percent: status.percent_complete,
            status: &status.status,
            job_type: status.job_type,
            start_time: status.start_time,
            scheduled_start_time: status.scheduled_start_time,
            elapsed_seconds: status
                .elapsed
                .and_then(|elapsed| Duration::try_from(elapsed).ok())
                .map(|elapsed| elapsed.as_secs_f64()),
            cancellable: status.cancellable,
            error: error(status),
        }
    }
}

fn error(status: &JobStatus) -> Option<ErrorRow<'_>> {
    let silent = status.error_summary.is_empty() && status.error_description.is_empty();
    (status.error_code.is_some() || !silent).then(|| ErrorRow {
        code: status.error_code,
        name: ReturnCode::of_job(status).map(|code| code.to_string()),
        summary: &status.error_summary,
        description: &status.error_description,
    })
}

/// Returns a code in a word, as JSON has it: `not_defined`.
pub(crate) fn word_of(code: impl std::fmt::Display) -> String {
    code.to_string().to_lowercase().replace([' ', '-'], "_")
}

/// Returns the state of a job in a word.
pub(crate) fn word(state: JobState) -> String {
    match state {
        JobState::Unknown(_) => "unknown".to_owned(),
        state => state.to_string().replace(' ', "_"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimwire::cim::ClassPath;

    #[test]
    fn a_job_is_written_with_its_state_and_its_error() {
        let class = ClassPath::new("root/virtualization/v2", "Msvm_ConcreteJob");
        let row = Instance::new(class.clone())
            .with("InstanceID", "A-1")
            .with("ElementName", "Starting\nreplication")
            .with("JobState", "32768")
            .with("PercentComplete", "100")
            .with("ErrorCode", "32775")
            .with("ErrorSummaryDescription", "No.")
            .with("ElapsedTime", "00000000000001.500000:000")
            .with("StartTime", "20300115210000.000000+000");
        let status = JobStatus::read(&row, &class).unwrap();
        let event = serde_json::to_value(Event::new("failed").status(&status)).unwrap();
        assert_eq!(event["event"], "failed");
        assert_eq!(
            event["job"],
            serde_json::json!({
                "id": "A-1",
                "reference": "root/virtualization/v2:Msvm_ConcreteJob.InstanceID=\"A-1\"",
                "uri": null,
                "name": "Starting\nreplication",
                "state": "completed_with_warnings",
                "state_code": 32768,
                "percent": 100,
                "status": "",
                "job_type": null,
                "start_time": "2030-01-15T21:00:00Z",
                "scheduled_start_time": null,
                "elapsed_seconds": 1.5,
                "cancellable": null,
                "error": {"code": 32775, "name": "invalid state", "summary": "No.", "description": ""},
            })
        );
        assert_eq!(word(JobState::Unknown(99)), "unknown");
    }
}
