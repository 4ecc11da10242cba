//! Encoding of CIM values as XML elements.

use crate::cim::{ClassPath, Instance, KeyValue, Properties, Reference, Value, is_cim_name};
use crate::xml::{Writer, uri};

use super::cim_xml;
use super::error::EncodeError;
use super::profile::{DatetimeForm, Dialect, EmbeddedForm, ServerProfile};
use super::uris;

/// A writer of values in the form that a service expects. The envelope binds the prefixes `a`, `w`, `cim` and `xsi`.
pub(crate) struct Encoder<'w> {
    pub(crate) writer: &'w mut Writer,
    pub(crate) profile: ServerProfile,
    /// The namespace of the request, for embedded instances whose class does not name one.
    pub(crate) namespace: &'w str,
}

impl Encoder<'_> {
    /// Writes a parameter or property: an element for each value of an array, and nothing for null.
    ///
    /// Real clients of Hyper-V (libvirt among them) leave null parameters out; an empty element would be an empty
    /// string.
    ///
    /// `prefix` is bound to the namespace of the element.
    pub(crate) fn property(
        &mut self,
        prefix: &str,
        name: &str,
        value: &Value,
    ) -> Result<(), EncodeError> {
        let tag = format!("{prefix}:{}", checked_name("parameter", name)?);
        let written = match value {
            Value::Null => Ok(()),
            Value::Array(values) => values.iter().try_for_each(|value| match value {
                Value::Null => Ok(self.writer.empty(&tag, &[("xsi:nil", "true")])?),
                Value::Array(_) => Err(EncodeError::Value(format!(
                    "{name} is an array in an array"
                ))),
                value => self.scalar(&tag, value),
            }),
            value => self.scalar(&tag, value),
        };
        written.map_err(|error| error.at(name))
    }

    fn scalar(&mut self, tag: &str, value: &Value) -> Result<(), EncodeError> {
        match value {
            Value::DateTime(time) => {
                let xml_schema = time.to_utc().to_rfc3339();
                let missing = || EncodeError::Value(format!("{time} has no xs:dateTime form"));
                let xml_schema = xml_schema.ok_or_else(missing);
                self.time(tag, &time.to_string(), "cim:Datetime", xml_schema)
            }
            Value::Interval(interval) => {
                let missing = || EncodeError::Value(format!("{interval} has no xs:duration form"));
                let xml_schema = interval.to_xs_duration().ok_or_else(missing);
                self.time(tag, &interval.to_string(), "cim:Interval", xml_schema)
            }
            Value::Reference(reference) => {
                self.writer.start(tag, &[])?;
                self.endpoint(reference)?;
                Ok(self.writer.end()?)
            }
            Value::Instance(instance) => match self.profile.embedded_form {
                // Hyper-V takes settings as CIM-XML in a string, and refuses an element tree (qualifier
                // HyperVEmbeddedInstance).
                EmbeddedForm::CimXml => {
                    Ok(self.writer.element(tag, &[], &cim_xml::write(instance)?)?)
                }
                EmbeddedForm::Elements => self.embedded(tag, instance),
            },
            value => Ok(self
                .writer
                .element(tag, &[], &value.to_text().unwrap_or_default())?),
        }
    }

    /// Writes an instance as elements in the namespace of its class. An instance within another instance binds the
    /// prefix anew.
    fn embedded(&mut self, tag: &str, instance: &Instance) -> Result<(), EncodeError> {
        let nameless = || EncodeError::Value("an embedded instance has no class".to_owned());
        let class = instance.class().ok_or_else(nameless)?.clone();
        let class = Reference::to_class(class.or_namespace(self.namespace));
        let resource = self.resource_uri(&class)?;
        let class = format!("i:{}_Type", class.class().name());
        self.writer
            .start(tag, &[("xmlns:i", &resource), ("xsi:type", &class)])?;
        self.properties("i", instance.properties())?;
        Ok(self.writer.end()?)
    }

    /// Writes all properties of an instance. Null is written as `xsi:nil`, since a property that is left out keeps its
    /// value; so is an empty array, which has no other form.
    pub(crate) fn properties(
        &mut self,
        prefix: &str,
        properties: &Properties,
    ) -> Result<(), EncodeError> {
        for (name, value) in properties.iter() {
            if value.elements().is_empty() {
                let tag = format!("{prefix}:{}", checked_name("property", name)?);
                self.writer.empty(&tag, &[("xsi:nil", "true")])?;
            } else {
                self.property(prefix, name, value)?;
            }
        }
        Ok(())
    }

    /// Writes a point in time or an interval. `xml_schema` is its form in XML Schema, in the element `cim:child`.
    fn time(
        &mut self,
        tag: &str,
        text: &str,
        child: &str,
        xml_schema: Result<String, EncodeError>,
    ) -> Result<(), EncodeError> {
        match self.profile.datetime_form {
            DatetimeForm::Typed => self.typed(tag, text),
            DatetimeForm::CimDateTime => self.wrapped(tag, "cim:CIM_DateTime", text),
            DatetimeForm::Text => Ok(self.writer.element(tag, &[], text)?),
            DatetimeForm::XmlSchema => self.wrapped(tag, child, &xml_schema?),
        }
    }

    /// Writes a datetime as Microsoft's client does. The child has no namespace, since no default namespace is in
    /// scope.
    fn typed(&mut self, tag: &str, text: &str) -> Result<(), EncodeError> {
        self.writer.start(tag, &[("xsi:type", "cim:cimDateTime")])?;
        self.writer.element("CIM_DateTime", &[], text)?;
        Ok(self.writer.end()?)
    }

    fn wrapped(&mut self, tag: &str, child: &str, text: &str) -> Result<(), EncodeError> {
        self.writer.start(tag, &[])?;
        self.writer.element(child, &[], text)?;
        Ok(self.writer.end()?)
    }

    /// Writes the parts of an endpoint reference: address, resource URI and selectors.
    ///
    /// A parameter contains the parts directly: Windows answers an `a:EndpointReference` around them with a schema
    /// fault.
    pub(crate) fn endpoint(&mut self, reference: &Reference) -> Result<(), EncodeError> {
        self.writer.element("a:Address", &[], uris::ANONYMOUS)?;
        self.writer.start("a:ReferenceParameters", &[])?;
        let resource = self.resource_uri(reference)?;
        self.resource(&[], &resource)?;
        self.selectors(reference)?;
        Ok(self.writer.end()?)
    }

    /// Writes a resource URI. The namespace is the only part of it that may be arbitrary text.
    pub(crate) fn resource(
        &mut self,
        attributes: &[(&str, &str)],
        uri: &str,
    ) -> Result<(), EncodeError> {
        let written = self.writer.element("w:ResourceURI", attributes, uri);
        written.map_err(|error| EncodeError::from(error).at("the namespace"))
    }

    /// Returns the resource URI of a reference's class.
    pub(crate) fn resource_uri(&self, reference: &Reference) -> Result<String, EncodeError> {
        checked_name("class", reference.class().name())?;
        checked_namespace(reference.class(), self.profile)?;
        Ok(uris::resource_uri(reference.class(), self.profile.dialect))
    }

    /// Writes the selector set of a reference, or nothing if there are neither keys nor a namespace to write.
    pub(crate) fn selectors(&mut self, reference: &Reference) -> Result<(), EncodeError> {
        let class = reference.class();
        let namespace =
            uris::wants_namespace_selector(class, self.profile).then(|| class.namespace());
        if reference.keys().len() == 0 && namespace.is_none() {
            return Ok(());
        }
        self.writer.start("w:SelectorSet", &[])?;
        for (name, value) in reference.keys() {
            self.writer
                .start("w:Selector", &[("Name", checked_name("key", name)?)])?;
            match value {
                KeyValue::Reference(inner) => {
                    self.writer.start("a:EndpointReference", &[])?;
                    self.endpoint(inner)?;
                    self.writer.end()?;
                }
                value => {
                    let text = value.as_text().unwrap_or_default();
                    let place = format_args!("the key {name}");
                    let written = self.writer.text(&text);
                    written.map_err(|error| EncodeError::from(error).at(place))?;
                }
            }
            self.writer.end()?;
        }
        if let Some(namespace) = namespace {
            let name = [("Name", uris::CIM_NAMESPACE)];
            let written = self.writer.element("w:Selector", &name, namespace);
            written.map_err(|error| EncodeError::from(error).at("the namespace"))?;
        }
        Ok(self.writer.end()?)
    }
}

