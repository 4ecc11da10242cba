//! Embedded instances as CIM-XML text (DSP0201): `<INSTANCE CLASSNAME="Msvm_Error">…`.

use std::str::FromStr;

use crate::cim::{ClassPath, FromValue, Instance, Properties, Reference, Value};
use crate::xml::{Element, Error, Ns, Reader, Writer};

use crate::wsman::encode::checked_name;
use crate::wsman::error::EncodeError;

/// Reads an instance.
pub(crate) fn read(text: &str) -> Result<Instance, Error> {
    let mut reader = Reader::new(text);
    let root = reader.root()?;
    if root.local() != "INSTANCE" {
        return Err(Error::new(format!(
            "{:?} where a CIM-XML INSTANCE was expected",
            root.local()
        )));
    }
    let class = name_of(&reader, &root, "CLASSNAME")?;
    let mut properties = Properties::new();
    while let Some(property) = reader.next_child()? {
        // A qualifier is of no use in an instance.
        if !property.local().starts_with("PROPERTY") {
            reader.skip()?;
            continue;
        }
        let name = name_of(&reader, &property, "NAME")?;
        let kind = reader
            .attribute(&property, &Ns::None, "TYPE")?
            .unwrap_or_default();
        properties.set(name, read_property(&mut reader, &kind)?);
    }
    reader.end()?;
    Ok(Instance::from_parts(
        Some(ClassPath::new("", class).into()),
        properties,
    ))
}

pub(super) fn name_of(
    reader: &Reader<'_>,
    element: &Element<'_>,
    attribute: &str,
) -> Result<String, Error> {
    let name = reader.attribute(element, &Ns::None, attribute)?;
    name.ok_or_else(|| Error::new(format!("{} without {attribute}", element.local())))
}

/// Reads a property to its end. One without a value is null.
pub(super) fn read_property(reader: &mut Reader<'_>, kind: &str) -> Result<Value, Error> {
    let mut value = Value::Null;
    while let Some(child) = reader.next_child()? {
        match child.local() {
            "VALUE" => value = typed(kind, &reader.text()?),
            "VALUE.ARRAY" => {
                let mut values = Vec::new();
                while let Some(child) = reader.next_child()? {
                    match child.local() {
                        "VALUE" => values.push(typed(kind, &reader.text()?)),
                        _ => {
                            reader.skip()?;
                            values.push(Value::Null);
                        }
                    }
                }
                value = Value::Array(values);
            }
            "VALUE.REFERENCE" => value = read_reference(reader)?,
            _ => reader.skip()?,
        }
    }
    Ok(value)
}

/// Reads a reference to its end: the name of an instance, wherever the path before it stands.
fn read_reference(reader: &mut Reader<'_>) -> Result<Value, Error> {
    let mut value = Value::Null;
    while let Some(child) = reader.next_child()? {
        match child.local() {
            "INSTANCENAME" => {
                let mut reference = Reference::new("", name_of(reader, &child, "CLASSNAME")?);
                while let Some(binding) = reader.next_child()? {
                    let key = reader.attribute(&binding, &Ns::None, "NAME")?;
                    let mut text = None;
                    while let Some(part) = reader.next_child()? {
                        match part.local() {
                            "KEYVALUE" => text = Some(reader.text()?.into_owned()),
                            _ => reader.skip()?,
                        }
                    }
                    if let (Some(key), Some(text)) = (key, text) {
                        reference = reference.with_key(key, text);
                    }
                }
                value = reference.into();
            }
            _ => match read_reference(reader)? {
                Value::Null => {}
                found => value = found,
            },
        }
    }
    Ok(value)
}

/// A value of the type named; text that is none of it stays text.
fn typed(kind: &str, text: &str) -> Value {
    let raw = Value::from(text);
    let decoded = match kind {
        "boolean" => bool::from_value(&raw).map(Value::from).ok(),
        "uint8" => number::<u8>(text),
        "uint16" => number::<u16>(text),
        "uint32" => number::<u32>(text),
        "uint64" => number::<u64>(text),
        "sint8" => number::<i8>(text),
        "sint16" => number::<i16>(text),
        "sint32" => number::<i32>(text),
        "sint64" => number::<i64>(text),
        "real32" => number::<f32>(text),
        "real64" => number::<f64>(text),
        "datetime" => text
            .parse()
            .map(Value::DateTime)
            .or_else(|_| text.parse().map(Value::Interval))
            .ok(),
        _ => None,
    };
    decoded.unwrap_or(raw)
}

fn number<T: FromStr + Into<Value>>(text: &str) -> Option<Value> {
    text.trim().parse::<T>().map(Into::into).ok()
}

/// Writes an instance. Null properties are left out.
pub(crate) fn write(instance: &Instance) -> Result<String, EncodeError> {
    let mut writer = Writer::new();
    let class = checked_name("class", instance.class_name())?;
    writer.start("INSTANCE", &[("CLASSNAME", class)])?;
    for (name, value) in instance.properties().iter() {
        let name = checked_name("property", name)?;
        let first = value.elements().iter().find(|value| !value.is_null());
        let Some(kind) = first.and_then(type_name) else {
            if value.elements().iter().all(Value::is_null) {
                continue;
            }
            return Err(EncodeError::Value(format!(
                "{name} cannot stand in an embedded instance"
            )));
        };
        let attributes = [("NAME", name), ("TYPE", kind)];
        match value {
            Value::Array(values) => {
                writer.start("PROPERTY.ARRAY", &attributes)?;
                writer.start("VALUE.ARRAY", &[])?;
                values
                    .iter()
                    .try_for_each(|value| write_value(&mut writer, value))?;
                writer.end()?;
            }
            value => {
                writer.start("PROPERTY", &attributes)?;
                write_value(&mut writer, value)?;
            }
        }
        writer.end()?;
    }
    writer.end()?;
    Ok(writer.finish()?)
}

fn write_value(writer: &mut Writer, value: &Value) -> Result<(), EncodeError> {
    match value {
        Value::Null => writer.empty("VALUE.NULL", &[])?,
        // An instance in an instance is escaped text once more.
        Value::Instance(inner) => writer.element("VALUE", &[], &write(inner)?)?,
        Value::Reference(reference) => writer.element("VALUE", &[], &reference.to_string())?,
        value => writer.element("VALUE", &[], &value.to_text().unwrap_or_default())?,
    }
    Ok(())
}

/// The name of a value's type (DSP0201, CIMType). References travel as object paths in strings, as Hyper-V has them.
fn type_name(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Boolean(_) => "boolean",
        Value::Uint8(_) => "uint8",
        Value::Uint16(_) => "uint16",
        Value::Uint32(_) => "uint32",
        Value::Uint64(_) => "uint64",
        Value::Sint8(_) => "sint8",
        Value::Sint16(_) => "sint16",
        Value::Sint32(_) => "sint32",
        Value::Sint64(_) => "sint64",
        Value::Real32(_) => "real32",
        Value::Real64(_) => "real64",
        Value::Char16(_) => "char16",
        Value::DateTime(_) | Value::Interval(_) => "datetime",
        Value::String(_) | Value::Reference(_) | Value::Instance(_) => "string",
        Value::Null | Value::Array(_) => return None,
    })
}
