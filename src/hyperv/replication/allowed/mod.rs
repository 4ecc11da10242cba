//! The states in which a change of a replication is allowed, to be checked before the call.

mod not_allowed;
mod rules;

use crate::error::{Error, ErrorKind};
use crate::hyperv::{
    EnabledState, Relationship, ReplicationMode, ReplicationService, ReplicationState,
    VirtualMachine,
};
use crate::printable::excerpt;

pub use self::not_allowed::NotAllowed;
use self::not_allowed::Reason;
use self::rules::{EXTENDED, Rule, States};
use super::jobs::{START_JOBS, STOPPABLE_JOBS};

use ReplicationState::{
    Disabled, DiskUpdateInProgress, Ready, Replicating, Suspended, SyncedReplicationComplete,
    WaitingToCompleteInitialReplication, WaitingToStartResynchronize,
};

/// A change of a replication whose success depends on the state that the replication is in.
///
/// The states are those that Microsoft's own client checks before it calls. A host may refuse in other cases too, for example
/// while another operation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// [Enabling](ReplicationService::create_relationship) it, on either side.
    Enable,
    /// [Making](ReplicationService::make_replica) an ordinary virtual machine a replica.
    MakeReplica,
    /// [Starting](ReplicationService::start_replication) the initial replication.
    Start,
    /// [Rescheduling](ReplicationService::reschedule) the initial replication.
    Reschedule,
    /// [Cancelling](ReplicationService::cancel_initial_replication) the initial replication.
    CancelStart,
    /// [Stopping](ReplicationService::stop) a resynchronization or an update of the disks.
    Stop,
    /// [Importing](ReplicationService::import_initial_replica) an exported initial copy.
    Import,
    /// [Suspending](ReplicationService::suspend) it.
    Suspend,
    /// [Resuming](ReplicationService::resume) it.
    Resume,
    /// [Resynchronizing](ReplicationService::resynchronize) it.
    Resynchronize,
    /// [Preparing](ReplicationService::prepare_failover) a planned failover.
    PrepareFailover,
    /// [Failing over](ReplicationService::fail_over).
    FailOver,
    /// [Failing over](ReplicationService::test_failover) for a test.
    TestFailover,
    /// [Committing](ReplicationService::commit_failover) a failover.
    CommitFailover,
    /// [Reverting](ReplicationService::revert_failover) a failover.
    RevertFailover,
    /// [Reversing](ReplicationService::reverse) the direction.
    Reverse,
    /// [Making](ReplicationService::change_mode_to_primary) the extended relationship the primary one.
    ChangeModeToPrimary,
    /// [Changing](ReplicationService::modify_settings) the settings.
    ModifySettings,
    /// [Removing](ReplicationService::remove_relationship) it.
    Remove,
}

/// The replication of a virtual machine, as it was seen before a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// The relationship.
    pub which: Relationship,
    /// The state of the relationship.
    pub state: Option<ReplicationState>,
    /// The role of the virtual machine.
    pub mode: Option<ReplicationMode>,
    /// The state of the virtual machine itself.
    pub enabled_state: Option<EnabledState>,
    /// False if the relationship has never replicated.
    pub has_replicated: Option<bool>,
    /// True if an unfinished job was seen that the action would terminate.
    pub has_job: bool,
}

impl Seen {
    /// Returns a replication of which nothing was seen yet.
    pub fn new(which: Relationship) -> Self {
        Self {
            which,
            state: None,
            mode: None,
            enabled_state: None,
            has_replicated: None,
            has_job: false,
        }
    }

    /// Sets the state of the relationship.
    #[must_use]
    pub fn state(mut self, state: ReplicationState) -> Self {
        self.state = Some(state);
        self
    }

