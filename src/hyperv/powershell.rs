//! The names of codes in Microsoft's PowerShell module for Hyper-V.

use std::borrow::Cow;

use super::{
    AllowedAuthentication, EnabledState, ReplicationAuthentication, ReplicationHealth,
    ReplicationMode, ReplicationState, ReplicationType,
};

/// Adds `powershell_name` to enumerations whose variants have the names of PowerShell.
macro_rules! powershell_names {
    ($($name:ident: $($variant:ident)*;)*) => {
        $(impl $name {
            /// Returns the name that PowerShell has for it, or the number of a code without one.
            pub fn powershell_name(self) -> Cow<'static, str> {
                match self {
                    $(Self::$variant => stringify!($variant).into(),)*
                    _ => self.code().to_string().into(),
                }
            }
        })*
    };
}

powershell_names! {
    EnabledState: Other Running Off Stopping Saved Paused Starting;
    ReplicationMode: None Primary Replica TestReplica ExtendedReplica;
    ReplicationHealth: NotApplicable Normal Warning Critical;
    ReplicationType: None Regular ApplicationConsistent Planned;
    ReplicationAuthentication: Kerberos Certificate;
    AllowedAuthentication: NotDefined Kerberos Certificate CertificateAndKerberos;
}

impl ReplicationState {
    /// Returns the name that PowerShell has for it on a side, or the number of a code without one. PowerShell numbers the
    /// states in another way, and has two names for
    /// [`WaitingToCompleteInitialReplication`](Self::WaitingToCompleteInitialReplication).
    ///
    /// ```
    /// use cimwire::hyperv::{ReplicationMode, ReplicationState};
    ///
    /// let state = ReplicationState::WaitingToCompleteInitialReplication;
    /// assert_eq!(state.powershell_name(ReplicationMode::Primary), "InitialReplicationInProgress");
    /// assert_eq!(state.powershell_name(ReplicationMode::Replica), "WaitingForInitialReplication");
    /// ```
    pub fn powershell_name(self, side: ReplicationMode) -> Cow<'static, str> {
        if self == Self::WaitingToCompleteInitialReplication && side != ReplicationMode::Primary {
            return "WaitingForInitialReplication".into();
        }
        match STATES.get(usize::from(self.code())) {
            Some(name) => (*name).into(),
            None => self.code().to_string().into(),
        }
    }
}

/// The names of the states, by their numbers in WMI.
const STATES: [&str; 22] = [
    "Disabled",
    "ReadyForInitialReplication",
    "InitialReplicationInProgress",
    "Replicating",
    "PreparedForFailover",
    "FailedOverWaitingCompletion",
    "FailedOver",
    "Suspended",
    "Error",
    "WaitingForStartResynchronize",
    "Resynchronizing",
    "ResynchronizeSuspended",
    "RecoveryInProgress",
    "FailbackInProgress",
    "FailbackComplete",
    "WaitingForUpdateCompletion",
    "UpdateError",
    // PowerShell has no name for the state that is unknown to the host.
    "17",
    "WaitingForRepurposeCompletion",
    "PreparedForSyncReplication",
    "PreparedForGroupReverseReplication",
    "FiredrillInProgress",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the public pages of Get-VMReplication and Get-VMReplicationServer.
    #[test]
    fn codes_have_the_names_of_powershell() {
        let sides = [ReplicationMode::Primary, ReplicationMode::Replica];
        let state =
            |code: u16| sides.map(|side| ReplicationState::from(code).powershell_name(side));
        assert_eq!(
            state(2),
            [
                "InitialReplicationInProgress",
                "WaitingForInitialReplication"
            ]
        );
        for (code, name) in [
            (1, "ReadyForInitialReplication"),
            (3, "Replicating"),
            (8, "Error"),
            (16, "UpdateError"),
            (18, "WaitingForRepurposeCompletion"),
            (21, "FiredrillInProgress"),
            (17, "17"),
            (22, "22"),
        ] {
            assert_eq!(state(code), [name; 2], "{code}");
        }
        assert_eq!(EnabledState::Running.powershell_name(), "Running");
        assert_eq!(EnabledState::from(32773).powershell_name(), "32773");
        assert_eq!(
            AllowedAuthentication::from(3).powershell_name(),
            "CertificateAndKerberos"
        );
        assert_eq!(ReplicationHealth::from(1).powershell_name(), "Normal");
    }
}
