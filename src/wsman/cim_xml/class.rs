//! The declaration of a class: `<CLASS NAME="Msvm_ReplicationService">…` (MS-WSMV 3.1.4.1.38).

use crate::cim::{CimType, ClassSchema, ElementSchema, MethodSchema, Qualifier, Value};
use crate::xml::{Element, Error, Ns, Reader};

use super::instance::{name_of, read_property};

/// Reads the `CLASS` whose start tag has just been read, to its end.
pub(in crate::wsman) fn read(
    reader: &mut Reader<'_>,
    root: &Element<'_>,
) -> Result<ClassSchema, Error> {
    let mut class = ClassSchema {
        name: name_of(reader, root, "NAME")?,
        superclass: reader.attribute(root, &Ns::None, "SUPERCLASS")?,
        ..ClassSchema::default()
    };
    while let Some(child) = reader.next_child()? {
        match child.local() {
            "QUALIFIER" => class.qualifiers.push(read_qualifier(reader, &child)?),
            "METHOD" => class.methods.push(read_method(reader, &child)?),
            name if name.starts_with("PROPERTY") => {
                class.properties.push(read_element(reader, &child)?)
            }
            _ => reader.skip()?,
        }
    }
    Ok(class)
}

fn read_method(reader: &mut Reader<'_>, element: &Element<'_>) -> Result<MethodSchema, Error> {
    let return_type = reader
        .attribute(element, &Ns::None, "TYPE")?
        .unwrap_or_default();
    let mut method = MethodSchema {
        name: name_of(reader, element, "NAME")?,
        return_type: CimType::named(&return_type),
        qualifiers: Vec::new(),
        parameters: Vec::new(),
    };
    while let Some(child) = reader.next_child()? {
        match child.local() {
            "QUALIFIER" => method.qualifiers.push(read_qualifier(reader, &child)?),
            name if name.starts_with("PARAMETER") => {
                method.parameters.push(read_element(reader, &child)?)
            }
            _ => reader.skip()?,
        }
    }
    Ok(method)
}

/// Reads a property or a parameter: plain, `.ARRAY`, `.REFERENCE` or `.REFARRAY`.
fn read_element(reader: &mut Reader<'_>, element: &Element<'_>) -> Result<ElementSchema, Error> {
    let kind = element
        .local()
        .rsplit_once('.')
        .map_or("", |(_, kind)| kind);
    let cim_type = match kind {
        "REFERENCE" | "REFARRAY" => {
            let class = reader.attribute(element, &Ns::None, "REFERENCECLASS")?;
            CimType::Reference(class.unwrap_or_default())
        }
        _ => CimType::named(
            &reader
                .attribute(element, &Ns::None, "TYPE")?
                .unwrap_or_default(),
        ),
    };
    let is_array = matches!(kind, "ARRAY" | "REFARRAY");
    let mut declared = ElementSchema {
        name: name_of(reader, element, "NAME")?,
        cim_type,
        is_array,
        qualifiers: Vec::new(),
    };
    while let Some(child) = reader.next_child()? {
        match child.local() {
            "QUALIFIER" => declared.qualifiers.push(read_qualifier(reader, &child)?),
            // A default value.
            _ => reader.skip()?,
        }
    }
    Ok(declared)
}

fn read_qualifier(reader: &mut Reader<'_>, element: &Element<'_>) -> Result<Qualifier, Error> {
    let name = name_of(reader, element, "NAME")?;
    let kind = reader
        .attribute(element, &Ns::None, "TYPE")?
        .unwrap_or_default();
    let value = match read_property(reader, &kind)? {
        // A qualifier without a value is a flag that is set.
        Value::Null => Value::Boolean(true),
        value => value,
    };
    Ok(Qualifier { name, value })
}
