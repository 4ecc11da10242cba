//! States and faults that a test orders.

use crate::cim::{Instance, Properties};

use super::super::{Call, Moment, Peers};
use super::codes::state::{COPYING, CRITICAL, REPLICATING};
use super::job::Jobs;
use super::names::COMPUTER_SYSTEM;
use super::replication::Which;
use super::replication::trouble::Trouble;
use super::state::Hyperv;

/// A state or a fault of the replication of a virtual machine, which a test [orders](super::super::super::Simulator::order).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// The primary relationship is in a state (`ReplicationState`) from now on. Changes are replicated in the state 3 alone.
    /// A call that is legal in this state works on from it.
    State(u16),
    /// The same for the extended relationship.
    ExtendedState(u16),
    /// The primary relationship has a health (`ReplicationHealth`) from now on. With `None` the health is again that of the
    /// state.
    Health(Option<u16>),
    /// The copy in progress fails, and the state becomes critical. It can be resumed.
    CriticalCopy,
}

impl Hyperv {
    /// Carries out an order. Returns `None` if there is no machine of that name or id, or if it has no copy that could fail.
    pub(in super::super) fn order(
        &mut self,
        vm: &str,
        order: Order,
        peers: &dyn Peers,
        now: Moment,
    ) -> Option<()> {
        let is_it = |name: &str, id: &str| name == vm || id.eq_ignore_ascii_case(vm);
        let mut vms = self.vms(now);
        let found = vms.find(|one| is_it(one.display_name(), &one.id))?;
        let (id, which) = (found.id.clone(), found.sends(now).unwrap_or(Which::Primary));
        drop(vms);
        match order {
            Order::State(state) => self.force(&id, Which::Primary, state, now),
            Order::ExtendedState(state) => self.force(&id, Which::Extended, state, now),
            Order::Health(health) => {
                self.change_link(&id, Which::Primary, |link| link.health.set(now, health));
            }
            Order::CriticalCopy if self.link_state(&id, which, now) == COPYING => {
                let work = self.work(116, &id, now);
                let failure = self.failure(Trouble::NoConnection, &work, "replica");
                self.jobs.fail(&id, 116, now, &failure);
                with_call(peers, now, |call| self.pause(call, &id, which, CRITICAL));
            }
            Order::CriticalCopy => return None,
        }
        Some(())
    }

    fn force(&mut self, id: &str, which: Which, state: u16, now: Moment) {
        self.change_link(id, which, |link| {
            link.state.set(now, state);
            link.flow.set(now, state == REPLICATING);
        });
    }

    /// Connects the host to the other hosts, or cuts it off from them: changes are replicated, or not.
    pub(in super::super) fn set_reachable(
        &mut self,
        reachable: bool,
        peers: &dyn Peers,
        now: Moment,
    ) {
        if self.is_cut_off != reachable {
            return;
        }
        self.is_cut_off = !reachable;
        let links: Vec<_> = self
            .vms(now)
            .flat_map(|vm| vm.links(now).map(|which| (vm.id.clone(), which)))
            .filter(|(id, which)| self.link_state(id, *which, now) == REPLICATING)
            .collect();
        with_call(peers, now, |call| {
            for (id, which) in links {
                let mut other = None;
                self.change_other(call, &id, which, |link| other = Some(link.state.at(now)));
                if other.is_some() {
                    let flows = reachable && other == Some(REPLICATING);
                    self.change_both(call, &id, which, |link| link.flow.set(now, flows));
                }
            }
        });
    }

    /// Forgets all jobs, as the service does when it is restarted.
    pub(in super::super) fn restart(&mut self) {
        self.jobs = Jobs::default();
    }
}

/// Runs a function with a call that no client has made.
fn with_call(peers: &dyn Peers, now: Moment, run: impl FnOnce(&Call<'_>)) {
    let nothing: Instance = COMPUTER_SYSTEM.instance([]);
    run(&Call {
        target: &nothing,
        input: &Properties::new(),
        caller: "",
        peers,
        now,
    });
}
