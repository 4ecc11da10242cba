//! Confirmation of changes that can lose data or availability.

use std::io::{self, BufRead, IsTerminal, Write};

use cimwire::printable;
use clap::Args;

use super::change::Subject;
use crate::exit::Exit;
use crate::output::report::{Failure, Problem};
use crate::output::{origin, short};
use crate::session::Session;

/// The option of changes that ask first.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(super) struct Confirmation {
    /// Do not ask; needed without a terminal
    #[arg(long, short)]
    pub(super) yes: bool,
}

/// What a change puts at risk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Risk {
    pub(super) confirmation: Confirmation,
    /// The change, before the names of the virtual machines: `Commit the failover of`.
    pub(super) doing: &'static str,
    /// What may be lost, as a sentence.
    pub(super) loss: &'static str,
}

impl Risk {
    /// Checks that there is a terminal to ask on, before anything is sent.
    pub(super) fn can_be_asked(&self) -> Result<(), Problem> {
        if self.confirmation.yes || (io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return Ok(());
        }
        let what = format!(
            "there is no terminal to ask for a confirmation on. {}",
            self.loss
        );
        Err(Problem::usage(what).hint("add --yes to do it without being asked"))
    }

    /// Asks the user to confirm the change, unless it was confirmed on the command line.
    pub(super) async fn ask(self, session: &Session, subjects: &[Subject]) -> Result<(), Failure> {
        if self.confirmation.yes || subjects.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = subjects
            .iter()
            .flatten()
            .map(|vm| format!("{:?}", short(&vm.name)))
            .collect();
        let host = origin::host().unwrap_or("the host");
        let Self { doing, loss, .. } = self;
        let question = format!(
            "{doing} {} on {host}? {loss}\nType yes to continue: ",
            names.join(", ")
        );
        let asked = tokio::task::spawn_blocking(move || answer(&question));
        match session.interrupt.or(asked).await {
            Some(Ok(Ok(true))) => Ok(()),
            Some(_) => {
                Err(Problem::new(Exit::Failure, "not confirmed; nothing was changed").into())
            }
            None => Err(session.interrupt.problem().into()),
        }
    }
}

fn answer(question: &str) -> io::Result<bool> {
    let mut stderr = io::stderr().lock();
    let lines: Vec<_> = question.lines().map(printable).collect();
    write!(stderr, "{}", lines.join("\n"))?;
    stderr.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().eq_ignore_ascii_case("yes"))
}
