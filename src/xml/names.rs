//! The namespaces of WS-Management (MS-WSMV 2.2.1).

use std::sync::Arc;

macro_rules! namespaces {
    ($($(#[$doc:meta])* $variant:ident $constant:ident = $uri:literal),* $(,)?) => {
        /// The namespace of a name.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) enum Ns {
            /// No namespace.
            None,
            $($(#[$doc])* $variant,)*
            /// Another namespace, usually that of a class.
            Other(Arc<str>),
        }

        /// The URIs of the namespaces.
        pub(crate) mod uri {
            $($(#[$doc])* pub(crate) const $constant: &str = $uri;)*
        }

        impl Ns {
            /// Returns the namespace of a URI, if it is known.
            pub(super) fn known(uri: &str) -> Option<Self> {
                match uri {
                    $(uri::$constant => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Returns the URI of the namespace; empty for no namespace.
            pub(crate) fn uri(&self) -> &str {
                match self {
                    Self::None => "",
                    $(Self::$variant => uri::$constant,)*
                    Self::Other(uri) => uri,
                }
            }
        }
    };
}

namespaces! {
    /// SOAP 1.2.
    Soap SOAP = "http://www.w3.org/2003/05/soap-envelope",
    /// WS-Addressing, August 2004.
    Addressing ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    /// WS-Management.
    Wsman WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    /// Microsoft's headers.
    Winrm WINRM = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
    /// WS-Enumeration.
    Enumeration ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration",
    /// WS-Transfer.
    Transfer TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer",
    /// WS-Eventing.
    Eventing EVENTING = "http://schemas.xmlsoap.org/ws/2004/08/eventing",
    /// WS-CIM: datetimes.
    Cim CIM = "http://schemas.dmtf.org/wbem/wscim/1/common",
    /// WSManFault.
    WsmanFault WSMAN_FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
    /// The CIM binding: association filters, `IsCIM_Error`.
    CimBinding CIM_BINDING = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd",
    /// Identify.
    Identity IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd",
    /// XML Schema instances: `nil`, `type`.
    Xsi XSI = "http://www.w3.org/2001/XMLSchema-instance",
    /// The prefix `xml`, which is always bound.
    Xml XML = "http://www.w3.org/XML/1998/namespace",
}