    /// Sets the role of the virtual machine.
    #[must_use]
    pub fn mode(mut self, mode: ReplicationMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Sets whether the relationship has ever replicated.
    #[must_use]
    pub fn has_replicated(mut self, has: bool) -> Self {
        self.has_replicated = Some(has);
        self
    }

    /// Sets that there is an unfinished job that the action would terminate.
    #[must_use]
    pub fn has_job(mut self) -> Self {
        self.has_job = true;
        self
    }

    /// Sets the state of the virtual machine itself.
    #[must_use]
    pub fn enabled_state(mut self, state: EnabledState) -> Self {
        self.enabled_state = Some(state);
        self
    }
}

impl Action {
    /// Checks whether a replication that is seen like this allows the action. What was not seen is not checked.
    ///
    /// ```
    /// use cimwire::hyperv::{Action, Relationship, ReplicationState, Seen};
    ///
    /// let seen = Seen::new(Relationship::Primary).state(ReplicationState::Disabled);
    /// let refused = Action::CommitFailover.check(&seen).unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "the failover cannot be committed: the replication state is \"disabled\", and has to be \"failed over\""
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the action is not allowed.
    ///
    /// Source: the pages of the methods, and the checks of the cmdlets for them.
    pub fn check(self, seen: &Seen) -> Result<(), NotAllowed> {
        let rule = self.rule();
        let not = |reason| {
            Err(NotAllowed {
                action: self,
                reason,
            })
        };
        let modes = match seen.which {
            Relationship::Primary => rule.modes,
            Relationship::Extended => EXTENDED,
        };
        let wrong_mode = seen
            .mode
            .filter(|mode| !modes.is_empty() && !modes.contains(mode));
        match wrong_mode {
            // Its state says more.
            None | Some(ReplicationMode::None) => {}
            Some(mode) => return not(Reason::Mode(mode, modes)),
        }
        if let Some(state) = seen.state
            && !rule.states(seen.which).allow(state)
            && !self.is_allowed_anyway(seen)
        {
            return not(Reason::State(state, seen.which));
        }
        if let Some(mode) = wrong_mode {
            return not(Reason::Mode(mode, modes));
        }
        match seen.enabled_state {
            Some(power) if rule.is_off && power != EnabledState::Off => not(Reason::Power(power)),
            _ if self == Self::FailOver && seen.has_replicated == Some(false) => {
                not(Reason::NeverReplicated)
            }
            _ => Ok(()),
        }
    }

    /// Reports whether a job, or the history of the replication, allows the action in other states too.
    fn is_allowed_anyway(self, seen: &Seen) -> bool {
        match self {
            Self::CancelStart => seen.has_job || seen.has_replicated == Some(false),
            Self::Stop => seen.has_job,
            _ => false,
        }
    }

    /// Returns the states that allow the action, as a phrase after "has to be": `"failed over" or "failover committed"`.
    pub fn states(self, which: Relationship) -> String {
        let (states, word) = match self.rule().states(which) {
            States::Only(states) => (states, ""),
            States::AllBut(states) => (states, "another than "),
        };
        let names: Vec<_> = states.iter().map(|state| format!("\"{state}\"")).collect();
        format!("{word}{}", alternatives(&names))
    }

    /// Returns a hint for a host that refuses because of the state.
    pub(in crate::hyperv) fn state_hint(self, which: Relationship) -> String {
        let Rule { hint, is_off, .. } = self.rule();
        let off = if is_off {
            ", and the virtual machine off"
        } else {
            ""
        };
        let states = self.states(which);
        format!("{hint}; the replication state has to be {states}{off}")
    }

    /// Returns the action that a method carries out, if the name of the method tells.
    pub(in crate::hyperv) fn of_method(method: &str) -> Option<Self> {
        Some(match method {
            "CreateReplicationRelationship" => Self::Enable,
            "StartReplication" => Self::Start,
            "ImportInitialReplica" => Self::Import,
            "Resynchronize" => Self::Resynchronize,
            "InitiateFailover" => Self::FailOver,
            "TestReplicaSystem" => Self::TestFailover,
            "CommitFailover" => Self::CommitFailover,
            "RevertFailover" => Self::RevertFailover,
            "ReverseReplicationRelationship" => Self::Reverse,
            "ChangeReplicationModeToPrimary" => Self::ChangeModeToPrimary,
            "ModifyReplicationSettings" => Self::ModifySettings,
            "RemoveReplicationRelationship" | "RemoveReplicationRelationshipEx" => Self::Remove,
            _ => return None,
        })
    }

