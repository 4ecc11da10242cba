//! The service: an envelope in, an envelope out, without HTTP and without a login.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::simulator::providers::{Clock, Host, Moment};
use crate::xml;

use super::caller::Caller;
use super::enumeration;
use super::enumeration::contexts::Enumerations;
use super::eventing::subscriptions::Subscriptions;
use super::fault::{self, Refusal};
use super::hosts::Hosts;
use super::journal::{Journal, SeenRequest};
use super::request::{Action, Incoming, Rejected, Request};
use super::response::{envelope, identify};
use super::state::{Handled, PendingPull, State};
use super::{config, declaration, eventing, invoke, transfer};

/// The service of one host of a site.
pub(crate) struct Service {
    machine: String,
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

/// The immediate result of a message.
pub(crate) enum Reply {
    Answer(Answer),
    Pending(Box<PendingPull>),
}

impl Service {
    /// Adds a host to a site. Returns `None` if the site has a host of that name.
    pub(crate) fn new(machine: &str, hosts: &Arc<Hosts>, pace: Duration) -> Option<Self> {
        let is_new = hosts.add(machine, |now| State {
            host: Host::new(machine, pace, now),
            enumerations: Enumerations::default(),
            subscriptions: Subscriptions::default(),
            journal: Journal::default(),
        });
        is_new.then(|| Self {
            machine: machine.to_owned(),
            hosts: Arc::clone(hosts),
        })
    }

    /// Sets the number of instances of the synthetic class.
    pub(crate) fn with_synthetic(self, instances: u32) -> Self {
        self.with(|state, _| state.host.set_synthetic(instances));
        self
    }

    /// Sets the time between two pulls after which an enumeration expires.
    pub(crate) fn with_enumeration_timeout(self, idle: Duration) -> Self {
        self.with(|state, _| state.enumerations.set_idle(idle));
        self
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.hosts.clock()
    }

    /// Returns how many enumerations are open.
    pub(crate) fn open_enumerations(&self) -> usize {
        let count = self.with(|state, now| state.enumerations.count(now));
        count.unwrap_or_default()
    }

    /// Returns how many subscriptions there are.
    pub(crate) fn open_subscriptions(&self) -> usize {
        let count = self.with(|state, now| state.subscriptions.count(now));
        count.unwrap_or_default()
    }

    /// Returns the most recent requests, the oldest first.
    pub(crate) fn seen(&self) -> Vec<SeenRequest> {
        let seen = self.with(|state, _| state.journal.seen());
        seen.unwrap_or_default()
    }

    /// Answers a message of a user who has logged in. One that waits for events blocks no other.
    pub(crate) async fn answer(
        &self,
        message: &[u8],
        charset: Option<&str>,
        caller: &Caller,
    ) -> Answer {
        let pending = match self.receive(message, charset, caller) {
            Reply::Answer(answer) => return answer,
            Reply::Pending(pending) => pending,
        };
        let begun = Instant::now();
        let longest = self.with(|state, _| eventing::longest_wait(state, &pending));
        let longest = longest.unwrap_or_default();
        loop {
            if let Some(answer) = self.look(&pending) {
                return answer;
            }
            let left = longest.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return self.give_up(&pending);
            }
            tokio::time::sleep(left.min(PAUSE)).await;
        }
    }

    /// Answers a message that waits for events, if there are some.
    pub(crate) fn look(&self, wait: &PendingPull) -> Option<Answer> {
        let answered = self.with(|state, now| eventing::look(state, wait, now))?;
        let answered = answered.transpose()?;
        Some(self.finish(answered, wait))
    }

    /// Answers a message that has waited for events long enough.
    pub(crate) fn give_up(&self, wait: &PendingPull) -> Answer {
        let answered = self.with(|state, _| eventing::give_up(state, wait));
        self.finish(answered.unwrap_or(Err(fault::INTERNAL)), wait)
    }

    fn finish(&self, answered: Result<String, Refusal>, wait: &PendingPull) -> Answer {
        match answered {
            Ok(envelope) => Answer::to(envelope),
            Err(refusal) => self.refuse(&Rejected {
                relates_to: Some(wait.head.message_id.clone()),
                refusal,
            }),
        }
    }

    /// Takes a message of a user who has logged in.
    pub(crate) fn receive(&self, message: &[u8], charset: Option<&str>, caller: &Caller) -> Reply {
        let answered = match xml::decode(message, charset) {
            Ok(text) => self.answer_text(&text, caller),
            Err(_) => Err(Rejected {
                relates_to: None,
                refusal: fault::MALFORMED,
            }),
        };
        match answered {
            Ok(Handled::Done(envelope)) => Reply::Answer(Answer::to(envelope)),
            Ok(Handled::Waits(wait)) => Reply::Pending(wait),
            Err(rejected) => Reply::Answer(self.refuse(&rejected)),
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

    fn answer_text(&self, text: &str, caller: &Caller) -> Result<Handled, Rejected> {
        let request = match Incoming::read(text)? {
            Incoming::Identify => {
                return identify(true).map(Handled::Done).map_err(|error| Rejected {
                    relates_to: None,
                    refusal: error.into(),
                });
            }
            Incoming::Request(request) => request,
        };
        let relates_to = request.head.message_id.clone();
        let answered = self.carry_out(*request, caller);
        answered.map_err(|refusal| Rejected {
            relates_to: Some(relates_to),
            refusal,
        })
    }

    fn carry_out(&self, request: Request<'_>, caller: &Caller) -> Result<Handled, Refusal> {
        let (mut states, now) = self.hosts.lock();
        // A request to one host may change the others.
        for state in states.values_mut() {
            state.subscriptions.look(&state.host, now);
        }
        let state = states.get_mut(&self.machine.to_ascii_uppercase());
        let state = state.ok_or(fault::INTERNAL)?;
        state.journal.note(&request.head);
        let limit = request.head.max_envelope_size;
        let envelope = match request.head.action.clone() {
            Action::Get => transfer::get(&state.host, request, now)?,
            Action::GetClass => declaration::get(request)?,
            Action::Enumerate => enumeration::begin(state, request, &caller.name, now)?,
            Action::Pull => match enumeration::pull(state, request, &caller.name, now)? {
                Handled::Done(page) => page,
                waits @ Handled::Waits(_) => return Ok(waits),
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
            Action::Invoke(method) => invoke::call(state, request, &method, &caller.name, now)?,
        };
        if envelope.len() > limit {
            return Err(fault::TOO_LARGE);
        }
        Ok(Handled::Done(envelope))
    }

    fn refuse(&self, rejected: &Rejected) -> Answer {
        let Rejected {
            relates_to,
            refusal,
        } = rejected;
        let write = |relates_to: Option<&str>| {
            envelope(refusal.action(), relates_to, |writer| {
                refusal.write(writer, &self.machine)
            })
        };
        // A message id with characters that XML forbids is not echoed.
        let envelope = write(relates_to.as_deref()).or_else(|_| write(None));
        Answer {
            is_fault: true,
            envelope: envelope.unwrap_or_default(),
        }
    }

    /// Runs a function on the state of the host, which exists as long as its service.
    fn with<T>(&self, run: impl FnOnce(&mut State, Moment) -> T) -> Option<T> {
        let (mut states, now) = self.hosts.lock();
        let state = states.get_mut(&self.machine.to_ascii_uppercase());
        state.map(|state| run(state, now))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.hosts.remove(&self.machine);
    }
}

/// The pause between two polls of a request that waits for events.
const PAUSE: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests;
