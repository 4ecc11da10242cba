//! The URIs of actions and resources.

use crate::cim::ClassPath;
pub(crate) use crate::cim::resource_uri::class_of;
use crate::cim::resource_uri::{ALL_CLASSES, CIM_SCHEMA, WMI};

use super::profile::{Dialect, QueryTarget, ServerProfile};

/// The action of a WS-Transfer Get.
pub(crate) const GET: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
/// The action of a WS-Transfer Put.
pub(crate) const PUT: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Put";
/// The action of a WS-Transfer Create.
pub(crate) const CREATE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create";
/// The action of a WS-Transfer Delete.
pub(crate) const DELETE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete";
/// The action of a WS-Enumeration Enumerate.
pub(crate) const ENUMERATE: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
/// The action of a WS-Enumeration Pull.
pub(crate) const PULL: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
/// The action of a WS-Enumeration Release.
pub(crate) const RELEASE: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Release";
/// The action of a WS-Eventing Subscribe.
pub(crate) const SUBSCRIBE: &str = "http://schemas.xmlsoap.org/ws/2004/08/eventing/Subscribe";
/// The action of a WS-Eventing Unsubscribe.
pub(crate) const UNSUBSCRIBE: &str = "http://schemas.xmlsoap.org/ws/2004/08/eventing/Unsubscribe";
/// The pull delivery mode of events (DSP0226, delivery modes).
pub(crate) const PULL_DELIVERY: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull";
/// The address of the sender of the request (WS-Addressing 3.2).
pub(crate) const ANONYMOUS: &str =
    "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
/// The dialect of WQL filters (MS-WSMV 3.1.4.1.13).
pub(crate) const WQL: &str = "http://schemas.microsoft.com/wbem/wsman/1/WQL";
/// The dialect of selector filters (DSP0226, selector filter).
pub(crate) const SELECTOR_FILTER: &str =
    "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter";
/// The dialect of association filters (DSP0227).
pub(crate) const ASSOCIATION_FILTER: &str =
    "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter";
/// The resource whose instances are class declarations (MS-WSMV 3.1.4.1.38).
pub(crate) const CLASSES: &str = "http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/*";
/// The selector that names a namespace (DSP0227).
pub(crate) const CIM_NAMESPACE: &str = "__cimnamespace";

/// Returns the resource URI of a class.
pub(crate) fn resource_uri(class: &ClassPath, dialect: Dialect) -> String {
    match (class.base(), dialect) {
        (Some(base), _) => format!("{base}{}", class.name()),
        // A query over all classes of a namespace has the same form in both dialects.
        (None, Dialect::Dmtf) if class.name() != "*" => format!("{CIM_SCHEMA}{}", class.name()),
        _ => format!("{WMI}{}/{}", class.namespace(), class.name()),
    }
}

/// Returns the resource URI that an enumeration or a subscription is sent to.
pub(crate) fn enumerated_uri(class: &ClassPath, profile: ServerProfile) -> String {
    if is_all_classes(class, profile) {
        return ALL_CLASSES.to_owned();
    }
    resource_uri(class, profile.dialect)
}

/// Returns true if the resource URI does not name the namespace, so that a selector has to.
pub(crate) fn wants_namespace_selector(class: &ClassPath, profile: ServerProfile) -> bool {
    let is_unsaid = class.base().is_some()
        || profile.dialect == Dialect::Dmtf
        || is_all_classes(class, profile);
    is_unsaid && !class.namespace().is_empty()
}

/// Returns true if the class is `*` and the server expects the all-classes URI for it.
pub(crate) fn is_all_classes(class: &ClassPath, profile: ServerProfile) -> bool {
    class.base().is_none() && class.name() == "*" && profile.query_target == QueryTarget::AllClasses
}

#[cfg(test)]
mod tests {
    use super::*;

    const VM: &str =
        "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ComputerSystem";

    #[test]
    fn both_dialects() {
        let class = ClassPath::new("root/virtualization/v2", "Msvm_ComputerSystem");
        assert_eq!(resource_uri(&class, Dialect::Wmi), VM);
        let dmtf = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/Msvm_ComputerSystem";
        assert_eq!(resource_uri(&class, Dialect::Dmtf), dmtf);
        assert!(
            wants_namespace_selector(&class, ServerProfile::dmtf())
                && !wants_namespace_selector(&class, ServerProfile::windows())
        );
        assert_eq!(class_of(VM), class);
        assert_eq!(class_of(&VM.to_uppercase()).name(), "MSVM_COMPUTERSYSTEM");
        assert_eq!(class_of(dmtf).or_namespace("root/virtualization/v2"), class);
    }

    #[test]
    fn vendors_uris_are_kept() {
        let uri = "http://schemas.dell.com/wbem/wscim/1/cim-schema/2/DCIM_JobService";
        let class = class_of(uri);
        assert_eq!((class.namespace(), class.name()), ("", "DCIM_JobService"));
        assert_eq!(resource_uri(&class, Dialect::Wmi), uri);
    }
}
