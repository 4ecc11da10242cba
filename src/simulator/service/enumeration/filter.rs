//! The instances of an Enumerate: all of a class, or those that a filter selects.

use std::sync::Arc;

use crate::cim::{CimType, Instance, KeyValue, Properties, Value};
use crate::simulator::providers::{Class, Snapshot, class, family, has_namespace};
use crate::wsman::Dialect;
use crate::wsman::server_side::{Decoder, uris};
use crate::xml::{Element, Ns, Reader};

use super::super::associations::AssociationQuery;
use super::super::fault::{self, Refusal};
use super::super::reading::{malformed, text_alone};
use super::super::resource::{Resource, Selectors};
use super::super::wql::{self, Query};
use super::contexts::{Item, Items};
use super::schema_query;

/// A filter, by its dialect.
pub(super) enum Filter {
    Wql(String),
    Selectors(Selectors),
    Association(AssociationQuery),
    /// A filter in an unknown dialect.
    Unknown,
}

impl Filter {
    /// Reads the open filter, to its end.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        element: &Element<'_>,
        namespace: &str,
    ) -> Result<Self, Refusal> {
        let dialect = reader.attribute(element, &Ns::None, "Dialect");
        match dialect.map_err(malformed)?.as_deref() {
            Some(uris::WQL) => Ok(Self::Wql(text_alone(reader)?)),
            Some(uris::SELECTOR_FILTER) => read_selectors(reader).map(Self::Selectors),
            Some(uris::ASSOCIATION_FILTER) => {
                AssociationQuery::read(reader, namespace).map(Self::Association)
            }
            _ => {
                reader.skip().map_err(malformed)?;
                Ok(Self::Unknown)
            }
        }
    }

    /// Returns the items that it selects.
    pub(super) fn items(&self, host: Snapshot<'_>, resource: &Resource) -> Result<Items, Refusal> {
        match self {
            Self::Unknown => Err(fault::FILTER_DIALECT),
            Self::Selectors(selectors) => matching(host, resource, selectors),
            // Windows accepts the other dialects on the URI of all classes alone.
            _ if !resource.is_all_classes() => Err(fault::QUERY_ON_CLASS),
            _ if !has_namespace(resource.namespace()) => Err(fault::NO_NAMESPACE_IN_QUERY),
            Self::Association(query) => associated(host, resource, query),
            Self::Wql(text) => match wql::association_query(text) {
                None => selected(host, resource, text),
                Some(Ok(query)) => associated(host, resource, &query),
                Some(Err(_)) => Err(fault::INVALID_QUERY),
            },
        }
    }
}

/// The form of instances of derived classes (DSP0227).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Polymorphism {
    /// All their properties.
    #[default]
    Derived,
    /// The properties of the class that was asked for.
    Base,
    /// Instances of derived classes are left out.
    None,
}

impl Polymorphism {
    /// Reads the mode, which WinRM ignores (MS-WSMV 3.1.4.1.27). Servers of the DMTF do not, so it is followed for
    /// resource URIs in their dialect.
    pub(super) fn read(reader: &mut Reader<'_>, resource: &Resource) -> Result<Self, Refusal> {
        let text = text_alone(reader)?;
        if resource.dialect() == Dialect::Wmi {
            return Ok(Self::Derived);
        }
        match text.as_str() {
            "IncludeSubClassProperties" => Ok(Self::Derived),
            "ExcludeSubClassProperties" => Ok(Self::Base),
            "None" => Ok(Self::None),
            _ => Err(fault::POLYMORPHISM),
        }
    }
}

/// Returns all instances of a class.
pub(super) fn instances(
    host: Snapshot<'_>,
    resource: &Resource,
    polymorphism: Polymorphism,
) -> Result<Items, Refusal> {
    let classes = classes_of(resource)?;
    let own = class(resource.namespace(), resource.class());
    match polymorphism {
        Polymorphism::Derived => Ok(all(host, classes, Choice::All)),
        Polymorphism::None => Ok(all(host, own.into_iter().collect(), Choice::All)),
        Polymorphism::Base => {
            // The properties of the class itself are needed.
            let own = own.ok_or(fault::POLYMORPHISM)?;
            Ok(all(host, classes, Choice::As(own)))
        }
    }
}

