//! The name of a class and where it lives.

use std::fmt;
use std::str::FromStr;

/// A CIM class and its namespace: `root/virtualization/v2:Msvm_ComputerSystem`.
///
/// A class of a vendor's own schema may be addressed by a resource URI that is neither the WMI nor the DMTF form; the
/// part of it before the class is kept as the [`base`](Self::base), so that the class can be asked for again.
///
/// ```
/// use cimwire::cim::ClassPath;
///
/// let class = ClassPath::new("root/virtualization/v2", "Msvm_ComputerSystem");
/// assert_eq!(class.to_string(), "root/virtualization/v2:Msvm_ComputerSystem");
/// assert_eq!(r"root\virtualization\v2:Msvm_ComputerSystem".parse(), Ok(class));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClassPath {
    base: Option<Box<str>>,
    namespace: Box<str>,
    name: Box<str>,
}

impl ClassPath {
    /// A class in a namespace; backslashes in the namespace become slashes.
    pub fn new(namespace: &str, name: impl Into<String>) -> Self {
        let namespace = namespace.replace('\\', "/");
        Self {
            base: None,
            namespace: namespace.trim_matches('/').into(),
            name: name.into().into(),
        }
    }

    /// The same class, addressed by a resource URI that begins with `base`.
    #[must_use]
    pub fn with_base(mut self, base: impl Into<String>) -> Self {
        self.base = Some(base.into().into());
        self
    }

    /// The namespace, with slashes; empty where it is not known.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name of the class.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The resource URI up to the class, where it is neither the WMI nor the DMTF form.
    pub fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// The same class with a namespace, where it had none.
    #[must_use]
    pub fn or_namespace(mut self, namespace: &str) -> Self {
        if self.namespace.is_empty() {
            self.namespace = namespace.into();
        }
        self
    }
}

impl fmt::Display for ClassPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            return f.write_str(&self.name);
        }
        write!(f, "{}:{}", self.namespace, self.name)
    }
}

impl FromStr for ClassPath {
    type Err = ParseClassPathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (namespace, name) = text.rsplit_once(':').unwrap_or(("", text));
        if !is_cim_name(name) {
            return Err(ParseClassPathError(()));
        }
        Ok(Self::new(namespace, name))
    }
}

/// Whether a text can be the name of a class, property, method or parameter (DSP0004 annex A: an identifier).
pub(crate) fn is_cim_name(text: &str) -> bool {
    // Above ASCII the specification allows whole blocks, in which there are spaces and controls too.
    let letter = |c: char| {
        c == '_'
            || c.is_ascii_alphabetic()
            || (!c.is_ascii() && c <= '\u{FFEF}' && c.is_alphanumeric())
    };
    text.starts_with(letter) && text.chars().all(|c| letter(c) || c.is_ascii_digit())
}

/// A text that is no class name with or without its namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseClassPathError(());

impl fmt::Display for ParseClassPathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no class: expected Class or namespace:Class")
    }
}

impl std::error::Error for ParseClassPathError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_prints() {
        let class: ClassPath = "root/cimv2:Win32_Service".parse().unwrap();
        assert_eq!(
            (class.namespace(), class.name()),
            ("root/cimv2", "Win32_Service")
        );
        let bare: ClassPath = "Win32_Service".parse().unwrap();
        assert_eq!(bare.to_string(), "Win32_Service");
        assert_eq!(bare.or_namespace("root/cimv2"), class);
        for text in [
            "",
            "root/cimv2:",
            "root/cimv2:9x",
            "Win32 Service",
            "a/b",
            "Class.Key=1",
        ] {
            assert!(text.parse::<ClassPath>().is_err(), "{text}");
        }
    }
}
