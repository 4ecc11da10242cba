//! Errors in the command line.

use std::env;

use clap::Error;
use clap::error::{ContextKind, ContextValue};

use crate::exit::Exit;
use crate::options::Format;
use crate::output::report::{self, Problem};

/// Reports an error in the command line, in the format that it asks for, and ends the program with 2;
/// or shows the help or the version that was asked for, and ends with 0.
pub(crate) fn exit(mut error: Error) -> ! {
    leave_dangers_out(&mut error);
    let variable = env::var("CIMWIRE_OUTPUT").ok();
    if error.use_stderr() && asks_for_json(variable, env::args_os().skip(1)) {
        report::speak(Format::Json);
        let end = report::problem(&problem(&error.render().to_string()));
        std::process::exit(end.code().into());
    }
    error.exit()
}

/// Removes the suggestions that would do more than what was mistyped: of commands, those that only read are left, and an option
/// that weakens security is suggested only for one that was meant to.
fn leave_dangers_out(error: &mut Error) {
    let reads = |command: &str| READING.contains(&command);
    let is_safe = |tip: &str| match tip.strip_suffix("' exists") {
        Some(tip) => tip
            .trim_start_matches('\'')
            .split(' ')
            .next()
            .is_some_and(reads),
        None => true,
    };
    let mistyped = error.get(ContextKind::InvalidArg).map(ToString::to_string);
    let meant = mistyped.is_some_and(|option| option.starts_with(DANGER));
    let suggested = ContextKind::SuggestedSubcommand;
    if let Some(ContextValue::Strings(names)) = error.get(suggested) {
        let safe: Vec<_> = names.iter().filter(|name| reads(name)).cloned().collect();
        match safe[..] {
            // clap would print a list without names.
            [] => error.remove(suggested),
            _ => error.insert(suggested, ContextValue::Strings(safe)),
        };
    }
    if let Some(ContextValue::StyledStrs(tips)) = error.get(ContextKind::Suggested) {
        let tips = tips.iter().filter(|tip| is_safe(&tip.to_string()));
        let tips = ContextValue::StyledStrs(tips.cloned().collect());
        error.insert(ContextKind::Suggested, tips);
    }
    let option = error
        .get(ContextKind::SuggestedArg)
        .map(ToString::to_string);
    if option.is_some_and(|option| option.starts_with(DANGER)) && !meant {
        error.remove(ContextKind::SuggestedArg);
    }
}

/// The commands and verbs that change nothing at a host, which a mistyped command may be answered with.
const READING: [&str; 29] = [
    "associators",
    "certificates",
    "check",
    "classes",
    "completions",
    "config",
    "decode",
    "demo",
    "doctor",
    "enumerate",
    "get",
    "help",
    "hosts",
    "identify",
    "job",
    "list",
    "manual",
    "path",
    "query",
    "recovery-points",
    "references",
    "replica",
    "schema",
    "show",
    "stats",
    "status",
    "test-connection",
    "vm",
    "watch",
];
const DANGER: &str = "--dangerously";

/// Reports whether the words of a command line, or else the variable, ask for JSON.
fn asks_for_json(
    variable: Option<String>,
    words: impl Iterator<Item = impl AsRef<std::ffi::OsStr>>,
) -> bool {
    let mut asked = variable;
    let mut words = words.map(|word| word.as_ref().to_string_lossy().into_owned());
    while let Some(word) = words.next().filter(|word| word != "--") {
        let option = word.strip_prefix("--output");
        match option.or_else(|| word.strip_prefix("-o")) {
            Some("") => asked = words.next(),
            Some(format) => asked = Some(format.trim_start_matches('=').to_owned()),
            None => {}
        }
    }
    asked.as_deref() == Some("json")
}

/// Returns clap's message as one line and a hint. If it is only the help, no command was given.
fn problem(said: &str) -> Problem {
    let Some(said) = said.strip_prefix("error: ") else {
        return Problem::new(Exit::Usage, "no command is given").hint("try '--help'");
    };
    let (what, rest) = said.split_once("\n\n").unwrap_or((said, ""));
    Problem::new(Exit::Usage, in_a_line(what, " ")).hint(in_a_line(rest, "; "))
}

/// Returns the first paragraph of clap's message, in a line.
pub(crate) fn line(error: &Error) -> String {
    let said = error.render().to_string();
    let said = said.strip_prefix("error: ").unwrap_or(&said);
    let (what, _) = said.split_once("\n\n").unwrap_or((said, ""));
    in_a_line(what, " ")
}

fn in_a_line(text: &str, between: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_json() {
        for (variable, line, expected) in [
            (None, "get -o json", true),
            (None, "-ojson get", true),
            (None, "get --output=json", true),
            (None, "get --output json", true),
            (Some("json"), "get", true),
            (Some("json"), "get -o table", false),
            (None, "get -- -o json", false),
            (None, "get -o", false),
            (None, "get", false),
        ] {
            let variable = variable.map(str::to_owned);
            let asked = asks_for_json(variable, line.split(' '));
            assert_eq!(asked, expected, "{line}");
        }
    }
}