/// Checks that a reference can be written in any dialect: its class, its namespace and its keys.
///
/// # Errors
///
/// Returns an error if a name is malformed, or if a text contains a character that XML forbids.
pub(crate) fn check_reference(reference: &Reference) -> Result<(), EncodeError> {
    let mut encoder = Encoder {
        writer: &mut Writer::new(),
        // The DMTF dialect allows a missing namespace, as in a reference that a user types.
        profile: ServerProfile {
            dialect: Dialect::Dmtf,
            ..ServerProfile::default()
        },
        namespace: "",
    };
    encoder.endpoint(reference)
}

/// Returns the name if it is a valid CIM identifier. Names become element names and parts of URIs, which cannot be
/// escaped.
pub(super) fn checked_name<'n>(what: &'static str, name: &'n str) -> Result<&'n str, EncodeError> {
    if is_cim_name(name) {
        Ok(name)
    } else {
        Err(EncodeError::Name {
            what,
            name: name.to_owned(),
        })
    }
}

/// Returns an error if the resource URI has to name the namespace and the class has none.
pub(super) fn checked_namespace(
    class: &ClassPath,
    profile: ServerProfile,
) -> Result<(), EncodeError> {
    let needed = class.base().is_none()
        && profile.dialect == Dialect::Wmi
        && !uris::is_all_classes(class, profile);
    if needed && class.namespace().is_empty() {
        let name = class.name();
        return Err(EncodeError::Value(format!(
            "{name} is named without its namespace, as in root/cimv2:{name}"
        )));
    }
    Ok(())
}

/// The namespaces that every envelope binds.
pub(super) const BOUND: [(&str, &str); 7] = [
    ("xmlns:s", uri::SOAP),
    ("xmlns:a", uri::ADDRESSING),
    ("xmlns:w", uri::WSMAN),
    ("xmlns:n", uri::ENUMERATION),
    ("xmlns:p", uri::WINRM),
    ("xmlns:cim", uri::CIM),
    ("xmlns:xsi", uri::XSI),
];
