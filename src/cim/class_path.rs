//! Names of classes and their namespaces.

use std::fmt;
use std::str::FromStr;

use super::resource_uri;

/// A CIM class and its namespace: `root/virtualization/v2:Msvm_ComputerSystem`.
///
/// A vendor's own schema may address a class by a resource URI that is neither the WMI nor the DMTF form. The part of
/// that URI before the class is kept as the [`base`](Self::base), and is part of the text form. A resource URI can
/// replace the name, with or without a namespace before it. A URI of the WMI or DMTF form is reduced to the namespace
/// and the name; the [dialect](crate::Dialect) of the client decides how the class is addressed.
///
/// ```
/// use cimwire::cim::ClassPath;
///
/// let class = ClassPath::new("root/virtualization/v2", "Msvm_ComputerSystem");
/// assert_eq!(class.to_string(), "root/virtualization/v2:Msvm_ComputerSystem");
/// assert_eq!(r"root\virtualization\v2:Msvm_ComputerSystem".parse(), Ok(class));
///
/// let uri = "http://sblim.sf.net/wbem/wscim/1/cim-schema/2/Linux_OperatingSystem";
/// let class = ClassPath::new("root/cimv2", uri);
/// assert_eq!(class.name(), "Linux_OperatingSystem");
/// assert_eq!(class.to_string(), format!("root/cimv2:{uri}"));
/// assert_eq!(class.to_string().parse(), Ok(class));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClassPath {
    base: Option<Box<str>>,
    namespace: Box<str>,
    name: Box<str>,
}

impl ClassPath {
    /// Creates the path of a class in a namespace. Backslashes in the namespace become slashes.
    ///
    /// The name may be a resource URI. If the URI contains a namespace, that namespace is used.
    pub fn new(namespace: &str, name: impl Into<String>) -> Self {
        let name = name.into();
        match resource_uri::read(&name) {
            Some(class) => class.or_namespace(namespace),
            None => Self {
                base: None,
                namespace: normalized(namespace),
                name: name.into(),
            },
        }
    }

    /// Returns the same class, addressed by a resource URI that begins with `base`.
    #[must_use]
    pub fn with_base(mut self, base: impl Into<String>) -> Self {
        self.base = Some(base.into().into());
        self
    }

    /// Returns the namespace, with slashes; empty if it is not known.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Returns the name of the class.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the part of the resource URI before the class, if the URI is neither the WMI nor the DMTF form.
    pub fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// Returns the same class in `namespace`, if it had no namespace.
    #[must_use]
    pub fn or_namespace(mut self, namespace: &str) -> Self {
        if self.namespace.is_empty() {
            self.namespace = normalized(namespace);
        }
        self
    }
}

/// Returns a namespace with slashes as separators, and without slashes at its ends.
fn normalized(namespace: &str) -> Box<str> {
    namespace.replace('\\', "/").trim_matches('/').into()
}

impl fmt::Display for ClassPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.namespace.is_empty() {
            write!(f, "{}:", self.namespace)?;
        }
        f.write_str(self.base().unwrap_or_default())?;
        f.write_str(&self.name)
    }
}

impl FromStr for ClassPath {
    type Err = ParseClassPathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (namespace, name) = split(text);
        let class = Self::new(namespace, name);
        // A URI of the WMI form contains the namespace.
        let is_there = class.namespace.eq_ignore_ascii_case(&normalized(namespace));
        if !is_cim_name(&class.name) || !(namespace.is_empty() || is_there) {
            return Err(ParseClassPathError(()));
        }
        Ok(class)
    }
}

/// Splits `namespace:Class`. A resource URI in place of the class contains colons too.
fn split(text: &str) -> (&str, &str) {
    let head = text.split_once("://").map_or(text, |(head, _)| head);
    let Some((namespace, _)) = head.rsplit_once(':') else {
        return ("", text);
    };
    let name = text.get(namespace.len() + 1..).unwrap_or_default();
    (namespace, name)
}

/// Reports whether a text is a valid name of a class, property, method or parameter (an identifier of DSP0004 annex A).
pub(crate) fn is_cim_name(text: &str) -> bool {
    // Above ASCII the specification allows whole blocks, which include spaces and control characters.
    let letter = |c: char| {
        c == '_'
            || c.is_ascii_alphabetic()
            || (!c.is_ascii() && c <= '\u{FFEF}' && c.is_alphanumeric())
    };
    text.starts_with(letter) && text.chars().all(|c| letter(c) || c.is_ascii_digit())
}

/// The error returned when parsing the name of a class fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseClassPathError(());

impl fmt::Display for ParseClassPathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid class: expected Class, namespace:Class or a resource URI")
    }
}

impl std::error::Error for ParseClassPathError {}

#[cfg(test)]
mod tests {
    use super::*;

    const VENDOR: &str = "http://sblim.sf.net/wbem/wscim/1/cim-schema/2/";

    #[test]
    fn a_class_is_named_by_its_resource_uri() {
        let uri = format!("{VENDOR}Linux_OperatingSystem");
        let class: ClassPath = uri.parse().unwrap();
        assert_eq!(
            (class.base(), class.namespace(), class.name()),
            (Some(VENDOR), "", "Linux_OperatingSystem")
        );
        assert_eq!(class.to_string(), uri);
        // The URI can also be given separately from the namespace.
        let class = ClassPath::new("root/cimv2", uri.as_str());
        let expected = ClassPath::new("root/cimv2", "Linux_OperatingSystem").with_base(VENDOR);
        assert_eq!(class, expected);
    }

    #[test]
    fn a_class_keeps_its_base_and_its_namespace_as_text() {
        for base in [VENDOR, "https://[::1]:8080/a.b/", "http://v.example:80/x/"] {
            for namespace in ["", "root/cimv2"] {
                let class = ClassPath::new(namespace, "C").with_base(base);
                assert_eq!(class.to_string().parse(), Ok(class.clone()), "{class}");
            }
        }
        let class = ClassPath::new("root/cimv2", "C").with_base(VENDOR);
        assert_eq!(class.to_string(), format!("root/cimv2:{VENDOR}C"));
        assert_eq!(format!(r"root\cimv2:{VENDOR}C").parse(), Ok(class));
    }

    #[test]
    fn the_forms_of_the_dialects_are_no_base() {
        let wmi = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service";
        let service = ClassPath::new("root/cimv2", "Win32_Service");
        assert_eq!(wmi.parse(), Ok(service));
        let dmtf = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_Service";
        assert_eq!(dmtf.parse(), Ok(ClassPath::new("", "CIM_Service")));
        let within = ClassPath::new("root/x", "CIM_Service");
        assert_eq!(format!("root/x:{dmtf}").parse(), Ok(within));
        // The two namespaces differ.
        assert!(format!("root/x:{wmi}").parse::<ClassPath>().is_err());
    }

    #[test]
    fn refuses_a_resource_uri_that_names_no_class() {
        for text in [
            "http://",
            "http://v.example",
            "http://v.example/",
            "http://v.example/9x",
            "http://v.example/a b/C",
            "http://v.example/\"/C",
            "://v.example/C",
            "1x://v.example/C",
            "http://schemas.dmtf.org/wbem/wscim/1/*",
        ] {
            assert!(text.parse::<ClassPath>().is_err(), "{text}");
        }
    }

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
