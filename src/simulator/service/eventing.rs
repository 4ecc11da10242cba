//! Subscribe, Unsubscribe, and the Pull that waits for events (DSP0226 10).
//!
//! Events are selected in WQL and pulled. As with WMI's provider on Windows, they are never pushed.

mod body;
pub(super) mod subscriptions;

use std::time::Duration;

use crate::simulator::providers::{
    Class, EventKind, EventSource, Moment, Polling, Watch, family, has_namespace,
};
use crate::wsman::server_side::uris;
use crate::xml::Ns;

use self::body::SubscribeBody;
use self::subscriptions::{Subscription, Wanted};
use super::enumeration::contexts::{Enumeration, Items, Mode, new_context};
use super::enumeration::page::Page;
use super::fault::{self, Refusal};
use super::reading::{expires, malformed};
use super::request::{Head, Request};
use super::resource::Resource;
use super::response::{new_id, respond};
use super::state::{PendingPull, State};
use super::wql::Query;

/// Begins a subscription.
pub(crate) fn begin(
    state: &mut State,
    request: Request<'_>,
    owner: &str,
    now: Moment,
) -> Result<String, Refusal> {
    let head = request.head;
    let body = request.body.read(SubscribeBody::read)?;
    if !head.selectors.is_empty() {
        return Err(fault::ENUMERATE_WITH_KEYS);
    }
    state.subscriptions.check_quota(owner, now)?;
    let (wanted, watch) = watch(state, &body, &head.resource, now)?;
    let subscription = Subscription {
        owner: owner.to_owned(),
        identifier: new_id(),
        context: new_context(),
        expires: expires(body.expires.as_deref(), now, fault::SUBSCRIPTION_EXPIRATION)?,
        wanted,
        watch,
        heartbeats: body.heartbeats,
        events: Vec::new(),
    };
    let answer = begun(&head, &subscription, body.expires.as_deref())?;
    state.subscriptions.add(subscription);
    Ok(answer)
}

/// Reads the query, and polls the instances for the first time.
fn watch(
    state: &State,
    body: &SubscribeBody,
    resource: &Resource,
    now: Moment,
) -> Result<(Wanted, Watch), Refusal> {
    let text = body.query.as_deref().ok_or(fault::NO_FILTER)?;
    let namespace = resource.namespace();
    if !resource.is_all_classes() {
        return Err(fault::QUERY_ON_CLASS);
    }
    if !has_namespace(namespace) {
        return Err(fault::NO_NAMESPACE_IN_QUERY);
    }
    let query = Query::parse(text, &state.name).map_err(|_| fault::INVALID_QUERY)?;
    let kinds = EventKind::of_class(&query.class);
    let kind = kinds.first().ok_or(fault::NO_CLASS_IN_QUERY)?;
    let named = query.target_classes();
    if named.is_empty() {
        return Err(fault::TOO_BROAD);
    }
    let mut classes = Vec::new();
    for name in named {
        let family = family(namespace, name);
        if family.is_empty() {
            return Err(fault::NO_CLASS_IN_QUERY);
        }
        classes.extend(family);
    }
    let checked = query.check_event(kind.properties(), &classes);
    checked.map_err(|_| fault::INVALID_QUERY)?;
    let is_reported = |class: &&Class| state.host.events(class) != EventSource::Polling;
    let polling = match query.within {
        Some(interval) => Polling::Every(interval),
        None if classes.iter().all(is_reported) => Polling::OnChange,
        None => return Err(fault::TOO_PRECISE),
    };
    let watch = Watch::begin(&state.host, namespace, classes, polling, now);
    Ok((Wanted { kinds, query }, watch))
}

fn begun(
    head: &Head,
    subscription: &Subscription,
    expires: Option<&str>,
) -> Result<String, Refusal> {
    respond(head, uris::SUBSCRIBE, |writer| {
        writer.start("e:SubscribeResponse", &[])?;
        writer.start("e:SubscriptionManager", &[])?;
        writer.element("a:Address", &[], uris::ANONYMOUS)?;
        writer.start("a:ReferenceProperties", &[])?;
        writer.element("e:Identifier", &[], &subscription.identifier)?;
        writer.end()?;
        writer.end()?;
        writer.element("e:Expires", &[], expires.unwrap_or(NEVER))?;
        writer.element("n:EnumerationContext", &[], &subscription.context)?;
        writer.end()
    })
}

/// Ends a subscription.
pub(crate) fn end(state: &mut State, request: Request<'_>, owner: &str) -> Result<String, Refusal> {
    let head = request.head;
    request.body.read(|reader, body| match body {
        Some(body) if body.is(&Ns::Eventing, "Unsubscribe") => reader.skip().map_err(malformed),
        _ => Err(fault::ACTION_MISMATCH),
    })?;
    let identifier = head.identifier.as_deref().unwrap_or_default();
    if !state.subscriptions.end(identifier, owner) {
        return Err(fault::NO_SUBSCRIPTION);
    }
    respond(&head, uris::UNSUBSCRIBE, |_| Ok(()))
}

/// Returns the time that a Pull waits. It is real time, since a client does not follow the clock of the host.
pub(crate) fn longest_wait(state: &mut State, pull: &PendingPull) -> Duration {
    let timeout = pull.head.operation_timeout;
    let subscription = state.subscriptions.find(&pull.context, &pull.owner);
    let heartbeats = subscription.and_then(|subscription| subscription.heartbeats);
    heartbeats.map_or(timeout, |heartbeats| heartbeats.min(timeout))
}

/// Answers a Pull, if there are events.
pub(crate) fn try_answer(
    state: &mut State,
    pull: &PendingPull,
    now: Moment,
) -> Result<Option<String>, Refusal> {
    state.subscriptions.collect_events(&state.host, now);
    let subscription = state.subscriptions.find(&pull.context, &pull.owner);
    let subscription = subscription.ok_or(fault::INVALID_CONTEXT)?;
    if subscription.events.is_empty() {
        return Ok(None);
    }
    send(subscription, pull).map(Some)
}

/// Answers a Pull that has waited in vain: with a page without events if a heartbeat is due, which is a guess, and
/// otherwise with a timeout.
pub(crate) fn time_out(state: &mut State, pull: &PendingPull) -> Result<String, Refusal> {
    let subscription = state.subscriptions.find(&pull.context, &pull.owner);
    let subscription = subscription.ok_or(fault::INVALID_CONTEXT)?;
    match subscription.heartbeats {
        Some(heartbeats) if heartbeats < pull.head.operation_timeout => send(subscription, pull),
        _ => Err(fault::TIMED_OUT),
    }
}

/// Sends as many events as fit. The others stay for the next Pull.
fn send(subscription: &mut Subscription, pull: &PendingPull) -> Result<String, Refusal> {
    let items: Items = Box::new(std::mem::take(&mut subscription.events).into_iter());
    let mut events = Enumeration {
        owner: pull.owner.clone(),
        mode: Mode::Object,
        expires: None,
        items: items.peekable(),
    };
    let page = Page::new(&pull.head, "PullResponse", "n").endless();
    let filled = page.fill(&mut events, pull.max_elements);
    subscription.events = events.items.collect();
    let (document, context) = filled?;
    subscription.context = context.unwrap_or_else(new_context);
    Ok(document)
}

/// The expiration time of a subscription without one, as Windows writes it.
const NEVER: &str = "PT0.0S";

#[cfg(test)]
mod tests;
