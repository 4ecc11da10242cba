//! Recovery points of replica virtual machines.

use cimwire::cim::Reference;
use cimwire::hyperv::NAMESPACE;

/// Returns the recovery point with an id.
pub(super) fn reference(id: &str) -> Reference {
    Reference::new(NAMESPACE, "Msvm_VirtualSystemSettingData").with_key("InstanceID", id)
}
