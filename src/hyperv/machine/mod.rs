//! `Msvm_ComputerSystem`: the virtual machines of a host, and the host itself.

mod find;
mod state;
mod summary;

use crate::cim::{DecodeError, Instance, Reference};
use crate::error::Error;

use super::{NAMESPACE, ReplicationMode, ReplicationState, ReturnCode};

pub use state::RequestedState;
pub use summary::VmSummary;

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

impl VirtualMachine {
    /// Adds the state of the virtual machine to the hint of an error, if the host refused because of the state.
    pub(super) fn explain(&self, error: Error) -> Error {
        match (error.cause(), error.hint()) {
            (Some(ReturnCode::InvalidState), Some(hint)) => {
                let state = self.replication_state.map(|state| state.to_string());
                let state = state.as_deref().unwrap_or("not known");
                let hint = format!("{hint}; its state is: {state}");
                error.with_hint(hint)
            }
            _ => error,
        }
    }
}

/// Returns true if a text is a GUID in the form of Hyper-V's virtual machine ids.
fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}
