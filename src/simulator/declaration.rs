//! Get of the declaration of a class, as CIM-XML (MS-WSMV 3.1.4.1.38).

use crate::wsman::server_side::uris;
use crate::xml::{Error, Writer};

use super::fault::{self, Refusal};
use super::host::{Class, Kind, Method, Property, class, has_namespace};
use super::request::{Head, Request};
use super::response::envelope;

/// Answers with the declaration of the class that the selectors name.
pub(crate) fn get(request: Request<'_>) -> Result<String, Refusal> {
    request.body.pass_over()?;
    let head = request.head;
    let class = class_of(&head)?;
    let declaration = Declaration {
        class,
        is_qualified: head.is_set("IncludeQualifiers"),
        is_whole: head.is_set("IncludeInheritedElements"),
    };
    let action = format!("{}Response", uris::GET);
    Ok(envelope(&action, Some(&head.message_id), |writer| {
        declaration.write(writer)
    })?)
}

fn class_of(head: &Head) -> Result<&'static Class, Refusal> {
    let namespace = head.resource.namespace();
    if !has_namespace(namespace) {
        return Err(fault::NO_NAMESPACE);
    }
    let [(name, value)] = head.selectors.as_slice() else {
        return Err(fault::NO_KEYS);
    };
    if !name.eq_ignore_ascii_case("ClassName") {
        return Err(fault::UNEXPECTED_SELECTOR);
    }
    let name = value.as_text().ok_or(fault::SELECTOR_TYPE)?;
    class(namespace, &name).ok_or(fault::NO_CLASS)
}

/// A class to be declared.
struct Declaration {
    class: &'static Class,
    /// Whether qualifiers are told.
    is_qualified: bool,
    /// Whether what is inherited is told, as far as the host knows the classes that it comes from.
    is_whole: bool,
}

impl Declaration {
    fn write(&self, writer: &mut Writer) -> Result<(), Error> {
        let class = self.class;
        let mut attributes = vec![("NAME", class.name)];
        attributes.extend(class.bases.first().map(|base| ("SUPERCLASS", *base)));
        writer.start("CLASS", &attributes)?;
        self.flag(writer, "Abstract", class.is_abstract)?;
        self.flag(writer, "Association", class.is_association())?;
        self.flag(writer, "dynamic", !class.is_abstract)?;
        self.flag(writer, "SupportsCreate", class.writing.create.is_some())?;
        self.flag(writer, "SupportsDelete", class.writing.delete.is_some())?;
        self.flag(writer, "SupportsUpdate", class.writing.put.is_some())?;
        for property in class.properties {
            if self.is_whole || !is_inherited(class, property.name) {
                self.property(writer, property)?;
            }
        }
        for method in class.methods {
            self.method(writer, method)?;
        }
        writer.end()
    }

    fn property(&self, writer: &mut Writer, property: &Property) -> Result<(), Error> {
        open_element(writer, "PROPERTY", property)?;
        self.flag(writer, "Key", self.class.has_key(property.name))?;
        self.flag(writer, "read", true)?;
        self.flag(writer, "write", property.is_writable)?;
        self.of_value(writer, property)?;
        writer.end()
    }

    fn method(&self, writer: &mut Writer, method: &Method) -> Result<(), Error> {
        writer.start("METHOD", &[("NAME", method.name), ("TYPE", "uint32")])?;
        self.flag(writer, "Implemented", true)?;
        self.flag(writer, "Static", method.is_static)?;
        for (parameters, direction) in [(method.inputs, "In"), (method.outputs, "Out")] {
            for parameter in parameters {
                open_element(writer, "PARAMETER", parameter)?;
                self.flag(writer, direction, true)?;
                self.of_value(writer, parameter)?;
                writer.end()?;
            }
        }
        writer.end()
    }

    /// What is said of the values of a property or parameter.
    fn of_value(&self, writer: &mut Writer, element: &Property) -> Result<(), Error> {
        if !self.is_qualified {
            return Ok(());
        }
        if let (Kind::String | Kind::Object, Some(class)) = (element.kind, element.class) {
            writer.start(
                "QUALIFIER",
                &[("NAME", "EmbeddedInstance"), ("TYPE", "string")],
            )?;
            writer.element("VALUE", &[], class)?;
            writer.end()?;
        }
        if !element.values.is_empty() {
            texts(
                writer,
                "ValueMap",
                element.values.iter().map(|(value, _)| *value),
            )?;
            texts(
                writer,
                "Values",
                element.values.iter().map(|(_, name)| *name),
            )?;
        }
        Ok(())
    }

    /// A qualifier that is true, where it is.
    fn flag(&self, writer: &mut Writer, name: &str, is_set: bool) -> Result<(), Error> {
        if !(self.is_qualified && is_set) {
            return Ok(());
        }
        writer.start("QUALIFIER", &[("NAME", name), ("TYPE", "boolean")])?;
        writer.element("VALUE", &[], "true")?;
        writer.end()
    }
}

fn is_inherited(derived: &Class, property: &str) -> bool {
    let mut bases = derived.bases.iter();
    bases.any(|base| {
        let base = class(derived.namespace, base);
        base.is_some_and(|base| base.property(property).is_some())
    })
}

/// Opens the element of a property or a parameter, which is named by what it holds.
fn open_element(writer: &mut Writer, element: &str, declared: &Property) -> Result<(), Error> {
    let class = declared.class.unwrap_or_default();
    let (form, kind) = match (declared.kind, declared.is_array) {
        (Kind::Reference, false) => (".REFERENCE", ("REFERENCECLASS", class)),
        (Kind::Reference, true) => (".REFARRAY", ("REFERENCECLASS", class)),
        (kind, true) => (".ARRAY", ("TYPE", kind.name())),
        (kind, false) => ("", ("TYPE", kind.name())),
    };
    writer.start(
        &format!("{element}{form}"),
        &[("NAME", declared.name), kind],
    )
}

/// A qualifier that is an array of texts.
fn texts<'t>(
    writer: &mut Writer,
    name: &str,
    values: impl Iterator<Item = &'t str>,
) -> Result<(), Error> {
    writer.start("QUALIFIER", &[("NAME", name), ("TYPE", "string")])?;
    writer.start("VALUE.ARRAY", &[])?;
    for value in values {
        writer.element("VALUE", &[], value)?;
    }
    writer.end()?;
    writer.end()
}

#[cfg(test)]
mod tests;
