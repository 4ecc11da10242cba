//! The jobs of a host, and the status of one of them.

use cimwire::hyperv::{ReturnCode, VirtualMachine};
use cimwire::job::{JobStatus, Verdict};
use serde::Serialize;

use super::event::{JobRow, Vm};
use super::table::{self, Column, Table};
use super::{Output, Render, percent};
use crate::options::Format;
use crate::output::report::{self, Failure};
use crate::time;

/// The jobs of a host.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) jobs: Vec<ListedJob>,
    /// The columns that are shown, in their order, in any case; none for all.
    pub(crate) columns: Vec<String>,
}

/// A job, and the virtual machine that it is about.
#[derive(Debug)]
pub(crate) struct ListedJob {
    /// The job as `job watch` takes it.
    pub(crate) argument: String,
    pub(crate) status: JobStatus,
    pub(crate) vm: Option<VirtualMachine>,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    job: JobRow<'a>,
    vm: Option<Vm<'a>>,
}

impl Render for Listed {
    fn render(&self, output: Output) -> Result<(), Failure> {
        if self.jobs.is_empty() {
            report::note("no jobs");
            return Ok(());
        }
        match output.format() {
            Format::Json => self
                .jobs
                .iter()
                .try_for_each(|job| output.json(&job.json())),
            Format::Name => {
                let mut jobs = self.jobs.iter();
                jobs.try_for_each(|job| output.line(&job.argument))
            }
            format => {
                let columns = COLUMN_NAMES.into_iter().zip(LEAST);
                let columns = columns.map(|(name, least)| Column {
                    name: name.to_owned(),
                    least,
                });
                let rows: Vec<_> = self.jobs.iter().map(|job| job.cells(format)).collect();
                let mut table = Table::new(output, columns.collect()).only(&self.columns);
                table.write(&rows)
            }
        }
    }
}

/// The status of one job, in full.
impl Render for ListedJob {
    fn render(&self, output: Output) -> Result<(), Failure> {
        output.json(&self.json())?;
        let status = &self.status;
        output.block(&table::summary(&[
            ("Job", status.reference.as_reference().to_string()),
            ("VM", self.vm_name()),
            ("Name", status.name.clone()),
            ("State", status.state.to_string()),
            ("Percent", percent_of(status)),
            ("Status", status.status.clone()),
            ("Start", start(status)),
            ("Error", error_code(status).unwrap_or_default()),
            ("Summary", status.error_summary.clone()),
            ("Description", status.error_description.clone()),
        ]))
    }
}

impl ListedJob {
    fn json(&self) -> Row<'_> {
        Row {
            job: JobRow::from(&self.status),
            vm: self.vm.as_ref().map(Vm::from),
        }
    }

    fn cells(&self, format: Format) -> Vec<String> {
        let status = &self.status;
        // Five of its columns have to fit 80 characters.
        let shown = match format {
            Format::Csv => time::utc,
            Format::Wide => time::text,
            _ => time::brief,
        };
        let start = status.start_time.or(status.scheduled_start_time);
        vec![
            self.argument.clone(),
            self.vm_name(),
            status.state.to_string(),
            percent_of(status),
            start.map(shown).unwrap_or_default(),
            status.name.clone(),
            error_code(status).unwrap_or_default(),
        ]
    }

    fn vm_name(&self) -> String {
        self.vm
            .as_ref()
            .map(|vm| vm.name.clone())
            .unwrap_or_default()
    }
}

/// The columns of a list, and the widths to which a narrow terminal may cut them.
pub(crate) const COLUMN_NAMES: [&str; 7] = ["ID", "VM", "State", "%", "Start", "Name", "Error"];
const LEAST: [Option<usize>; 7] = [None, Some(8), Some(9), None, None, Some(0), Some(0)];

fn percent_of(status: &JobStatus) -> String {
    percent(status)
        .map(|percent| percent.to_string())
        .unwrap_or_default()
}

fn start(status: &JobStatus) -> String {
    match (status.start_time, status.scheduled_start_time) {
        (Some(time), _) => time::text(time),
        (None, Some(time)) if status.verdict() == Verdict::Running => {
            format!("due {}", time::text(time))
        }
        _ => String::new(),
    }
}

/// Returns the error code of a job, with its name if the job is one of Hyper-V's.
pub(crate) fn error_code(status: &JobStatus) -> Option<String> {
    let code = status.error_code?;
    Some(match ReturnCode::of_job(status) {
        Some(name) => format!("{code}, {name}"),
        None => code.to_string(),
    })
}
