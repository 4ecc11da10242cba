//! Get of the declaration of a class, as CIM-XML (MS-WSMV 3.1.4.1.38).

use crate::cim::{CimType, ElementSchema, MethodSchema, Qualifier, Value};
use crate::simulator::providers::{Class, class, has_namespace};
use crate::wsman::server_side::uris;
use crate::xml::{Error, Writer};

use super::fault::{self, Refusal};
use super::request::{Head, Request};
use super::response::respond;

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
    respond(&head, uris::GET, |writer| declaration.write(writer))
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

/// A class, and the parts of its declaration that are asked for.
struct Declaration {
    class: &'static Class,
    /// True if qualifiers are included.
    is_qualified: bool,
    /// True if inherited members are included, as far as the superclasses are declared.
    is_whole: bool,
}

impl Declaration {
    fn write(&self, writer: &mut Writer) -> Result<(), Error> {
        let declared = if self.is_whole {
            self.class.whole()
        } else {
            self.class.own()
        };
        let mut attributes = vec![("NAME", declared.name.as_str())];
        let superclass = declared.superclass.as_deref();
        attributes.extend(superclass.map(|base| ("SUPERCLASS", base)));
        writer.start("CLASS", &attributes)?;
        self.qualifiers(writer, &declared.qualifiers)?;
        for property in &declared.properties {
            self.element(writer, "PROPERTY", property)?;
        }
        for method in &declared.methods {
            self.method(writer, method)?;
        }
        writer.end()
    }

    fn method(&self, writer: &mut Writer, method: &MethodSchema) -> Result<(), Error> {
        let returned = method.return_type.to_string();
        writer.start("METHOD", &[("NAME", &method.name), ("TYPE", &returned)])?;
        self.qualifiers(writer, &method.qualifiers)?;
        for parameter in &method.parameters {
            self.element(writer, "PARAMETER", parameter)?;
        }
        writer.end()
    }

    /// Writes a property or a parameter. The name of its element depends on its type.
    fn element(
        &self,
        writer: &mut Writer,
        element: &str,
        declared: &ElementSchema,
    ) -> Result<(), Error> {
        let name = ("NAME", declared.name.as_str());
        match (&declared.cim_type, declared.is_array) {
            (CimType::Reference(class), is_array) => {
                let form = if is_array { "REFARRAY" } else { "REFERENCE" };
                writer.start(
                    &format!("{element}.{form}"),
                    &[name, ("REFERENCECLASS", class)],
                )?;
            }
            (cim_type, is_array) => {
                let form = if is_array { ".ARRAY" } else { "" };
                let cim_type = cim_type.to_string();
                writer.start(&format!("{element}{form}"), &[name, ("TYPE", &cim_type)])?;
            }
        }
        self.qualifiers(writer, &declared.qualifiers)?;
        writer.end()
    }

    fn qualifiers(&self, writer: &mut Writer, qualifiers: &[Qualifier]) -> Result<(), Error> {
        let told = qualifiers.iter().filter(|_| self.is_qualified);
        told.into_iter()
            .try_for_each(|qualifier| write_qualifier(writer, qualifier))
    }
}

fn write_qualifier(writer: &mut Writer, qualifier: &Qualifier) -> Result<(), Error> {
    let value = &qualifier.value;
    let cim_type = match value.elements().first() {
        Some(Value::Boolean(_)) => "boolean",
        Some(Value::Uint32(_)) => "uint32",
        _ => "string",
    };
    let name = ("NAME", qualifier.name.as_str());
    writer.start("QUALIFIER", &[name, ("TYPE", cim_type)])?;
    let is_array = matches!(value, Value::Array(_));
    if is_array {
        writer.start("VALUE.ARRAY", &[])?;
    }
    for value in value.elements() {
        writer.element("VALUE", &[], &value.to_text().unwrap_or_default())?;
    }
    if is_array {
        writer.end()?;
    }
    writer.end()
}

#[cfg(test)]
mod tests;
