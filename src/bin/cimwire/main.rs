//! The program `cimwire`: CIM and Hyper-V Replica from a shell.

mod arguments;
mod assign;
mod commands;
mod connect;
mod declared;
mod exit;
mod follow;
mod input;
mod machines;
mod options;
mod output;
mod session;
mod time;
mod usage_error;

use std::process::ExitCode;

use tokio::runtime::Builder;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::output::report::{self, Problem};
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
        let session = Session::new(arguments.connection, arguments.display, &matches);
        match commands::run(session, arguments.command).await {
            Ok(exit) => exit,
            Err(failure) => report::failure(&failure),
        }
    });
    // A lookup of an address cannot be stopped, and does not delay the end.
    runtime.shutdown_background();
    exit.into()
}
