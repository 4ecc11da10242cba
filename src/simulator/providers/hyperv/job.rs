//! A job as a function of time: nothing runs, and its state is computed when it is asked for.
//!
//! ```text
//!   submitted     begins                                             ends          forgotten
//!       |            |                                                 |               |
//!       +--- New ----+- New - Starting - Running 0, 5, 10 … percent ---+-- its end ----+
//!                    |<------------------ length --------------------->|<- 5 minutes ->|
//! ```

use std::time::Duration;

use super::super::Moment;

/// A job of the virtualization service.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(super) id: String,
    pub(super) task: Task,
    /// The GUID of the virtual machine that it works on; empty for a job of the host.
    pub(super) vm: String,
    /// The GUID of the virtual machine that it creates.
    pub(super) creates: Option<String>,
    pub(super) owner: String,
    /// The time from which the host knows it, which can be in the future.
    pub(super) submitted: Moment,
    pub(super) begins: Moment,
    pub(super) length: Duration,
    pub(super) ending: Ending,
    /// The moment at which it was stopped, and the state after that.
    pub(super) stopped: Option<(Moment, JobState)>,
}

/// The task of a job.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// Its `JobType` in Msvm_ConcreteJob.
    pub(super) kind: u16,
    pub(super) title: &'static str,
    pub(super) is_cancellable: bool,
}

impl Task {
    /// Returns the task of a job type.
    pub(super) fn of(kind: u16) -> Self {
        let title = TITLES.iter().find(|(of, _)| *of == kind);
        Self {
            kind,
            title: title.map_or("Changing the state of a virtual machine", |(_, title)| {
                title
            }),
            is_cancellable: CANCELLABLE.contains(&kind),
        }
    }
}

/// The end of a job that is not stopped.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    Completed,
    CompletedWithWarnings(JobError),
    Failed(JobError),
    /// It vanishes before its end, as when the service restarts.
    Vanishes,
}

/// The error of a failed job, or the warning of a job that completed with warnings.
#[derive(Clone, Debug)]
pub(super) struct JobError {
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) advice: &'static str,
}

/// The states of a job that occur here (Msvm_ConcreteJob, `JobState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JobState {
    New,
    Starting,
    Running,
    Completed,
    Terminated,
    Killed,
    Exception,
    CompletedWithWarnings,
}

/// The state of a job at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) state: JobState,
    pub(super) percent: u16,
    /// When it came into this state.
    pub(super) since: Moment,
    /// When it was started, if it was.
    pub(super) started: Option<Moment>,
}

impl JobState {
    pub(super) fn code(self) -> u16 {
        self.code_and_text().0
    }

    /// Returns `JobStatus`.
    pub(super) fn text(self) -> &'static str {
        self.code_and_text().1
    }

    fn code_and_text(self) -> (u16, &'static str) {
        match self {
            Self::New => (2, "The job is waiting to be started"),
            Self::Starting => (3, "The job is being started"),
            Self::Running => (4, "The job is running"),
            Self::Completed => (7, "The job has completed"),
            Self::Terminated => (8, "The job was terminated"),
            Self::Killed => (9, "The job was killed"),
            Self::Exception => (10, "The job has failed"),
            Self::CompletedWithWarnings => (32_768, "The job has completed with warnings"),
        }
    }

    pub(super) fn is_final(self) -> bool {
        !matches!(self, Self::New | Self::Starting | Self::Running)
    }

    pub(super) fn is_success(self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithWarnings)
    }
}

impl Job {
    pub(super) fn status(&self, now: Moment) -> Status {
        match self.stopped {
            Some((at, state)) if at <= now => Status {
                state,
                since: at,
                ..self.undisturbed(at)
            },
            _ => self.undisturbed(now),
        }
    }

    /// Returns the time at which the job ends, unless it is stopped.
    pub(super) fn ends(&self) -> Moment {
        self.begins.plus(self.length)
    }

    /// Reports whether the host still knows the job.
    pub(super) fn is_known(&self, now: Moment) -> bool {
        if now < self.submitted {
            return false;
        }
        let status = self.status(now);
        if self.stopped.is_none() && matches!(self.ending, Ending::Vanishes) {
            return now < self.after(VANISHED);
        }
        !status.state.is_final() || now < status.since.plus(KEPT)
    }

    /// Returns its error or warning, once it has one.
    pub(super) fn error(&self, now: Moment) -> Option<&JobError> {
        match (&self.ending, self.status(now).state) {
            (Ending::Failed(error), JobState::Exception)
            | (Ending::CompletedWithWarnings(error), JobState::CompletedWithWarnings) => {
                Some(error)
            }
            _ => None,
        }
    }

    /// Reports whether it excludes other tasks of its virtual machine.
    pub(super) fn is_exclusive(&self) -> bool {
        EXCLUSIVE.contains(&self.task.kind)
    }

