//! Enumerate, Pull and Release (DSP0226 8).

mod body;
pub(super) mod contexts;
mod filter;
pub(super) mod page;
mod schema_query;

use crate::simulator::providers::Moment;
use crate::wsman::server_side::uris;
use crate::xml::{Element, Ns, Reader};

use self::body::EnumerateBody;
use self::contexts::{Enumeration, new_context};
use self::page::Page;
use super::fault::{self, Refusal};
use super::reading::{count, expect, expires, malformed, text_alone};
use super::request::Request;
use super::response::respond;
use super::state::{Outcome, PendingPull, State};

/// Begins an enumeration.
pub(crate) fn begin(
    state: &mut State,
    request: Request<'_>,
    owner: &str,
    now: Moment,
) -> Result<String, Refusal> {
    let head = request.head;
    let resource = &head.resource;
    let body = request
        .body
        .read(|reader, body| EnumerateBody::read(reader, body, resource))?;
    if !head.selectors.is_empty() {
        return Err(fault::ENUMERATE_WITH_KEYS);
    }
    state.enumerations.check_quota(owner, now)?;
    let items = body.items(state.host.at(now), &head.resource)?;
    let mut enumeration = Enumeration {
        owner: owner.to_owned(),
        mode: body.mode,
        expires: expires(body.expires.as_deref(), now, fault::EXPIRATION_TIME)?,
        items: items.peekable(),
    };
    let page = Page::new(&head, "EnumerateResponse", "w").expiring(body.expires.as_deref());
    let (document, context) = if body.is_optimised {
        page.fill(&mut enumeration, body.max_elements)?
    } else {
        let context = new_context();
        (page.without_items(&context)?, Some(context))
    };
    if let Some(context) = context {
        state.enumerations.keep(enumeration, context, now);
    }
    Ok(document)
}

/// Continues an enumeration, or waits for the events of a subscription.
pub(crate) fn pull(
    state: &mut State,
    request: Request<'_>,
    owner: &str,
    now: Moment,
) -> Result<Outcome<String>, Refusal> {
    let head = request.head;
    let pull = request
        .body
        .read(|reader, body| Continuation::read(reader, body, "Pull"))?;
    if state.subscriptions.find(&pull.context, owner).is_some() {
        return Ok(Outcome::Pending(Box::new(PendingPull {
            head,
            context: pull.context,
            max_elements: pull.max_elements,
            owner: owner.to_owned(),
        })));
    }
    let mut enumeration = state.enumerations.take(&pull.context, owner, now)?;
    let page = Page::new(&head, "PullResponse", "n");
    match page.fill(&mut enumeration, pull.max_elements) {
        Ok((document, context)) => {
            if let Some(context) = context {
                state.enumerations.keep(enumeration, context, now);
            }
            Ok(Outcome::Done(document))
        }
        Err(refusal) => {
            // Nothing was sent, so the client may ask again.
            state.enumerations.keep(enumeration, pull.context, now);
            Err(refusal)
        }
    }
}

/// Ends an enumeration.
pub(crate) fn release(
    state: &mut State,
    request: Request<'_>,
    owner: &str,
    now: Moment,
) -> Result<String, Refusal> {
    let release = request
        .body
        .read(|reader, body| Continuation::read(reader, body, "Release"))?;
    state.enumerations.take(&release.context, owner, now)?;
    respond(&request.head, uris::RELEASE, |_| Ok(()))
}

/// The content of a Pull or a Release.
struct Continuation {
    context: String,
    max_elements: usize,
}

impl Continuation {
    fn read(
        reader: &mut Reader<'_>,
        body: Option<&Element<'_>>,
        name: &str,
    ) -> Result<Self, Refusal> {
        // MaxElements defaults to one item (DSP0226).
        let (mut context, mut max_elements) = (None, 1);
        expect(body, name)?;
        while let Some(part) = reader.next_child().map_err(malformed)? {
            match (part.ns(), part.local()) {
                (Ns::Enumeration, "EnumerationContext") => context = Some(text_alone(reader)?),
                (Ns::Enumeration, "MaxElements") => max_elements = count(reader)?,
                _ => reader.skip().map_err(malformed)?,
            }
        }
        Ok(Self {
            context: context.ok_or(fault::SCHEMA)?,
            max_elements,
        })
    }
}

#[cfg(test)]
mod tests;
