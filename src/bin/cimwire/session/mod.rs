//! The state that all commands share: the options, the output, and signals.

mod interrupt;

use cimwire::cim::ClassPath;
use cimwire::hyperv;
use cimwire::job::JobReference;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args};

use self::interrupt::Interrupt;
use crate::options::{Connection, Display};
use crate::output::report::{self, Failure};
use crate::output::{Output, excerpt};

/// One run of the program.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) connection: Connection,
    pub(crate) display: Display,
    pub(crate) output: Output,
    pub(crate) interrupt: Interrupt,
    /// The options of the command line, as they would be typed again; none where another run would not find the host.
    typed: Option<Vec<String>>,
    /// True if the command line names a namespace.
    pub(crate) names_a_namespace: bool,
}

impl Session {
    pub(crate) fn new(connection: Connection, display: Display, matches: &ArgMatches) -> Self {
        Self {
            typed: Some(typed(matches)),
            names_a_namespace: matches.value_source("namespace") == Some(ValueSource::CommandLine),
            connection,
            output: Output::new(display.output),
            display,
            interrupt: Interrupt::listen(),
        }
    }

    /// The host ends with this run, so that no other command will find it.
    pub(crate) fn host_ends_with_us(&mut self) {
        self.typed = None;
    }

    /// The command that watches jobs, to be pasted into a shell. What came from the environment is still there, so
    /// only what was typed is repeated; a password never is.
    pub(crate) fn watch_command<'j>(
        &self,
        jobs: impl IntoIterator<Item = &'j JobReference>,
    ) -> Option<String> {
        let mut words = vec!["cimwire".to_owned()];
        words.extend(self.typed.clone()?);
        words.extend(["job".to_owned(), "watch".to_owned()]);
        words.extend(jobs.into_iter().map(|job| quoted(&self.job_argument(job))));
        Some(words.join(" "))
    }

    /// Returns a job as an argument of `job watch`: its id alone if its class is that of Hyper-V's jobs.
    pub(crate) fn job_argument(&self, job: &JobReference) -> String {
        if *job.as_reference().class() == self.job_class() {
            job.id().to_owned()
        } else {
            job.to_string()
        }
    }

    /// Returns the same as far as a message shows it.
    pub(crate) fn job_name(&self, job: &JobReference) -> String {
        excerpt(&self.job_argument(job))
    }

    /// The class of a job that is named by its id alone.
    pub(crate) fn job_class(&self) -> ClassPath {
        let class = hyperv::job_class();
        match &self.connection.namespace {
            Some(namespace) => ClassPath::new(namespace, class.name()),
            None => class,
        }
    }
}

/// The options that stand on the command line, each with its value.
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

/// The address of a proxy without the user and the password in it.
fn without_login(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or_default()
}

/// A word as a POSIX shell reads it back, and PowerShell too if it has no quotation mark.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Awaits an operation that can be dropped at a signal without harm.
pub(crate) async fn unless_interrupted<T, E: Into<Failure>>(
    session: &Session,
    operation: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    match session.interrupt.or(operation).await {
        Some(done) => done.map_err(Into::into),
        None => Err(session.interrupt.problem().into()),
    }
}

/// Awaits a call that changes something at the host: dropped on its way, its outcome would be unknown. So at the
/// first signal its answer is still waited for.
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
    fn words_are_quoted() {
        assert_eq!(quoted("https://hv01:5986/wsman"), "https://hv01:5986/wsman");
        let job = "http://hv01:5985/root/x:V_Job.InstanceID=%22A%22";
        assert_eq!(quoted(job), job);
        assert_eq!(quoted(r"EXAMPLE\operator"), r"'EXAMPLE\operator'");
        assert_eq!(quoted("it's $(true)"), r"'it'\''s $(true)'");
        // PowerShell reads a bare comma as the end of an element.
        assert_eq!(quoted("a,b"), "'a,b'");
        assert_eq!(quoted(""), "''");
    }

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