    /// Returns the action that a requested state of a relationship carries out, if the state is documented.
    pub(super) fn of_requested_state(state: u16) -> Option<Self> {
        Some(match state.into() {
            Ready => Self::CancelStart,
            WaitingToCompleteInitialReplication => Self::MakeReplica,
            Replicating | DiskUpdateInProgress => Self::Resume,
            SyncedReplicationComplete => Self::PrepareFailover,
            Suspended => Self::Suspend,
            WaitingToStartResynchronize => Self::Stop,
            _ => return None,
        })
    }
}

impl ReplicationService {
    /// Checks whether the state of a replication allows an action. For the primary relationship it uses what was read of the
    /// virtual machine; for the extended one, it reads the relationship. Where a job could be terminated in place of a change
    /// of the state, it reads the jobs too.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Refused`] with [`NotAllowed`] among its causes if the action is not allowed. Nothing was
    /// asked of the host then.
    pub async fn check(
        &self,
        vm: &VirtualMachine,
        which: Relationship,
        action: Action,
    ) -> Result<(), Error> {
        let mut seen = self.see(vm, which).await?;
        let jobs = match action {
            Action::CancelStart => START_JOBS,
            Action::Stop => STOPPABLE_JOBS,
            _ => &[],
        };
        if action.check(&seen).is_err() && !jobs.is_empty() {
            let job = self.unfinished(vm, jobs).await;
            seen.has_job = job.map_err(Error::of_unsent_change)?.is_some();
        }
        action.check(&seen).map_err(|refused| {
            let doing = excerpt(&format!("could not change {:?}", vm.name));
            let error = Error::new(ErrorKind::Refused, doing).with_hint(refused.hint());
            let error = error.of_unsent_change();
            self.client().attribute(error.with_source(refused))
        })
    }

