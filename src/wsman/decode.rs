//! Decoding of XML elements as CIM values.

use std::sync::Arc;

use crate::cim::{CimType, ClassPath, Instance, KeyValue, Properties, Reference, Value};
use crate::xml::{Content, Element, Error, Ns, Reader};

use super::uris;

/// A reader of instances. It shares the class and the property names among the instances of one class.
pub(crate) struct Decoder<'n> {
    /// The namespace of the request, for classes whose resource URI does not name one.
    namespace: &'n str,
    /// The class of the previous element, with the namespace that it was resolved from.
    last_class: Option<(Ns, Arc<ClassPath>)>,
    /// The property names of the previous instance, in order; the next one usually has the same.
    names: Vec<Arc<str>>,
}

impl<'n> Decoder<'n> {
    pub(crate) fn new(namespace: &'n str) -> Self {
        Self {
            namespace,
            last_class: None,
            names: Vec::new(),
        }
    }

    /// Reads the instance whose start tag has just been read, to its end.
    ///
    /// Windows sends a projection as a `w:XmlFragment`, without a class and without namespaces (MS-WSMV 3.1.4.1.18).
    pub(crate) fn instance(
        &mut self,
        reader: &mut Reader<'_>,
        element: &Element<'_>,
    ) -> Result<Instance, Error> {
        let class = match element.ns() {
            Ns::Wsman if element.local() == "XmlFragment" => None,
            ns => Some(self.class(ns, element.local())),
        };
        let mut properties = Properties::new();
        properties.reserve(self.names.len());
        while let Some(child) = reader.next_child()? {
            self.property(reader, &child, &mut properties)?;
        }
        self.names.clear();
        self.names
            .extend((0..properties.len()).filter_map(|index| properties.name_at(index).cloned()));
        Ok(Instance::from_parts(class, properties))
    }

    /// Reads the children of the open element as named values, to its end.
    pub(crate) fn properties(&mut self, reader: &mut Reader<'_>) -> Result<Properties, Error> {
        let mut properties = Properties::new();
        while let Some(child) = reader.next_child()? {
            self.property(reader, &child, &mut properties)?;
        }
        Ok(properties)
    }

    fn property(
        &mut self,
        reader: &mut Reader<'_>,
        element: &Element<'_>,
        properties: &mut Properties,
    ) -> Result<(), Error> {
        let name = self.name(element.local(), properties.len());
        let value = self.value(reader, element)?;
        properties.append(name, value);
        check_count(properties)
    }

    /// Returns the shared name if the previous instance has it near this index. A repeated element, or a null array
    /// that is left out, shifts the index by one.
    fn name(&self, name: &str, index: usize) -> Arc<str> {
        let near = index.saturating_sub(1)..(index + 2).min(self.names.len());
        let known = self
            .names
            .get(near)
            .into_iter()
            .flatten()
            .find(|known| ***known == *name);
        known.map_or_else(|| Arc::from(name), Arc::clone)
    }

    fn class(&mut self, ns: &Ns, local: &str) -> Arc<ClassPath> {
        if let Some((known, class)) = &self.last_class
            && known == ns
            && class.name() == local
        {
            return Arc::clone(class);
        }
        // The element's name is the class of the instance; its namespace may be that of the enumerated class.
        let family = uris::class_of(ns.uri());
        let mut class = ClassPath::new(family.namespace(), local).or_namespace(self.namespace);
        if let Some(base) = family.base() {
            class = class.with_base(base);
        }
        let class = Arc::new(class);
        self.last_class = Some((ns.clone(), Arc::clone(&class)));
        class
    }

