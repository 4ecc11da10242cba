//! The state of a virtual machine: `RequestStateChange`, and its removal.

use crate::cim::{Properties, Reference, Value};
use crate::error::Error;
use crate::hyperv::{NAMESPACE, Outcome, ReplicationService};

use super::VirtualMachine;

/// A state of a virtual machine that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestedState {
    /// Running: starts or resumes the virtual machine.
    Running,
    /// Off, at once, as if the power were cut.
    Off,
    /// Saved.
    Saved,
    /// Paused.
    Paused,
    /// Restarted, at once.
    Reset,
}

impl RequestedState {
    fn code(self) -> u16 {
        match self {
            Self::Running => 2,
            Self::Off => 3,
            Self::Saved => 6,
            Self::Paused => 9,
            Self::Reset => 11,
        }
    }
}

impl ReplicationService {
    /// Asks for another state of a virtual machine (`RequestStateChange`).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [RequestStateChange](https://learn.microsoft.com/windows/win32/hyperv_v2/requeststatechange-msvm-computersystem)
    pub async fn request_vm_state(
        &self,
        vm: &VirtualMachine,
        state: RequestedState,
    ) -> Result<Outcome, Error> {
        let input = Properties::new()
            .with("RequestedState", state.code())
            .with("TimeoutPeriod", Value::Null);
        self.call_on(&vm.reference(), "RequestStateChange", input)
            .await
    }

    /// Destroys a virtual machine, such as one of a test failover (`DestroySystem` of
    /// `Msvm_VirtualSystemManagementService`). It cannot be undone.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [DestroySystem](https://learn.microsoft.com/windows/win32/hyperv_v2/destroysystem-msvm-virtualsystemmanagementservice)
    pub async fn destroy_vm(&self, vm: &VirtualMachine) -> Result<Outcome, Error> {
        let input = Properties::new().with("AffectedSystem", vm.reference());
        self.call_on(&management_service(), "DestroySystem", input)
            .await
    }
}

/// Returns the service that creates and destroys virtual machines. It accepts this one key alone (seen with other clients).
pub(super) fn management_service() -> Reference {
    const CLASS: &str = "Msvm_VirtualSystemManagementService";
    Reference::new(NAMESPACE, CLASS).with_key("CreationClassName", CLASS)
}
