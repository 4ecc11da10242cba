//! The input of a method and the representation of an instance, read by what method and class declare.
//!
//! Of several possible forms only the one that Windows accepts is read: a reference stands bare in its parameter, a
//! time in a child of the WS-CIM namespace.

use crate::cim::{CimType, DateTime, ElementSchema, Interval, MethodSchema, Properties, Value};
use crate::simulator::providers::{Class, is_embedded};
use crate::wsman::server_side::{Decoder, xsi_nil};
use crate::xml::{Content, Element, Ns, Reader};

use super::fault::{self, Refusal};
use super::reading::malformed;
use super::request::Head;
use super::resource::Resource;

/// Reads the open `METHOD_INPUT`, to its end. Windows compares the names in it exactly, and takes the element itself in
/// the namespace of `wsman.xsd` too.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    body: Option<&Element<'_>>,
    method: &MethodSchema,
    resource: &Resource,
) -> Result<Properties, Refusal> {
    let body = body.ok_or(fault::SCHEMA)?;
    let is_known = is_of(body, resource) || body.ns() == &Ns::Wsman;
    if body.local().strip_suffix("_INPUT") != Some(method.name.as_str()) || !is_known {
        return Err(fault::ACTION_MISMATCH);
    }
    let rules = Rules {
        resource,
        unknown: fault::PARAMETER_NAME,
        mistyped: fault::PARAMETER_TYPE,
        is_fragment: false,
    };
    rules.properties(
        reader,
        method
            .parameters
            .iter()
            .filter(|parameter| parameter.is_input()),
    )
}

/// Reads the open representation of an instance, to its end, as Put and Create have it, or the part of one.
pub(crate) fn representation(
    reader: &mut Reader<'_>,
    body: Option<&Element<'_>>,
    class: &Class,
    head: &Head,
) -> Result<Properties, Refusal> {
    let body = body.ok_or(fault::SCHEMA)?;
    let is_fragment = head.fragment.is_some();
    let is_it = if is_fragment {
        body.is(&Ns::Wsman, "XmlFragment")
    } else {
        class.is_named(body.local()) && is_of(body, &head.resource)
    };
    if !is_it {
        return Err(fault::SCHEMA);
    }
    let rules = Rules {
        resource: &head.resource,
        unknown: fault::SCHEMA,
        mistyped: fault::INVALID_VALUES,
        is_fragment,
    };
    rules.properties(reader, class.whole().properties.iter())
}

fn is_of(element: &Element<'_>, resource: &Resource) -> bool {
    element.ns().uri().eq_ignore_ascii_case(resource.uri())
}

/// The rules for reading values, and the refusals of those that do not match the declaration.
struct Rules<'r> {
    resource: &'r Resource,
    unknown: Refusal,
    mistyped: Refusal,
    /// True if the elements have no namespace.
    is_fragment: bool,
}

impl Rules<'_> {
    /// Reads the children of the open element, to its end.
    fn properties<'d>(
        &self,
        reader: &mut Reader<'_>,
        declared: impl Iterator<Item = &'d ElementSchema> + Clone,
    ) -> Result<Properties, Refusal> {
        let mut values = Properties::new();
        while let Some(element) = reader.next_child().map_err(malformed)? {
            let is_it =
                |known: &&ElementSchema| known.name == element.local() && self.takes(&element);
            let known = declared.clone().find(is_it).ok_or(self.unknown)?;
            let name = known.name.as_str();
            if !known.is_array && values.value(name).is_some() {
                return Err(fault::SCHEMA);
            }
            let value = read_value(reader, &element, known, self)?;
            if known.is_array && values.value(name).is_none() {
                // A single value of an array is an array of one; a null is an empty array.
                let one = if value.is_null() { vec![] } else { vec![value] };
                values.set(name, Value::Array(one));
            } else {
                values.append(name.into(), value);
            }
        }
        Ok(values)
    }

    fn takes(&self, element: &Element<'_>) -> bool {
        is_of(element, self.resource) || self.is_fragment && element.ns() == &Ns::None
    }
}

