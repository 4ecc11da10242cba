//! Invoke (DSP0226 9), on instances and on classes.

use crate::cim::{Instance, MethodSchema};
use crate::simulator::providers::{Call, CallError, Class, Moment, Peers, Snapshot};

use super::fault::{self, Refusal};
use super::input;
use super::lookup::{class_of, find};
use super::output;
use super::request::{Head, Request};
use super::response::respond;
use super::state::State;

/// The user who calls a method, and the hosts that the call may change besides its own.
pub(crate) struct Origin<'a> {
    pub(crate) caller: &'a str,
    pub(crate) peers: &'a dyn Peers,
}

/// Calls a method.
pub(crate) fn call(
    state: &mut State,
    request: Request<'_>,
    method: &str,
    origin: &Origin<'_>,
    now: Moment,
) -> Result<String, Refusal> {
    let head = request.head;
    let class = class_of(&head)?;
    let method = class.method(method).ok_or(fault::ACTION_NOT_SUPPORTED)?;
    let input = request
        .body
        .read(|reader, body| input::read(reader, body, method, &head.resource))?;
    state.journal.note_parameters(&input);
    let host = &mut state.host;
    let target = target(host.at(now), class, method, &head)?;
    let call = Call {
        target: &target,
        input: &input,
        caller: origin.caller,
        peers: origin.peers,
        now,
    };
    let answered = host.call(class, &method.name, &call);
    let answered = answered.ok_or(fault::NOT_IMPLEMENTED)?;
    let output = answered.map_err(|error| match error {
        CallError::IncompleteReference => fault::PARAMETER_REFERENCE,
    })?;
    let action = format!("{}/{}", head.resource.uri(), method.name);
    respond(&head, &action, |writer| {
        output::output(writer, &method.name, &output, &head.resource)
    })
}

/// Returns the target of the call. A static method needs no instance, and accepts one.
fn target(
    host: Snapshot<'_>,
    class: &Class,
    method: &MethodSchema,
    head: &Head,
) -> Result<Instance, Refusal> {
    if head.selectors.is_empty() {
        if method.is_static() {
            return Ok(class.blank());
        }
        if !class.required_keys().is_empty() {
            return Err(fault::NO_INSTANCE);
        }
    }
    find(host, class, &head.selectors)
}

#[cfg(test)]
mod tests;