    async fn see(&self, vm: &VirtualMachine, which: Relationship) -> Result<Seen, Error> {
        let (state, last) = match which {
            Relationship::Primary => (vm.replication_state, vm.last_replication_time),
            Relationship::Extended => match self.relationship(vm, which).await {
                Ok(relationship) => (
                    relationship.replication_state,
                    relationship.last_replication_time,
                ),
                Err(error) if error.kind() == ErrorKind::NotFound => (Some(Disabled), None),
                Err(error) => return Err(error.of_unsent_change()),
            },
        };
        Ok(Seen {
            which,
            state,
            mode: vm.replication_mode,
            enabled_state: vm.enabled_state,
            has_replicated: state.map(|_| last.is_some()),
            has_job: false,
        })
    }
}

/// Joins names by commas and "or".
fn alternatives(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The states of hyperv-replica.md 1.4, 1.5 and 6 that allow each action on the primary relationship, typed by hand.
    const ALLOWED: [(Action, &[u16]); 19] = [
        (Action::Enable, &[0]),
        (Action::Start, &[1]),
        (Action::MakeReplica, &[0]),
        (Action::Reschedule, &[0, 1]),
        (Action::CancelStart, &[2, 7, 8]),
        (Action::Stop, &[10, 15, 16]),
        (Action::Import, &[2]),
        (Action::Suspend, &[2, 3, 10]),
        (Action::Resume, &[7, 8, 9, 11, 16]),
        (Action::Resynchronize, &[3, 7, 8, 9, 11]),
        (Action::PrepareFailover, &[3]),
        (Action::FailOver, &[3, 4, 7, 10, 15]),
        (
            Action::TestFailover,
            &[
                0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21,
            ],
        ),
        (Action::CommitFailover, &[5]),
        (Action::RevertFailover, &[4, 5]),
        (Action::Reverse, &[5, 6]),
        (Action::ChangeModeToPrimary, &[6]),
        (
            Action::ModifySettings,
            &[
                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
            ],
        ),
        (
            Action::Remove,
            &[
                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
            ],
        ),
    ];

    #[test]
    fn each_action_is_allowed_in_its_states_alone() {
        for (action, allowed) in ALLOWED {
            for state in 0..=21 {
                let seen = Seen::new(Relationship::Primary).state(state.into());
                let expected = allowed.contains(&state);
                let checked = action.check(&seen);
                assert_eq!(checked.is_ok(), expected, "{action:?} {state}");
                if let Err(refused) = checked {
                    assert_eq!(refused.state(), Some(state.into()));
                    let text = refused.to_string();
                    let state = ReplicationState::from(state);
                    assert!(
                        text.contains(&format!("is \"{state}\", and has to be ")),
                        "{text}"
                    );
                }
            }
        }
    }

    /// Section 6.6 and 6.7.
    #[test]
    fn the_extended_relationship_has_other_states_for_two_actions() {
        for (action, expected) in [
            (Action::PrepareFailover, &[3, 15, 16][..]),
            (Action::Stop, &[10]),
            (Action::Suspend, &[2, 3, 10]),
        ] {
            for state in 0..=21 {
                let seen = Seen::new(Relationship::Extended).state(state.into());
                let allowed = action.check(&seen).is_ok();
                assert_eq!(allowed, expected.contains(&state), "{action:?} {state}");
            }
        }
    }

    /// Section 6.5, 6.6 and 6.8.
    #[test]
    fn jobs_and_the_last_replication_decide_too() {
        let seen = Seen::new(Relationship::Primary).state(Ready);
        let check = |action: Action, seen: Seen| action.check(&seen).is_ok();
        assert!(!check(Action::CancelStart, seen.has_replicated(true)));
        assert!(check(Action::CancelStart, seen.has_replicated(false)));
        assert!(check(Action::CancelStart, seen.has_job()));
        assert!(check(Action::Stop, seen.has_job()));
        assert!(!check(Action::Suspend, seen.has_job()));

        let seen = Seen::new(Relationship::Primary).state(Replicating);
        assert!(check(Action::FailOver, seen.has_replicated(true)));
        let refused = Action::FailOver.check(&seen.has_replicated(false));
        assert_eq!(
            refused.unwrap_err().to_string(),
            "the virtual machine cannot be failed over: it has never been replicated"
        );
    }

    #[test]
    fn each_action_is_allowed_on_its_side_alone() {
        let on = |action: Action, mode: ReplicationMode| {
            let seen = Seen::new(Relationship::Primary).mode(mode);
            action.check(&seen)
        };
        for (action, modes) in [
            (Action::Enable, &[0][..]),
            (Action::Start, &[1]),
            (Action::CancelStart, &[1]),
            (Action::Import, &[2, 4]),
            (Action::Suspend, &[0, 1, 2, 3, 4]),
            (Action::PrepareFailover, &[1]),
            (Action::FailOver, &[2, 4]),
            (Action::TestFailover, &[2, 4]),
            (Action::CommitFailover, &[2, 4]),
            (Action::Reverse, &[2, 4]),
            (Action::ChangeModeToPrimary, &[2]),
        ] {
            for mode in 0..=4 {
                let allowed = on(action, mode.into()).is_ok();
                assert_eq!(allowed, modes.contains(&mode), "{action:?} {mode}");
            }
        }
        let refused = on(Action::FailOver, ReplicationMode::Primary).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the virtual machine cannot be failed over: the replication mode is \"primary\", and has to be \"replica\" or \
             \"extended replica\""
        );
        assert_eq!(
            refused.hint(),
            "do it on the other host, or for the other relationship"
        );
    }

    #[test]
    fn a_failover_needs_a_virtual_machine_that_is_off() {
        for action in [Action::FailOver, Action::PrepareFailover] {
            let seen = Seen::new(Relationship::Primary).enabled_state(EnabledState::Running);
            let refused = action.check(&seen).unwrap_err();
            assert!(
                refused
                    .to_string()
                    .ends_with("the virtual machine is running, and has to be off")
            );
            assert_eq!(refused.hint(), "shut the virtual machine down first");
        }
    }
}
