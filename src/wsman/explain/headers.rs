//! The headers of an envelope from either side.

use crate::cim::{ClassPath, KeyValue, Reference};
use crate::wsman::decode::Decoder;
use crate::wsman::uris;
use crate::xml::{Element, Error, Ns, Reader};

use super::{Fields, Node};

/// The headers of an envelope, as written there. All are optional.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Headers {
    /// The action URI of the request or response.
    pub(super) action: Option<String>,
    /// The id of the message.
    pub(super) message_id: Option<String>,
    /// The id of the message that this one answers.
    pub(super) relates_to: Option<String>,
    /// The destination address.
    pub(super) to: Option<String>,
    /// The resource URI of a request.
    pub(super) resource_uri: Option<String>,
    /// The selectors of a request: keys and the namespace.
    pub(super) selectors: Vec<(String, KeyValue)>,
    /// The id of the subscription that a request is about.
    pub(super) subscription: Option<String>,
    /// The maximum size of the response, in bytes.
    pub(super) max_envelope_size: Option<String>,
    /// The operation timeout, an `xs:duration`.
    pub(super) operation_timeout: Option<String>,
    /// The language of texts.
    pub(super) locale: Option<String>,
    /// The options of a request, by name.
    pub(super) options: Vec<(String, String)>,
    /// The requested fragment of an instance: the name of a property.
    pub(super) fragment: Option<String>,
}

impl Headers {
    /// Reads the open header, to its end.
    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), Error> {
        while let Some(header) = reader.next_child()? {
            self.read_one(reader, &header)?;
        }
        Ok(())
    }

    fn read_one(&mut self, reader: &mut Reader<'_>, header: &Element<'_>) -> Result<(), Error> {
        let text = match (header.ns(), header.local()) {
            (Ns::Addressing, "Action") => &mut self.action,
            (Ns::Addressing, "MessageID") => &mut self.message_id,
            (Ns::Addressing, "RelatesTo") => &mut self.relates_to,
            (Ns::Addressing, "To") => &mut self.to,
            (Ns::Eventing, "Identifier") => &mut self.subscription,
            (Ns::Wsman, "ResourceURI") => &mut self.resource_uri,
            (Ns::Wsman, "MaxEnvelopeSize") => &mut self.max_envelope_size,
            (Ns::Wsman, "OperationTimeout") => &mut self.operation_timeout,
            (Ns::Wsman, "FragmentTransfer") => &mut self.fragment,
            (Ns::Wsman, "Locale") => {
                self.locale = reader.attribute(header, &Ns::Xml, "lang")?;
                return reader.skip();
            }
            (Ns::Wsman, "SelectorSet") => {
                self.selectors = Decoder::new("").selectors(reader)?;
                return Ok(());
            }
            (Ns::Wsman, "OptionSet") => return self.read_options(reader),
            _ => return reader.skip(),
        };
        *text = Some(reader.text()?.trim().to_owned());
        Ok(())
    }

    fn read_options(&mut self, reader: &mut Reader<'_>) -> Result<(), Error> {
        while let Some(option) = reader.next_child()? {
            let name = reader.attribute(&option, &Ns::None, "Name")?;
            let value = reader.text()?.into_owned();
            self.options.push((name.unwrap_or_default(), value));
        }
        Ok(())
    }

    /// Returns the object or class that a request addresses.
    pub(super) fn target(&self) -> Option<Reference> {
        let uri = self.resource_uri.as_deref()?;
        Some(refer(uris::class_of(uri), &self.selectors))
    }

    /// Returns the headers that are present, as fields.
    pub(super) fn fields(self) -> Fields {
        let options = Some(self.options).filter(|options| !options.is_empty());
        Fields::new("Headers")
            .with("action", self.action)
            .with("resource_uri", self.resource_uri)
            .with("subscription", self.subscription)
            .with("to", self.to)
            .with("message_id", self.message_id)
            .with("relates_to", self.relates_to)
            .with("max_envelope_size", self.max_envelope_size)
            .with("operation_timeout", self.operation_timeout)
            .with("locale", self.locale)
            .with("options", options.map(Node::Pairs))
    }

    /// Returns a selector by its name, ignoring case.
    pub(super) fn selector(&self, name: &str) -> Option<&KeyValue> {
        let named = |(known, _): &&(String, KeyValue)| known.eq_ignore_ascii_case(name);
        self.selectors.iter().find(named).map(|(_, value)| value)
    }
}

/// Builds the reference of a class and selectors, one of which may name the namespace.
pub(super) fn refer(class: ClassPath, selectors: &[(String, KeyValue)]) -> Reference {
    let mut reference = Reference::to_class(class);
    for (name, value) in selectors {
        reference = match value {
            KeyValue::Text(namespace) if name.eq_ignore_ascii_case(uris::CIM_NAMESPACE) => {
                reference.or_namespace(&namespace.replace('\\', "/"))
            }
            value => reference.with_key(name.as_str(), value.clone()),
        };
    }
    reference
}
