//! The namespaces of the host.

pub(super) const V2: &str = "root/virtualization/v2";
pub(super) const CIMV2: &str = "root/cimv2";
