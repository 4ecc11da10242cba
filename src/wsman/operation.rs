//! Operations: requests to a service, as data.

use crate::cim::{ClassPath, Instance, Properties, Reference};

use super::encode::checked_name;
use super::error::EncodeError;

/// One request, before it is an envelope.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operation {
    /// Which product answers (DSP0226 11).
    Identify,
    /// One instance (WS-Transfer Get).
    Get {
        /// Which.
        target: Reference,
    },
    /// One property of an instance (DSP0226 7.7: a fragment).
    GetProperty {
        /// Of which instance.
        target: Reference,
        /// The name of the property.
        property: String,
    },
    /// An instance put in the place of what it refers to (WS-Transfer Put).
    Put {
        /// Which.
        target: Reference,
        /// The instance that it becomes.
        instance: Instance,
    },
    /// A new instance (WS-Transfer Create).
    Create {
        /// Of which class, and what is in it.
        instance: Instance,
    },
    /// An instance no more (WS-Transfer Delete).
    Delete {
        /// Which.
        target: Reference,
    },
    /// The declaration of a class, since Windows 8 and Server 2012 (MS-WSMV 3.1.4.1.38).
    GetClass {
        /// Which.
        class: ClassPath,
    },
    /// The beginning of an enumeration (MS-WSMV 3.1.4.8).
    Enumerate(Enumerate),
    /// The next items of an enumeration (MS-WSMV 3.1.4.9).
    Pull {
        /// The class that is enumerated: the same as in the Enumerate.
        class: ClassPath,
        /// The context of the enumeration, as the last answer gave it.
        context: String,
        /// The number of items at most.
        max_elements: u32,
    },
    /// The end of an enumeration before its last item (MS-WSMV 3.1.4.10).
    Release {
        /// The class that is enumerated: the same as in the Enumerate.
        class: ClassPath,
        /// The context of the enumeration, as the last answer gave it.
        context: String,
    },
    /// The beginning of a subscription to indications, which are pulled (DSP0226, MS-WSMV 3.1.4.6).
    Subscribe {
        /// All classes of a namespace, `*`.
        class: ClassPath,
        /// Which indications, in WQL.
        query: String,
    },
    /// The end of a subscription.
    Unsubscribe {
        /// The same as in the Subscribe.
        class: ClassPath,
        /// The service's name for the subscription, if it gave one.
        identifier: Option<String>,
    },
    /// A method call (MS-WSMV 3.1.4.1.32).
    Invoke {
        /// The instance, or the class for a static method.
        target: Reference,
        /// The name of the method.
        method: String,
        /// The input parameters, of which null ones are left out.
        input: Properties,
    },
}

/// An enumeration to begin.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Enumerate {
    /// The class, or `*` in its namespace for a query.
    pub(crate) class: ClassPath,
    /// Which of its instances; all without one.
    pub(crate) filter: Option<Filter>,
    /// The kind of the items.
    pub(crate) mode: Mode,
    /// The wish for subclasses; the service decides without one.
    pub(crate) polymorphism: Option<PolymorphismMode>,
    /// The number of items that the first answer may hold, so that a short enumeration takes one round trip (DSP0226
    /// 8.2.3).
    pub(crate) max_elements: u32,
}

/// Which instances to enumerate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    /// Those that a query finds (MS-WSMV 3.1.4.1.13).
    Wql(String),
    /// Those with these values: the keys of a reference to nothing (DSP0226, selector filter).
    Selectors(Reference),
    /// Those at the other end of associations, or the associations (DSP0227).
    Association(Association),
}

/// A question for the associations of an object.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Association {
    /// The object.
    pub object: Reference,
    /// True if the associations themselves are asked for, and not what they lead to.
    pub references: bool,
    /// The class of the associations.
    pub association_class: Option<String>,
    /// The class of what is asked for.
    pub result_class: Option<String>,
    /// The role of the object.
    pub role: Option<String>,
    /// The role of what is at the other end.
    pub result_role: Option<String>,
}

impl Association {
    /// The question in WQL (WMI SDK, "ASSOCIATORS OF Statement" and "REFERENCES OF Statement").
    ///
    /// The object stands in braces as a path within the namespace that is asked.
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

    /// The class of the associations that lead to what is asked for.
    pub(crate) fn through(&self) -> Option<&str> {
        let class = self.association_class.as_deref();
        class.filter(|_| !self.references)
    }

    /// The class of what is asked for. Where that is the associations, either name is that of their class: CIM knows no
    /// other for them, and OMI passes over the one that it does not know.
    pub(crate) fn result(&self) -> Option<&str> {
        let result = self.result_class.as_deref();
        let association = self.association_class.as_deref();
        result.or_else(|| association.filter(|_| self.references))
    }

    /// The role of what is at the other end, which the associations themselves have none of.
    pub(crate) fn other_role(&self) -> Option<&str> {
        self.result_role.as_deref().filter(|_| !self.references)
    }
}

/// The kind of the items of an enumeration (MS-WSMV 3.1.4.1.17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Objects.
    #[default]
    Objects,
    /// Their references.
    References,
    /// Both.
    Both,
}

/// The treatment of the classes below the class that is enumerated (DSP0227).
///
/// Windows has a mind of its own: it leaves the wish unheard, and brings the instances of the classes below it with their
/// class, their own properties or without (MS-WSMV 3.1.4.1.27). OMI and others obey, or refuse with
/// [`FaultKind::Unsupported`](crate::FaultKind::Unsupported).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolymorphismMode {
    /// Instances of subclasses too, as instances of those, with all their properties.
    IncludeSubclassProperties,
    /// Instances of subclasses too, as instances of the class that was asked for, with its properties.
    ExcludeSubclassProperties,
    /// Instances of the class itself alone.
    None,
}

impl Enumerate {
    /// A WQL query in a namespace. On Windows it goes to all classes, `*`, and to no other resource (0x803380FB).
    pub(crate) fn query(namespace: &str, wql: impl Into<String>, max_elements: u32) -> Self {
        let all = ClassPath::new(namespace, "*");
        Self {
            filter: Some(Filter::Wql(wql.into())),
            ..Self::class(all, max_elements)
        }
    }

    /// All instances of a class.
    pub(crate) fn class(class: ClassPath, max_elements: u32) -> Self {
        Self {
            class,
            filter: None,
            mode: Mode::Objects,
            polymorphism: None,
            max_elements,
        }
    }
}

impl Operation {
    /// Reports whether the operation only reads, so that it may be sent again when its connection was lost.
    ///
    /// A Pull reads too, but moves the cursor: what it took is gone. A Release that arrived twice is a fault.
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

    /// Reports whether the operation may change something at the host.
    pub(crate) fn changes(&self) -> bool {
        matches!(
            self,
            Self::Put { .. } | Self::Create { .. } | Self::Delete { .. } | Self::Invoke { .. }
        )
    }

    /// The values that it sends for the host to take up.
    pub(crate) fn values(&self) -> Option<&Properties> {
        match self {
            Self::Put { instance, .. } | Self::Create { instance } => Some(instance.properties()),
            Self::Invoke { input, .. } => Some(input),
            _ => None,
        }
    }

    /// A short name for logs.
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

    /// The class it goes to.
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
