//! The class of a Rust type.

use super::ClassPath;

/// A type that represents a CIM class, usually a struct that derives `serde::Deserialize` and has a field for each
/// property of interest.
///
/// [`Client::enumerate`](crate::Client::enumerate) enumerates the class, and [`to_instance`](super::to_instance)
/// creates an instance of it. [`cim_class!`](crate::cim_class) writes the implementation.
///
/// ```
/// use cimwire::cim::Class;
///
/// struct Service;
///
/// impl Class for Service {
///     const NAMESPACE: &str = "root/cimv2";
///     const NAME: &str = "Win32_Service";
/// }
///
/// assert_eq!(Service::class_path().to_string(), "root/cimv2:Win32_Service");
/// ```
pub trait Class {
    /// The namespace, with slashes: `root/cimv2`.
    const NAMESPACE: &'static str;
    /// The name of the class: `Win32_Service`.
    const NAME: &'static str;

    /// Returns the class and its namespace.
    fn class_path() -> ClassPath {
        ClassPath::new(Self::NAMESPACE, Self::NAME)
    }
}

/// Implements [`Class`](crate::cim::Class) for types. Each line gives the type, the namespace and the class.
///
/// ```
/// use cimwire::cim::Class;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// #[serde(rename_all = "PascalCase")]
/// struct Service {
///     name: String,
///     state: Option<String>,
///     process_id: u32,
/// }
///
/// #[derive(Deserialize)]
/// #[serde(rename_all = "PascalCase")]
/// struct ComputerSystem {
///     name: String,
///     element_name: String,
/// }
///
/// cimwire::cim_class! {
///     Service: "root/cimv2", "Win32_Service";
///     ComputerSystem: "root/virtualization/v2", "Msvm_ComputerSystem";
/// }
///
/// assert_eq!(ComputerSystem::NAME, "Msvm_ComputerSystem");
/// ```
#[macro_export]
macro_rules! cim_class {
    ($($type:ty: $namespace:expr, $name:expr);+ $(;)?) => {
        $(impl $crate::cim::Class for $type {
            const NAMESPACE: &'static str = $namespace;
            const NAME: &'static str = $name;
        })+
    };
}
