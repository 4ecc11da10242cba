//! The input of a method, read by what the method declares.
//!
//! What a client may send in more than one way is taken only as Windows takes it: a reference stands bare in its
//! parameter, a time in a child of the WS-CIM namespace.

use crate::cim::{DateTime, Interval, Properties, Value};
use crate::wsman::server_side::{Decoder, xsi_nil};
use crate::xml::{Content, Element, Ns, Reader};

use super::fault::{self, Refusal};
use super::host::{Kind, Method, Property};
use super::request::malformed;
use super::resource::Resource;

/// Reads the open `METHOD_INPUT`, to its end. Windows compares the names in it exactly.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    body: Option<&Element<'_>>,
    method: &Method,
    resource: &Resource,
) -> Result<Properties, Refusal> {
    let in_class = |element: &Element<'_>| element.ns().uri().eq_ignore_ascii_case(resource.uri());
    let body = body.ok_or(fault::SCHEMA)?;
    if body.local().strip_suffix("_INPUT") != Some(method.name) || !in_class(body) {
        return Err(fault::ACTION_MISMATCH);
    }
    let mut input = Properties::new();
    while let Some(parameter) = reader.next_child().map_err(malformed)? {
        let is_it = |input: &&Property| input.name == parameter.local() && in_class(&parameter);
        let declared = method.inputs.iter().find(is_it);
        let declared = declared.ok_or(fault::PARAMETER_NAME)?;
        if !declared.is_array && input.value(declared.name).is_some() {
            return Err(fault::SCHEMA);
        }
        let value = read_value(reader, &parameter, declared.kind, resource)?;
        input.append(declared.name.into(), value);
    }
    Ok(input)
}

fn read_value(
    reader: &mut Reader<'_>,
    element: &Element<'_>,
    kind: Kind,
    resource: &Resource,
) -> Result<Value, Refusal> {
    if xsi_nil(reader, element).map_err(malformed)? {
        reader.skip().map_err(malformed)?;
        return Ok(Value::Null);
    }
    match (kind, reader.content().map_err(malformed)?) {
        (Kind::Reference, Content::Element(first)) => read_reference(reader, first, resource),
        (Kind::DateTime, Content::Element(first)) => read_time(reader, &first),
        (Kind::Reference | Kind::DateTime, Content::Text(_)) => Err(fault::SCHEMA),
        (_, Content::Element(_)) => Err(fault::SCHEMA),
        (Kind::String, Content::Text(text)) => Ok(Value::String(text.into_owned())),
        (kind, Content::Text(text)) => scalar(kind, text.trim()).ok_or(fault::PARAMETER_TYPE),
    }
}

/// The parts of a reference stand in the parameter itself: with an `a:EndpointReference` around them, Windows answers
/// a schema fault.
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

/// A time is a child of the parameter (DSP0230 8.1), and in none of the other forms.
fn read_time(reader: &mut Reader<'_>, child: &Element<'_>) -> Result<Value, Refusal> {
    let text = match reader.content().map_err(malformed)? {
        Content::Text(text) => text,
        Content::Element(_) => return Err(fault::SCHEMA),
    };
    let text = text.trim();
    let value = match (child.ns(), child.local()) {
        (Ns::Cim, "CIM_DateTime") if is_cim_form(text) => time(text).or_else(|| interval(text)),
        (Ns::Cim, "Datetime") if text.contains('T') && !is_cim_form(text) => time(text),
        (Ns::Cim, "Interval") if text.starts_with('P') => interval(text),
        _ => None,
    };
    if reader.next_child().map_err(malformed)?.is_some() {
        return Err(fault::SCHEMA);
    }
    value.ok_or(fault::SCHEMA)
}

/// Whether a text has the form of the 25 characters; an `xs:dateTime` can have as many.
fn is_cim_form(text: &str) -> bool {
    text.len() == 25 && text.as_bytes().get(14) == Some(&b'.')
}

fn time(text: &str) -> Option<Value> {
    text.parse::<DateTime>().ok().map(Value::from)
}

fn interval(text: &str) -> Option<Value> {
    text.parse::<Interval>().ok().map(Value::from)
}

fn scalar(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Boolean => match text {
            "true" | "1" => Some(true.into()),
            "false" | "0" => Some(false.into()),
            _ => None,
        },
        Kind::Uint8 => number::<u8>(text),
        Kind::Uint16 => number::<u16>(text),
        Kind::Uint32 => number::<u32>(text),
        Kind::Uint64 => number::<u64>(text),
        Kind::Sint8 => number::<i8>(text),
        Kind::Sint16 => number::<i16>(text),
        Kind::String | Kind::DateTime | Kind::Reference => None,
    }
}

fn number<T: std::str::FromStr + Into<Value>>(text: &str) -> Option<Value> {
    text.parse::<T>().ok().map(Into::into)
}

#[cfg(test)]
mod tests;
