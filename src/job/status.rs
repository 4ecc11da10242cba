//! The status of a job.

use serde::{Deserialize, Serialize};

use crate::cim::{ClassPath, DateTime, DecodeError, Instance, Interval};
use crate::codes::codes;

use super::reference::JobReference;

codes! {
    /// The state of a job: `CIM_ConcreteJob.JobState`, with the values that Hyper-V adds.
    pub enum JobState(u16) {
        /// The job has not started.
        2 = New "new",
        /// The job is about to run.
        3 = Starting "starting",
        /// The job is running.
        4 = Running "running",
        /// The job is suspended and can be resumed.
        5 = Suspended "suspended",
        /// The job is about to end.
        6 = ShuttingDown "shutting down",
        /// The job has succeeded.
        7 = Completed "completed",
        /// The job was cancelled.
        8 = Terminated "terminated",
        /// The job was killed without cleanup.
        9 = Killed "killed",
        /// The job failed.
        10 = Exception "failed",
        /// The job is in a vendor-specific state.
        11 = Service "service",
        /// The job is waiting for an answer.
        12 = QueryPending "query pending",
        /// The job has succeeded with warnings. Hyper-V uses this value, although the table of its class lacks it.
        32768 = CompletedWithWarnings "completed with warnings",
    }
}

/// The meaning of a state for a caller that waits for the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// The job has not ended.
    Running,
    /// The job has succeeded.
    Succeeded,
    /// The job has succeeded with warnings.
    SucceededWithWarnings,
    /// The job was cancelled.
    Cancelled,
    /// The job failed.
    Failed,
}

impl Verdict {
    /// Returns true if the job has ended.
    pub fn is_final(self) -> bool {
        self != Self::Running
    }
}

impl JobState {
    /// Returns the meaning of the state for a caller that waits for the job. An undocumented state counts as running.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Completed => Verdict::Succeeded,
            Self::CompletedWithWarnings => Verdict::SucceededWithWarnings,
            Self::Terminated | Self::Killed => Verdict::Cancelled,
            Self::Exception => Verdict::Failed,
            _ => Verdict::Running,
        }
    }

    /// Returns true if no specification defines the state for a waiting caller.
    pub(super) fn is_undefined(self) -> bool {
        matches!(self, Self::Service | Self::QueryPending | Self::Unknown(_))
    }
}

/// The status of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JobStatus {
    /// The reference of the job.
    pub reference: JobReference,
    /// The state.
    pub state: JobState,
    /// The progress in percent.
    pub percent_complete: Option<u16>,
    /// The name of the operation, in the language of the host.
    #[serde(default)]
    pub name: String,
    /// The status text, in the language of the host.
    #[serde(default)]
    pub status: String,
    /// The type of the job; Hyper-V's replication uses 90 to 129.
    pub job_type: Option<u16>,
    /// The error code of a failed job; `None` without an error. Its meaning is the vendor's:
    /// [`ReturnCode::of_job`](crate::hyperv::ReturnCode::of_job) has that of Hyper-V.
    pub error_code: Option<u16>,
    /// A short description of the error, in the language of the host.
    #[serde(default)]
    pub error_summary: String,
    /// The full description of the error, in the language of the host.
    #[serde(default)]
    pub error_description: String,
    /// The running time so far.
    pub elapsed: Option<Interval>,
    /// The start time; `None` before the start.
    pub start_time: Option<DateTime>,
    /// The scheduled start time.
    pub scheduled_start_time: Option<DateTime>,
    /// The job's own statement that it can be cancelled, which is not guaranteed.
    pub cancellable: Option<bool>,
}

impl JobStatus {
    /// Reads a row of a job class or a projection of one. `class` is for a projection, which does not name its class.
    ///
    /// Only id and state are required. Hyper-V uses empty texts for missing values, and the year 1601 for a missing
    /// time.
    ///
    /// # Errors
    ///
    /// Returns an error if the id or the state cannot be read.
    pub fn read(row: &Instance, class: &ClassPath) -> Result<Self, DecodeError> {
        let class = row
            .class()
            .unwrap_or(class)
            .clone()
            .or_namespace(class.namespace());
        let text = |name: &str| {
            row.get::<Option<String>>(name)
                .ok()
                .flatten()
                .unwrap_or_default()
        };
        let first = |names: [&str; 3]| {
            let mut texts = names.iter().map(|name| text(name));
            texts.find(|text| !text.is_empty()).unwrap_or_default()
        };
        let time = |name| {
            row.get::<Option<DateTime>>(name)
                .ok()
                .flatten()
                .filter(|time| !time.is_never())
        };
        let error_code = row.get::<Option<u16>>("ErrorCode").ok().flatten();
        Ok(Self {
            reference: JobReference::of_class(class, row.get::<String>("InstanceID")?),
            state: row.get("JobState")?,
            percent_complete: row.get("PercentComplete").ok().flatten(),
            name: first(["ElementName", "Caption", "Name"]),
            status: first(["JobStatus", "Status", "Description"]),
            job_type: row.get("JobType").ok().flatten(),
            // Microsoft's own client does not treat 4096 as an error.
            error_code: error_code.filter(|code| ![0, 4096].contains(code)),
            error_summary: text("ErrorSummaryDescription"),
            error_description: text("ErrorDescription"),
            elapsed: row.get("ElapsedTime").ok().flatten(),
            start_time: time("StartTime"),
            scheduled_start_time: time("ScheduledStartTime"),
            cancellable: row.get("Cancellable").ok().flatten(),
        })
    }

