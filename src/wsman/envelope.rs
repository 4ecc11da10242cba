//! Encoding of operations as envelopes.

use std::time::Duration;

use uuid::Uuid;

use crate::cim::{ClassPath, Instance, Properties, Reference};
use crate::xml::{Writer, uri};

use super::encode::{BOUND, Encoder, checked_name, checked_namespace};
use super::error::EncodeError;
use super::operation::{
    Association, Enumerate, EnumerationMode, Filter, Operation, PolymorphismMode,
};
use super::profile::ServerProfile;
use super::uris;

/// The headers that do not depend on the operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    /// The destination address.
    pub(crate) to: &'a str,
    /// The id of the message.
    pub(crate) message_id: Uuid,
    /// The maximum size of the response, in bytes.
    pub(crate) max_envelope_size: u32,
    /// The operation timeout of the server.
    pub(crate) operation_timeout: Duration,
    /// The language of texts, as a tag of RFC 5646; `None` leaves it to the host.
    pub(crate) locale: Option<&'a str>,
    /// The profile of the server.
    pub(crate) profile: ServerProfile,
}

/// Writes the envelope of an operation.
pub(crate) fn write(operation: &Operation, head: &Head<'_>) -> Result<String, EncodeError> {
    let mut writer = Writer::new();
    if let Operation::Identify = operation {
        write_identify(&mut writer)?;
    } else {
        writer.start("s:Envelope", &BOUND)?;
        let mut envelope = Encoder {
            writer: &mut writer,
            profile: head.profile,
            namespace: operation.class().map_or("", ClassPath::namespace),
        };
        envelope.headers(operation, head)?;
        envelope.writer.start("s:Body", &[])?;
        envelope.body(operation)?;
        envelope.writer.end()?;
        writer.end()?;
    }
    Ok(writer.finish()?)
}

/// Writes the envelope of Identify, which has no addressing headers (DSP0226 11).
fn write_identify(writer: &mut Writer) -> Result<(), EncodeError> {
    writer.start(
        "s:Envelope",
        &[("xmlns:s", uri::SOAP), ("xmlns:wsmid", uri::IDENTITY)],
    )?;
    writer.empty("s:Header", &[])?;
    writer.start("s:Body", &[])?;
    writer.empty("wsmid:Identify", &[])?;
    writer.end()?;
    Ok(writer.end()?)
}

