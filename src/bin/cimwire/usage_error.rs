//! Errors in the command line.

use std::env;

use clap::Error;

use crate::exit::Exit;
use crate::options::Format;
use crate::output::report::{self, Problem};

/// Says what is wrong with the command line, in the format that it asks for all the same, and ends the program with 2;
/// or shows the help or the version that was asked for, and ends with 0.
pub(crate) fn exit(error: &Error) -> ! {
    let variable = env::var("CIMWIRE_OUTPUT").ok();
    if error.use_stderr() && asks_for_json(variable, env::args_os().skip(1)) {
        report::speak(Format::Json);
        let end = report::problem(&problem(&error.render().to_string()));
        std::process::exit(end.code().into());
    }
    error.exit()
}

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

/// Returns what clap says in paragraphs, as one line and a hint. Where it says nothing but the help, there is no
/// command.
fn problem(said: &str) -> Problem {
    let Some(said) = said.strip_prefix("error: ") else {
        return Problem::new(Exit::Usage, "no command is given").hint("try '--help'");
    };
    let (what, rest) = said.split_once("\n\n").unwrap_or((said, ""));
    Problem::new(Exit::Usage, in_a_line(what, " ")).hint(in_a_line(rest, "; "))
}

/// Returns what clap says in its first paragraph, in a line.
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