    fn undisturbed(&self, now: Moment) -> Status {
        let status = |state, since, percent| Status {
            state,
            percent,
            since,
            started: (state != JobState::New).then_some(self.begins),
        };
        if now < self.after(STARTING) {
            return status(JobState::New, self.submitted, 0);
        }
        if now < self.after(RUNNING) {
            return status(JobState::Starting, self.after(STARTING), 0);
        }
        let (state, last) = match self.ending {
            Ending::Completed | Ending::Vanishes => (JobState::Completed, 100),
            Ending::CompletedWithWarnings(_) => (JobState::CompletedWithWarnings, 100),
            Ending::Failed(_) => (JobState::Exception, FAILS_AT),
        };
        if now >= self.ends() {
            return status(state, self.ends(), last);
        }
        let percent = self.progress(now) * last / 100 / STEP * STEP;
        status(JobState::Running, self.after(RUNNING), percent)
    }

    /// Returns the elapsed share of the running phase, in percent.
    fn progress(&self, now: Moment) -> u16 {
        let running = self.after(RUNNING);
        let whole = self.ends().since(running).as_micros().max(1);
        let passed = now.since(running).as_micros();
        u16::try_from(passed * 100 / whole).unwrap_or(100).min(100)
    }

    /// Returns the moment at which `percent` of the length have passed.
    fn after(&self, percent: u32) -> Moment {
        self.begins.plus(self.length.saturating_mul(percent) / 100)
    }
}

/// The jobs of the host.
#[derive(Debug, Default)]
pub(crate) struct Jobs(Vec<Job>);

impl Jobs {
    /// Returns the jobs that the host still knows.
    pub(super) fn known(&self, now: Moment) -> impl Iterator<Item = &Job> {
        self.0.iter().filter(move |job| job.is_known(now))
    }

    /// Returns the jobs of a virtual machine that are known and have not ended.
    pub(super) fn unfinished(&self, vm: &str, now: Moment) -> impl Iterator<Item = &Job> {
        self.known(now)
            .filter(move |job| job.vm == vm && !job.status(now).state.is_final())
    }

    /// Ends the jobs of these types of a virtual machine, and drops those that were to come.
    pub(super) fn stop(&mut self, vm: &str, kinds: &[u16], now: Moment, state: JobState) {
        let concerns = |job: &Job| job.vm == vm && kinds.contains(&job.task.kind);
        self.0.retain(|job| !concerns(job) || job.submitted <= now);
        for job in self.0.iter_mut().filter(|job| concerns(job)) {
            if !job.status(now).state.is_final() {
                job.stopped = Some((now, state));
            }
        }
    }

    /// Ends the unfinished jobs of a type of a virtual machine with an error.
    pub(super) fn fail(&mut self, vm: &str, kind: u16, now: Moment, failure: &Ending) {
        let of_vm = |job: &&mut Job| job.vm == vm && job.task.kind == kind;
        for job in self.0.iter_mut().filter(of_vm) {
            if !job.status(now).state.is_final() {
                job.stopped = Some((now, JobState::Exception));
                job.ending = failure.clone();
            }
        }
    }

    pub(super) fn find_mut(&mut self, id: &str) -> Option<&mut Job> {
        self.0.iter_mut().find(|job| job.id == id)
    }

    /// Adds a job, and removes those that are no longer known.
    pub(super) fn add(&mut self, job: Job, now: Moment) {
        self.0
            .retain(|job| now < job.submitted || job.is_known(now));
        if self.0.len() >= MAX_JOBS {
            self.0.remove(0);
        }
        self.0.push(job);
    }
}

/// The types of the jobs of Hyper-V Replica, with their titles.
const TITLES: [(u16, &str); 30] = [
    (90, "Modifying the replication server settings"),
    (91, "Enabling replication"),
    (92, "Modifying the replication settings"),
    (93, "Removing replication"),
    (94, "Starting initial replication"),
    (95, "Importing the initial replica"),
    (96, "Changing the replication state"),
    (97, "Failing over"),
    (98, "Cancelling the failover"),
    (99, "Committing the failover"),
    (100, "Preparing a planned failover"),
    (101, "Cancelling the planned failover"),
    (102, "Creating a test virtual machine"),
    (103, "Removing a test virtual machine"),
    (104, "Reversing replication"),
    (105, "Sending changes"),
    (106, "Receiving changes"),
    (107, "Resynchronizing"),
    (109, "Stopping initial replication"),
    (110, "Stopping resynchronization"),
    (115, "Testing a replication connection"),
    (116, "Sending the initial replica"),
    (
        117,
        "Starting initial replication with a copy on the replica server",
    ),
    (118, "Exporting the initial replica"),
    (119, "Resetting the replication statistics"),
    (120, "Applying changes"),
    (121, "Resynchronizing the extended replica"),
    (123, "Changing the replication mode to primary"),
    (124, "Failing back"),
    (125, "Updating the set of disks"),
];
/// The types of jobs that can be cancelled.
const CANCELLABLE: [u16; 8] = [94, 107, 116, 117, 118, 121, 124, 125];
/// The types of jobs during which other tasks of the virtual machine are refused. The state of the relationship is
/// enough for the others.
const EXCLUSIVE: [u16; 11] = [91, 92, 93, 95, 97, 98, 99, 100, 101, 104, 123];
/// The time for which a job is kept after its end: `TimeBeforeRemoval` is always five minutes.
pub(super) const KEPT: Duration = Duration::from_secs(300);
/// The times at which a job is starting and running, in percent of its length.
const STARTING: u32 = 5;
const RUNNING: u32 = 15;
/// The time at which a vanishing job vanishes, in percent of its length.
const VANISHED: u32 = 60;
/// `PercentComplete` of a job that fails.
const FAILS_AT: u16 = 45;
/// The steps of `PercentComplete`.
const STEP: u16 = 5;
/// The number of jobs that are kept, so a client that starts and stops them in a loop does not fill the memory.
const MAX_JOBS: usize = 1000;

