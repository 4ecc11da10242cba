//! The service: an envelope in, an envelope out, without HTTP and without a login.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::simulator::providers::{Clock, Host, HostConfig, Moment, Order};
use crate::xml;

use super::caller::Caller;
use super::enumeration;
use super::enumeration::contexts::Enumerations;
use super::eventing::subscriptions::Subscriptions;
use super::fault::{self, Refusal};
use super::hosts::{HostId, Hosts, split};
use super::invoke::Origin;
use super::journal::{Journal, SeenRequest};
use super::request::{Action, Incoming, Rejected, Request};
use super::response::{envelope, identify};
use super::state::{Outcome, PendingPull, State};
use super::{config, declaration, eventing, invoke, transfer};

/// The service of one host of a site.
pub(crate) struct Service {
    /// The name of the host, which faults carry.
    machine: String,
    id: HostId,
    hosts: Arc<Hosts>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    /// True if the envelope holds a fault.
    pub(crate) is_fault: bool,
    pub(crate) envelope: String,
}

impl Answer {
    /// Wraps the envelope of a request that succeeded.
    fn to(envelope: String) -> Self {
        Self {
            is_fault: false,
            envelope,
        }
    }
}

impl Service {
    /// Adds a host to a site. Returns `None` if the site has a host of that name. An enumeration expires `idle` after
    /// its last page.
    pub(crate) fn new(config: &HostConfig, idle: Duration, hosts: &Arc<Hosts>) -> Option<Self> {
        let id = hosts.add(&config.name, |now| State {
            name: config.name.clone(),
            host: Host::new(config, now),
            enumerations: Enumerations::new(idle),
            subscriptions: Subscriptions::default(),
            journal: Journal::default(),
        })?;
        Some(Self {
            machine: config.name.clone(),
            id,
            hosts: Arc::clone(hosts),
        })
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.hosts.clock()
    }

    /// Leaves the site. Its name is free from now on, and no later response is of use.
    pub(crate) fn leave(&self) {
        self.hosts.remove(self.id);
    }

    pub(crate) fn has_left(&self) -> bool {
        self.with(|_, _| ()).is_none()
    }

    /// Returns how many enumerations are open.
    pub(crate) fn open_enumerations(&self) -> usize {
        self.with_or_default(|state, now| state.enumerations.count(now))
    }

    /// Returns how many subscriptions there are.
    pub(crate) fn open_subscriptions(&self) -> usize {
        self.with_or_default(|state, now| state.subscriptions.count(now))
    }

    /// Carries out an order for a virtual machine. Returns `false` if that is impossible.
    pub(crate) fn order(&self, vm: &str, order: Order) -> bool {
        let (mut states, now) = self.hosts.lock();
        let split = split(&mut states, self.id);
        split.is_some_and(|(state, peers)| state.host.order(vm, order, &peers, now))
    }

    /// Connects the host to the other hosts of its site, or cuts it off from them.
    pub(crate) fn set_reachable(&self, reachable: bool) {
        let (mut states, now) = self.hosts.lock();
        if let Some((state, peers)) = split(&mut states, self.id) {
            state.host.set_reachable(reachable, &peers, now);
        }
    }

    /// Restarts the virtualization service.
    pub(crate) fn restart_service(&self) {
        self.with_or_default(|state, _| state.host.restart_service());
    }

    /// Returns the most recent requests, the oldest first.
    pub(crate) fn seen(&self) -> Vec<SeenRequest> {
        self.with_or_default(|state, _| state.journal.seen())
    }

