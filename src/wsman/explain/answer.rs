//! Explanation of responses.

use crate::cim::Instance;
use crate::wsman::error::ReplyError;
use crate::wsman::reply::{self, Identity, OUTPUT};
use crate::wsman::uris;
use crate::xml::{Element, Ns};

use super::headers::Headers;
use super::{EMBEDDED, Fields, Node, opened};

/// Reads a response, which the first element of its body identifies; a fault becomes an error. The field `answer` names
/// its kind.
pub(super) fn read(
    text: &str,
    headers: &Headers,
    first: Option<&Element<'_>>,
) -> Result<Fields, ReplyError> {
    let first = first.filter(|first| !first.is(&Ns::Soap, "Fault"));
    let Some(first) = first else {
        reply::anything(text)?;
        return Ok(answer("done", "empty"));
    };
    Ok(match (first.ns(), first.local()) {
        // OMI puts its response into the namespace of SOAP.
        (Ns::Identity | Ns::Soap, "IdentifyResponse") => identity(reply::identity(text)?),
        (Ns::Enumeration, "EnumerateResponse" | "PullResponse") => page(text)?,
        (Ns::Eventing, "SubscribeResponse") => {
            let subscription = reply::subscription(text)?;
            answer("a subscription", "subscription")
                .with("identifier", subscription.identifier)
                .with("context", subscription.context)
        }
        (Ns::Transfer, "ResourceCreated") => answer("the reference of a new instance", "created")
            .with("created", reply::created(text, "")?),
        (Ns::Wsman, "XmlFragment") => answer("a fragment of an instance", "fragment")
            .with("properties", reply::fragment(text, "")?),
        (Ns::None | Ns::Other(_), "CLASS") => {
            let class = reply::class(text)?;
            answer(&format!("the declaration of {}", class.name), "class").with("class", class)
        }
        (Ns::None | Ns::Other(_), _) => match method_of(headers, first) {
            Some(method) => answer(&format!("the output of {method}"), "output")
                .with_hidden("method", method)
                .with("parameters", opened(&reply::output(text, "")?, EMBEDDED)),
            None => instance(reply::instance(text, "")?),
        },
        (_, local) => {
            reply::anything(text)?;
            answer(local, "other").with_hidden("element", local)
        }
    })
}

fn answer(title: &str, kind: &str) -> Fields {
    Fields::new(format!("answer, {title}")).with_hidden("answer", kind)
}

fn identity(identity: Identity) -> Fields {
    let identity = Fields::new("Identity")
        .with("product_vendor", identity.product_vendor)
        .with("product_version", identity.product_version)
        .with("protocol_version", identity.protocol_version)
        .with("security_profiles", identity.security_profiles);
    answer("the product", "identity").with("identity", identity)
}

fn instance(instance: Instance) -> Fields {
    let title = match instance.class() {
        Some(class) => format!("an instance of {class}"),
        None => "an instance without a class".to_owned(),
    };
    answer(&title, "instance").with("instance", instance)
}

fn page(text: &str) -> Result<Fields, ReplyError> {
    // An envelope alone does not tell whether it contains pulled events.
    let page = reply::events(text, "")?;
    let items = page.items.into_iter().map(|item| {
        let item = Fields::default()
            .with("reference", item.reference)
            .with("instance", item.instance);
        Node::Fields(item)
    });
    let items: Vec<_> = items.collect();
    let title = format!(
        "a page of {} {}, {}",
        items.len(),
        if items.len() == 1 { "item" } else { "items" },
        if page.context.is_some() {
            "more to come"
        } else {
            "the last"
        },
    );
    Ok(answer(&title, "page")
        .with_hidden("ended", page.context.is_none())
        .with("context", page.context)
        .with("broken", page.broken.map(|error| error.to_string()))
        .with("items", items))
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
