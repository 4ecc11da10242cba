//! `completions` and `manual`: files for shells and for `man`.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use clap_complete::env::Shells;

use crate::arguments::{self, COMPLETE};
use crate::exit::Exit;
use crate::output::Output;
use crate::output::report::{Failure, Problem};

/// Print the completions for a shell, with the hosts and groups of the configuration file
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Completions {
    #[arg(value_enum)]
    shell: Shell,
}

/// A shell that completions can be printed for.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

/// Write manual pages, one a command
#[derive(Debug, Args)]
pub(crate) struct Manual {
    /// Folder to write to, which has to exist
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Completions {
    pub(crate) fn run(self, output: Output) -> Result<Exit, Failure> {
        let name = self.shell.to_possible_value();
        let name = name.as_ref().map_or("", |value| value.get_name());
        let mut script = Vec::new();
        let shells = Shells::builtins();
        let written = shells.completer(name).map(|shell| {
            shell.write_registration(COMPLETE, "cimwire", "cimwire", &program(), &mut script)
        });
        match (written, String::from_utf8(script)) {
            (Some(Ok(())), Ok(script)) => output.script(&script).map(|()| Exit::Done),
            _ => {
                let what = format!("could not write completions for {name}");
                Err(Problem::new(Exit::Failure, what).into())
            }
        }
    }
}

/// Returns the program as the shell should call it: by its name if it was called so, else by its path.
fn program() -> String {
    let called = env::args_os().next().unwrap_or_default();
    let path = match Path::new(&called).components().count() {
        1 => called,
        _ => env::current_exe().map_or(called, OsString::from),
    };
    path.to_string_lossy().into_owned()
}

impl Manual {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        match clap_mangen::generate_to(arguments::command(), &self.folder) {
            Ok(()) => Ok(Exit::Done),
            Err(error) => {
                let what = format!("could not write to {}: {error}", self.folder.display());
                Err(Problem::usage(what).into())
            }
        }
    }
}

const AFTER_HELP: &str = "\
Add a line to the start-up file of the shell:
  bash        source <(cimwire completions bash)
  zsh         source <(cimwire completions zsh)       after compinit
  fish        cimwire completions fish | source
  elvish      eval (cimwire completions elvish | slurp)
  powershell  cimwire completions powershell | Out-String | Invoke-Expression
Those for elvish and powershell have not been tried.";
