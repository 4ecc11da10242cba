//! The state that all commands share: the options, the output, and signals.

mod interrupt;

use cimwire::cim::ClassPath;
use cimwire::hyperv::{self, VirtualMachine};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args};

use self::interrupt::Interrupt;
use crate::config::layers::Given;
use crate::machines::Machines;
use crate::options::{Connection, Display, without_login};
use crate::output::Output;
use crate::output::following::Following;
use crate::output::report::{self, Failure};
use crate::output::watch_command::{WatchCommand, quoted};

/// One run of the program.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) connection: Connection,
    pub(crate) display: Display,
    /// The settings of the command line and of the environment.
    pub(crate) given: Given,
    pub(crate) output: Output,
    pub(crate) interrupt: Interrupt,
    /// The command that watches jobs on.
    pub(crate) watch: WatchCommand,
    /// True if the command line names a namespace.
    pub(crate) names_a_namespace: bool,
}

impl Session {
    pub(crate) fn new(connection: Connection, display: Display, matches: &ArgMatches) -> Self {
        let class = hyperv::job_class();
        let class = match &connection.namespace {
            Some(namespace) => ClassPath::new(namespace, class.name()),
            None => class,
        };
        Self {
            // What came from the environment is still there, so only what was typed is repeated. A password never is.
            watch: WatchCommand {
                options: Some(typed(matches)),
                class,
            },
            names_a_namespace: matches.value_source("namespace") == Some(ValueSource::CommandLine),
            given: Given::of(matches),
            connection,
            output: Output::new(display.output),
            display,
            interrupt: Interrupt::listen(),
        }
    }

    /// Marks the host as one that ends with this run. No hint names a command for it.
    pub(crate) fn host_ends_with_the_run(&mut self) {
        self.watch.options = None;
    }

    /// Returns the display of the host's jobs.
    pub(crate) fn following(&self, vm: Option<VirtualMachine>) -> Following {
        Following {
            output: self.output,
            watch: self.watch.clone(),
            vm,
            machines: Machines::default(),
        }
    }

    /// Returns the class of a job that is named by its id alone.
    pub(crate) fn job_class(&self) -> &ClassPath {
        &self.watch.class
    }
}

/// Returns the options of the command line, each with its value.
fn typed(matches: &ArgMatches) -> Vec<String> {
    let options = Display::augment_args(Connection::augment_args(clap::Command::new("cimwire")));
    let mut words = Vec::new();
    for option in options.get_arguments() {
        let id = option.get_id().as_str();
        let (Some(name), Some(ValueSource::CommandLine)) =
            (option.get_long(), matches.value_source(id))
        else {
            continue;
        };
        words.push(format!("--{name}"));
        if option.get_action().takes_values() {
            let values = matches.get_raw(id).into_iter().flatten();
            words.extend(values.map(|value| {
                let value = value.to_string_lossy();
                quoted(match id {
                    "proxy" => without_login(&value),
                    _ => &value,
                })
            }));
        }
    }
    words
}

/// Awaits an operation that a signal may cancel without harm.
pub(crate) async fn unless_interrupted<T, E: Into<Failure>>(
    session: &Session,
    operation: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    match session.interrupt.or(operation).await {
        Some(done) => done.map_err(Into::into),
        None => Err(session.interrupt.problem().into()),
    }
}

/// Awaits a call that changes something at the host. The first signal does not cancel it, since its outcome would then be
/// unknown.
pub(crate) async fn to_its_end<T>(session: &Session, call: impl Future<Output = T>) -> T {
    let _calling = session.interrupt.calling();
    let mut call = std::pin::pin!(call);
    if let Some(done) = session.interrupt.or(&mut call).await {
        return done;
    }
    report::note("the host was asked already; a second signal ends without its answer");
    call.await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::command;

    #[test]
    fn what_was_typed_is_typed_again() {
        let matches = command().get_matches_from([
            "cimwire",
            "--host=hv01",
            "--user",
            r"EXAMPLE\operator",
            "--proxy",
            "http://user:hunter2@proxy.example:3128",
            "--dangerously-accept-any-certificate",
            "job",
            "--wait-timeout",
            "5m",
            "list",
            "-o",
            "json",
        ]);
        assert_eq!(
            typed(&matches).join(" "),
            r"--host hv01 --user 'EXAMPLE\operator' --proxy proxy.example:3128 --wait-timeout 5m --dangerously-accept-any-certificate --output json"
        );
    }
}
