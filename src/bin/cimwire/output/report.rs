//! Errors on stderr: a line of causes, the words of the host, and a hint.
//!
//! With `--output json` it is one JSON object a line there too, so that stdout holds results and nothing else, and a
//! program finds out why there are none without reading prose.

mod json;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use cimwire::hyperv::{ReplicationState, ReturnCode, VirtualMachine};
use cimwire::job::JobFailure;
use cimwire::{Error, Remedy, printable};

use super::event::Vm;
use super::origin::{self, Origin};
use super::shorten::{excerpt, short};
use crate::exit::Exit;
use crate::options::Format;
use crate::time;
use json::{ErrorRow, Message};

/// The reason for which a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error of the library.
    Library(Error),
    /// An error of the program.
    Problem(Problem),
    /// The error has been reported.
    Reported(Exit),
    /// The reader of stdout has gone away.
    Closed,
}

/// An error that the program itself finds.
#[derive(Debug)]
pub(crate) struct Problem {
    exit: Exit,
    what: String,
    hint: Option<String>,
    return_code: Option<i64>,
}

impl Problem {
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self {
            exit,
            what: what.into(),
            hint: None,
            return_code: None,
        }
    }

    /// A problem with the command line.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self::new(Exit::Usage, what)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the return value of a method.
    pub(crate) fn return_code(mut self, code: i64) -> Self {
        self.return_code = Some(code);
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Reports the reason for which a command ended early, and returns the exit code.
pub(crate) fn failure(failure: &Failure) -> Exit {
    match failure {
        Failure::Library(error) => self::error(error),
        Failure::Problem(problem) => self::problem(problem),
        Failure::Reported(exit) => *exit,
        Failure::Closed => Exit::Closed,
    }
}

/// Reports why the change of a virtual machine ended early, and returns the exit code.
pub(crate) fn failure_of(failure: &Failure, vm: Option<&VirtualMachine>) -> Exit {
    match failure {
        Failure::Library(error) => error_about(error, vm, None),
        failure => self::failure(failure),
    }
}

/// Reports an error of the library, and returns the exit code.
pub(crate) fn error(error: &Error) -> Exit {
    error_with(error, hint(error).as_deref())
}

/// Reports an error of the library with another hint, which names the options it is about, and returns the exit code.
pub(crate) fn error_with(error: &Error, hint: Option<&str>) -> Exit {
    report(error, hint, None, None)
}

/// Reports an error about a virtual machine, and the replication state that it is in, and returns the exit code.
pub(crate) fn error_about(
    error: &Error,
    vm: Option<&VirtualMachine>,
    state: Option<ReplicationState>,
) -> Exit {
    report(error, hint(error).as_deref(), vm, state)
}

fn report(
    error: &Error,
    hint: Option<&str>,
    vm: Option<&VirtualMachine>,
    state: Option<ReplicationState>,
) -> Exit {
    let exit = Exit::from(error);
    let message = match return_code(error) {
        Some(code) => format!("{} ({code})", chain(error)),
        None => chain(error),
    };
    if speaks_json() {
        let row = ErrorRow::of(error, exit, message, hint)
            .vm(vm)
            .replication_state(state);
        json::say(&Message::Error { error: row.into() });
        return exit;
    }
    say(&format!("error: {message}"));
    origin(&Origin::of(error), exit, vm);
    if let Some(failure) = error.cause::<JobFailure>() {
        job_failure(failure);
    }
    if let Some(hint) = hint {
        say(&format!("hint: {hint}"));
    }
    exit
}

/// Returns what to do about an error, with the options that do it.
pub(crate) fn hint(error: &Error) -> Option<Cow<'_, str>> {
    error.hint().map(|hint| with_options(hint, error.remedy()))
}

/// Adds the options that a remedy is about to a hint.
pub(crate) fn with_options(hint: &str, remedy: Option<Remedy>) -> Cow<'_, str> {
    match remedy.and_then(options_of) {
        Some(options) => format!("{hint} ({options})").into(),
        None => hint.into(),
    }
}

