//! Enumerate, Pull and Release (DSP0226 8).

use crate::wsman::server_side::uris;
use crate::xml::{Element, Ns, Reader};

use super::enumeration::{Enumeration, Item, Items, Mode, new_context};
use super::fault::{self, Refusal};
use super::host::{Class, Moment, family, has_namespace};
use super::page::Page;
use super::request::{Request, malformed};
use super::resource::Resource;
use super::response::envelope;
use super::service::State;
use super::wql::Query;

/// Begins an enumeration.
pub(crate) fn begin(
    state: &mut State,
    request: Request<'_>,
    owner: &str,
    now: Moment,
) -> Result<String, Refusal> {
    let head = request.head;
    let ask = request.body.read(Ask::read)?;
    if !head.selectors.is_empty() {
        return Err(fault::ENUMERATE_WITH_KEYS);
    }
    state.enumerations.check_quota(owner, now)?;
    let items = ask.items(state, &head.resource, now)?;
    let mut enumeration = Enumeration {
        owner: owner.to_owned(),
        mode: ask.mode,
        items: items.peekable(),
    };
    let page = Page::new(&head, "EnumerateResponse", "w");
    let (document, context) = if ask.is_optimised {
        page.fill(&mut enumeration, ask.max_elements)?
    } else {
        let context = new_context();
        (page.without_items(&context)?, Some(context))
    };
    if let Some(context) = context {
        state.enumerations.keep(enumeration, context, now);
    }
    Ok(document)
}

/// Goes on with an enumeration.
pub(crate) fn pull(
    state: &mut State,
    request: Request<'_>,
    owner: &str,
    now: Moment,
) -> Result<String, Refusal> {
    let head = request.head;
    let pull = request
        .body
        .read(|reader, body| Continuation::read(reader, body, "Pull"))?;
    let mut enumeration = state.enumerations.take(&pull.context, owner, now)?;
    let page = Page::new(&head, "PullResponse", "n");
    match page.fill(&mut enumeration, pull.max_elements) {
        Ok((document, context)) => {
            if let Some(context) = context {
                state.enumerations.keep(enumeration, context, now);
            }
            Ok(document)
        }
        Err(refusal) => {
            // Nothing was sent, so that it may be asked for again.
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
    let action = format!("{}Response", uris::RELEASE);
    Ok(envelope(&action, Some(&request.head.message_id), |_| {
        Ok(())
    })?)
}

/// What an Enumerate asks for.
struct Ask {
    filter: Option<Filter>,
    is_optimised: bool,
    max_elements: usize,
    mode: Mode,
}

struct Filter {
    dialect: String,
    text: String,
}

impl Ask {
    fn read(reader: &mut Reader<'_>, body: Option<&Element<'_>>) -> Result<Self, Refusal> {
        let mut ask = Self {
            filter: None,
            is_optimised: false,
            max_elements: 1,
            mode: Mode::default(),
        };
        expect(body, "Enumerate")?;
        while let Some(part) = reader.next_child().map_err(malformed)? {
            match (part.ns(), part.local()) {
                // Both namespaces mean the same (MS-WSMV 3.1.4.1.13).
                (Ns::Wsman | Ns::Enumeration, "Filter") => {
                    let dialect = reader.attribute(&part, &Ns::None, "Dialect");
                    let filter = Filter {
                        dialect: dialect.map_err(malformed)?.unwrap_or_default(),
                        text: text_alone(reader)?,
                    };
                    if ask.filter.replace(filter).is_some() {
                        return Err(fault::SCHEMA);
                    }
                }
                (Ns::Wsman, "OptimizeEnumeration") => {
                    ask.is_optimised = true;
                    reader.skip().map_err(malformed)?;
                }
                (Ns::Wsman, "MaxElements") => ask.max_elements = count(reader)?,
                (Ns::Wsman, "EnumerationMode") => ask.mode = Mode::read(reader)?,
                _ => reader.skip().map_err(malformed)?,
            }
        }
        Ok(ask)
    }

    /// The items that the filter selects, or all of the class.
    fn items(&self, state: &State, resource: &Resource, now: Moment) -> Result<Items, Refusal> {
        let Some(filter) = &self.filter else {
            if resource.is_all_classes() {
                return Err(fault::NO_FILTER);
            }
            if !has_namespace(resource.namespace()) {
                return Err(fault::NO_NAMESPACE);
            }
            let classes = family(resource.namespace(), resource.class());
            if classes.is_empty() {
                return Err(fault::NOT_FOUND);
            }
            return Ok(all(state, &classes, now, None));
        };
        if filter.dialect != uris::WQL {
            return Err(fault::FILTER_DIALECT);
        }
        if !resource.is_all_classes() {
            return Err(fault::QUERY_ON_CLASS);
        }
        if !has_namespace(resource.namespace()) {
            return Err(fault::NO_NAMESPACE_IN_QUERY);
        }
        let query = Query::parse(&filter.text).map_err(|_| fault::INVALID_QUERY)?;
        let classes = family(resource.namespace(), &query.class);
        if classes.is_empty() {
            return Err(fault::NO_CLASS_IN_QUERY);
        }
        if classes.iter().any(|class| query.check(class).is_err()) {
            return Err(fault::INVALID_QUERY);
        }
        Ok(all(state, &classes, now, Some(&query)))
    }
}

fn all(state: &State, classes: &[&'static Class], now: Moment, query: Option<&Query>) -> Items {
    let mut items = Vec::new();
    for class in classes {
        let instances = (class.instances)(&state.host, now);
        let selected =
            instances.filter(|instance| query.is_none_or(|query| query.selects(instance)));
        items.extend(selected.map(|instance| Item {
            reference: class.reference(&instance),
            instance: match query {
                Some(query) => query.project(instance),
                None => instance,
            },
        }));
    }
    Box::new(items.into_iter())
}

/// What a Pull or a Release says.
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
        // Without a number there is one item (DSP0226 8.5).
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

impl Mode {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Refusal> {
        match text_alone(reader)?.as_str() {
            "EnumerateObject" => Ok(Self::Object),
            "EnumerateEPR" => Ok(Self::Reference),
            "EnumerateObjectAndEPR" => Ok(Self::ObjectAndReference),
            _ => Err(fault::ENUMERATION_MODE),
        }
    }
}

fn expect(body: Option<&Element<'_>>, name: &str) -> Result<(), Refusal> {
    match body {
        Some(body) if body.is(&Ns::Enumeration, name) => Ok(()),
        _ => Err(fault::ACTION_MISMATCH),
    }
}

fn text_alone(reader: &mut Reader<'_>) -> Result<String, Refusal> {
    let text = reader.text().map_err(|_| fault::SCHEMA)?;
    Ok(text.trim().to_owned())
}

/// A number of items, of which there must be one at least.
fn count(reader: &mut Reader<'_>) -> Result<usize, Refusal> {
    let count: usize = text_alone(reader)?.parse().map_err(|_| fault::SCHEMA)?;
    if count == 0 {
        Err(fault::SCHEMA)
    } else {
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
