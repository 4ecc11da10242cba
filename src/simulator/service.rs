//! An envelope comes in, an envelope goes out: what the service does, without HTTP and without a login.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::cim::{Instance, Properties, Value};
use crate::wsman::server_side::uris;
use crate::xml;

use super::accounts::Caller;
use super::enumerate;
use super::enumeration::Enumerations;
use super::fault::{self, Refusal};
use super::host::{Addressing, Call, CallError, Class, Clock, Host, Moment, class, has_namespace};
use super::input;
use super::object;
use super::request::{Action, Head, Incoming, Rejected, Request};
use super::resource::Selectors;
use super::response::{envelope, identify};

/// The service of one host.
pub(crate) struct Service {
    machine: String,
    clock: Clock,
    state: Mutex<State>,
}

/// What changes.
pub(crate) struct State {
    pub(crate) host: Host,
    pub(crate) enumerations: Enumerations,
    /// What came last, the oldest first.
    seen: VecDeque<SeenRequest>,
}

/// A request that the simulated host has carried out, or refused with a fault: what really came, for a test to compare
/// with what its program believes to have sent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SeenRequest {
    /// Its `wsa:MessageID`.
    pub message_id: String,
    /// `Get`, `Enumerate`, `Pull`, `Release`, or the name of a method.
    pub operation: String,
    /// The parameters of a method; empty where they could not be read.
    pub parameters: Properties,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Whether the envelope holds a fault.
    pub(crate) is_fault: bool,
    pub(crate) envelope: String,
}