/// Returns the class of a resource, and those that derive from it.
fn classes_of(resource: &Resource) -> Result<Vec<&'static Class>, Refusal> {
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
    Ok(classes)
}

fn selected(host: Snapshot<'_>, resource: &Resource, wql: &str) -> Result<Items, Refusal> {
    let query = Query::parse(wql, host.name()).map_err(|_| fault::INVALID_QUERY)?;
    if schema_query::is_for_classes(&query) {
        return schema_query::classes(resource, &query);
    }
    let classes = family(resource.namespace(), &query.class);
    if classes.is_empty() {
        return Err(fault::NO_CLASS_IN_QUERY);
    }
    if classes.iter().any(|class| query.check(class).is_err()) {
        return Err(fault::INVALID_QUERY);
    }
    Ok(all(host, classes, Choice::Query(Arc::new(query))))
}

fn associated(
    host: Snapshot<'_>,
    resource: &Resource,
    query: &AssociationQuery,
) -> Result<Items, Refusal> {
    let items = query.answer(host, resource.namespace())?;
    Ok(Box::new(items.into_iter()))
}

/// Returns the instances with these values (selector filter of DSP0226). Windows accepts no arrays, times, references
/// and quotation marks here.
fn matching(
    host: Snapshot<'_>,
    resource: &Resource,
    selectors: &Selectors,
) -> Result<Items, Refusal> {
    let classes = classes_of(resource)?;
    let mut wanted = Vec::new();
    for (name, value) in selectors {
        let takes = |class: &&Class| {
            class.property(name).is_some_and(|property| {
                let is_plain =
                    !matches!(property.cim_type, CimType::DateTime | CimType::Reference(_));
                is_plain && !property.is_array
            })
        };
        let text = value.as_text().filter(|text| !text.contains(['\'', '"']));
        match text {
            Some(text) if classes.iter().all(takes) => {
                wanted.push((name.clone(), text.to_lowercase()));
            }
            _ => return Err(fault::INVALID_FILTER),
        }
    }
    Ok(all(host, classes, Choice::Values(Arc::new(wanted))))
}

fn read_selectors(reader: &mut Reader<'_>) -> Result<Vec<(String, KeyValue)>, Refusal> {
    let mut selectors = None;
    while let Some(child) = reader.next_child().map_err(malformed)? {
        if !child.is(&Ns::Wsman, "SelectorSet") || selectors.is_some() {
            return Err(fault::INVALID_FILTER);
        }
        selectors = Some(Decoder::new("").selectors(reader).map_err(malformed)?);
    }
    selectors.ok_or(fault::INVALID_FILTER)
}

/// The instances of a class that are sent, and their form.
#[derive(Clone)]
enum Choice {
    All,
    /// All, with the properties of this class alone.
    As(&'static Class),
    Query(Arc<Query>),
    /// Those whose properties have these values, in lower case.
    Values(Arc<Vec<(String, String)>>),
}

impl Choice {
    fn takes(&self, instance: &Instance) -> bool {
        match self {
            Self::All | Self::As(_) => true,
            Self::Query(query) => query.selects(instance),
            Self::Values(wanted) => wanted.iter().all(|(name, wanted)| {
                let value = instance.value(name).and_then(Value::to_text);
                value.is_some_and(|value| value.to_lowercase() == *wanted)
            }),
        }
    }

    fn shape(&self, instance: Instance) -> Instance {
        match self {
            Self::All | Self::Values(_) => instance,
            Self::Query(query) => query.project(instance),
            Self::As(class) => {
                let own = instance.properties().iter();
                let own = own.filter(|(name, _)| class.property(name).is_some());
                let own: Properties = own.map(|(name, value)| (name, value.clone())).collect();
                Instance::from_parts(Some(class.path().into()), own)
            }
        }
    }
}

/// Returns the instances of classes, made one by one while they are sent.
fn all(host: Snapshot<'_>, classes: Vec<&'static Class>, choice: Choice) -> Items {
    let rows = |class: &'static Class| (class, host.instances(class));
    let parts: Vec<_> = classes.into_iter().map(rows).collect();
    Box::new(parts.into_iter().flat_map(move |(class, rows)| {
        let choice = choice.clone();
        rows.filter_map(move |instance| {
            choice.takes(&instance).then(|| Item {
                reference: class.reference(&instance),
                instance: choice.shape(instance),
            })
        })
    }))
}
