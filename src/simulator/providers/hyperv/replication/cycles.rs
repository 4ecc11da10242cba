//! The jobs of the replications: 105 on the sending host, 106 on the receiving one. They follow from the time alone.

use std::time::Duration;

use super::super::super::Moment;
use super::super::job::{Ending, Job, KEPT, Task};
use super::super::performance::CYCLE_SECONDS;
use super::super::state::Hyperv;
use super::super::vm::Vm;
use super::link::{Which, count};

impl Hyperv {
    /// Returns all jobs that the host knows.
    pub(in super::super) fn known_jobs(&self, now: Moment) -> Vec<Job> {
        let of_vm = |vm| of(vm, now).into_iter().filter(|job| job.is_known(now));
        let cycles = self.vms(now).flat_map(of_vm);
        self.jobs.known(now).cloned().chain(cycles).collect()
    }
}

/// Returns the jobs of the last replications of a machine.
fn of(vm: &Vm, now: Moment) -> Vec<Job> {
    let length = Duration::from_secs(CYCLE_SECONDS);
    let mut jobs = Vec::new();
    for which in vm.links(now) {
        let link = vm.link(which);
        let receives = which == Which::Primary && vm.is_replica(now);
        let interval = link.interval();
        for (from, to) in link.flows(now) {
            let last = count(to.since(from), interval);
            let oldest = count(KEPT + length, interval) + 1;
            for number in last.saturating_sub(oldest).max(1)..=last {
                let begins = from.plus(interval.saturating_mul(number));
                jobs.push(job(vm, if receives { 106 } else { 105 }, begins, length));
            }
        }
    }
    jobs
}

fn job(vm: &Vm, kind: u16, begins: Moment, length: Duration) -> Job {
    let seconds = begins.to_file_time() / 10_000_000 % (1 << 32);
    let rest = vm.id.get(13..).unwrap_or_default();
    Job {
        id: format!("{seconds:08X}-{kind:04X}{rest}"),
        task: Task::of(kind),
        vm: vm.id.clone(),
        creates: None,
        owner: r"NT AUTHORITY\SYSTEM".to_owned(),
        submitted: begins,
        begins,
        length,
        ending: Ending::Completed,
        stopped: None,
    }
}