    /// Reads the value of the open element, to its end.
    pub(crate) fn value(
        &mut self,
        reader: &mut Reader<'_>,
        element: &Element<'_>,
    ) -> Result<Value, Error> {
        let mut named = NamedType::None;
        if element.has_attributes() {
            if xsi_nil(reader, element)? {
                reader.skip()?;
                return Ok(Value::Null);
            }
            named = self.named_type(reader, element)?;
        }
        match (reader.content()?, named) {
            (Content::Text(text), NamedType::Cim(cim_type)) => {
                let text = Value::String(text.into_owned());
                // A value that does not have its declared type stays text, so that it does not affect other properties.
                Ok(cim_type.convert(&text).unwrap_or(text))
            }
            // All properties are null arrays, which are left out.
            (Content::Text(text), NamedType::Class(class)) if text.trim().is_empty() => {
                Ok(Instance::from_parts(Some(class), Properties::new()).into())
            }
            (Content::Text(text), _) => Ok(Value::String(text.into_owned())),
            (Content::Element(first), NamedType::Class(class)) => {
                self.structure(reader, first, Some(class))
            }
            (Content::Element(first), _) => self.structure(reader, first, None),
        }
    }

    /// Returns the type that `xsi:type` names: a class by `p:Class_Type` (DSP0230), a CIM type by `cim:cimString` and
    /// the like.
    fn named_type(
        &mut self,
        reader: &mut Reader<'_>,
        element: &Element<'_>,
    ) -> Result<NamedType, Error> {
        let Some(name) = reader.attribute(element, &Ns::Xsi, "type")? else {
            return Ok(NamedType::None);
        };
        Ok(match reader.resolve(&name) {
            Some((Ns::Cim, local)) => cim_type(&local).map_or(NamedType::None, NamedType::Cim),
            Some((ns @ Ns::Other(_), local)) => {
                NamedType::Class(self.class(&ns, local.strip_suffix("_Type").unwrap_or(&local)))
            }
            _ => NamedType::None,
        })
    }

    /// Reads a value that consists of elements, the first of which is open: a reference, a time, or an instance.
    fn structure(
        &mut self,
        reader: &mut Reader<'_>,
        first: Element<'_>,
        class: Option<Arc<ClassPath>>,
    ) -> Result<Value, Error> {
        match first.ns() {
            Ns::Addressing if first.local() == "EndpointReference" => {
                let reference = self.endpoint(reader, None)?;
                while reader.next_child()?.is_some() {
                    reader.skip()?;
                }
                Ok(reference.into())
            }
            Ns::Addressing => Ok(self.endpoint(reader, Some(first))?.into()),
            // A projection leaves the namespace of the child out.
            Ns::Cim | Ns::None if TIMES.contains(&first.local()) => {
                let value = time(&reader.text()?);
                while reader.next_child()?.is_some() {
                    reader.skip()?;
                }
                Ok(value)
            }
            ns => {
                let class = class.unwrap_or_else(|| {
                    let family = uris::class_of(ns.uri());
                    Arc::new(family.or_namespace(self.namespace))
                });
                let mut inner = Decoder::new(self.namespace);
                let mut properties = Properties::new();
                inner.property(reader, &first, &mut properties)?;
                while let Some(child) = reader.next_child()? {
                    inner.property(reader, &child, &mut properties)?;
                }
                Ok(Instance::from_parts(Some(class), properties).into())
            }
        }
    }

    /// Reads an endpoint reference to the end of the element that contains its parts; the first part may be open
    /// already.
    pub(crate) fn endpoint(
        &mut self,
        reader: &mut Reader<'_>,
        first: Option<Element<'_>>,
    ) -> Result<Reference, Error> {
        let mut parts = Endpoint::default();
        if let Some(part) = first {
            self.endpoint_part(reader, &part, &mut parts)?;
        }
        while let Some(part) = reader.next_child()? {
            self.endpoint_part(reader, &part, &mut parts)?;
        }
        let mut reference = Reference::to_class(uris::class_of(&parts.resource));
        for (name, value) in parts.selectors {
            match value {
                KeyValue::Text(namespace) if name.eq_ignore_ascii_case(uris::CIM_NAMESPACE) => {
                    reference = reference.or_namespace(&namespace.replace('\\', "/"));
                }
                value => reference = reference.with_key(name, value),
            }
        }
        Ok(reference.or_namespace(self.namespace))
    }