    /// Returns the meaning of the state for a caller that waits for the job.
    pub fn verdict(&self) -> Verdict {
        self.state.verdict()
    }
}

/// The properties that a status needs, for a query that leaves the others out.
pub(super) const PROPERTIES: [&str; 14] = [
    "Cancellable",
    "Caption",
    "ElapsedTime",
    "ElementName",
    "ErrorCode",
    "ErrorDescription",
    "ErrorSummaryDescription",
    "InstanceID",
    "JobState",
    "JobStatus",
    "JobType",
    "PercentComplete",
    "ScheduledStartTime",
    "StartTime",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cim::Value;

    fn class() -> ClassPath {
        ClassPath::new("root/virtualization/v2", "Msvm_ConcreteJob")
    }

    fn row(state: &str) -> Instance {
        Instance::new(class())
            .with("InstanceID", "A")
            .with("JobState", state)
    }

    #[test]
    fn every_state_has_its_verdict() {
        // The states of the DMTF, and 32768 of Hyper-V; a job in any other state may still end.
        for (state, verdict) in [
            ("2", Verdict::Running),
            ("3", Verdict::Running),
            ("4", Verdict::Running),
            ("5", Verdict::Running),
            ("6", Verdict::Running),
            ("7", Verdict::Succeeded),
            ("8", Verdict::Cancelled),
            ("9", Verdict::Cancelled),
            ("10", Verdict::Failed),
            ("11", Verdict::Running),
            ("12", Verdict::Running),
            ("13", Verdict::Running),
            ("32767", Verdict::Running),
            ("32768", Verdict::SucceededWithWarnings),
            ("32769", Verdict::Running),
            ("65535", Verdict::Running),
        ] {
            let status = JobStatus::read(&row(state), &class()).unwrap();
            assert_eq!(status.verdict(), verdict, "{state}");
            assert_eq!(status.state.code().to_string(), state);
        }
    }

    #[test]
    fn what_windows_sends_while_a_job_runs() {
        let row = row("4")
            .with("ElementName", "仮想ハード ディスクの作成")
            .with("ErrorCode", "0")
            .with("ErrorDescription", "")
            .with("PercentComplete", "0")
            .with(
                "StartTime",
                "2026-10-05T04:23:50Z".parse::<DateTime>().unwrap(),
            )
            .with("ScheduledStartTime", DateTime::NEVER)
            .with(
                "ElapsedTime",
                "P0DT0H0M0.014947S".parse::<Interval>().unwrap(),
            )
            .with("DetailedStatus", Value::Null)
            .with("Cancellable", "true");
        let status = JobStatus::read(&row, &class()).unwrap();
        assert_eq!(
            (status.state, status.percent_complete),
            (JobState::Running, Some(0))
        );
        assert_eq!(
            (status.error_code, status.error_description.as_str()),
            (None, "")
        );
        assert_eq!(status.scheduled_start_time, None);
        assert!(status.start_time.is_some() && status.cancellable == Some(true));

        let json = serde_json::to_value(&status).unwrap();
        assert_eq!(json["state"], 4);
        assert_eq!(serde_json::from_value::<JobStatus>(json).unwrap(), status);
    }

    #[test]
    fn a_stored_status_needs_its_reference_and_its_state_only() {
        let stored = r#"{"reference": "root/x:C_Job.InstanceID=\"A\"", "state": 7}"#;
        let status: JobStatus = serde_json::from_str(stored).unwrap();
        assert_eq!(
            (status.state, status.name.as_str()),
            (JobState::Completed, "")
        );
        assert!(serde_json::from_str::<JobStatus>(r#"{"state": 7}"#).is_err());
    }

    #[test]
    fn a_bad_property_harms_nothing_but_id_and_state_are_needed() {
        let status = JobStatus::read(&row("4").with("PercentComplete", "many"), &class()).unwrap();
        assert_eq!(status.percent_complete, None);
        assert!(JobStatus::read(&row("running"), &class()).is_err());
        assert!(JobStatus::read(&Instance::new(class()).with("JobState", "4"), &class()).is_err());
    }
}
