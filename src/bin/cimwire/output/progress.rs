//! Progress on stderr: a bar for each job on a terminal, or a line for each change.

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::time::Duration;

use cimwire::job::{JobReference, JobStatus};
use cimwire::printable;
use console::truncate_str;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::options::{Display, Format, ProgressMode};
use crate::output::report;
use crate::output::{percent, short};
use crate::time;

/// Shows the progress of jobs.
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
            _ if display.quiet => Self::Silent,
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

    /// Shows the status of a job that goes on, and has changed, and the name of its virtual machine if it is known.
    pub(crate) fn show(&mut self, status: &JobStatus, vm: Option<&str>) {
        match self {
            Self::Bars(bars) => bars.show(status, vm),
            Self::Plain => report::say(&line(time::now_text(), status, vm)),
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
    fn show(&mut self, status: &JobStatus, vm: Option<&str>) {
        let prefix = printable(&label(status, vm, self.many)).into_owned();
        let message = printable(&doing(status)).into_owned();
        let prefix = truncate_str(&prefix, LABEL, "…").into_owned();
        let percent = percent(status).unwrap_or_default().into();
        let is_new = !self.bars.contains_key(&status.reference);
        let bar = self.bars.entry(status.reference.clone());
        // It is hidden until it has its values.
        let bar = bar.or_insert_with(|| ProgressBar::hidden().with_style(style()));
        bar.set_length(100);
        bar.set_prefix(prefix);
        bar.set_message(message);
        bar.set_position(percent);
        if is_new {
            self.area.add(bar.clone());
            bar.enable_steady_tick(TICK);
        }
    }
}

fn line(time: String, status: &JobStatus, vm: Option<&str>) -> String {
    let vm = vm.map_or_else(String::new, |vm| format!("{}: ", short(vm)));
    let id = short(status.reference.id());
    match percent(status) {
        Some(percent) => format!("{time} {vm}job {id}: {percent} %, {}", doing(status)),
        None => format!("{time} {vm}job {id}: {}", doing(status)),
    }
}

/// Returns what a bar is called: the virtual machine, or the job; with the beginning of the id if there are several.
fn label(status: &JobStatus, vm: Option<&str>, with_id: bool) -> String {
    let (id, name) = (status.reference.id(), vm.unwrap_or(&status.name));
    let start = id.chars().take(ID_START).collect::<String>();
    match (name, with_id) {
        ("", _) => id.to_owned(),
        (name, true) => format!("{start} {name}"),
        (name, false) => name.to_owned(),
    }
}

/// The state, and what the host says about it.
fn doing(status: &JobStatus) -> String {
    match status.status.trim() {
        // What the host has to say when it has nothing to say.
        "" | "OK" => status.state.to_string(),
        said => format!("{}, {}", status.state, short(said)),
    }
}

/// Returns the style of a bar, which takes the line of any terminal: the message is cut where the line ends.
fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template(
        "{prefix} [{bar:20}] {percent:>3} % {elapsed:.dim} {wide_msg}",
    );
    style.map_or_else(
        |_| ProgressStyle::default_bar(),
        |style| style.progress_chars("=> "),
    )
}

/// The longest name of a bar.
const LABEL: usize = 32;
/// The length of the first part of a GUID, which usually identifies it.
const ID_START: usize = 8;
const TICK: Duration = Duration::from_millis(200);
