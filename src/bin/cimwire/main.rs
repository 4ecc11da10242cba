//! The program `cimwire`: CIM and Hyper-V Replica from a shell.

mod arguments;
mod assign;
mod commands;
mod config;
mod connect;
mod declared;
mod dry_run;
mod exit;
mod files;
mod follow;
mod input;
mod machines;
mod options;
mod output;
mod password;
mod session;
mod time;
mod usage_error;

use std::process::ExitCode;

use clap::ArgMatches;
use tokio::runtime::Builder;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::output::report::{self, Failure, Problem};
use crate::output::trace;
use crate::session::Session;

fn main() -> ExitCode {
    let (arguments, matches) = Arguments::read();
    report::speak(arguments.display.output);
    if arguments.display.quiet {
        report::leave_notes_out();
    }
    trace::start(arguments.display);
    let runtime = match Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let what = format!("could not start the runtime: {error}");
            return report::problem(&Problem::new(Exit::Failure, what)).into();
        }
    };
    let exit = runtime.block_on(async {
        let ended = run(arguments, &matches).await;
        ended.unwrap_or_else(|failure| report::failure(&failure))
    });
    // A lookup of an address cannot be stopped, and does not delay the end.
    runtime.shutdown_background();
    exit.into()
}

/// Runs the command, with the options of the connection completed by the configuration file.
async fn run(arguments: Arguments, matches: &ArgMatches) -> Result<Exit, Failure> {
    let mut connection = arguments.connection;
    if arguments::connects(matches) {
        connection = config::complete(connection, matches)?;
    }
    let session = Session::new(connection, arguments.display, matches);
    commands::run(session, arguments.command).await
}
