//! References to instances.

use super::{ClassPath, DateTime};

/// A reference to an instance: its class and its keys, in the order given.
///
/// On the wire it is an endpoint reference (DSP0226 5.1.2.2): the class is the resource URI, and the keys are the
/// selectors. The address of an endpoint reference is dropped, since it never determines the destination of a request.
/// As text it is a WMI object path, written by [`Display`](std::fmt::Display) and parsed by
/// [`FromStr`](std::str::FromStr).
///
/// A reference without keys names a class (for a static method), or the only instance of a singleton.
///
/// ```
/// use cimwire::cim::Reference;
///
/// let vm = Reference::new("root/virtualization/v2", "Msvm_ComputerSystem")
///     .with_key("CreationClassName", "Msvm_ComputerSystem")
///     .with_key("Name", "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01");
/// assert_eq!(
///     vm.to_string(),
///     "root/virtualization/v2:Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",\
///      Name=\"5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01\"",
/// );
/// assert_eq!(vm.to_string().parse(), Ok(vm));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    class: ClassPath,
    server: Option<Box<str>>,
    keys: Vec<(Box<str>, KeyValue)>,
}

impl Reference {
    /// Creates a reference to a class of a namespace, without keys.
    pub fn new(namespace: &str, class: impl Into<String>) -> Self {
        Self::to_class(ClassPath::new(namespace, class))
    }

    /// Creates a reference to a class, without keys.
    pub fn to_class(class: ClassPath) -> Self {
        Self {
            class,
            server: None,
            keys: Vec::new(),
        }
    }

    /// Adds a key.
    #[must_use]
    pub fn with_key(mut self, name: impl Into<String>, value: impl Into<KeyValue>) -> Self {
        self.keys.push((name.into().into(), value.into()));
        self
    }

    /// Returns the class.
    pub fn class(&self) -> &ClassPath {
        &self.class
    }

    /// Returns the keys, in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = (&str, &KeyValue)> {
        self.keys.iter().map(|(name, value)| (&**name, value))
    }

    /// Returns the value of a key. Names match in any case.
    pub fn key(&self, name: &str) -> Option<&KeyValue> {
        self.keys()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Returns the server named by an object path (`\\SERVER\`). An endpoint reference has none.
    pub fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// Returns the same reference with a server, for the object paths that some Hyper-V parameters require.
    #[must_use]
    pub fn with_server(mut self, server: impl Into<String>) -> Self {
        self.server = Some(server.into().into());
        self
    }

    /// Returns the same reference with its class in `namespace`, if it had no namespace.
    #[must_use]
    pub fn or_namespace(mut self, namespace: &str) -> Self {
        self.class = self.class.or_namespace(namespace);
        self
    }
}

impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reference({self})")
    }
}

/// The value of a key.
///
/// Selectors on the wire are text whatever the type of the key, so a reference from a server contains only
/// [`Text`](Self::Text). An object path distinguishes numbers and booleans from text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyValue {
    /// A string, a time, or a value from a server.
    Text(String),
    /// A whole number.
    Integer(i128),
    /// A boolean.
    Boolean(bool),
    /// A reference, as in the keys of an association.
    Reference(Box<Reference>),
}

impl KeyValue {
    /// Returns the text of the value in a selector, or `None` for a reference.
    pub fn as_text(&self) -> Option<std::borrow::Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(text.into()),
            Self::Integer(number) => Some(number.to_string().into()),
            Self::Boolean(value) => Some(if *value { "true" } else { "false" }.into()),
            Self::Reference(_) => None,
        }
    }
}

impl From<&str> for KeyValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for KeyValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for KeyValue {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<DateTime> for KeyValue {
    /// Converts a time to text in the form of DSP0004.
    fn from(time: DateTime) -> Self {
        Self::Text(time.to_string())
    }
}

impl From<i64> for KeyValue {
    fn from(number: i64) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u64> for KeyValue {
    fn from(number: u64) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u32> for KeyValue {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<i32> for KeyValue {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u16> for KeyValue {
    fn from(number: u16) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for KeyValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<Reference> for KeyValue {
    fn from(reference: Reference) -> Self {
        Self::Reference(Box::new(reference))
    }
}
