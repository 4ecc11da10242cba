//! What the commands about the configuration file show.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::json;

use super::table::Table;
use super::{Output, Render};
use crate::config::check::Fault;
use crate::output::report::Failure;

/// The place of the configuration file.
#[derive(Debug)]
pub(crate) struct Location(pub(crate) PathBuf);

impl Render for Location {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let path = self.0.to_string_lossy();
        output.json(&json!({"path": path, "exists": self.0.exists()}))?;
        output.line(&path)
    }
}

/// The settings in effect for a host.
#[derive(Debug)]
pub(crate) struct Shown(pub(crate) Vec<Row>);

/// A setting in effect.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) setting: String,
    pub(crate) value: Option<String>,
    /// The level that it comes from.
    pub(crate) source: &'static str,
    /// The option, the variable, or the place in the file.
    pub(crate) origin: Option<String>,
}

impl Render for Shown {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let cells = self.0.iter().map(|row| {
            let origin = row.origin.as_deref().unwrap_or(row.source);
            let value = row.value.as_deref().unwrap_or_default();
            [&row.setting, value, origin].map(str::to_owned).to_vec()
        });
        show(output, &["SETTING", "VALUE", "SOURCE"], cells, &self.0)
    }
}

/// The hosts of the configuration file.
#[derive(Debug)]
pub(crate) struct Hosts(pub(crate) Vec<Host>);

/// A host of the configuration file.
#[derive(Debug, Serialize)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) peer: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) groups: Vec<String>,
}

impl Render for Hosts {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let cells = self.0.iter().map(|host| {
            vec![
                host.name.clone(),
                host.address.clone(),
                host.peer.clone().unwrap_or_default(),
                host.tags.join(","),
                host.groups.join(","),
            ]
        });
        let columns = ["NAME", "ADDRESS", "PEER", "TAGS", "GROUPS"];
        show(output, &columns, cells, &self.0)
    }
}

/// The faults of a configuration file.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) path: PathBuf,
    pub(crate) faults: Vec<Fault>,
}

impl Render for Checked {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let path = self.path.to_string_lossy();
        for fault in &self.faults {
            let severity = if fault.is_warning { "warning" } else { "error" };
            output.json(&json!({
                "file": path,
                "line": fault.line,
                "severity": severity,
                "message": fault.message,
                "hint": fault.hint,
            }))?;
            let hint = fault.hint.iter().map(|hint| format!("; {hint}"));
            let hint: String = hint.collect();
            output.line(&format!(
                "{path}:{}: {severity}: {}{hint}",
                fault.line, fault.message
            ))?;
        }
        if self.faults.is_empty() {
            output.line(&format!("{path}: no errors"))?;
        }
        Ok(())
    }
}

/// Writes rows as a table, or as objects of JSON.
fn show(
    output: Output,
    columns: &[&str],
    cells: impl Iterator<Item = Vec<String>>,
    rows: &[impl Serialize],
) -> Result<(), Failure> {
    for row in rows {
        output.json(row)?;
    }
    let columns = columns.iter().copied().map(Into::into).collect();
    Table::new(output, columns).write(&cells.collect::<Vec<_>>())
}
