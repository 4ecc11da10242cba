//! Operations of the protocol, as data.

use crate::cim::{ClassPath, Instance, Properties, Reference};

use super::encode::checked_name;
use super::error::EncodeError;

/// A request before it is encoded as an envelope.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operation {
    /// An Identify, which asks for the product (DSP0226 11).
    Identify,
    /// A Get of an instance (WS-Transfer).
    Get {
        /// The instance.
        target: Reference,
    },
    /// A Get of one property of an instance (DSP0226 7.7: a fragment).
    GetProperty {
        /// The instance.
        target: Reference,
        /// The name of the property.
        property: String,
    },
    /// A Put that replaces an instance (WS-Transfer).
    Put {
        /// The instance to replace.
        target: Reference,
        /// The new values.
        instance: Instance,
    },
    /// A Create of an instance (WS-Transfer).
    Create {
        /// The class and the values of the new instance.
        instance: Instance,
    },
    /// A Delete of an instance (WS-Transfer).
    Delete {
        /// The instance.
        target: Reference,
    },
    /// A Get of the declaration of a class, since Windows 8 and Server 2012 (MS-WSMV 3.1.4.1.38).
    GetClass {
        /// The class.
        class: ClassPath,
    },
    /// An Enumerate, which begins an enumeration (MS-WSMV 3.1.4.8).
    Enumerate(Enumerate),
    /// A Pull of the next items of an enumeration (MS-WSMV 3.1.4.9).
    Pull {
        /// The enumerated class, the same as in the Enumerate.
        class: ClassPath,
        /// The enumeration context of the last response.
        context: String,
        /// The most items in the response.
        max_elements: u32,
    },
    /// A Release, which ends an enumeration before its last item (MS-WSMV 3.1.4.10).
    Release {
        /// The enumerated class, the same as in the Enumerate.
        class: ClassPath,
        /// The enumeration context of the last response.
        context: String,
    },
    /// A Subscribe to indications with pull delivery (DSP0226, MS-WSMV 3.1.4.6).
    Subscribe {
        /// All classes of a namespace, `*`.
        class: ClassPath,
        /// The WQL query for the indications.
        query: String,
    },
    /// An Unsubscribe, which ends a subscription.
    Unsubscribe {
        /// The same class as in the Subscribe.
        class: ClassPath,
        /// The identifier of the subscription at the service, if it sent one.
        identifier: Option<String>,
    },
    /// A method call (MS-WSMV 3.1.4.1.32).
    Invoke {
        /// The instance, or the class for a static method.
        target: Reference,
        /// The name of the method.
        method: String,
        /// The input parameters; those that are null are left out.
        input: Properties,
    },
}

/// The parameters of an Enumerate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Enumerate {
    /// The class, or `*` in its namespace for a query.
    pub(crate) class: ClassPath,
    /// The filter; `None` means all instances.
    pub(crate) filter: Option<Filter>,
    /// The kind of the items.
    pub(crate) mode: EnumerationMode,
    /// The treatment of subclasses; `None` leaves it to the service.
    pub(crate) polymorphism: Option<PolymorphismMode>,
    /// The most items in the first response, so that a short enumeration takes one round trip (DSP0226 8.2.3).
    pub(crate) max_elements: u32,
}

/// A filter of an enumeration.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    /// A WQL query (MS-WSMV 3.1.4.1.13).
    Wql(String),
    /// The values of selectors: the keys of a reference without a class (DSP0226, selector filter).
    Selectors(Reference),
    /// The objects at the other end of associations, or the associations themselves (DSP0227).
    Association(Association),
}

/// A query for the associations of an object.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub(crate) struct Association {
    /// The object.
    pub object: Reference,
    /// A flag that selects the associations themselves instead of the objects they lead to.
    pub references: bool,
    /// The class of the associations.
    pub association_class: Option<String>,
    /// The class of the results.
    pub result_class: Option<String>,
    /// The role of the object.
    pub role: Option<String>,
    /// The role of the objects at the other end.
    pub result_role: Option<String>,
}

impl Association {
    /// Returns the query in WQL (WMI SDK, "ASSOCIATORS OF Statement" and "REFERENCES OF Statement").
    ///
    /// The object is written in braces as a path within the queried namespace.
    pub(crate) fn to_wql(&self) -> Result<String, EncodeError> {
        let class = checked_name("class", self.object.class().name())?;
        let object = self
            .object
            .keys()
            .fold(Reference::new("", class), |object, (name, value)| {
                object.with_key(name, value.clone())
            });
        let verb = if self.references {
            "REFERENCES"
        } else {
            "ASSOCIATORS"
        };
        let conditions = [
            ("AssocClass", self.through()),
            ("ResultClass", self.result()),
            ("Role", self.role.as_deref()),
            ("ResultRole", self.other_role()),
        ];
        let mut wql = format!("{verb} OF {{{object}}}");
        let mut lead = " WHERE ";
        for (condition, name) in conditions {
            if let Some(name) = name {
                wql += lead;
                wql += condition;
                wql += " = ";
                wql += checked_name("class or role", name)?;
                lead = " ";
            }
        }
        Ok(wql)
    }

    /// Returns the class of the associations that lead to the results.
    pub(crate) fn through(&self) -> Option<&str> {
        let class = self.association_class.as_deref();
        class.filter(|_| !self.references)
    }

