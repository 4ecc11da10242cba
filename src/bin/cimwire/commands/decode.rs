//! `decode`: explanations of WS-Management messages in files.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cimwire::explain;
use clap::Args;

use crate::exit::Exit;
use crate::output::report::{self, Failure, Problem};
use crate::output::results::Explained;
use crate::session::Session;
use crate::session::unless_interrupted;

/// Explain WS-Management messages, without a host: requests, answers, faults, and HTTP around them
#[derive(Debug, Args)]
pub(crate) struct Decode {
    /// The files; - or none for standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Decode {
    /// Explains all files. An error in one does not end the command.
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let mut exit = Exit::Done;
        let mut files = self.files;
        if files.is_empty() {
            files.push(STDIN.into());
        }
        for (index, file) in files.iter().enumerate() {
            match unless_interrupted(session, bytes_of(file)).await {
                Ok(bytes) => exit = exit.or_worse(show(session, index, file, &bytes)?),
                Err(Failure::Problem(problem)) => {
                    let ended = report::problem(&problem);
                    if matches!(ended, Exit::Interrupted | Exit::Terminated) {
                        return Ok(ended);
                    }
                    exit = ended;
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(exit)
    }
}

/// Shows the explanation of a file, or reports the error.
fn show(session: &Session, index: usize, file: &Path, bytes: &[u8]) -> Result<Exit, Failure> {
    let name = file.to_string_lossy();
    let explanation = match explain(bytes) {
        Ok(explanation) => explanation,
        Err(error) => {
            let what = format!("{name}: {}", report::chain(&error));
            return Ok(report::problem(&Problem::new(Exit::Failure, what)));
        }
    };
    let done = session.output.show(&Explained {
        file: &name,
        explanation: &explanation,
        is_later: index > 0,
    })?;
    let problems = explanation.problems();
    for problem in &problems {
        report::problem(&Problem::new(Exit::Failure, format!("{name}: {problem}")));
    }
    Ok(if problems.is_empty() {
        done
    } else {
        Exit::Failure
    })
}

/// Reads a file, on a thread for blocking calls.
async fn bytes_of(file: &Path) -> Result<Vec<u8>, Problem> {
    let path = file.to_owned();
    let read = tokio::task::spawn_blocking(move || read(&path)).await;
    let read = read.unwrap_or_else(|error| Err(io::Error::other(error)));
    read.map_err(|error| {
        let what = format!("could not read {}: {error}", file.display());
        Problem::new(Exit::Failure, what)
    })
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than is explained tells what is too much.
    if path.as_os_str() == STDIN {
        io::stdin().lock().take(MOST).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(MOST).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The name of standard input.
const STDIN: &str = "-";
/// The limit of the library, and one byte more.
const MOST: u64 = (64 << 20) + 1;
