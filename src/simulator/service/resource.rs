//! The resource URI of a request and its selectors (MS-WSMV 3.1.4.1.1, 3.1.4.1.2).

use crate::cim::{ClassPath, KeyValue};
use crate::wsman::Dialect;
use crate::wsman::server_side::uris;

use super::fault::{self, Refusal};

/// A class, or all classes of a namespace, as the request names it.
#[derive(Debug)]
pub(crate) struct Resource {
    uri: String,
    dialect: Dialect,
    class: ClassPath,
    subject: Subject,
}

/// The subject of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Instances of classes.
    Instances,
    /// The declarations of classes (MS-WSMV 3.1.4.1.38).
    Declarations,
    /// The configuration of the service.
    Configuration,
}

/// The selectors of a request, without the one that names a namespace.
pub(crate) type Selectors = Vec<(String, KeyValue)>;

impl Resource {
    /// Reads a resource URI, and the namespace that a selector may name. That selector is removed.
    pub(crate) fn read(uri: String, selectors: &mut Selectors) -> Result<Self, Refusal> {
        let namespace = take_namespace(selectors)?;
        check_duplicates(selectors)?;
        let is_declarations = uri.eq_ignore_ascii_case(uris::CLASSES);
        if is_declarations || uri.eq_ignore_ascii_case(ALL_CLASSES) {
            let namespace = namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE);
            return Ok(Self {
                uri,
                dialect: Dialect::Dmtf,
                class: ClassPath::new(namespace, "*"),
                subject: if is_declarations {
                    Subject::Declarations
                } else {
                    Subject::Instances
                },
            });
        }
        if uri.eq_ignore_ascii_case(CONFIGURATION) {
            return Ok(Self {
                uri,
                dialect: Dialect::Wmi,
                class: ClassPath::new("", "Config"),
                subject: Subject::Configuration,
            });
        }
        let class = uris::class_of(&uri);
        if class.base().is_some() || class.name().is_empty() || !uri.contains('/') {
            return Err(fault::INVALID_RESOURCE);
        }
        let dialect = if class.namespace().is_empty() {
            Dialect::Dmtf
        } else {
            Dialect::Wmi
        };
        let class = match (dialect, namespace) {
            (Dialect::Wmi, Some(other)) if !other.eq_ignore_ascii_case(class.namespace()) => {
                return Err(fault::OTHER_NAMESPACE);
            }
            (Dialect::Dmtf, namespace) => ClassPath::new(
                namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE),
                class.name(),
            ),
            _ => class,
        };
        Ok(Self {
            uri,
            dialect,
            class,
            subject: Subject::Instances,
        })
    }

    /// Returns the URI as it is spelt in the request.
    pub(crate) fn uri(&self) -> &str {
        &self.uri
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(crate) fn namespace(&self) -> &str {
        self.class.namespace()
    }

    pub(crate) fn class(&self) -> &str {
        self.class.name()
    }

    /// Reports whether it stands for all classes of its namespace.
    pub(crate) fn is_all_classes(&self) -> bool {
        self.class.name() == "*"
    }

    /// Returns the subject.
    pub(crate) fn subject(&self) -> Subject {
        self.subject
    }

    /// Returns the URI of a class in the dialect of the request. WinRM echoes the case of the request: that of the
    /// namespace, and that of the class if it is the one that was asked for.
    pub(crate) fn uri_of(&self, class: &ClassPath) -> String {
        let same_namespace = class.namespace().eq_ignore_ascii_case(self.namespace());
        let of_dmtf = self.dialect == Dialect::Dmtf && self.is_all_classes();
        if !same_namespace || of_dmtf {
            return uris::resource_uri(class, self.dialect);
        }
        if class.name().eq_ignore_ascii_case(self.class()) {
            return self.uri.clone();
        }
        let head = self.uri.rsplit_once('/').map_or("", |(head, _)| head);
        format!("{head}/{}", class.name())
    }

    /// Returns the method that an action names on this resource.
    pub(crate) fn method_of<'a>(&self, action: &'a str) -> Option<&'a str> {
        let head = action.get(..self.uri.len())?;
        let method = action.get(self.uri.len()..)?.strip_prefix('/')?;
        (head.eq_ignore_ascii_case(&self.uri) && !method.is_empty()).then_some(method)
    }
}

fn take_namespace(selectors: &mut Selectors) -> Result<Option<String>, Refusal> {
    let is_namespace =
        |(name, _): &(String, KeyValue)| name.eq_ignore_ascii_case(uris::CIM_NAMESPACE);
    let Some(at) = selectors.iter().position(is_namespace) else {
        return Ok(None);
    };
    let (_, value) = selectors.remove(at);
    if selectors.iter().any(is_namespace) {
        return Err(fault::DUPLICATE_SELECTOR);
    }
    let namespace = value.as_text().ok_or(fault::SELECTOR_TYPE)?;
    Ok(Some(namespace.replace('\\', "/")))
}

fn check_duplicates(selectors: &Selectors) -> Result<(), Refusal> {
    if selectors.len() > MAX_SELECTORS {
        return Err(fault::SELECTOR_LIMIT);
    }
    let is_twice = selectors.iter().enumerate().any(|(index, (name, _))| {
        let mut before = selectors.iter().take(index);
        before.any(|(other, _)| other.eq_ignore_ascii_case(name))
    });
    if is_twice {
        return Err(fault::DUPLICATE_SELECTOR);
    }
    Ok(())
}

/// The resource URI of the configuration of the service.
pub(crate) const CONFIGURATION: &str = "http://schemas.microsoft.com/wbem/wsman/1/config";
/// All classes in the form of the DMTF, their namespace in a selector (MS-WSMV 3.1.4.1.34.3.1).
const ALL_CLASSES: &str = "http://schemas.dmtf.org/wbem/wscim/1/*";
/// The number of selectors: more than any class has keys. The check for duplicates compares each with each.
const MAX_SELECTORS: usize = 64;
/// The namespace of a class if neither its URI nor a selector names one (MS-WSMV 3.1.4.1.1).
const DEFAULT_NAMESPACE: &str = "root/hardware";

#[cfg(test)]
mod tests;