impl Encoder<'_> {
    /// Writes the headers in the order of the Windows client.
    fn headers(&mut self, operation: &Operation, head: &Head<'_>) -> Result<(), EncodeError> {
        let target = target_of(operation);
        let resource = self.resource_of(operation, &target)?;
        let action = action_of(operation, &resource)?;
        self.writer.start("s:Header", &[])?;
        self.writer.element("a:To", &[], head.to)?;
        self.resource(&[MUST_UNDERSTAND], &resource)?;
        self.writer.start("a:ReplyTo", &[])?;
        self.writer
            .element("a:Address", &[MUST_UNDERSTAND], uris::ANONYMOUS)?;
        self.writer.end()?;
        self.writer
            .element("a:Action", &[MUST_UNDERSTAND], &action)?;
        let size = head.max_envelope_size.to_string();
        self.writer
            .element("w:MaxEnvelopeSize", &[MUST_UNDERSTAND], &size)?;
        let id = format!(
            "uuid:{}",
            head.message_id.as_hyphenated().to_string().to_uppercase()
        );
        self.writer.element("a:MessageID", &[], &id)?;
        if let Some(locale) = head.locale {
            self.locale(locale)?;
        }
        match operation {
            Operation::GetClass { class } => self.class_selectors(class)?,
            _ => self.selectors(&target)?,
        }
        self.writer
            .element("w:OperationTimeout", &[], &seconds(head.operation_timeout))?;
        self.header_of(operation)?;
        Ok(self.writer.end()?)
    }

    fn resource_of(
        &self,
        operation: &Operation,
        target: &Reference,
    ) -> Result<String, EncodeError> {
        match operation {
            Operation::Enumerate(_)
            | Operation::Pull { .. }
            | Operation::Release { .. }
            | Operation::Subscribe { .. }
            | Operation::Unsubscribe { .. } => enumerated_uri(target.class(), self.profile),
            Operation::GetClass { .. } => Ok(uris::CLASSES.to_owned()),
            _ => self.resource_uri(target),
        }
    }

    /// Writes the locale. Windows refuses one with `mustUnderstand` (MS-WSMV 3.1.4.1.8).
    fn locale(&mut self, locale: &str) -> Result<(), EncodeError> {
        let language = [("xml:lang", locale), ("s:mustUnderstand", "false")];
        self.writer.empty("w:Locale", &language)?;
        Ok(self.writer.empty("p:DataLocale", &language)?)
    }

    /// Writes the header that only this operation has.
    fn header_of(&mut self, operation: &Operation) -> Result<(), EncodeError> {
        match operation {
            Operation::GetProperty { property, .. } => {
                let property = checked_name("property", property)?;
                self.writer
                    .element("w:FragmentTransfer", &[MUST_UNDERSTAND], property)?;
            }
            // The reference parameter of the subscription is returned as a header (WS-Addressing).
            Operation::Unsubscribe {
                identifier: Some(identifier),
                ..
            } => self
                .writer
                .element("e:Identifier", &[EVENTING], identifier)?,
            _ => {}
        }
        Ok(())
    }

    fn body(&mut self, operation: &Operation) -> Result<(), EncodeError> {
        match operation {
            Operation::Identify
            | Operation::Get { .. }
            | Operation::GetProperty { .. }
            | Operation::GetClass { .. }
            | Operation::Delete { .. } => Ok(()),
            Operation::Put { target, instance } => self.instance(target, instance),
            Operation::Create { instance } => self.instance(&target_of(operation), instance),
            Operation::Enumerate(enumerate) => self.enumerate(enumerate),
            Operation::Pull {
                context,
                max_elements,
                ..
            } => {
                self.writer.start("n:Pull", &[])?;
                self.writer.element("n:EnumerationContext", &[], context)?;
                // Without it a service sends one item per Pull (DSP0226).
                self.writer
                    .element("n:MaxElements", &[], &max_elements.to_string())?;
                Ok(self.writer.end()?)
            }
            Operation::Release { context, .. } => {
                self.writer.start("n:Release", &[])?;
                self.writer.element("n:EnumerationContext", &[], context)?;
                Ok(self.writer.end()?)
            }
            Operation::Subscribe { query, .. } => self.subscribe(query),
            Operation::Unsubscribe { .. } => Ok(self.writer.empty("e:Unsubscribe", &[EVENTING])?),
            Operation::Invoke {
                target,
                method,
                input,
            } => self.input(target, method, input),
        }
    }

    /// Writes a Subscribe without an expiry and without heartbeats: a Pull without events ends with a timeout fault.
    fn subscribe(&mut self, query: &str) -> Result<(), EncodeError> {
        self.writer.start("e:Subscribe", &[EVENTING])?;
        self.writer
            .start("e:Delivery", &[("Mode", uris::PULL_DELIVERY)])?;
        self.writer.element("w:ContentEncoding", &[], "UTF-8")?;
        self.writer.end()?;
        self.wql(query)?;
        Ok(self.writer.end()?)
    }

    fn wql(&mut self, query: &str) -> Result<(), EncodeError> {
        let dialect = [("Dialect", uris::WQL)];
        let written = self.writer.element("w:Filter", &dialect, query);
        written.map_err(|error| EncodeError::from(error).at("the query"))
    }

    fn enumerate(&mut self, enumerate: &Enumerate) -> Result<(), EncodeError> {
        self.writer.start("n:Enumerate", &[])?;
        self.writer.empty("w:OptimizeEnumeration", &[])?;
        self.writer
            .element("w:MaxElements", &[], &enumerate.max_elements.to_string())?;
        match enumerate.mode {
            EnumerationMode::Objects => {}
            EnumerationMode::Epr => self.mode("EnumerateEPR")?,
            EnumerationMode::ObjectAndEpr => self.mode("EnumerateObjectAndEPR")?,
        }
        if let Some(polymorphism) = enumerate.polymorphism {
            self.polymorphism(polymorphism)?;
        }
        if let Some(filter) = &enumerate.filter {
            self.filter(filter)?;
        }
        Ok(self.writer.end()?)
    }

    fn polymorphism(&mut self, mode: PolymorphismMode) -> Result<(), EncodeError> {
        let mode = match mode {
            PolymorphismMode::IncludeSubclassProperties => "IncludeSubClassProperties",
            PolymorphismMode::ExcludeSubclassProperties => "ExcludeSubClassProperties",
            PolymorphismMode::None => "None",
        };
        let bound = [("xmlns:b", uri::CIM_BINDING)];
        Ok(self.writer.element("b:PolymorphismMode", &bound, mode)?)
    }

    fn mode(&mut self, mode: &str) -> Result<(), EncodeError> {
        Ok(self.writer.element("w:EnumerationMode", &[], mode)?)
    }

    fn filter(&mut self, filter: &Filter) -> Result<(), EncodeError> {
        match filter {
            Filter::Wql(wql) => return self.wql(wql),
            Filter::Selectors(selectors) => {
                self.filter_of(uris::SELECTOR_FILTER)?;
                self.selectors(selectors)?;
            }
            Filter::Association(association) => {
                self.filter_of(uris::ASSOCIATION_FILTER)?;
                self.association(association)?;
            }
        }
        Ok(self.writer.end()?)
    }

    fn filter_of(&mut self, dialect: &str) -> Result<(), EncodeError> {
        Ok(self.writer.start("w:Filter", &[("Dialect", dialect)])?)
    }

    /// Writes the association filter of DSP0227.
    fn association(&mut self, association: &Association) -> Result<(), EncodeError> {
        let kind = if association.references {
            "b:AssociationInstances"
        } else {
            "b:AssociatedInstances"
        };
        self.writer.start(kind, &[("xmlns:b", uri::CIM_BINDING)])?;
        self.writer.start("b:Object", &[])?;
        self.endpoint(&association.object)?;
        self.writer.end()?;
        for (element, name) in [
            ("b:AssociationClassName", association.through()),
            ("b:Role", association.role.as_deref()),
            ("b:ResultClassName", association.result()),
            ("b:ResultRole", association.other_role()),
        ] {
            if let Some(name) = name {
                let name = checked_name("class or role", name)?;
                self.writer.element(element, &[], name)?;
            }
        }
        Ok(self.writer.end()?)
    }

    /// Writes the class as selectors, and the options that request qualifiers and inherited elements.
    fn class_selectors(&mut self, class: &ClassPath) -> Result<(), EncodeError> {
        let name = checked_name("class", class.name())?;
        self.writer.start("w:SelectorSet", &[])?;
        for (key, value) in [
            (uris::CIM_NAMESPACE, class.namespace()),
            ("ClassName", name),
        ] {
            // A class named by its resource URI alone is in the server's default namespace.
            if !value.is_empty() {
                self.writer.element("w:Selector", &[("Name", key)], value)?;
            }
        }
        self.writer.end()?;
        self.writer.start("w:OptionSet", &[])?;
        for option in ["IncludeQualifiers", "IncludeInheritedElements"] {
            let attributes = [("Name", option), ("Type", "xs:boolean")];
            self.writer.element("w:Option", &attributes, "true")?;
        }
        Ok(self.writer.end()?)
    }

    /// Writes an instance as the body of Put and Create.
    fn instance(&mut self, target: &Reference, instance: &Instance) -> Result<(), EncodeError> {
        let class = checked_name("class", target.class().name())?;
        let resource = self.resource_uri(target)?;
        let root = format!("r:{class}");
        self.writer.start(&root, &[("xmlns:r", &resource)])?;
        self.properties("r", instance.properties())?;
        Ok(self.writer.end()?)
    }

    fn input(
        &mut self,
        target: &Reference,
        method: &str,
        input: &Properties,
    ) -> Result<(), EncodeError> {
        let resource = self.resource_uri(target)?;
        self.writer
            .start(&format!("r:{method}_INPUT"), &[("xmlns:r", &resource)])?;
        for (name, value) in input.iter() {
            self.property("r", name, value)?;
        }
        Ok(self.writer.end()?)
    }
}

