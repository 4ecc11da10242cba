//! Hints for the return codes of Hyper-V's methods.

use std::borrow::Cow;

use super::{Action, Relationship, ReturnCode};

impl ReturnCode {
    /// Returns a hint on how to solve the problem, in one sentence.
    pub fn hint(self) -> Option<Cow<'static, str>> {
        self.hint_for("")
    }

    /// Returns a hint on how to solve the problem that a method of [`ReplicationService`](super::ReplicationService)
    /// reports by this code.
    pub fn hint_for(self, method: &str) -> Option<Cow<'static, str>> {
        if let (Self::InvalidState, Some(action)) = (self, Action::of_method(method)) {
            return Some(action.state_hint(Relationship::Primary).into());
        }
        let hint = match (method, self) {
            ("StartReplication", Self::InvalidParameter) => {
                "check that the virtual machine is still there, and that an export directory is a full path of the host"
            }
            (_, Self::Completed | Self::Started | Self::Unknown(_)) => return None,
            (_, Self::StatusUnknown) => {
                "it may have been done: look at the virtual machine before asking again"
            }
            (_, Self::Failed) => "see the event log Hyper-V-VMMS/Admin of the host",
            (_, Self::AccessDenied) => {
                "the account has to be a member of Hyper-V Administrators or Administrators"
            }
            (_, Self::NotSupported) => "this host, or this kind of virtual machine, does not do it",
            (_, Self::Timeout) => {
                "look at the virtual machine before asking again, and check that the other host can be reached"
            }
            (_, Self::InvalidParameter | Self::IncorrectType) => "check the values given",
            (_, Self::InUse) => "wait for what else runs on the virtual machine, then try again",
            (_, Self::InvalidState) => {
                "the state of the virtual machine does not allow it, or another operation runs on it"
            }
            (_, Self::NotAvailable) => "try again later",
            (_, Self::OutOfMemory) => "free memory on the host",
            (_, Self::FileNotFound) => "check the path, as the host sees it",
            (_, Self::RebootRequired) => "restart the host",
            (_, Self::NicBindingPrevented) => "check the virtual switch of the host",
            (_, Self::DiskChainCycle | Self::ParentMismatch) => "check the chain of virtual disks",
            (_, Self::ObjectNotFound) => "check that the virtual machine is still there",
        };
        Some(hint.into())
    }
}
