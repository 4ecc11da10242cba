//! The jobs of a host, and the status of one of them.

use cimwire::hyperv::ReturnCode;
use cimwire::job::{JobStatus, Verdict};

use super::event::JobRow;
use super::table::{self, Column, Table};
use super::{Output, Render, percent};
use crate::options::Format;
use crate::output::report::{self, Failure};
use crate::time;

/// The jobs of a host.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) jobs: Vec<ListedJob>,
}

#[derive(Debug)]
pub(crate) struct ListedJob {
    /// The job as `job watch` takes it.
    pub(crate) argument: String,
    pub(crate) status: JobStatus,
}

impl Render for Listed {
    fn render(&self, output: Output) -> Result<(), Failure> {
        for job in &self.jobs {
            output.json(&JobRow::from(&job.status))?;
        }
        if self.jobs.is_empty() {
            report::note("no jobs");
            return Ok(());
        }
        if output.format() == Format::Name {
            let lines = self.jobs.iter().map(|job| output.line(&job.argument));
            return lines.collect();
        }
        let columns = ["ID", "Name", "State", "%", "Start", "Error"];
        let mut table = Table::new(output, columns.map(Column::from).into());
        let rows: Vec<_> = self.jobs.iter().map(row).collect();
        table.write(&rows)
    }
}

fn row(job: &ListedJob) -> Vec<String> {
    let status = &job.status;
    vec![
        job.argument.clone(),
        status.name.clone(),
        status.state.to_string(),
        percent_of(status),
        start(status),
        error_code(status).unwrap_or_default(),
    ]
}

/// The status of one job, in full.
impl Render for JobStatus {
    fn render(&self, output: Output) -> Result<(), Failure> {
        output.json(&JobRow::from(self))?;
        output.block(&table::summary(&[
            ("Job", self.reference.as_reference().to_string()),
            ("Name", self.name.clone()),
            ("State", self.state.to_string()),
            ("Percent", percent_of(self)),
            ("Status", self.status.clone()),
            ("Start", start(self)),
            ("Error", error_code(self).unwrap_or_default()),
            ("Summary", self.error_summary.clone()),
            ("Description", self.error_description.clone()),
        ]))
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
