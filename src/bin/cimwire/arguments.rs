//! The command line: the options that all commands share, and a command.

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser};
use clap_complete::CompleteEnv;

use crate::commands::Command;
use crate::config::{Section, candidates};
use crate::options::{CONNECTION, Connection, DANGEROUS, Display};
use crate::usage_error;

/// Drives CIM (WMI) and Hyper-V Replica of Windows hosts over WinRM, from any operating system
#[derive(Debug, Parser)]
#[command(name = "cimwire", version, max_term_width = 100, after_long_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) display: Display,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// Reads the command line. If a shell asks for completions, they are printed; if the line makes no sense, an error is. Both
    /// end the program.
    pub(crate) fn read() -> (Self, ArgMatches) {
        CompleteEnv::with_factory(command).var(COMPLETE).complete();
        let matches = command()
            .try_get_matches()
            .unwrap_or_else(|error| usage_error::exit(error));
        match Self::from_arg_matches(&matches) {
            Ok(arguments) => (arguments, matches),
            Err(error) => usage_error::exit(error.format(&mut command())),
        }
    }
}

/// Returns the command line: the shared options may follow the command, empty variables of the environment count as not
/// set, and the help of a command that makes no connection leaves those options out.
pub(crate) fn command() -> clap::Command {
    let mut command = Arguments::command().mut_args(|argument| {
        let argument = argument.global(true).hide_env(true);
        let argument = match argument.get_id().as_str() {
            "host" => argument.add(candidates::of(Section::Hosts)),
            "profile" => argument.add(candidates::of(Section::Profiles)),
            _ => argument,
        };
        let value = argument.get_env().and_then(std::env::var_os);
        if value.is_some_and(|value| value.is_empty()) {
            return argument.env(None::<&str>);
        }
        argument
    });
    // What all commands share stands at each of them from here on.
    command.build();
    UNCONNECTED.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |command| {
            command.mut_args(|argument| {
                let headings = [Some(CONNECTION), Some(DANGEROUS)];
                let is_shared = headings.contains(&argument.get_help_heading());
                argument.hide(is_shared)
            })
        })
    })
}

/// Reports whether the command connects to a host.
pub(crate) fn connects(matches: &ArgMatches) -> bool {
    let command = matches.subcommand_name();
    command.is_none_or(|name| !UNCONNECTED.contains(&name))
}

/// The commands that connect to no host, or to one of their own.
const UNCONNECTED: [&str; 6] = [
    "completions",
    "config",
    "decode",
    "demo",
    "manual",
    "simulate",
];
/// The variable by which a shell asks for completions.
pub(crate) const COMPLETE: &str = "CIMWIRE_COMPLETE";
const AFTER_HELP: &str = "\
Exit codes:
  0 done, 1 other failure, 2 usage, 3 authentication, 4 connection, 5 fault from the server,
  6 method refused or job failed, 7 timed out, 8 outcome unknown, 9 job cancelled, 130 interrupted,
  141 closed pipe, 143 terminated

Examples:
  cimwire demo
  cimwire --host hv01 --user 'EXAMPLE\\operator' replica start web01 --start-time +2h
  cimwire --host hv01 --user 'EXAMPLE\\operator' query \"SELECT * FROM Win32_Service\"
  cimwire … enumerate Win32_Service --where State=Running --properties Name,StartMode
  cimwire … get Win32_Service --key Name=Spooler
  cimwire … invoke Win32_Process Create CommandLine=notepad.exe

Every option is read from the environment too: --host from CIMWIRE_HOST, and so on.
RUST_LOG is a filter of the traces, which wins over -v: RUST_LOG=debug, RUST_LOG=cimwire::envelope=trace.

With --output json, results are one JSON object a line on stdout, and errors, warnings and notes one
a line on stderr: {\"error\": {\"kind\", \"exit_code\", \"message\", \"hint\", \"fault\", …}}.";
