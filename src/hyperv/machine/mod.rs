//! `Msvm_ComputerSystem`: the virtual machines of a host, and the host itself.

mod find;

use crate::cim::{DecodeError, Instance, Reference};

use super::{NAMESPACE, ReplicationMode, ReplicationState};

/// A virtual machine of a host.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VirtualMachine {
    /// The display name, which need not be unique.
    pub name: String,
    /// The id, a GUID in capitals.
    pub id: String,
    /// The replication state.
    pub replication_state: Option<ReplicationState>,
    /// The replication role.
    pub replication_mode: Option<ReplicationMode>,
}

impl VirtualMachine {
    /// The class of virtual machines, and of the host itself.
    pub const CLASS: &str = "Msvm_ComputerSystem";

    /// Reads an instance. Returns `None` for the instance of the host itself, which has the host name in place of a
    /// GUID.
    ///
    /// # Errors
    ///
    /// Returns an error if the instance has no name.
    pub fn read(instance: &Instance) -> Result<Option<Self>, DecodeError> {
        let id: String = instance.get("Name")?;
        if !is_guid(&id) {
            return Ok(None);
        }
        // Unreadable optional properties must not hide the virtual machine.
        Ok(Some(Self {
            name: instance.get("ElementName").unwrap_or_default(),
            id,
            replication_state: instance.get("ReplicationState").ok().flatten(),
            replication_mode: instance.get("ReplicationMode").ok().flatten(),
        }))
    }

    /// Returns the reference, with both keys: some hosts do not accept the id alone.
    pub fn reference(&self) -> Reference {
        Reference::new(NAMESPACE, Self::CLASS)
            .with_key("CreationClassName", Self::CLASS)
            .with_key("Name", self.id.as_str())
    }
}

/// Returns true if a text is a GUID in the form of Hyper-V's virtual machine ids.
fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}