impl Service {
    pub(crate) fn new(machine: &str, clock: Clock, pace: Duration) -> Self {
        let host = Host::new(machine, pace, clock.now());
        Self {
            machine: machine.to_owned(),
            clock,
            state: Mutex::new(State {
                host,
                enumerations: Enumerations::default(),
                seen: VecDeque::new(),
            }),
        }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// How many enumerations are open.
    pub(crate) fn open_enumerations(&self) -> usize {
        self.state().enumerations.count(self.clock.now())
    }

    /// The requests that came last.
    pub(crate) fn seen(&self) -> Vec<SeenRequest> {
        self.state().seen.iter().cloned().collect()
    }

    /// Answers a message of somebody who has logged in.
    pub(crate) fn answer(&self, message: &[u8], charset: Option<&str>, caller: &Caller) -> Answer {
        let answered = match xml::decode(message, charset) {
            Ok(text) => self.answer_text(&text, caller),
            Err(_) => Err(Rejected {
                relates_to: None,
                refusal: fault::MALFORMED,
            }),
        };
        match answered {
            Ok(envelope) => Answer {
                is_fault: false,
                envelope,
            },
            Err(rejected) => self.refuse(&rejected),
        }
    }

    /// Answers a message of somebody who has not, which can only ask what the service is.
    pub(crate) fn answer_stranger(&self, message: &[u8], charset: Option<&str>) -> Option<Answer> {
        let text = xml::decode(message, charset).ok()?;
        match Incoming::read(&text) {
            Ok(Incoming::Identify) => Some(Answer {
                is_fault: false,
                envelope: identify(false).ok()?,
            }),
            _ => None,
        }
    }

    fn answer_text(&self, text: &str, caller: &Caller) -> Result<String, Rejected> {
        let request = match Incoming::read(text)? {
            Incoming::Identify => {
                return identify(true).map_err(|error| Rejected {
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

    fn carry_out(&self, request: Request<'_>, caller: &Caller) -> Result<String, Refusal> {
        let now = self.clock.now();
        let mut state = self.state();
        state.note(&request.head);
        let limit = request.head.max_envelope_size;
        let envelope = match request.head.action.clone() {
            Action::Get => get(&state.host, request, now)?,
            Action::Enumerate => enumerate::begin(&mut state, request, &caller.name, now)?,
            Action::Pull => enumerate::pull(&mut state, request, &caller.name, now)?,
            Action::Release => enumerate::release(&mut state, request, &caller.name, now)?,
            Action::Invoke(_) if !caller.may_invoke => return Err(fault::ACCESS_DENIED),
            Action::Invoke(method) => invoke(&mut state, request, &method, &caller.name, now)?,
        };
        if envelope.len() > limit {
            return Err(fault::TOO_LARGE);
        }
        Ok(envelope)
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
        // What cannot be echoed, since it holds characters that XML forbids, is left out.
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

impl State {
    fn note(&mut self, head: &Head) {
        if self.seen.len() == MAX_SEEN {
            self.seen.pop_front();
        }
        self.seen.push_back(SeenRequest {
            message_id: head.message_id.clone(),
            operation: match &head.action {
                Action::Invoke(method) => method.clone(),
                other => format!("{other:?}"),
            },
            parameters: Properties::new(),
        });
    }

    /// Adds the parameters to the request that was noted last.
    fn note_parameters(&mut self, parameters: &Properties) {
        if let Some(last) = self.seen.back_mut() {
            last.parameters = parameters.clone();
        }
    }
}

fn get(host: &Host, request: Request<'_>, now: Moment) -> Result<String, Refusal> {
    request.body.pass_over()?;
    let head = request.head;
    let class = class_of(&head)?;
    if head.selectors.is_empty() && class.addressing != Addressing::Singleton {
        return Err(fault::NO_KEYS);
    }
    let instance = find(host, class, &head.selectors, now)?;
    let action = format!("{}Response", uris::GET);
    Ok(envelope(&action, Some(&head.message_id), |writer| {
        object::instance(writer, &instance, &head.resource)
    })?)
}

fn invoke(
    state: &mut State,
    request: Request<'_>,
    method: &str,
    caller: &str,
    now: Moment,
) -> Result<String, Refusal> {
    let head = request.head;
    let class = class_of(&head)?;
    let method = class.method(method).ok_or(fault::ACTION_NOT_SUPPORTED)?;
    let input = request
        .body
        .read(|reader, body| input::read(reader, body, method, &head.resource))?;
    state.note_parameters(&input);
    let host = &mut state.host;
    if head.selectors.is_empty() && class.addressing != Addressing::Singleton {
        return Err(fault::NO_INSTANCE);
    }
    let target = find(host, class, &head.selectors, now)?;
    let call = Call {
        target: &target,
        input: &input,
        caller,
        now,
    };
    let output = (method.call)(host, &call).map_err(|error| match error {
        CallError::IncompleteReference => fault::PARAMETER_REFERENCE,
    })?;
    let action = format!("{}/{}Response", head.resource.uri(), method.name);
    Ok(envelope(&action, Some(&head.message_id), |writer| {
        object::output(writer, method.name, &output, &head.resource)
    })?)
}

fn class_of(head: &Head) -> Result<&'static Class, Refusal> {
    let resource = &head.resource;
    if !has_namespace(resource.namespace()) {
        return Err(fault::NO_NAMESPACE);
    }
    class(resource.namespace(), resource.class()).ok_or(fault::NOT_FOUND)
}

/// The instance that selectors name. Names and values of keys are compared without regard to case.
fn find(
    host: &Host,
    class: &Class,
    selectors: &Selectors,
    now: Moment,
) -> Result<Instance, Refusal> {
    let mut keys = Vec::new();
    for (name, value) in selectors {
        if !class.has_key(name) {
            return Err(fault::UNEXPECTED_SELECTOR);
        }
        keys.push((name, value.as_text().ok_or(fault::SELECTOR_TYPE)?));
    }
    let has = |name: &str| keys.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    let is_complete = match class.addressing {
        Addressing::AllKeys => class.keys.iter().all(|key| has(key)),
        Addressing::CreationClassName => has("CreationClassName"),
        Addressing::Singleton => true,
    };
    let is_it = |instance: &Instance| {
        keys.iter().all(|(name, wanted)| {
            let value = instance.value(name).and_then(Value::to_text);
            value.is_some_and(|value| value.to_lowercase() == wanted.to_lowercase())
        })
    };
    // With keys missing, Windows says the same as of an instance that is not there.
    let mut instances = (class.instances)(host, now).into_iter();
    instances
        .find(|instance| is_complete && is_it(instance))
        .ok_or(fault::NOT_FOUND)
}

/// How many requests are remembered: those of a long test.
const MAX_SEEN: usize = 100_000;

#[cfg(test)]
mod tests;