    /// Returns the class of the results. If the results are the associations themselves, either field names their
    /// class: CIM has only one class filter for them, and OMI ignores the other one.
    pub(crate) fn result(&self) -> Option<&str> {
        let result = self.result_class.as_deref();
        let association = self.association_class.as_deref();
        result.or_else(|| association.filter(|_| self.references))
    }

    /// Returns the role of the objects at the other end. Queries for the associations themselves have no such role.
    pub(crate) fn other_role(&self) -> Option<&str> {
        self.result_role.as_deref().filter(|_| !self.references)
    }
}

/// The kind of the items of an enumeration (DSP0226, `EnumerationMode`; MS-WSMV 3.1.4.1.17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum EnumerationMode {
    /// Objects.
    #[default]
    Objects,
    /// Endpoint references of objects.
    Epr,
    /// Objects with their endpoint references.
    ObjectAndEpr,
}

/// The treatment of subclasses in an enumeration of a class (DSP0227).
///
/// Windows ignores this option: it returns instances of subclasses as instances of their own class, with or without
/// their own properties (MS-WSMV 3.1.4.1.27). OMI and others follow it, or refuse it with
/// [`FaultKind::Unsupported`](crate::FaultKind::Unsupported).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolymorphismMode {
    /// Instances of subclasses too, as instances of their own class with all their properties.
    IncludeSubclassProperties,
    /// Instances of subclasses too, as instances of the requested class with its properties only.
    ExcludeSubclassProperties,
    /// Instances of the class itself only.
    None,
}

impl Enumerate {
    /// Creates a WQL query in a namespace. Windows accepts it for all classes, `*`, and no other resource (0x803380FB).
    pub(crate) fn query(namespace: &str, wql: impl Into<String>, max_elements: u32) -> Self {
        let all = ClassPath::new(namespace, "*");
        Self {
            filter: Some(Filter::Wql(wql.into())),
            ..Self::class(all, max_elements)
        }
    }

    /// Creates an enumeration of all instances of a class.
    pub(crate) fn class(class: ClassPath, max_elements: u32) -> Self {
        Self {
            class,
            filter: None,
            mode: EnumerationMode::Objects,
            polymorphism: None,
            max_elements,
        }
    }
}

impl Operation {
    /// Returns true if the operation only reads, so that it may be sent again after a lost connection.
    ///
    /// A Pull reads too, but moves the cursor: the items of a lost response are gone. A second Release is answered with
    /// a fault.
    pub(crate) fn is_read(&self) -> bool {
        matches!(
            self,
            Self::Identify
                | Self::Get { .. }
                | Self::GetProperty { .. }
                | Self::GetClass { .. }
                | Self::Enumerate(_)
        )
    }

    /// Returns true if the operation may change something on the host.
    pub(crate) fn changes(&self) -> bool {
        matches!(
            self,
            Self::Put { .. } | Self::Create { .. } | Self::Delete { .. } | Self::Invoke { .. }
        )
    }

    /// Returns the values that the operation sends to the host.
    pub(crate) fn values(&self) -> Option<&Properties> {
        match self {
            Self::Put { instance, .. } | Self::Create { instance } => Some(instance.properties()),
            Self::Invoke { input, .. } => Some(input),
            _ => None,
        }
    }

    /// Returns a short name for logs.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Identify => "Identify",
            Self::Get { .. } | Self::GetProperty { .. } => "Get",
            Self::GetClass { .. } => "GetClass",
            Self::Put { .. } => "Put",
            Self::Create { .. } => "Create",
            Self::Delete { .. } => "Delete",
            Self::Enumerate(_) => "Enumerate",
            Self::Pull { .. } => "Pull",
            Self::Release { .. } => "Release",
            Self::Subscribe { .. } => "Subscribe",
            Self::Unsubscribe { .. } => "Unsubscribe",
            Self::Invoke { method, .. } => method,
        }
    }

    /// Returns the class that the operation addresses.
    pub(crate) fn class(&self) -> Option<&ClassPath> {
        match self {
            Self::Identify => None,
            Self::Get { target }
            | Self::GetProperty { target, .. }
            | Self::Put { target, .. }
            | Self::Delete { target }
            | Self::Invoke { target, .. } => Some(target.class()),
            Self::Create { instance } => instance.class(),
            Self::GetClass { class } => Some(class),
            Self::Enumerate(enumerate) => Some(&enumerate.class),
            Self::Pull { class, .. }
            | Self::Release { class, .. }
            | Self::Subscribe { class, .. }
            | Self::Unsubscribe { class, .. } => Some(class),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_sent_again() {
        let class = ClassPath::new("root/x", "C");
        let context = "1".to_owned();
        let target = Reference::to_class(class.clone());
        for (operation, name, is_read) in [
            (Operation::Identify, "Identify", true),
            (
                Operation::Get {
                    target: target.clone(),
                },
                "Get",
                true,
            ),
            (
                Operation::Enumerate(Enumerate::query("root/x", "SELECT", 1)),
                "Enumerate",
                true,
            ),
            (
                Operation::Pull {
                    class: class.clone(),
                    context: context.clone(),
                    max_elements: 1,
                },
                "Pull",
                false,
            ),
            (
                Operation::Release {
                    class: class.clone(),
                    context,
                },
                "Release",
                false,
            ),
            (
                Operation::Invoke {
                    target,
                    method: "M".to_owned(),
                    input: Properties::new(),
                },
                "M",
                false,
            ),
        ] {
            assert_eq!((operation.name(), operation.is_read()), (name, is_read));
            assert_eq!(operation.class().is_none(), name == "Identify");
        }
    }
}