    fn endpoint_part(
        &mut self,
        reader: &mut Reader<'_>,
        part: &Element<'_>,
        parts: &mut Endpoint,
    ) -> Result<(), Error> {
        if !matches!(
            (part.ns(), part.local()),
            (
                Ns::Addressing,
                "ReferenceParameters" | "ReferenceProperties"
            )
        ) {
            return reader.skip();
        }
        while let Some(parameter) = reader.next_child()? {
            match (parameter.ns(), parameter.local()) {
                (Ns::Wsman, "ResourceURI") => parts.resource = reader.text()?.trim().to_owned(),
                (Ns::Wsman, "SelectorSet") => parts.selectors = self.selectors(reader)?,
                _ => reader.skip()?,
            }
        }
        Ok(())
    }

    /// Reads the selectors of the open selector set, to its end.
    pub(crate) fn selectors(
        &mut self,
        reader: &mut Reader<'_>,
    ) -> Result<Vec<(String, KeyValue)>, Error> {
        let mut selectors = Vec::new();
        while let Some(selector) = reader.next_child()? {
            let Some(name) = reader.attribute(&selector, &Ns::None, "Name")? else {
                reader.skip()?;
                continue;
            };
            let value = match self.value(reader, &selector)? {
                Value::Reference(reference) => KeyValue::Reference(reference),
                value => KeyValue::Text(value.to_text().unwrap_or_default().into_owned()),
            };
            selectors.push((name, value));
        }
        Ok(selectors)
    }
}

/// The type named by `xsi:type`.
enum NamedType {
    None,
    Cim(CimType),
    Class(Arc<ClassPath>),
}

/// Maps a type name of the WS-CIM schema, which the MI client and OMI write. References are recognized by their form.
fn cim_type(name: &str) -> Option<CimType> {
    Some(match name {
        "cimBoolean" => CimType::Boolean,
        "cimUnsignedByte" => CimType::Uint8,
        "cimUnsignedShort" => CimType::Uint16,
        "cimUnsignedInt" => CimType::Uint32,
        "cimUnsignedLong" => CimType::Uint64,
        "cimByte" => CimType::Sint8,
        "cimShort" => CimType::Sint16,
        "cimInt" => CimType::Sint32,
        "cimLong" => CimType::Sint64,
        "cimFloat" => CimType::Real32,
        "cimDouble" => CimType::Real64,
        "cimDateTime" => CimType::DateTime,
        _ => return None,
    })
}

#[derive(Default)]
struct Endpoint {
    resource: String,
    selectors: Vec<(String, KeyValue)>,
}

/// Returns an error if an instance has too many properties. Each name is searched for among the ones before it, so the
/// cost is quadratic.
pub(super) fn check_count(properties: &Properties) -> Result<(), Error> {
    if properties.len() > MAX_PROPERTIES {
        return Err(Error::new(format!(
            "more than {MAX_PROPERTIES} properties in one instance"
        )));
    }
    Ok(())
}

/// Returns true if the open element is null.
pub(crate) fn xsi_nil(reader: &Reader<'_>, element: &Element<'_>) -> Result<bool, Error> {
    let nil = reader.attribute(element, &Ns::Xsi, "nil")?;
    Ok(nil.is_some_and(|nil| matches!(nil.trim(), "true" | "1")))
}

/// Converts the text of a time. Text that does not parse stays text, so that it does not affect other properties.
fn time(text: &str) -> Value {
    if let Ok(time) = text.parse() {
        return Value::DateTime(time);
    }
    match text.parse() {
        Ok(interval) => Value::Interval(interval),
        Err(_) => Value::String(text.to_owned()),
    }
}

/// The most properties of an instance. The largest classes of Windows, performance counters, have a few hundred.
const MAX_PROPERTIES: usize = 1000;
/// The children that a datetime may have (DSP0230 8.1; the last one from Server 2003, MS-WSMAN 2.2.5.1).
const TIMES: [&str; 6] = [
    "Datetime",
    "CIM_DateTime",
    "Interval",
    "Date",
    "Time",
    "CIM_DateTimeString",
];

#[cfg(test)]
mod tests;
