//! Instances, shown as they come.

use cimwire::cim::{Instance, Reference, Value};
use serde_json::json;

use super::Output;
use super::json::Json;
use super::table::{self, Table};
use crate::output::report::Failure;
use crate::time;

/// Takes instances one by one and shows them: each as a line of JSON, or in a table whose columns the first of them
/// decide. Where a terminal is too narrow for the table, each instance is a list of its properties instead.
#[derive(Debug)]
pub(crate) struct Rows {
    output: Output,
    waiting: Vec<Instance>,
    layout: Option<Layout>,
    count: u64,
}

#[derive(Debug)]
enum Layout {
    Table { columns: Vec<String>, table: Table },
    Lists,
}

impl Rows {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            output,
            waiting: Vec::new(),
            layout: None,
            count: 0,
        }
    }

    pub(crate) fn show(&mut self, instance: Instance) -> Result<(), Failure> {
        self.count += 1;
        if self.output.is_json() {
            return self.output.json(&Json(&instance));
        }
        self.waiting.push(instance);
        if self.waiting.len() < PART {
            return Ok(());
        }
        self.flush()
    }

    /// Shows an instance by its object path alone.
    pub(crate) fn show_path(&mut self, reference: &Reference) -> Result<(), Failure> {
        self.count += 1;
        let class = reference.class().name();
        self.output
            .json(&json!({"__CLASS": class, "__PATH": reference}))?;
        self.output.line(&reference.to_string())
    }

    /// Shows each instance as a list of its properties, which cuts nothing off.
    pub(crate) fn with_lists(self) -> Self {
        Self {
            layout: Some(Layout::Lists),
            ..self
        }
    }

    /// Shows what is left; says how many there were.
    pub(crate) fn finish(mut self) -> Result<u64, Failure> {
        self.flush()?;
        Ok(self.count)
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let instances = std::mem::take(&mut self.waiting);
        if instances.is_empty() {
            return Ok(());
        }
        let first = self.count == u64::try_from(instances.len()).unwrap_or(u64::MAX);
        match self.layout.get_or_insert_with(|| Layout::of(&instances)) {
            Layout::Table { columns, table } => {
                self.output.block(&table.lines(&cells(columns, &instances)))
            }
            Layout::Lists => {
                for (index, instance) in instances.iter().enumerate() {
                    if !first || index > 0 {
                        self.output.line("")?;
                    }
                    self.output.block(&list(instance))?;
                }
                Ok(())
            }
        }
    }
}

impl Layout {
    fn of(instances: &[Instance]) -> Self {
        let columns = columns(instances);
        let rows = cells(&columns, instances);
        match table::terminal_width() {
            Some(width) if Table::width(&columns, &rows) > width => Self::Lists,
            _ => Self::Table {
                table: Table::new(&columns),
                columns,
            },
        }
    }
}

/// The names of all properties, in the order in which they come up. Those without a value take no column, unless none
/// has any.
fn columns(instances: &[Instance]) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    let mut filled: Vec<String> = Vec::new();
    for (name, value) in instances
        .iter()
        .flat_map(|instance| instance.properties().iter())
    {
        for (names, wanted) in [(&mut named, true), (&mut filled, !value.is_null())] {
            if wanted && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    named.retain(|name| filled.is_empty() || filled.contains(name));
    named
}

fn cells(columns: &[String], instances: &[Instance]) -> Vec<Vec<String>> {
    let row = |instance: &Instance| {
        let cells = columns
            .iter()
            .map(|name| instance.value(name).map_or_else(String::new, text));
        cells.collect()
    };
    instances.iter().map(row).collect()
}

/// The properties of an instance, one a line, their values in full.
pub(super) fn list(instance: &Instance) -> String {
    let pairs = instance
        .properties()
        .iter()
        .map(|(name, value)| (name, text(value)));
    table::list(&pairs.collect::<Vec<_>>())
}

/// A value for people: a scalar as it stands, an array with commas, and what has no text of its own as JSON has it.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Array(values) => {
            let texts: Vec<_> = values.iter().map(text).collect();
            texts.join(", ")
        }
        Value::Reference(reference) => reference.to_string(),
        Value::DateTime(time) => time::text(*time),
        Value::Instance(instance) => serde_json::to_string(&Json(&**instance)).unwrap_or_default(),
        scalar => scalar.to_text().unwrap_or_default().into_owned(),
    }
}

/// The number of instances that are shown at a time.
const PART: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use cimwire::cim::ClassPath;

    fn instance() -> Instance {
        Instance::new(ClassPath::new("root/cimv2", "C"))
    }

    #[test]
    fn columns_are_what_has_values() {
        let instances = [
            instance().with("A", "1").with("B", Value::Null),
            instance().with("C", "2").with("A", Value::Null),
        ];
        assert_eq!(columns(&instances), ["A", "C"]);
        assert_eq!(
            cells(&columns(&instances), &instances),
            [["1", ""], ["", "2"]]
        );
        assert_eq!(columns(&[instance().with("B", Value::Null)]), ["B"]);
    }

    #[test]
    fn values_read_well() {
        for (value, expected) in [
            (Value::from(vec![1_u8, 2]), "1, 2"),
            (Value::from(true), "true"),
            (
                Value::from(
                    "20300115210000.000000+000"
                        .parse::<cimwire::cim::DateTime>()
                        .unwrap(),
                ),
                "2030-01-15T21:00:00Z",
            ),
            (
                Value::from(instance().with("A", "1")),
                r#"{"__CLASS":"C","A":"1"}"#,
            ),
        ] {
            assert_eq!(text(&value), expected);
        }
    }
}
