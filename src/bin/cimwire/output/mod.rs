//! Results on stdout: text and tables, or one JSON object a line. Errors, notes and progress on stderr.
//!
//! Text from a host is escaped in tables and lines; in JSON a parser gets it back exactly.

pub(crate) mod change;
pub(crate) mod classes;
pub(crate) mod configuration;
pub(crate) mod event;
pub(crate) mod following;
pub(crate) mod indication;
pub(crate) mod jobs;
pub(crate) mod json;
pub(crate) mod line;
pub(crate) mod list;
pub(crate) mod origin;
pub(crate) mod progress;
pub(crate) mod replica;
pub(crate) mod report;
pub(crate) mod results;
pub(crate) mod returned;
pub(crate) mod rows;
pub(crate) mod schema;
mod shorten;
pub(crate) mod table;
pub(crate) mod trace;
pub(crate) mod vms;
pub(crate) mod watch_command;

use std::io::{self, Write};

use cimwire::job::JobStatus;
use cimwire::printable;
use serde::Serialize;

pub(crate) use self::shorten::{excerpt, short};

use self::event::Event;
use self::report::{Failure, Problem};
use crate::exit::Exit;
use crate::options::Format;

/// A result that a command returns.
pub(crate) trait Render {
    /// Writes the result in the format of the output.
    ///
    /// # Errors
    ///
    /// Returns an error if the result cannot be written.
    fn render(&self, output: Output) -> Result<(), Failure>;
}

/// Standard output, in the format that was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output(Format);

impl Output {
    pub(crate) fn new(format: Format) -> Self {
        Self(format)
    }

    pub(crate) fn format(self) -> Format {
        self.0
    }

    pub(crate) fn is_json(self) -> bool {
        self.0 == Format::Json
    }

    /// Shows the result of a command that is done with it.
    pub(crate) fn show(self, result: &impl Render) -> Result<Exit, Failure> {
        result.render(self)?;
        Ok(Exit::Done)
    }

    /// Writes a line of text; nothing in JSON.
    pub(crate) fn line(self, line: &str) -> Result<(), Failure> {
        if self.is_json() {
            return Ok(());
        }
        write(&format!("{}\n", printable(line)))
    }

    /// Writes text for another program as it is, in any format.
    pub(crate) fn script(self, text: &str) -> Result<(), Failure> {
        write(text)
    }

    /// Writes lines of text whose cells are escaped already; nothing in JSON.
    pub(crate) fn block(self, lines: &str) -> Result<(), Failure> {
        if self.is_json() {
            return Ok(());
        }
        write(&format!("{lines}\n"))
    }

    /// Writes an event: an object in JSON, else a line of text.
    pub(crate) fn event(self, event: &Event<'_>, line: &str) -> Result<(), Failure> {
        self.json(event)?;
        self.line(line)
    }

    /// Writes an object as a line of JSON; nothing in other formats.
    pub(crate) fn json(self, object: &impl Serialize) -> Result<(), Failure> {
        if !self.is_json() {
            return Ok(());
        }
        match line::line_of(object) {
            Ok(line) => write(&format!("{line}\n")),
            Err(error) => {
                Err(Problem::new(Exit::Failure, format!("could not write JSON: {error}")).into())
            }
        }
    }
}

/// Returns how much of a job is done, in percent, as it is shown: a host may count past the end.
pub(crate) fn percent(status: &JobStatus) -> Option<u16> {
    status.percent_complete.map(|percent| percent.min(100))
}

/// Writes whole lines at once, so that their reader sees no halves.
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
