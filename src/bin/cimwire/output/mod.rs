//! What goes to stdout: text and tables for people, one JSON object a line for programs.
//!
//! Text from a host is escaped where people see it; JSON keeps it exactly.

pub(crate) mod event;
pub(crate) mod explained;
pub(crate) mod rows;
pub(crate) mod table;

use std::io::{self, Write};

use cimwire::printable;
use serde::Serialize;

use crate::args::Format;
use crate::exit::Exit;
use crate::report::{Failure, Problem};

/// Standard output, in the format that was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output(Format);

impl Output {
    pub(crate) fn new(format: Format) -> Self {
        Self(format)
    }

    pub(crate) fn is_json(self) -> bool {
        self.0 == Format::Json
    }

    /// Writes a line for people; nothing in JSON.
    pub(crate) fn line(self, line: &str) -> Result<(), Failure> {
        if self.is_json() {
            return Ok(());
        }
        write(&format!("{}\n", printable(line)))
    }

    /// Writes lines for people whose cells have been escaped already; nothing in JSON.
    pub(crate) fn block(self, lines: &str) -> Result<(), Failure> {
        if self.is_json() {
            return Ok(());
        }
        write(&format!("{lines}\n"))
    }

    /// Writes an object as a line of JSON; nothing for people.
    pub(crate) fn json(self, object: &impl Serialize) -> Result<(), Failure> {
        if !self.is_json() {
            return Ok(());
        }
        match serde_json::to_string(object) {
            Ok(line) => write(&format!("{line}\n")),
            Err(error) => {
                Err(Problem::new(Exit::Failure, format!("could not write JSON: {error}")).into())
            }
        }
    }
}

/// The beginning of a text from elsewhere, where a line names something by it.
pub(crate) fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// Writes whole lines at once, so that whoever reads them sees no halves.
fn write(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::Closed),
        Err(error) => {
            Err(Problem::new(Exit::Failure, format!("could not write to stdout: {error}")).into())
        }
    }
}

/// How much a line shows of a name: Hyper-V's are no longer than 100 characters.
const LONGEST: usize = 100;
