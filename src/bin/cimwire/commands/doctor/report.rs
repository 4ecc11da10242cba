//! The results of the steps of an examination, reported one by one.

use crate::exit::Exit;
use crate::output::report::Failure;
use crate::output::results::Finding;
use crate::output::{Output, Render};

/// The steps, in the order in which they are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Name,
    Port,
    Tls,
    Http,
    Schemes,
    Clock,
    Login,
    Spn,
    Sealing,
    Identify,
    Dialect,
    Namespace,
    Invoke,
    Limits,
    /// Reported on request only.
    Datetimes,
    /// Reported only if another setting than the default suits the host.
    Settings,
}

impl Step {
    /// The steps that are always reported.
    const ALL: [Self; 14] = [
        Self::Name,
        Self::Port,
        Self::Tls,
        Self::Http,
        Self::Schemes,
        Self::Clock,
        Self::Login,
        Self::Spn,
        Self::Sealing,
        Self::Identify,
        Self::Dialect,
        Self::Namespace,
        Self::Invoke,
        Self::Limits,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Port => "port",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Schemes => "schemes",
            Self::Clock => "clock",
            Self::Login => "login",
            Self::Spn => "spn",
            Self::Sealing => "sealing",
            Self::Identify => "identify",
            Self::Dialect => "dialect",
            Self::Namespace => "namespace",
            Self::Invoke => "invoke",
            Self::Limits => "limits",
            Self::Datetimes => "datetimes",
            Self::Settings => "settings",
        }
    }
}

/// A writer of the steps' results that keeps the exit code.
#[derive(Debug)]
pub(super) struct Report {
    output: Output,
    /// The first failure decides.
    exit: Exit,
    reported: Vec<Step>,
}

impl Report {
    pub(super) fn new(output: Output) -> Self {
        Self {
            output,
            exit: Exit::Done,
            reported: Vec::new(),
        }
    }

    /// Reports a step that passed, and what was seen.
    pub(super) fn pass(&mut self, step: Step, seen: &str) -> Result<(), Failure> {
        self.tell(step, "pass", seen, "")
    }

    /// Reports a step that was skipped, and the reason.
    pub(super) fn skip(&mut self, step: Step, why: &str) -> Result<(), Failure> {
        self.tell(step, "skipped", why, "")
    }

    /// Reports a step that may have failed, without ending the examination: what was seen, and what to check.
    pub(super) fn warn(&mut self, step: Step, seen: &str, next: &str) -> Result<(), Failure> {
        self.tell(step, "warning", seen, next)
    }

    /// Reports a step that failed: what was seen, and what to do next.
    pub(super) fn fail(
        &mut self,
        step: Step,
        exit: Exit,
        seen: &str,
        next: &str,
    ) -> Result<(), Failure> {
        if self.exit == Exit::Done {
            self.exit = exit;
        }
        self.tell(step, "fail", seen, next)
    }

    /// Reports all remaining steps as skipped for this reason, and returns the exit code.
    pub(super) fn end(mut self, why: &str) -> Result<Exit, Failure> {
        for step in Step::ALL {
            if !self.reported.contains(&step) {
                self.skip(step, why)?;
            }
        }
        Ok(self.exit)
    }

    fn tell(
        &mut self,
        step: Step,
        result: &'static str,
        seen: &str,
        next: &str,
    ) -> Result<(), Failure> {
        self.reported.push(step);
        let step = step.name();
        let finding = Finding {
            step,
            result,
            seen,
            next,
        };
        finding.render(self.output)
    }
}