/// Returns the reference that the resource URI and the selectors of a request express.
fn target_of(operation: &Operation) -> Reference {
    match operation {
        Operation::Get { target }
        | Operation::GetProperty { target, .. }
        | Operation::Put { target, .. }
        | Operation::Delete { target }
        | Operation::Invoke { target, .. } => target.clone(),
        other => Reference::to_class(
            other
                .class()
                .cloned()
                .unwrap_or_else(|| ClassPath::new("", "")),
        ),
    }
}

fn enumerated_uri(class: &ClassPath, profile: ServerProfile) -> Result<String, EncodeError> {
    checked_namespace(class, profile)?;
    if class.name() != "*" {
        checked_name("class", class.name())?;
    }
    Ok(uris::enumerated_uri(class, profile))
}

pub(super) fn action_of(operation: &Operation, resource: &str) -> Result<String, EncodeError> {
    Ok(match operation {
        Operation::Identify
        | Operation::Get { .. }
        | Operation::GetProperty { .. }
        | Operation::GetClass { .. } => uris::GET.to_owned(),
        Operation::Put { .. } => uris::PUT.to_owned(),
        Operation::Create { .. } => uris::CREATE.to_owned(),
        Operation::Delete { .. } => uris::DELETE.to_owned(),
        Operation::Enumerate(_) => uris::ENUMERATE.to_owned(),
        Operation::Pull { .. } => uris::PULL.to_owned(),
        Operation::Release { .. } => uris::RELEASE.to_owned(),
        Operation::Subscribe { .. } => uris::SUBSCRIBE.to_owned(),
        Operation::Unsubscribe { .. } => uris::UNSUBSCRIBE.to_owned(),
        Operation::Invoke { method, .. } => {
            format!("{resource}/{}", checked_name("method", method)?)
        }
    })
}

/// Formats an `xs:duration` as Windows writes it: `PT60.000S`.
fn seconds(duration: Duration) -> String {
    format!("PT{}.{:03}S", duration.as_secs(), duration.subsec_millis())
}

const MUST_UNDERSTAND: (&str, &str) = ("s:mustUnderstand", "true");
/// Bound locally, since few requests need it.
const EVENTING: (&str, &str) = ("xmlns:e", uri::EVENTING);

#[cfg(test)]
mod tests;
