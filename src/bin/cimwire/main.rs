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

use std::io;
use std::process::ExitCode;

use tokio::runtime::Builder;
use tracing_subscriber::EnvFilter;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::output::report::{self, Problem};
use crate::session::Session;

fn main() -> ExitCode {
    let (arguments, matches) = Arguments::read();
    report::speak(arguments.display.output);
    if arguments.display.quiet {
        report::leave_notes_out();
    }
    log();
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

/// Logs to stderr what `RUST_LOG` asks for; by default nothing is logged.
fn log() {
    let Some(filter) = std::env::var_os("RUST_LOG").filter(|filter| !filter.is_empty()) else {
        return;
    };
    match EnvFilter::builder().parse(filter.to_string_lossy()) {
        Ok(filter) => tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(io::stderr)
            .with_ansi(console::colors_enabled_stderr())
            .log_internal_errors(false)
            .init(),
        Err(error) => report::warning(&format!("RUST_LOG is not understood: {error}")),
    }
}
