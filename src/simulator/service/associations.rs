//! Associations: the instances that an instance is associated with, and the association instances between them.

use crate::cim::{Instance, Reference, Value};
use crate::simulator::providers::{Class, Snapshot, associations, class, family};
use crate::wsman::server_side::Decoder;
use crate::xml::{Element, Ns, Reader};

use super::enumeration::contexts::Item;
use super::fault::{self, Refusal};
use super::lookup::{find, is_same_object};
use super::reading::malformed;
use super::resource::Selectors;

/// A query for the associations of an object.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct AssociationQuery {
    /// The object, if the query names one.
    pub(crate) object: Option<Reference>,
    /// True for the association instances, false for the instances at their far ends.
    pub(crate) wants_links: bool,
    pub(crate) association_class: Option<String>,
    pub(crate) result_class: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) result_role: Option<String>,
}

impl AssociationQuery {
    /// Reads the open association filter, to its end (DSP0227).
    pub(crate) fn read(reader: &mut Reader<'_>, namespace: &str) -> Result<Self, Refusal> {
        let root = reader.next_child().map_err(malformed)?;
        let root = root.ok_or(fault::INVALID_FILTER)?;
        let mut query = Self {
            wants_links: match (root.ns(), root.local()) {
                (Ns::CimBinding, "AssociatedInstances") => false,
                (Ns::CimBinding, "AssociationInstances") => true,
                _ => return Err(fault::INVALID_FILTER),
            },
            ..Self::default()
        };
        while let Some(part) = reader.next_child().map_err(malformed)? {
            query.read_part(reader, &part, namespace)?;
        }
        if reader.next_child().map_err(malformed)?.is_some() {
            return Err(fault::INVALID_FILTER);
        }
        Ok(query)
    }

    fn read_part(
        &mut self,
        reader: &mut Reader<'_>,
        part: &Element<'_>,
        namespace: &str,
    ) -> Result<(), Refusal> {
        let name = match (part.ns(), part.local()) {
            (Ns::CimBinding, "Object") => {
                let object = Decoder::new(namespace).endpoint(reader, None);
                self.object = Some(object.map_err(malformed)?);
                return Ok(());
            }
            (Ns::CimBinding, "AssociationClassName") => &mut self.association_class,
            (Ns::CimBinding, "ResultClassName") => &mut self.result_class,
            (Ns::CimBinding, "Role") => &mut self.role,
            (Ns::CimBinding, "ResultRole") => &mut self.result_role,
            _ => return Err(fault::INVALID_FILTER),
        };
        let text = reader.text().map_err(|_| fault::INVALID_FILTER)?;
        *name = Some(text.trim().to_owned());
        Ok(())
    }

    /// Returns the association instances, or the instances at their far ends, each once.
    pub(crate) fn answer(&self, host: Snapshot<'_>, namespace: &str) -> Result<Vec<Item>, Refusal> {
        for named in [&self.association_class, &self.result_class] {
            let named = named.iter();
            for name in named {
                if family(namespace, name).is_empty() {
                    return Err(fault::NO_CLASS_IN_QUERY);
                }
            }
        }
        let object = self.object.as_ref().ok_or(fault::INVALID_FILTER)?;
        let search = Search {
            query: self,
            host,
            object: resolved(host, object, namespace)?,
        };
        let mut found = Vec::new();
        for association in associations(namespace) {
            for link in host.instances(association) {
                search.follow(association, &link, &mut found);
            }
        }
        Ok(found)
    }
}

/// Returns the reference to the object, with all its keys.
fn resolved(host: Snapshot<'_>, object: &Reference, namespace: &str) -> Result<Reference, Refusal> {
    let object = object.clone().or_namespace(namespace);
    if !object.class().namespace().eq_ignore_ascii_case(namespace) {
        return Err(fault::NO_OBJECT_IN_QUERY);
    }
    let class = class(namespace, object.class().name()).ok_or(fault::NO_CLASS_IN_QUERY)?;
    let instance = find(host, class, &selectors_of(&object));
    let instance = instance.map_err(|_| fault::NO_OBJECT_IN_QUERY)?;
    Ok(class.reference(&instance))
}

/// The search for the answer to a query.
struct Search<'a> {
    query: &'a AssociationQuery,
    host: Snapshot<'a>,
    object: Reference,
}

impl Search<'_> {
    /// Adds the instances at the far ends of an association instance, or the association instance itself.
    fn follow(&self, association: &Class, link: &Instance, found: &mut Vec<Item>) {
        let query = self.query;
        for near in association.ends() {
            let is_here = end(link, near).is_some_and(|end| is_same_object(end, &self.object));
            if !is_here || !is_or_any(&query.role, near) {
                continue;
            }
            if query.wants_links {
                if is_a_or_any(association, &query.result_class) {
                    add(found, association.reference(link), || Some(link.clone()));
                }
                continue;
            }
            if !is_a_or_any(association, &query.association_class) {
                continue;
            }
            for far in association.ends().filter(|far| *far != near) {
                if is_or_any(&query.result_role, far) {
                    self.reach(end(link, far), found);
                }
            }
        }
    }

    /// Adds the instance at the far end.
    fn reach(&self, far: Option<&Reference>, found: &mut Vec<Item>) {
        let Some(far) = far else { return };
        let Some(class) = class(far.class().namespace(), far.class().name()) else {
            return;
        };
        if !is_a_or_any(class, &self.query.result_class) {
            return;
        }
        add(found, far.clone(), || {
            find(self.host, class, &selectors_of(far)).ok()
        });
    }
}

fn end<'l>(link: &'l Instance, role: &str) -> Option<&'l Reference> {
    match link.value(role) {
        Some(Value::Reference(reference)) => Some(reference),
        _ => None,
    }
}

fn selectors_of(reference: &Reference) -> Selectors {
    let keys = reference.keys();
    keys.map(|(name, value)| (name.to_owned(), value.clone()))
        .collect()
}

fn is_a_or_any(class: &Class, wanted: &Option<String>) -> bool {
    wanted.as_deref().is_none_or(|wanted| class.is_a(wanted))
}

fn is_or_any(wanted: &Option<String>, name: &str) -> bool {
    wanted
        .as_deref()
        .is_none_or(|wanted| wanted.eq_ignore_ascii_case(name))
}

/// Adds an instance that exists and was not found before.
fn add(found: &mut Vec<Item>, reference: Reference, make: impl FnOnce() -> Option<Instance>) {
    if found
        .iter()
        .any(|item| is_same_object(&item.reference, &reference))
    {
        return;
    }
    found.extend(make().map(|instance| Item {
        instance,
        reference,
    }));
}

#[cfg(test)]
mod tests;