#[cfg(test)]
mod tests {
    use super::super::super::clock::Clock;
    use super::*;

    fn job(ending: Ending) -> Job {
        let now = Clock::new(0.0).now();
        Job {
            id: "1".to_owned(),
            task: Task {
                kind: 94,
                title: "Starting initial replication",
                is_cancellable: true,
            },
            vm: "2".to_owned(),
            creates: None,
            owner: "SIM\\operator".to_owned(),
            submitted: now,
            begins: now,
            length: Duration::from_secs(100),
            ending,
            stopped: None,
        }
    }

    fn error() -> JobError {
        JobError {
            summary: "short".to_owned(),
            description: "long".to_owned(),
            advice: "mend it",
        }
    }

    /// State and percentage after so many seconds.
    fn seen(job: &Job, seconds: u64) -> (u16, u16) {
        let status = job.status(job.submitted.plus(Duration::from_secs(seconds)));
        (status.state.code(), status.percent)
    }

    #[test]
    fn a_job_runs_to_its_end() {
        let job = job(Ending::Completed);
        for (seconds, expected) in [
            (0, (2, 0)),
            (5, (3, 0)),
            (15, (4, 0)),
            // 85 seconds are 100 percent; progress is in steps of five.
            (58, (4, 50)),
            (99, (4, 95)),
            (100, (7, 100)),
            (399, (7, 100)),
        ] {
            assert_eq!(seen(&job, seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn a_job_that_is_over_is_kept_for_five_minutes() {
        let job = job(Ending::Completed);
        let known = |seconds| job.is_known(job.submitted.plus(Duration::from_secs(seconds)));
        assert!(known(399));
        assert!(!known(400));
    }

    #[test]
    fn warnings_and_failures() {
        let warned = job(Ending::CompletedWithWarnings(error()));
        assert_eq!(seen(&warned, 100), (32_768, 100));
        let failed = job(Ending::Failed(error()));
        assert_eq!(seen(&failed, 58), (4, 20));
        assert_eq!(seen(&failed, 100), (10, 45));
        assert!(failed.error(failed.submitted).is_none());
        assert!(failed.error(failed.ends()).is_some());
    }

    #[test]
    fn a_job_that_vanishes_is_never_seen_at_its_end() {
        let job = job(Ending::Vanishes);
        let at = |seconds| job.submitted.plus(Duration::from_secs(seconds));
        assert!(job.is_known(at(59)));
        assert!(!job.status(at(59)).state.is_final());
        assert!(!job.is_known(at(60)));
    }

    #[test]
    fn a_stopped_job_stays_where_it_was() {
        let mut job = job(Ending::Completed);
        let at = job.submitted.plus(Duration::from_secs(58));
        job.stopped = Some((at, JobState::Terminated));
        assert_eq!(seen(&job, 57), (4, 45));
        assert_eq!(seen(&job, 58), (8, 50));
        assert_eq!(seen(&job, 200), (8, 50));
        assert!(job.is_known(at.plus(Duration::from_secs(299))));
        assert!(!job.is_known(at.plus(Duration::from_secs(300))));
    }

    #[test]
    fn a_job_without_length_is_over_at_once() {
        let mut job = job(Ending::Completed);
        job.length = Duration::ZERO;
        assert_eq!(seen(&job, 0), (7, 100));
    }

    #[test]
    fn a_scheduled_job_waits_for_its_time() {
        let mut job = job(Ending::Completed);
        job.begins = job.submitted.plus(Duration::from_secs(7200));
        assert_eq!(seen(&job, 7199), (2, 0));
        assert_eq!(job.status(job.begins).started, None);
        assert_eq!(seen(&job, 7205), (3, 0));
        assert_eq!(seen(&job, 7300), (7, 100));
    }

    #[test]
    fn the_jobs_that_are_kept_are_bounded() {
        let mut jobs = Jobs::default();
        let job = job(Ending::Completed);
        for number in 0..MAX_JOBS + 5 {
            let mut job = job.clone();
            job.id = number.to_string();
            jobs.add(job, job_start(&jobs));
        }
        assert_eq!(jobs.0.len(), MAX_JOBS);
        jobs.add(job.clone(), job.ends().plus(KEPT));
        assert_eq!(jobs.0.len(), 1);
    }

    fn job_start(jobs: &Jobs) -> Moment {
        jobs.0
            .first()
            .map_or_else(|| Clock::new(0.0).now(), |job| job.begins)
    }
}