    /// Answers a message of a user who has logged in. One that waits for events blocks no other.
    pub(crate) async fn answer(
        &self,
        message: &[u8],
        charset: Option<&str>,
        caller: &Caller,
    ) -> Answer {
        let pull = match self.begin(message, charset, caller) {
            Outcome::Done(answer) => return answer,
            Outcome::Pending(pull) => pull,
        };
        let begun = Instant::now();
        let longest = self.with_or_default(|state, _| eventing::longest_wait(state, &pull));
        loop {
            if let Some(answer) = self.try_answer(&pull) {
                return answer;
            }
            let left = longest.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return self.time_out(&pull);
            }
            tokio::time::sleep(left.min(PAUSE)).await;
        }
    }

    /// Answers a message without a login, which can only be Identify.
    pub(crate) fn answer_unauthenticated(
        &self,
        message: &[u8],
        charset: Option<&str>,
    ) -> Option<Answer> {
        let text = xml::decode(message, charset).ok()?;
        match Incoming::read(&text) {
            Ok(Incoming::Identify) => identify(false).ok().map(Answer::to),
            _ => None,
        }
    }

    /// Answers a message of a user who has logged in, unless it has to wait for events.
    pub(crate) fn begin(
        &self,
        message: &[u8],
        charset: Option<&str>,
        caller: &Caller,
    ) -> Outcome<Answer> {
        let outcome = xml::decode(message, charset)
            .map_err(|_| Rejected::unread(fault::MALFORMED))
            .and_then(|text| self.run_envelope(&text, caller));
        match outcome {
            Ok(Outcome::Pending(pull)) => Outcome::Pending(pull),
            Ok(Outcome::Done(envelope)) => Outcome::Done(Answer::to(envelope)),
            Err(rejected) => Outcome::Done(self.refuse(&rejected)),
        }
    }

    /// Answers a Pull that waits for events, if there are some.
    pub(crate) fn try_answer(&self, pull: &PendingPull) -> Option<Answer> {
        let answered = self.with(|state, now| eventing::try_answer(state, pull, now))?;
        Some(self.finish(answered.transpose()?, pull))
    }

    /// Answers a Pull that has waited for events long enough.
    pub(crate) fn time_out(&self, pull: &PendingPull) -> Answer {
        let answered = self.with(|state, _| eventing::time_out(state, pull));
        self.finish(answered.unwrap_or(Err(fault::INTERNAL)), pull)
    }

    fn finish(&self, answered: Result<String, Refusal>, pull: &PendingPull) -> Answer {
        match answered {
            Ok(envelope) => Answer::to(envelope),
            Err(refusal) => self.refuse(&pull.head.rejection()(refusal)),
        }
    }

    fn run_envelope(&self, text: &str, caller: &Caller) -> Result<Outcome<String>, Rejected> {
        let request = match Incoming::read(text)? {
            Incoming::Identify => {
                let identity = identify(true).map(Outcome::Done);
                return identity.map_err(|error| Rejected::unread(error.into()));
            }
            Incoming::Request(request) => request,
        };
        let rejection = request.head.rejection();
        self.run_request(*request, caller).map_err(rejection)
    }

    fn run_request(
        &self,
        request: Request<'_>,
        caller: &Caller,
    ) -> Result<Outcome<String>, Refusal> {
        let (mut states, now) = self.hosts.lock();
        // A request to one host may change the others.
        for state in states.values_mut() {
            state.subscriptions.collect_events(&state.host, now);
        }
        let (state, peers) = split(&mut states, self.id).ok_or(fault::INTERNAL)?;
        state.journal.note(&request.head);
        let limit = request.head.max_envelope_size;
        let envelope = match request.head.action.clone() {
            Action::Get => transfer::get(state.host.at(now), request)?,
            Action::GetClass => declaration::get(request)?,
            Action::Enumerate => enumeration::begin(state, request, &caller.name, now)?,
            Action::Pull => match enumeration::pull(state, request, &caller.name, now)? {
                Outcome::Done(page) => page,
                pending @ Outcome::Pending(_) => return Ok(pending),
            },
            Action::Release => enumeration::release(state, request, &caller.name, now)?,
            Action::Subscribe => eventing::begin(state, request, &caller.name, now)?,
            Action::Unsubscribe => eventing::end(state, request, &caller.name)?,
            // A user who may not call methods may not change anything else either (MS-WSMV 3.1.4.1.28).
            _ if !caller.may_invoke => return Err(fault::ACCESS_DENIED),
            // Only administrators may read the configuration.
            Action::GetConfig => config::get(request, state.enumerations.idle())?,
            Action::Put => transfer::put(&mut state.host, request, now)?,
            Action::Create => transfer::create(&mut state.host, request, now)?,
            Action::Delete => transfer::delete(&mut state.host, request, now)?,
            Action::Invoke(method) => {
                let caller = &caller.name;
                let origin = Origin {
                    caller,
                    peers: &peers,
                };
                invoke::call(state, request, &method, &origin, now)?
            }
        };
        if envelope.len() > limit {
            return Err(fault::TOO_LARGE);
        }
        Ok(Outcome::Done(envelope))
    }

    fn refuse(&self, rejected: &Rejected) -> Answer {
        let (relates_to, refusal) = (&rejected.relates_to, rejected.refusal);
        let write = |relates_to: Option<&str>| {
            envelope(refusal.action(), relates_to, |writer| {
                refusal.write(writer, &self.machine, rejected.dialect)
            })
        };
        // A message id with characters that XML forbids is not echoed.
        let envelope = write(relates_to.as_deref()).or_else(|_| write(None));
        Answer {
            is_fault: true,
            envelope: envelope.unwrap_or_default(),
        }
    }

    fn with_or_default<T: Default>(&self, run: impl FnOnce(&mut State, Moment) -> T) -> T {
        self.with(run).unwrap_or_default()
    }

    /// Runs a function on the state of the host. Returns `None` if the host has left its site.
    fn with<T>(&self, run: impl FnOnce(&mut State, Moment) -> T) -> Option<T> {
        let (mut states, now) = self.hosts.lock();
        let state = states.get_mut(&self.id);
        state.map(|state| run(state, now))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.leave();
    }
}

/// The pause between two polls of a request that waits for events.
const PAUSE: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests;
