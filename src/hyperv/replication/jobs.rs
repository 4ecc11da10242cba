//! The jobs of a virtual machine: a pending start, and what can be terminated.

use crate::cim::{DateTime, Properties};
use crate::client::Output;
use crate::error::{Error, ErrorKind};
use crate::hyperv::{
    HypervError, InitialReplication, Outcome, ReplicationService, ReturnCode, VirtualMachine,
    job_class,
};
use crate::job::{Job, JobStatus, Verdict};

impl ReplicationService {
    /// Reads the jobs that affect a virtual machine, in one round trip (`Msvm_AffectedJobElement`). A finished job remains for
    /// about five minutes.
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses, or if a job has no id or state.
    pub async fn jobs(&self, vm: &VirtualMachine) -> Result<Vec<JobStatus>, Error> {
        let class = job_class();
        let jobs = self.associated(&vm.reference(), "Msvm_AffectedJobElement", class.name())?;
        let jobs = jobs.collect().await?;
        let jobs = jobs.iter().map(|row| JobStatus::read(row, &class));
        jobs.collect::<Result<_, _>>().map_err(|error| {
            let error = Error::from_decode("could not read the jobs", error);
            self.client().attribute(error)
        })
    }

    /// Finds the job that will start the initial replication of a virtual machine, in one round trip. Its
    /// [`scheduled_start_time`](JobStatus::scheduled_start_time) is the start time.
    ///
    /// The class of relationships has no such property: Microsoft's own client reads the time from this job as well. It is not
    /// documented whether the job that a scheduled [`start_replication`](Self::start_replication) returns is the same one.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`jobs`](Self::jobs).
    pub async fn pending_start(&self, vm: &VirtualMachine) -> Result<Option<JobStatus>, Error> {
        self.unfinished(vm, START_JOBS).await
    }

    /// Moves the start of an initial replication that has not begun to another time (`StartReplication`, as
    /// `Set-VMReplication` calls it), in two round trips. A pending start over a seed stays one; without a pending start, it
    /// is one over the network.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    pub async fn reschedule(&self, vm: &VirtualMachine, start: DateTime) -> Result<Outcome, Error> {
        let pending = self.pending_start(vm).await;
        let pending = pending.map_err(Error::of_unsent_change)?;
        let is_seeded = pending.is_some_and(|job| job.job_type == Some(SEEDED_START));
        let replication = match is_seeded {
            true => InitialReplication::seeded(),
            false => InitialReplication::network(),
        };
        let [kind, (location, _), start] = replication.at(start).parameters()?;
        // Microsoft's own client sends an empty location here, and none for a first start.
        let input = [kind, (location, "".into()), start];
        self.call_for(vm, "StartReplication", input).await
    }

    /// Reads the errors of a job that failed, was terminated or ended with warnings (`GetErrorEx`), in the language of the host.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Refused`] if the host refuses.
    ///
    /// Source: [GetErrorEx](https://learn.microsoft.com/windows/win32/hyperv_v2/geterrorex-msvm-concretejob)
    pub async fn job_errors(&self, job: &Job) -> Result<Vec<HypervError>, Error> {
        let read = |output: &Output| output.typed_instances("Errors");
        let job = job.reference().as_reference();
        self.read_from(job, "GetErrorEx", Properties::new(), read)
            .await
    }

    /// Reads the error of a job (`GetError`, the older form of [`job_errors`](Self::job_errors)).
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Refused`] if the host refuses.
    ///
    /// Source: [GetError](https://learn.microsoft.com/windows/win32/hyperv_v2/geterror-msvm-concretejob)
    pub async fn job_error(&self, job: &Job) -> Result<Option<HypervError>, Error> {
        let read = |output: &Output| Ok(output.typed_instances("Error")?.pop());
        let job = job.reference().as_reference();
        self.read_from(job, "GetError", Properties::new(), read)
            .await
    }

    /// Finds an unfinished job of one of some types.
    pub(super) async fn unfinished(
        &self,
        vm: &VirtualMachine,
        types: &[u16],
    ) -> Result<Option<JobStatus>, Error> {
        let mut jobs = self.jobs(vm).await?.into_iter();
        Ok(jobs.find(|job| {
            let is_of_type = job.job_type.is_some_and(|one| types.contains(&one));
            is_of_type && job.verdict() == Verdict::Running
        }))
    }

    /// Terminates a job and waits for its end.
    pub(super) async fn terminate(&self, job: JobStatus) -> Result<Outcome, Error> {
        let job = Job::new(self.client(), job.reference)?;
        job.cancel().await?;
        match job.wait().await {
            Err(error) if error.kind() == ErrorKind::JobCancelled => Ok(Outcome::Completed),
            Err(error) => Err(error),
            Ok(_) => {
                let doing = "could not cancel the job: it completed first";
                let error = Error::new(ErrorKind::Refused, doing);
                Err(self
                    .client()
                    .attribute(error.with_source(ReturnCode::InvalidState)))
            }
        }
    }
}

/// The types of the jobs that start an initial replication: network, import, seeded and export.
pub(super) const START_JOBS: &[u16] = &[94, 95, SEEDED_START, 118];
/// The type of the job of an initial copy.
pub(super) const COPY_JOBS: &[u16] = &[116];
/// The types of the jobs of a resynchronization, and of an update of the set of disks.
pub(super) const STOPPABLE_JOBS: &[u16] = &[107, 125];
const SEEDED_START: u16 = 117;
