//! The service: an envelope in, an envelope out, without HTTP and without a login.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::simulator::providers::{Clock, Host};
use crate::xml;

use super::caller::Caller;
use super::enumerate;
use super::enumerate::contexts::Enumerations;
use super::fault::{self, Refusal};
use super::journal::{Journal, SeenRequest};
use super::request::{Action, Incoming, Rejected, Request};
use super::response::{envelope, identify};
use super::state::{Outcome, State, Wait};
use super::subscribe::subscriptions::Subscriptions;
use super::{config, declaration, invoke, subscribe, transfer};

/// The service of one host.
pub(crate) struct Service {
    machine: String,
    clock: Clock,
    state: Mutex<State>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    /// True if the envelope holds a fault.
    pub(crate) is_fault: bool,
    pub(crate) envelope: String,
}

/// The immediate result of a message.
pub(crate) enum Reply {
    Answer(Answer),
    Pending(Pending),
}

/// A message that waits for events.
pub(crate) struct Pending(Box<Wait>);

impl Service {
    pub(crate) fn new(machine: &str, clock: Clock, pace: Duration) -> Self {
        let host = Host::new(machine, pace, clock.now());
        Self {
            machine: machine.to_owned(),
            clock,
            state: Mutex::new(State {
                host,
                enumerations: Enumerations::default(),
                subscriptions: Subscriptions::default(),
                journal: Journal::default(),
            }),
        }
    }

    /// Sets the number of instances of the synthetic class.
    pub(crate) fn with_synthetic(self, instances: u32) -> Self {
        self.state().host.set_synthetic(instances);
        self
    }

    /// Sets the time between two pulls after which an enumeration expires.
    pub(crate) fn with_enumeration_timeout(self, idle: Duration) -> Self {
        self.state().enumerations.set_idle(idle);
        self
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Returns how many enumerations are open.
    pub(crate) fn open_enumerations(&self) -> usize {
        self.state().enumerations.count(self.clock.now())
    }

    /// Returns how many subscriptions there are.
    pub(crate) fn open_subscriptions(&self) -> usize {
        self.state().subscriptions.count(self.clock.now())
    }

    /// Returns the most recent requests, the oldest first.
    pub(crate) fn seen(&self) -> Vec<SeenRequest> {
        self.state().journal.seen()
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
        let patience = subscribe::patience(&mut self.state(), &pending.0);
        loop {
            if let Some(answer) = self.look(&pending) {
                return answer;
            }
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return self.give_up(&pending);
            }
            tokio::time::sleep(left.min(PAUSE)).await;
        }
    }

    /// Answers a message that waits for events, if there are some.
    pub(crate) fn look(&self, Pending(wait): &Pending) -> Option<Answer> {
        let answered = subscribe::look(&mut self.state(), wait, self.clock.now());
        answered
            .transpose()
            .map(|answered| self.finish(answered, wait))
    }

    /// Answers a message that has waited for events long enough.
    pub(crate) fn give_up(&self, Pending(wait): &Pending) -> Answer {
        let answered = subscribe::give_up(&mut self.state(), wait);
        self.finish(answered, wait)
    }

    fn finish(&self, answered: Result<String, Refusal>, wait: &Wait) -> Answer {
        match answered {
            Ok(envelope) => Answer {
                is_fault: false,
                envelope,
            },
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
            Ok(Outcome::Done(envelope)) => Reply::Answer(Answer {
                is_fault: false,
                envelope,
            }),
            Ok(Outcome::Waits(wait)) => Reply::Pending(Pending(wait)),
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
            Ok(Incoming::Identify) => Some(Answer {
                is_fault: false,
                envelope: identify(false).ok()?,
            }),
            _ => None,
        }
    }

    fn answer_text(&self, text: &str, caller: &Caller) -> Result<Outcome, Rejected> {
        let request = match Incoming::read(text)? {
            Incoming::Identify => {
                return identify(true).map(Outcome::Done).map_err(|error| Rejected {
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

    fn carry_out(&self, request: Request<'_>, caller: &Caller) -> Result<Outcome, Refusal> {
        let now = self.clock.now();
        let mut guard = self.state();
        let state = &mut *guard;
        state.journal.note(&request.head);
        state.subscriptions.look(&state.host, now);
        let limit = request.head.max_envelope_size;
        let envelope = match request.head.action.clone() {
            Action::Get => transfer::get(&state.host, request, now)?,
            Action::GetClass => declaration::get(request)?,
            Action::Enumerate => enumerate::begin(state, request, &caller.name, now)?,
            Action::Pull => match enumerate::pull(state, request, &caller.name, now)? {
                Outcome::Done(page) => page,
                waits @ Outcome::Waits(_) => return Ok(waits),
            },
            Action::Release => enumerate::release(state, request, &caller.name, now)?,
            Action::Subscribe => subscribe::begin(state, request, &caller.name, now)?,
            Action::Unsubscribe => subscribe::end(state, request, &caller.name)?,
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
        Ok(Outcome::Done(envelope))
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

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pause between two polls of a request that waits for events.
const PAUSE: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests;
