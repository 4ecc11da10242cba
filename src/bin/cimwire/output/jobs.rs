//! The jobs of a host, and the status of one of them.

use cimwire::hyperv::{ReturnCode, VirtualMachine};
use cimwire::job::{JobStatus, Verdict};
use serde::Serialize;

use super::event::{JobRow, Vm};
use super::list::{Known, Row, cell, moment};
use super::table;
use super::{Output, Render, percent};
use crate::options::Format;
use crate::output::report::Failure;
use crate::time;

/// A job, and the virtual machine that it is about.
#[derive(Debug)]
pub(crate) struct ListedJob {
    /// The job as `job watch` takes it.
    pub(crate) argument: String,
    pub(crate) status: JobStatus,
    pub(crate) vm: Option<VirtualMachine>,
}

#[derive(Serialize)]
struct JobOfVm<'a> {
    #[serde(flatten)]
    job: JobRow<'a>,
    vm: Option<Vm<'a>>,
}

/// Five of the columns have to fit 80 characters.
impl Row for ListedJob {
    const COLUMNS: &'static [(&'static str, Option<usize>)] = &[
        ("ID", None),
        ("VM", Some(8)),
        ("State", Some(9)),
        ("%", None),
        ("Start", None),
        ("Name", Some(0)),
        ("Error", Some(0)),
    ];
    const NONE: &'static str = "no jobs";

    fn json(&self) -> impl Serialize {
        JobOfVm {
            job: JobRow::from(&self.status),
            vm: self.vm.as_ref().map(Vm::from),
        }
    }

    fn cells(&self, format: Format) -> Vec<String> {
        let status = &self.status;
        let start = status.start_time.or(status.scheduled_start_time);
        vec![
            self.argument.clone(),
            self.vm_name(),
            status.state.to_string(),
            percent_of(status),
            match format {
                Format::Table => cell(start.map(time::brief)),
                format => moment(start, format),
            },
            status.name.clone(),
            error_code(status).unwrap_or_default(),
        ]
    }

    fn name(&self) -> String {
        self.argument.clone()
    }
}

/// The status of one job, in full.
impl Render for ListedJob {
    fn render(&self, output: Output) -> Result<(), Failure> {
        output.json(&Known::of(self.json()))?;
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
    fn vm_name(&self) -> String {
        cell(self.vm.as_ref().map(|vm| &vm.name))
    }
}

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
