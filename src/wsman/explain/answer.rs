//! Explanation of responses.

use crate::wsman::error::ReplyError;
use crate::wsman::reply::{self, OUTPUT};
use crate::wsman::uris;
use crate::xml::{Element, Ns};

use super::headers::Headers;
use super::{Answer, EMBEDDED, Page, PageItem, opened};

/// Reads a response, which the first element of its body identifies; a fault becomes an error.
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
        // OMI puts its response into the namespace of SOAP.
        (Ns::Identity | Ns::Soap, "IdentifyResponse") => Answer::Identity(reply::identity(text)?),
        (Ns::Enumeration, "EnumerateResponse" | "PullResponse") => page(text)?,
        (Ns::Eventing, "SubscribeResponse") => {
            let subscription = reply::subscription(text)?;
            Answer::Subscribed {
                context: subscription.context,
                identifier: subscription.identifier,
            }
        }
        (Ns::Transfer, "ResourceCreated") => Answer::Created(reply::created(text, "")?),
        (Ns::Wsman, "XmlFragment") => Answer::Fragment(reply::fragment(text, "")?),
        (Ns::None | Ns::Other(_), "CLASS") => Answer::Class(reply::class(text)?),
        (Ns::None | Ns::Other(_), _) => match method_of(headers, first) {
            Some(method) => Answer::Output {
                parameters: opened(&reply::output(text, "")?, EMBEDDED),
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
    // An envelope alone does not tell whether it contains pulled events.
    let page = reply::events(text, "")?;
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

/// Returns the method whose output an element is. The element is `Method_OUTPUT`; `Method` if the action ends in
/// `/Method` (OMI) or `/MethodResponse`; or `Class_OUTPUT` in the namespace of the class, if the action names the
/// method (OMI's C++ providers).
fn method_of<'a>(headers: &'a Headers, first: &'a Element<'_>) -> Option<&'a str> {
    let local = first.local();
    let action = headers.action.as_deref().and_then(|action| {
        let method = action.rsplit('/').next()?;
        Some(method.strip_suffix("Response").unwrap_or(method))
    });
    let Some(named) = local.strip_suffix(OUTPUT) else {
        return action.filter(|method| *method == local);
    };
    let is_class = uris::class_of(first.ns().uri()).name() == named;
    Some(action.filter(|_| is_class).unwrap_or(named))
}
