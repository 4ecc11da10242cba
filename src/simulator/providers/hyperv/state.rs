//! The state of Hyper-V on a host.

use std::time::Duration;

use uuid::Uuid;

use crate::cim::Reference;

use super::super::{Call, HostConfig, Language, Moment, V2};
use super::job::{Ending, Job, Jobs, Task};
use super::replication::ReplicaServer;
use super::vm::{self, Vm};

/// Virtual machines and jobs.
#[derive(Debug)]
pub(in super::super) struct Hyperv {
    /// The name of the host.
    pub(super) machine: String,
    pub(super) booted: Moment,
    pub(super) vms: Vec<Vm>,
    pub(super) jobs: Jobs,
    /// The duration of a job.
    pub(super) pace: Duration,
    pub(super) server: ReplicaServer,
    pub(super) language: Language,
    /// The certificates of the machine store, in base64, once they were asked for.
    pub(super) certificates: Vec<String>,
    /// True if the host is a node of a cluster.
    pub(super) is_cluster_node: bool,
    /// True if no other host can be reached.
    pub(super) is_cut_off: bool,
}

/// A job that is to begin.
#[derive(Clone, Debug)]
pub(super) struct Work {
    /// Its `JobType`.
    pub(super) kind: u16,
    /// The GUID of the virtual machine; empty for a job of the host.
    pub(super) vm: String,
    /// The GUID of the virtual machine that it creates.
    pub(super) creates: Option<String>,
    pub(super) begins: Moment,
    pub(super) length: Duration,
    pub(super) ending: Ending,
}

impl Hyperv {
    pub(in super::super) fn new(config: &HostConfig, now: Moment) -> Self {
        Self {
            machine: config.name.clone(),
            booted: now,
            vms: match &config.machines {
                None => vm::all(now),
                Some(names) => vm::named(&config.name, names, now),
            },
            jobs: Jobs::default(),
            pace: config.pace,
            server: match config.accepts_replicas {
                true => ReplicaServer::open(),
                false => ReplicaServer::default(),
            },
            language: config.language,
            certificates: Vec::new(),
            is_cluster_node: config.is_cluster_node,
            is_cut_off: false,
        }
    }

    /// Returns the virtual machines that exist now.
    pub(super) fn vms(&self, now: Moment) -> impl Iterator<Item = &Vm> {
        self.vms.iter().filter(move |vm| vm.exists.at(now))
    }

    /// Returns a virtual machine by its id.
    pub(super) fn vm(&self, id: &str, now: Moment) -> Option<&Vm> {
        self.vms(now).find(|vm| vm.id == id)
    }

    /// Returns a virtual machine by its id, also one that is still to appear.
    pub(super) fn vm_mut(&mut self, id: &str) -> Option<&mut Vm> {
        self.vms.iter_mut().find(|vm| vm.id == id)
    }

    /// Returns the fully qualified name of the host.
    pub(super) fn full_name(&self) -> String {
        format!("{}.sim.example", self.machine.to_lowercase())
    }

    /// Returns a job of the usual duration that begins now and completes.
    pub(super) fn work(&self, kind: u16, vm: &str, now: Moment) -> Work {
        Work {
            kind,
            vm: vm.to_owned(),
            creates: None,
            begins: now,
            length: self.pace,
            ending: Ending::Completed,
        }
    }

    /// Begins a job, which is known from now on, or from its begin if the host starts it by itself. Returns the reference
    /// to it.
    pub(super) fn begin_job(&mut self, work: Work, call: &Call<'_>) -> Reference {
        let id = Uuid::new_v4().as_hyphenated().to_string().to_uppercase();
        let is_of_host = BY_ITSELF.contains(&work.kind);
        let job = Job {
            id: id.clone(),
            task: Task::of(work.kind),
            vm: work.vm,
            creates: work.creates,
            owner: match is_of_host {
                true => r"NT AUTHORITY\SYSTEM".to_owned(),
                false => call.caller.to_owned(),
            },
            submitted: if is_of_host { work.begins } else { call.now },
            begins: work.begins,
            length: work.length,
            ending: work.ending,
            stopped: None,
        };
        self.jobs.add(job, call.now);
        Reference::new(V2, "Msvm_ConcreteJob").with_key("InstanceID", id)
    }
}

/// The types of the jobs that the host starts by itself.
const BY_ITSELF: [u16; 3] = [105, 106, 116];
