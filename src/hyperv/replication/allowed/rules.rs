//! The rules for each action: the roles and states that allow it.

use crate::hyperv::{Relationship, ReplicationMode, ReplicationState};

use super::Action;

use ReplicationMode::{ExtendedReplica, Primary, Replica};
use ReplicationState::{
    Committed, Critical, Disabled, DiskUpdateCritical, DiskUpdateInProgress, Ready, Recovered,
    Replicating, ResynchronizeSuspended, Resynchronizing, Suspended, SyncedReplicationComplete,
    WaitingToCompleteInitialReplication, WaitingToStartResynchronize,
};

/// The roles and states that allow an action.
pub(super) struct Rule {
    /// The action, in the words after "cannot be".
    pub(super) doing: &'static str,
    /// The roles that the primary relationship needs; none for any.
    pub(super) modes: &'static [ReplicationMode],
    pub(super) states: States,
    /// The states that the extended relationship may be in, if they are others.
    pub(super) extended: Option<&'static [ReplicationState]>,
    /// True if the virtual machine has to be off.
    pub(super) is_off: bool,
    /// The next step if the state does not allow it.
    pub(super) hint: &'static str,
}

/// The states that allow an action.
#[derive(Clone, Copy)]
pub(super) enum States {
    Only(&'static [ReplicationState]),
    AllBut(&'static [ReplicationState]),
}

impl Action {
    /// Returns the rule for the action.
    pub(super) fn rule(self) -> Rule {
        let any = Rule {
            doing: "",
            modes: &[],
            states: States::AllBut(&[Disabled]),
            extended: None,
            is_off: false,
            hint: "enable the replication first",
        };
        let of = |doing, modes, states, hint| Rule {
            doing,
            modes,
            states: States::Only(states),
            hint,
            ..any
        };
        match self {
            Self::Enable => of(
                "the replication cannot be enabled",
                &[ReplicationMode::None],
                &[Disabled],
                "remove the replication first, or change its settings",
            ),
            Self::MakeReplica => Rule {
                is_off: true,
                ..of(
                    "the virtual machine cannot be made a replica",
                    &[ReplicationMode::None],
                    &[Disabled],
                    "remove the replication first",
                )
            },
            Self::Reschedule => of(
                "the initial replication cannot be rescheduled",
                &[],
                &[Disabled, Ready],
                "cancel the initial replication first",
            ),
            Self::Start => of(
                "the initial replication cannot be started",
                SENDING,
                &[Ready],
                "enable the replication first if it is disabled",
            ),
            Self::CancelStart => of(
                "the initial replication cannot be cancelled",
                SENDING,
                &[WaitingToCompleteInitialReplication, Suspended, Critical],
                "there is no initial replication in progress",
            ),
            Self::Stop => Rule {
                extended: Some(&[Resynchronizing]),
                ..of(
                    "the resynchronization cannot be stopped",
                    &[],
                    &[Resynchronizing, DiskUpdateInProgress, DiskUpdateCritical],
                    "there is nothing to stop",
                )
            },
            Self::Import => of(
                "the initial copy cannot be imported",
                RECEIVING,
                &[WaitingToCompleteInitialReplication],
                "export the copy on the primary host first",
            ),
            Self::Suspend => of(
                "the replication cannot be suspended",
                &[],
                &[
                    WaitingToCompleteInitialReplication,
                    Replicating,
                    Resynchronizing,
                ],
                "there is nothing to suspend",
            ),
            Self::Resume => of(
                "the replication cannot be resumed",
                &[],
                &[
                    Suspended,
                    Critical,
                    WaitingToStartResynchronize,
                    ResynchronizeSuspended,
                    DiskUpdateCritical,
                ],
                "there is nothing to resume",
            ),
            Self::Resynchronize => of(
                "the virtual machine cannot be resynchronized",
                SENDING,
                &[
                    Replicating,
                    Suspended,
                    Critical,
                    WaitingToStartResynchronize,
                    ResynchronizeSuspended,
                ],
                "complete the initial replication first",
            ),
            Self::PrepareFailover => Rule {
                extended: Some(&[Replicating, DiskUpdateInProgress, DiskUpdateCritical]),
                is_off: true,
                ..of(
                    "the failover cannot be prepared",
                    SENDING,
                    &[Replicating],
                    "resume the replication, and wait until it replicates",
                )
            },
            Self::FailOver => Rule {
                is_off: true,
                ..of(
                    "the virtual machine cannot be failed over",
                    RECEIVING,
                    &[
                        Replicating,
                        SyncedReplicationComplete,
                        Suspended,
                        Resynchronizing,
                        DiskUpdateInProgress,
                    ],
                    "fail over on the replica host, after the initial replication",
                )
            },
            Self::TestFailover => Rule {
                doing: "the test failover cannot be started",
                modes: RECEIVING,
                states: States::AllBut(&[Resynchronizing, DiskUpdateInProgress]),
                hint: "wait until the replication replicates",
                ..any
            },
            Self::CommitFailover => of(
                "the failover cannot be committed",
                RECEIVING,
                &[Recovered],
                "fail over first",
            ),
            Self::RevertFailover => of(
                "the failover cannot be reverted",
                &[],
                &[Recovered, SyncedReplicationComplete],
                "there is no failover to revert; a committed one cannot be undone",
            ),
            Self::Reverse => of(
                "the replication cannot be reversed",
                RECEIVING,
                &[Recovered, Committed],
                "fail over first",
            ),
            Self::ChangeModeToPrimary => of(
                "the extended relationship cannot become the primary one",
                &[Replica],
                &[Committed],
                "fail over and commit the failover first",
            ),
            Self::ModifySettings => Rule {
                doing: "the settings of the replication cannot be changed",
                modes: SENDING,
                ..any
            },
            Self::Remove => Rule {
                doing: "the replication cannot be removed",
                hint: "there is no replication to remove",
                ..any
            },
        }
    }
}

impl Rule {
    pub(super) fn states(&self, which: Relationship) -> States {
        match (self.extended, which) {
            (Some(states), Relationship::Extended) => States::Only(states),
            _ => self.states,
        }
    }
}

impl States {
    pub(super) fn allow(self, state: ReplicationState) -> bool {
        match self {
            Self::Only(states) => states.contains(&state),
            Self::AllBut(states) => !states.contains(&state),
        }
    }
}

/// The roles of the two sides of the primary relationship.
const SENDING: &[ReplicationMode] = &[Primary];
const RECEIVING: &[ReplicationMode] = &[Replica, ExtendedReplica];
/// The roles on the two sides of the extended relationship.
pub(super) const EXTENDED: &[ReplicationMode] = &[Replica, ExtendedReplica];
