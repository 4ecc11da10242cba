//! Progress on stderr: a bar for each job on a terminal, or a line for each change.

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::time::Duration;

use cimwire::job::{JobReference, JobStatus};
use cimwire::printable;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::options::{Display, Format, ProgressMode};
use crate::output::report;
use crate::output::{percent, short};

/// Shows how jobs go on.
#[derive(Debug)]
pub(crate) enum Progress {
    Bars(Bars),
    Plain,
    Silent,
}

#[derive(Debug, Default)]
pub(crate) struct Bars {
    area: MultiProgress,
    /// True if there may be several, which have to be told apart.
    many: bool,
    bars: HashMap<JobReference, ProgressBar>,
}

impl Progress {
    pub(crate) fn new(display: Display, jobs: usize) -> Self {
        // A bar that is drawn over again does not go with lines of JSON on the same screen.
        let screen_is_free = display.output != Format::Json || !io::stdout().is_terminal();
        match display.progress {
            ProgressMode::Plain => Self::Plain,
            ProgressMode::Auto if io::stderr().is_terminal() && screen_is_free => {
                Self::Bars(Bars {
                    many: jobs > 1,
                    ..Bars::default()
                })
            }
            ProgressMode::Auto | ProgressMode::None => Self::Silent,
        }
    }

    /// Shows the status of a job that goes on, and has changed.
    pub(crate) fn show(&mut self, status: &JobStatus) {
        match self {
            Self::Bars(bars) => bars.show(status),
            Self::Plain => report::say(&line(status)),
            Self::Silent => {}
        }
    }

    /// Takes the bar of a job away.
    pub(crate) fn end(&mut self, job: &JobReference) {
        if let Self::Bars(bars) = self
            && let Some(bar) = bars.bars.remove(job)
        {
            bar.finish_and_clear();
            bars.area.remove(&bar);
        }
    }

    /// Takes all bars away.
    pub(crate) fn clear(&self) {
        if let Self::Bars(bars) = self {
            bars.bars.values().for_each(ProgressBar::finish_and_clear);
        }
    }

    /// Writes something while no bar is on the screen.
    pub(crate) fn pause<T>(&self, write: impl FnOnce() -> T) -> T {
        match self {
            Self::Bars(bars) => bars.area.suspend(write),
            Self::Plain | Self::Silent => write(),
        }
    }
}

impl Bars {
    fn show(&mut self, status: &JobStatus) {
        let prefix = printable(&label(status, self.many)).into_owned();
        let message = printable(&doing(status)).into_owned();
        let percent = percent(status).unwrap_or_default().into();
        match self.bars.get(&status.reference) {
            Some(bar) => {
                bar.set_prefix(prefix);
                bar.set_message(message);
                bar.set_position(percent);
            }
            None => {
                let bar = ProgressBar::new(100)
                    .with_style(style())
                    .with_position(percent);
                let bar = self.area.add(bar.with_prefix(prefix).with_message(message));
                bar.enable_steady_tick(TICK);
                self.bars.insert(status.reference.clone(), bar);
            }
        }
    }
}

fn line(status: &JobStatus) -> String {
    let id = short(status.reference.id());
    match percent(status) {
        Some(percent) => format!("job {id}: {percent} %, {}", doing(status)),
        None => format!("job {id}: {}", doing(status)),
    }
}

fn label(status: &JobStatus, with_id: bool) -> String {
    let (id, name) = (status.reference.id(), status.name.as_str());
    let name = name.chars().take(LABEL).collect::<String>();
    let start = id.chars().take(ID_START).collect::<String>();
    match (name.as_str(), with_id) {
        ("", _) => id.chars().take(LABEL).collect(),
        (_, true) => format!("{start} {name}"),
        (_, false) => name,
    }
}

/// The state, and what the host says about it.
fn doing(status: &JobStatus) -> String {
    let said: String = status.status.trim().chars().take(LABEL).collect();
    match said.as_str() {
        // What the host has to say when it has nothing to say.
        "" | "OK" => status.state.to_string(),
        said => format!("{}, {said}", status.state),
    }
}

fn style() -> ProgressStyle {
    let style =
        ProgressStyle::with_template("{prefix} [{bar:30}] {percent:>3} % {msg} {elapsed:.dim}");
    style.map_or_else(
        |_| ProgressStyle::default_bar(),
        |style| style.progress_chars("=> "),
    )
}

/// The longest text of a host in a line.
const LABEL: usize = 40;
/// The length of the first part of a GUID, by which people name it.
const ID_START: usize = 8;
const TICK: Duration = Duration::from_millis(200);
