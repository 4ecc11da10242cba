//! What an answer says.

use crate::wsman::error::ReplyError;
use crate::wsman::reply;
use crate::xml::{Element, Ns};

use super::headers::Headers;
use super::{Answer, EMBEDDED, Page, PageItem, opened};

/// Reads an answer by what the first element of its body is; a fault becomes an error.
pub(super) fn read(
    text: &str,
    headers: &Headers,
    first: Option<&Element<'_>>,
) -> Result<Answer, ReplyError> {
    let first = first.filter(|first| !first.is(&Ns::Soap, "Fault"));
    let Some(first) = first else {
        reply::anything(text)?;
        return Ok(Answer::Empty);
    };
    Ok(match (first.ns(), first.local()) {
        // OMI puts its answer into the namespace of SOAP.
        (_, "IdentifyResponse") => Answer::Identity(reply::identity(text)?),
        (Ns::Enumeration, "EnumerateResponse" | "PullResponse") => page(text)?,
        (Ns::Eventing, "SubscribeResponse") => Answer::Subscribed {
            context: reply::subscription(text)?.context,
        },
        (Ns::Transfer, "ResourceCreated") => Answer::Created(reply::created(text, "")?),
        (Ns::Wsman, "XmlFragment") => Answer::Fragment(reply::fragment(text, "")?),
        (Ns::None | Ns::Other(_), "CLASS") => Answer::Class(reply::class(text)?),
        (Ns::None | Ns::Other(_), local) => match method_of(headers, local) {
            Some(method) => Answer::Output {
                parameters: opened(&reply::output(text, "", method)?, EMBEDDED),
                method: method.to_owned(),
            },
            None => Answer::Instance(reply::instance(text, "")?),
        },
        (_, local) => {
            let element = local.to_owned();
            reply::anything(text)?;
            Answer::Other { element }
        }
    })
}

fn page(text: &str) -> Result<Answer, ReplyError> {
    let page = reply::page(text, "")?;
    let items = page.items.into_iter().map(|item| PageItem {
        instance: item.instance,
        reference: item.reference,
    });
    Ok(Answer::Page(Page {
        items: items.collect(),
        broken: page.broken.map(|error| error.to_string()),
        context: page.context,
    }))
}

/// The method whose output an element is: `Method_OUTPUT`, or `Method` where the action ends in `/Method` (OMI) or
/// `/MethodResponse`.
fn method_of<'a>(headers: &Headers, local: &'a str) -> Option<&'a str> {
    if let Some(method) = local.strip_suffix("_OUTPUT") {
        return Some(method);
    }
    let action = headers.action.as_deref()?.rsplit('/').next()?;
    let of_action = action.strip_suffix("Response").unwrap_or(action);
    (of_action == local).then_some(local)
}