fn options_of(remedy: Remedy) -> Option<&'static str> {
    Some(match remedy {
        Remedy::CaBundle => "--ca-file",
        Remedy::PinnedCertificate => "--pin-certificate",
        Remedy::ClientCertificate => "--client-cert, --client-key",
        Remedy::Proxy => "--proxy",
        Remedy::NoProxy => "--no-proxy",
        Remedy::OperationTimeout => "--operation-timeout",
        Remedy::PartHeaders => "--part-headers",
        Remedy::DatetimeForm => "--datetime-form",
        Remedy::EmbeddedForm => "--embedded-form",
        Remedy::DatetimeOrEmbeddedForm => "--datetime-form, --embedded-form",
        Remedy::DmtfDialect => "--dialect dmtf",
        _ => return None,
    })
}

/// Reports a problem of the program's own, and returns the exit code.
pub(crate) fn problem(problem: &Problem) -> Exit {
    if speaks_json() {
        let row = ErrorRow::from(problem);
        json::say(&Message::Error { error: row.into() });
        return problem.exit;
    }
    say(&format!("error: {}", problem.what));
    origin(&Origin::now(), problem.exit, None);
    if let Some(hint) = &problem.hint {
        say(&format!("hint: {hint}"));
    }
    problem.exit
}

/// Prints a warning.
pub(crate) fn warning(text: &str) {
    warning_about(text, None);
}

/// Prints a warning about a virtual machine.
pub(crate) fn warning_about(text: &str, vm: Option<&VirtualMachine>) {
    if speaks_json() {
        return json::say(&Message::Warning {
            warning: text,
            origin: Origin::now(),
            vm: vm.map(Vm::from),
        });
    }
    match vm {
        Some(vm) => say(&format!("warning: {}: {text}", short(&vm.name))),
        None => say(&format!("warning: {text}")),
    }
}

/// Prints a note.
pub(crate) fn note(text: &str) {
    if QUIET.load(Ordering::Relaxed) {
        return;
    }
    if speaks_json() {
        let (note, origin) = (text, Origin::now());
        return json::say(&Message::Note { note, origin });
    }
    say(&format!("note: {text}"));
}

/// Writes a line to stderr, with control characters escaped. A closed stderr does not end the program.
pub(crate) fn say(line: &str) {
    let line = format!("{}\n", printable(line));
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// Sets the format of all messages from now on.
pub(crate) fn speak(format: Format) {
    JSON.store(format == Format::Json, Ordering::Relaxed);
}

/// Leaves notes out from now on.
pub(crate) fn leave_notes_out() {
    QUIET.store(true, Ordering::Relaxed);
}

fn speaks_json() -> bool {
    JSON.load(Ordering::Relaxed)
}

/// Prints the host and the time of an error, its virtual machine, and the user of a failed login.
fn origin(origin: &Origin<'_>, exit: Exit, vm: Option<&VirtualMachine>) {
    // The command line is wrong for any host.
    let Some(host) = origin.text().filter(|_| exit != Exit::Usage) else {
        return;
    };
    let user = origin::user().filter(|_| exit == Exit::Authentication);
    let user = user.map_or_else(String::new, |user| format!(", user {user}"));
    let vm = vm.map_or_else(String::new, |vm| format!(", VM {:?}", short(&vm.name)));
    say(&format!("  host {host}{vm}{user}, {}", time::now_text()));
}

/// Returns an error and its causes in a line.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}

/// Returns the return value of a Hyper-V method that failed.
fn return_code(error: &Error) -> Option<u32> {
    error.cause::<ReturnCode>().map(|code| code.code())
}

/// Prints the host's texts about a failed job beyond the one text that stands in the error itself.
fn job_failure(failure: &JobFailure) {
    let mut said = vec![failure.message().to_owned()];
    let mut once = |label: &str, text: &str| {
        let text = text.trim();
        if !text.is_empty() && !said.iter().any(|known| known.trim() == text) {
            say(&format!("  {label}: {}", excerpt(text)));
            said.push(text.to_owned());
        }
    };
    let status = failure.status();
    once("summary", &status.error_summary);
    once("description", &status.error_description);
    for error in failure.errors().iter().take(DETAILS) {
        once(
            "detail",
            &error.get::<String>("Message").unwrap_or_default(),
        );
    }
}

/// The number of instances shown that explain a failure; Hyper-V was seen to send two.
const DETAILS: usize = 10;
/// True if programs read stderr; the whole program has one.
static JSON: AtomicBool = AtomicBool::new(false);
/// True if notes are left out.
static QUIET: AtomicBool = AtomicBool::new(false);
