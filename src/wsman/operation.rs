//! What is asked of a service, as data.

use crate::cim::{ClassPath, Properties, Reference};

/// One request, before it is an envelope.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operation {
    /// Which product answers (DSP0226 11).
    Identify,
    /// One instance (DSP0226 7.3).
    Get {
        /// Which.
        target: Reference,
    },
    /// The beginning of an enumeration (DSP0226 8.2).
    Enumerate(Enumerate),
    /// The next items of an enumeration (DSP0226 8.5).
    Pull {
        /// What is enumerated: the same as in the Enumerate.
        class: ClassPath,
        /// Where the enumeration stands, as the last answer gave it.
        context: String,
        /// How many items at most.
        max_elements: u32,
    },
    /// The end of an enumeration before its last item (DSP0226 8.6).
    Release {
        /// What is enumerated: the same as in the Enumerate.
        class: ClassPath,
        /// Where the enumeration stands, as the last answer gave it.
        context: String,
    },
    /// A method call (DSP0226 9).
    Invoke {
        /// The instance, or the class for a static method.
        target: Reference,
        /// The name of the method.
        method: String,
        /// The input parameters, of which null ones are left out.
        input: Properties,
    },
}

/// What to enumerate, and how.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Enumerate {
    /// The class, or `*` in its namespace for a query.
    pub(crate) class: ClassPath,
    /// The query, in WQL.
    pub(crate) wql: Option<String>,
    /// How many items the first answer may bear, so that a short enumeration takes one round trip (DSP0226 8.2.3).
    pub(crate) max_elements: u32,
}

impl Enumerate {
    /// A WQL query in a namespace. On Windows it goes to all classes, `*`, and to no other resource (0x803380FB).
    pub(crate) fn query(namespace: &str, wql: impl Into<String>, max_elements: u32) -> Self {
        Self {
            class: ClassPath::new(namespace, "*"),
            wql: Some(wql.into()),
            max_elements,
        }
    }

    /// All instances of a class.
    pub(crate) fn class(class: ClassPath, max_elements: u32) -> Self {
        Self {
            class,
            wql: None,
            max_elements,
        }
    }
}

impl Operation {
    /// Whether the operation only reads, so that it may be sent again when its connection was lost.
    ///
    /// A Pull reads too, but moves the cursor: what it took is gone. A Release that arrived twice is a fault.
    pub(crate) fn is_read(&self) -> bool {
        matches!(self, Self::Identify | Self::Get { .. } | Self::Enumerate(_))
    }

    /// A short name for logs.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Identify => "Identify",
            Self::Get { .. } => "Get",
            Self::Enumerate(_) => "Enumerate",
            Self::Pull { .. } => "Pull",
            Self::Release { .. } => "Release",
            Self::Invoke { method, .. } => method,
        }
    }

    /// The class it goes to, for logs.
    pub(crate) fn class(&self) -> Option<&ClassPath> {
        match self {
            Self::Identify => None,
            Self::Get { target } | Self::Invoke { target, .. } => Some(target.class()),
            Self::Enumerate(enumerate) => Some(&enumerate.class),
            Self::Pull { class, .. } | Self::Release { class, .. } => Some(class),
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
