//! The virtual machines that jobs are about.

use std::collections::HashMap;
use std::time::Duration;

use cimwire::cim::{KeyValue, Reference};
use cimwire::hyperv::{NAMESPACE, VirtualMachine};
use cimwire::job::JobReference;
use cimwire::{Client, Error, Wql};
use tokio::time::timeout;

use crate::session::Session;

/// Virtual machines by the ids of the jobs that affect them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Machines(HashMap<String, VirtualMachine>);

impl Machines {
    /// Reads the virtual machines of all jobs of a host, by two queries. If the host does not tell, there are none: a job
    /// can be shown without the name of its virtual machine.
    pub(crate) async fn of_jobs(session: &Session, client: &Client) -> Self {
        if session.job_class().namespace() != NAMESPACE {
            return Self::default();
        }
        let read = session.interrupt.or(timeout(LONGEST, read(client))).await;
        read.and_then(|read| read.ok()?.ok()).unwrap_or_default()
    }

    pub(crate) fn of(&self, job: &JobReference) -> Option<&VirtualMachine> {
        self.0.get(job.id())
    }
}

impl FromIterator<(JobReference, VirtualMachine)> for Machines {
    fn from_iter<I: IntoIterator<Item = (JobReference, VirtualMachine)>>(jobs: I) -> Self {
        let jobs = jobs.into_iter();
        Self(jobs.map(|(job, vm)| (job.id().to_owned(), vm)).collect())
    }
}

async fn read(client: &Client) -> Result<Machines, Error> {
    let namespace = client.namespace(NAMESPACE);
    let mut links = namespace.enumerate(AFFECTED_JOB_ELEMENT);
    let mut affected = Vec::new();
    while let Some(link) = links.next().await.transpose()? {
        let job = link.get("AffectingElement").ok();
        let element = link.get("AffectedElement").ok();
        affected.extend(job.zip(element));
    }
    if affected.is_empty() {
        return Ok(Machines::default());
    }
    let names = Wql::select_properties(VirtualMachine::CLASS, ["Name", "ElementName"]);
    let rows = namespace.query(names)?.collect().await?;
    let machines = rows
        .iter()
        .filter_map(|row| VirtualMachine::read(row).ok()?);
    let machines: HashMap<_, _> = machines.map(|vm| (vm.id.to_uppercase(), vm)).collect();
    let pairs = affected.iter().filter_map(|(job, element)| {
        let id = key(element, "Name")?.to_uppercase();
        Some((key(job, "InstanceID")?, machines.get(&id)?.clone()))
    });
    Ok(Machines(pairs.collect()))
}

fn key(reference: &Reference, name: &str) -> Option<String> {
    let text = reference.key(name).and_then(KeyValue::as_text)?;
    Some(text.into_owned())
}

/// The association of jobs with what they affect, whose keys are both references.
const AFFECTED_JOB_ELEMENT: &str = "Msvm_AffectedJobElement";
/// The longest time that the names of virtual machines may take.
const LONGEST: Duration = Duration::from_secs(10);
