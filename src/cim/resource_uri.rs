//! Resource URIs of classes.

use super::ClassPath;
use super::class_path::is_cim_name;

/// The part before the namespace in the resource URI of a WMI class (MS-WSMV 3.1.4.1.1).
pub(crate) const WMI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";
/// The part before the class in the resource URI of a CIM class (DSP0230).
pub(crate) const CIM_SCHEMA: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
/// The resource of all classes (DSP0227), for queries and subscriptions.
pub(crate) const ALL_CLASSES: &str = "http://schemas.dmtf.org/wbem/wscim/1/*";

/// Returns the class named by a resource URI from the wire, in any form.
///
/// Services echo the case of the request, so the prefix is compared without regard to case.
pub(crate) fn class_of(uri: &str) -> ClassPath {
    let after = |prefix: &str| {
        let head = uri.get(..prefix.len())?;
        head.eq_ignore_ascii_case(prefix)
            .then(|| uri.get(prefix.len()..))
            .flatten()
    };
    let (head, name) = uri.rsplit_once('/').unwrap_or(("", uri));
    if let Some(rest) = after(WMI) {
        let namespace = rest.rsplit_once('/').map_or("", |(namespace, _)| namespace);
        return ClassPath::new(namespace, name);
    }
    let is_standard = after(CIM_SCHEMA).is_some() || uri.eq_ignore_ascii_case(ALL_CLASSES);
    if is_standard || head.is_empty() {
        return ClassPath::new("", name);
    }
    ClassPath::new("", name).with_base(format!("{head}/"))
}

/// Returns the class named by a resource URI, or `None` if the text is not a resource URI.
pub(super) fn read(text: &str) -> Option<ClassPath> {
    let (scheme, rest) = text.split_once("://")?;
    let (authority, _) = rest.split_once('/')?;
    let (_, name) = rest.rsplit_once('/')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    // In an object path, an equals sign or a quotation mark would begin a key.
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"=\"\\<>".contains(c);
    let is_uri = is_scheme && !authority.is_empty() && rest.chars().all(is_plain);
    (is_uri && is_cim_name(name)).then(|| class_of(text))
}

/// Returns the class name in a text that is a name or a resource URI.
pub(crate) fn class_name(text: &str) -> &str {
    match read(text) {
        Some(_) => text.rsplit('/').next().unwrap_or(text),
        None => text,
    }
}