fn read_value(
    reader: &mut Reader<'_>,
    element: &Element<'_>,
    known: &ElementSchema,
    rules: &Rules<'_>,
) -> Result<Value, Refusal> {
    if xsi_nil(reader, element).map_err(malformed)? {
        reader.skip().map_err(malformed)?;
        return Ok(Value::Null);
    }
    if is_embedded(known) {
        return read_object(reader, element, rules.resource);
    }
    let kind = &known.cim_type;
    let is_typed = *kind == CimType::DateTime && is_typed_datetime(reader, element)?;
    match (kind, reader.content().map_err(malformed)?) {
        (CimType::Reference(_), Content::Element(first)) => {
            read_reference(reader, first, rules.resource)
        }
        (CimType::DateTime, Content::Element(first)) => read_time(reader, &first, is_typed),
        (CimType::Reference(_) | CimType::DateTime, Content::Text(_)) => Err(fault::SCHEMA),
        (_, Content::Element(_)) => Err(fault::SCHEMA),
        (CimType::String, Content::Text(text)) => Ok(Value::String(text.into_owned())),
        (kind, Content::Text(text)) => scalar(kind, text.trim()).ok_or(rules.mistyped),
    }
}

/// Reads an embedded object, which is a tree of elements. Text, as Hyper-V takes embedded instances, is refused.
fn read_object(
    reader: &mut Reader<'_>,
    element: &Element<'_>,
    resource: &Resource,
) -> Result<Value, Refusal> {
    let value = Decoder::new(resource.namespace()).value(reader, element);
    match value.map_err(malformed)? {
        instance @ Value::Instance(_) => Ok(instance),
        _ => Err(fault::SCHEMA),
    }
}

/// Reads a reference, whose parts stand in the parameter itself. Windows answers a schema fault to an
/// `a:EndpointReference` around them.
fn read_reference(
    reader: &mut Reader<'_>,
    first: Element<'_>,
    resource: &Resource,
) -> Result<Value, Refusal> {
    let is_part = matches!(
        (first.ns(), first.local()),
        (Ns::Addressing, "Address" | "ReferenceParameters")
    );
    if !is_part {
        return Err(fault::SCHEMA);
    }
    let reference = Decoder::new(resource.namespace())
        .endpoint(reader, Some(first))
        .map_err(malformed)?;
    if reference.class().name().is_empty() {
        return Err(fault::SCHEMA);
    }
    Ok(reference.into())
}

/// Reports whether the open element carries `xsi:type="cim:cimDateTime"`, with any prefix.
fn is_typed_datetime(reader: &mut Reader<'_>, element: &Element<'_>) -> Result<bool, Refusal> {
    let name = reader.attribute(element, &Ns::Xsi, "type");
    let name = name.map_err(malformed)?;
    let resolved = name.and_then(|name| reader.resolve(&name));
    Ok(resolved.is_some_and(|(ns, local)| ns == Ns::Cim && local == "cimDateTime"))
}

/// Reads a datetime from a child of its parameter (DSP0230 8.1). A child without a namespace needs the type on the
/// parameter, as Microsoft's client sends it.
fn read_time(
    reader: &mut Reader<'_>,
    child: &Element<'_>,
    is_typed: bool,
) -> Result<Value, Refusal> {
    let text = match reader.content().map_err(malformed)? {
        Content::Text(text) => text,
        Content::Element(_) => return Err(fault::SCHEMA),
    };
    let text = text.trim();
    let value = match (child.ns(), child.local()) {
        (Ns::Cim, "CIM_DateTime") if is_cim_form(text) => time(text).or_else(|| interval(text)),
        (Ns::None, "CIM_DateTime") if is_typed && is_cim_form(text) => {
            time(text).or_else(|| interval(text))
        }
        (Ns::Cim, "Datetime") if text.contains('T') && !is_cim_form(text) => time(text),
        (Ns::Cim, "Interval") if text.starts_with('P') => interval(text),
        _ => None,
    };
    if reader.next_child().map_err(malformed)?.is_some() {
        return Err(fault::SCHEMA);
    }
    value.ok_or(fault::SCHEMA)
}

/// Reports whether a text has the form of the 25 characters; an `xs:dateTime` can have as many.
fn is_cim_form(text: &str) -> bool {
    text.len() == 25 && text.as_bytes().get(14) == Some(&b'.')
}

fn time(text: &str) -> Option<Value> {
    text.parse::<DateTime>().ok().map(Value::from)
}

fn interval(text: &str) -> Option<Value> {
    text.parse::<Interval>().ok().map(Value::from)
}

fn scalar(kind: &CimType, text: &str) -> Option<Value> {
    match kind {
        // Clients write TRUE and True too.
        CimType::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true.into()),
            "false" | "0" => Some(false.into()),
            _ => None,
        },
        CimType::String | CimType::DateTime | CimType::Reference(_) => None,
        number => number.parse(text).ok(),
    }
}

#[cfg(test)]
mod tests;
