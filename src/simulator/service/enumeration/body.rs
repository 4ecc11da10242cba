//! The content of an Enumerate.

use crate::simulator::providers::Snapshot;
use crate::xml::{Element, Ns, Reader};

use super::super::fault::{self, Refusal};
use super::super::reading::{count, expect, malformed, text_alone};
use super::super::resource::Resource;
use super::contexts::{Items, Mode};
use super::filter::{Filter, Polymorphism};

pub(super) struct EnumerateBody {
    filter: Option<Filter>,
    pub(super) is_optimised: bool,
    pub(super) max_elements: usize,
    pub(super) mode: Mode,
    polymorphism: Polymorphism,
    /// The expiration time, as the request has it.
    pub(super) expires: Option<String>,
}

impl EnumerateBody {
    pub(super) fn read(
        reader: &mut Reader<'_>,
        body: Option<&Element<'_>>,
        resource: &Resource,
    ) -> Result<Self, Refusal> {
        let mut parsed = Self {
            filter: None,
            is_optimised: false,
            max_elements: 1,
            mode: Mode::default(),
            polymorphism: Polymorphism::default(),
            expires: None,
        };
        expect(body, "Enumerate")?;
        while let Some(part) = reader.next_child().map_err(malformed)? {
            match (part.ns(), part.local()) {
                // Both namespaces mean the same (MS-WSMV 3.1.4.1.13).
                (Ns::Wsman | Ns::Enumeration, "Filter") => {
                    let filter = Filter::read(reader, &part, resource.namespace())?;
                    if parsed.filter.replace(filter).is_some() {
                        return Err(fault::SCHEMA);
                    }
                }
                (Ns::Wsman, "OptimizeEnumeration") => {
                    parsed.is_optimised = true;
                    reader.skip().map_err(malformed)?;
                }
                (Ns::Wsman, "MaxElements") => parsed.max_elements = count(reader)?,
                (Ns::Wsman, "EnumerationMode") => parsed.mode = Mode::read(reader)?,
                (Ns::Wsman | Ns::CimBinding, "PolymorphismMode") => {
                    parsed.polymorphism = Polymorphism::read(reader, resource)?;
                }
                (Ns::Enumeration, "Expires") => parsed.expires = Some(text_alone(reader)?),
                _ => reader.skip().map_err(malformed)?,
            }
        }
        Ok(parsed)
    }

    /// Returns the items that the filter selects, or all of the class.
    pub(super) fn items(&self, host: Snapshot<'_>, resource: &Resource) -> Result<Items, Refusal> {
        match &self.filter {
            None => super::filter::instances(host, resource, self.polymorphism),
            Some(filter) => filter.items(host, resource),
        }
    }
}

impl Mode {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Refusal> {
        match text_alone(reader)?.as_str() {
            "EnumerateObject" => Ok(Self::Object),
            "EnumerateEPR" => Ok(Self::Reference),
            "EnumerateObjectAndEPR" => Ok(Self::ObjectAndReference),
            _ => Err(fault::ENUMERATION_MODE),
        }
    }
}
