//! Instances, references and output parameters as WinRM writes them.

use crate::cim::{Instance, KeyValue, Reference, Value};
use crate::simulator::providers::Output;
use crate::wsman::Dialect;
use crate::wsman::server_side::uris;
use crate::xml::{Error, Writer, uri};

use super::resource::Resource;

/// Writes an instance: the prefix `p`, bound for the envelope already, is bound again to the class.
///
/// An instance without a class is a projection, whose elements have no namespace (MS-WSMV 3.1.4.1.18).
pub(crate) fn instance(
    writer: &mut Writer,
    instance: &Instance,
    resource: &Resource,
) -> Result<(), Error> {
    let Some(class) = instance.class() else {
        return fragment(writer, instance, resource);
    };
    let class_uri = resource.uri_of(class);
    let xsi_type = format!("p:{}_Type", class.name());
    let attributes = [
        ("xmlns:xsi", uri::XSI),
        ("xmlns:p", &class_uri),
        ("xmlns:cim", uri::CIM),
        ("xsi:type", &xsi_type),
    ];
    writer.start(&format!("p:{}", class.name()), &attributes)?;
    properties(writer, instance, "p:", resource)?;
    writer.end()
}

fn fragment(writer: &mut Writer, instance: &Instance, resource: &Resource) -> Result<(), Error> {
    let attributes = [("xmlns:xsi", uri::XSI), ("xmlns:w", uri::WSMAN)];
    writer.start("w:XmlFragment", &attributes)?;
    properties(writer, instance, "", resource)?;
    writer.end()
}

fn properties(
    writer: &mut Writer,
    instance: &Instance,
    prefix: &'static str,
    resource: &Resource,
) -> Result<(), Error> {
    let form = Form { prefix, resource };
    let mut properties = instance.properties().iter();
    properties.try_for_each(|(name, value)| form.property(writer, name, value))
}

/// Writes the output of a method, `ReturnValue` last.
pub(crate) fn output(
    writer: &mut Writer,
    method: &str,
    output: &Output,
    resource: &Resource,
) -> Result<(), Error> {
    let attributes = [
        ("xmlns:xsi", uri::XSI),
        ("xmlns:p", resource.uri()),
        ("xmlns:cim", uri::CIM),
    ];
    writer.start(&format!("p:{method}_OUTPUT"), &attributes)?;
    let form = Form {
        prefix: "p:",
        resource,
    };
    for (name, value) in &output.parameters {
        form.property(writer, name, value)?;
    }
    form.property(writer, "ReturnValue", &output.return_value.into())?;
    writer.end()
}

/// Writes a reference as an item of an enumeration, in its wrapper.
pub(crate) fn reference_item(
    writer: &mut Writer,
    reference: &Reference,
    resource: &Resource,
) -> Result<(), Error> {
    let attributes = [("xmlns:a", uri::ADDRESSING), ("xmlns:w", uri::WSMAN)];
    writer.start("a:EndpointReference", &attributes)?;
    endpoint(writer, reference, resource)?;
    writer.end()
}

/// Writes the reference to an instance that was created.
pub(crate) fn created(
    writer: &mut Writer,
    reference: &Reference,
    resource: &Resource,
) -> Result<(), Error> {
    writer.start("x:ResourceCreated", &[])?;
    endpoint(writer, reference, resource)?;
    writer.end()
}

/// Writes the parts of a reference, its class addressed in the dialect of the request.
fn endpoint(writer: &mut Writer, reference: &Reference, resource: &Resource) -> Result<(), Error> {
    let class = reference.class();
    writer.element("a:Address", &[], uris::ANONYMOUS)?;
    writer.start("a:ReferenceParameters", &[])?;
    writer.element("w:ResourceURI", &[], &resource.uri_of(class))?;
    writer.start("w:SelectorSet", &[])?;
    for (name, value) in reference.keys() {
        match value {
            KeyValue::Reference(inner) => {
                writer.start("w:Selector", &[("Name", name)])?;
                writer.start("a:EndpointReference", &[])?;
                endpoint(writer, inner, resource)?;
                writer.end()?;
                writer.end()?;
            }
            value => {
                let text = value.as_text().unwrap_or_default();
                writer.element("w:Selector", &[("Name", name)], &text)?;
            }
        }
    }
    if resource.dialect() == Dialect::Dmtf {
        let name = [("Name", uris::CIM_NAMESPACE)];
        writer.element("w:Selector", &name, class.namespace())?;
    }
    writer.end()?;
    writer.end()
}

/// The names of the elements of properties.
struct Form<'r> {
    /// Empty in a fragment, whose elements have no namespace.
    prefix: &'static str,
    resource: &'r Resource,
}

impl Form<'_> {
    /// Writes a property: an element for each value of an array, no element for a null array, and `xsi:nil` for a null
    /// scalar.
    fn property(&self, writer: &mut Writer, name: &str, value: &Value) -> Result<(), Error> {
        let tag = format!("{}{name}", self.prefix);
        match value {
            Value::Array(values) => values
                .iter()
                .try_for_each(|value| self.scalar(writer, &tag, value)),
            value => self.scalar(writer, &tag, value),
        }
    }

    fn scalar(&self, writer: &mut Writer, tag: &str, value: &Value) -> Result<(), Error> {
        let time = match value {
            Value::Null => return writer.empty(tag, &[("xsi:nil", "true")]),
            Value::Reference(reference) => {
                let attributes = [("xmlns:a", uri::ADDRESSING), ("xmlns:w", uri::WSMAN)];
                writer.start(tag, &attributes)?;
                endpoint(writer, reference, self.resource)?;
                return writer.end();
            }
            Value::Instance(instance) => return self.embedded(writer, tag, instance),
            Value::DateTime(time) => ("Datetime", time.to_utc().to_rfc3339()),
            Value::Interval(interval) => ("Interval", interval.to_xs_duration()),
            value => return writer.element(tag, &[], &value.to_text().unwrap_or_default()),
        };
        let (child, text) = time;
        // WinRM cannot write a time with wildcards either.
        let text = text.ok_or_else(|| Error::new("a time with wildcards has no form in XML"))?;
        writer.start(tag, &[])?;
        let time_prefix = if self.prefix.is_empty() { "" } else { "cim:" };
        writer.element(&format!("{time_prefix}{child}"), &[], &text)?;
        writer.end()
    }

    /// Writes an instance in another, under a prefix of its own.
    fn embedded(&self, writer: &mut Writer, tag: &str, instance: &Instance) -> Result<(), Error> {
        let unknown = || Error::new("an embedded instance has a class");
        let class = instance.class().ok_or_else(unknown)?;
        let class_uri = self.resource.uri_of(class);
        let xsi_type = format!("q:{}_Type", class.name());
        let attributes = [
            ("xmlns:q", class_uri.as_str()),
            ("xmlns:cim", uri::CIM),
            ("xsi:type", &xsi_type),
        ];
        writer.start(tag, &attributes)?;
        properties(writer, instance, "q:", self.resource)?;
        writer.end()
    }
}
