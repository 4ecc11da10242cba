//! Instances, shown as they come.

use std::time::Duration;

use cimwire::cim::{DateTime, Instance, Reference, Value};
use serde_json::json;

use super::Output;
use super::json::Json;
use super::report::{self, Failure};
use super::table::{self, Column, Table};
use crate::options::Format;
use crate::time;

/// A display of instances as they come: each as a line of JSON, or in a table whose columns are chosen, or follow
/// from the first instances. On a terminal that is too narrow for the table, each instance is a list of its properties
/// instead.
#[derive(Debug)]
pub(crate) struct Rows {
    output: Output,
    /// The columns that were asked for, in their order; empty for all properties.
    columns: Vec<String>,
    waiting: Vec<Instance>,
    layout: Option<Layout>,
    count: u64,
    /// True if an instance had values that no column shows.
    has_more: bool,
}

#[derive(Debug)]
enum Layout {
    Table { columns: Vec<String>, table: Table },
    Lists,
}

impl Rows {
    pub(crate) fn new(output: Output, columns: Vec<String>) -> Self {
        Self {
            output,
            columns,
            waiting: Vec::new(),
            layout: None,
            count: 0,
            has_more: false,
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
    pub(crate) fn show_path(&mut self, reference: Reference) -> Result<(), Failure> {
        if self.output.format() == Format::Csv {
            let class = reference.class().clone();
            return self.show(Instance::new(class).with("__PATH", reference));
        }
        self.count += 1;
        let class = reference.class().name();
        self.output
            .json(&json!({"__CLASS": class, "__PATH": reference}))?;
        self.output.line(&reference.to_string())
    }

    /// Shows an instance with its object path; in a table as a list, which cuts nothing off.
    pub(crate) fn show_with_path(
        &mut self,
        instance: Instance,
        reference: Reference,
    ) -> Result<(), Failure> {
        if self.output.format() == Format::Table && self.columns.is_empty() {
            self.layout = Some(Layout::Lists);
        }
        self.show(instance.with("__PATH", reference))
    }

    /// Shows the remaining instances, and returns the number of all.
    pub(crate) fn finish(mut self) -> Result<u64, Failure> {
        self.flush()?;
        if self.has_more {
            report::note("not all properties have a column: name those to show with --columns");
        }
        Ok(self.count)
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let instances = std::mem::take(&mut self.waiting);
        if instances.is_empty() {
            return Ok(());
        }
        let first = self.count == u64::try_from(instances.len()).unwrap_or(u64::MAX);
        let columns = &self.columns;
        let layout = match self.layout.take() {
            Some(layout) => layout.for_part(self.output, &instances),
            None => Layout::of(self.output, columns, &instances),
        };
        match self.layout.insert(layout) {
            Layout::Table { columns, table } => {
                self.has_more |= self.columns.is_empty() && has_more(&instances, columns);
                table.write(&cells(self.output, columns, &instances))
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
    fn of(output: Output, asked: &[String], instances: &[Instance]) -> Self {
        let columns: Vec<_> = match asked {
            [] => columns(output.format(), instances),
            asked => asked.to_vec(),
        };
        let table = Table::new(output, columns.iter().map(Column::from).collect());
        Self::Table { table, columns }.for_part(output, instances)
    }

    /// Returns the layout of the next instances: lists if the terminal is too narrow for a table with them.
    fn for_part(self, output: Output, instances: &[Instance]) -> Self {
        match self {
            Self::Table { columns, table } if table.fits(&cells(output, &columns, instances)) => {
                Self::Table { columns, table }
            }
            _ => Self::Lists,
        }
    }
}

/// Returns the names of all properties, in the order in which they come up. In a table those without a value have no
/// column, unless all are without.
fn columns(format: Format, instances: &[Instance]) -> Vec<String> {
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
    let all = format != Format::Table || filled.is_empty();
    named.retain(|name| all || filled.contains(name));
    named
}

/// Reports whether an instance has a value that none of the columns shows.
fn has_more(instances: &[Instance], columns: &[String]) -> bool {
    let mut values = instances
        .iter()
        .flat_map(|instance| instance.properties().iter());
    values.any(|(name, value)| !value.is_null() && !columns.iter().any(|known| known == name))
}

fn cells(output: Output, columns: &[String], instances: &[Instance]) -> Vec<Vec<String>> {
    let show = match output.format() {
        Format::Csv => |value: &Value| text_with(value, PROGRAMS),
        _ => text,
    };
    let row = |instance: &Instance| {
        let cells = columns
            .iter()
            .map(|name| instance.value(name).map_or_else(String::new, show));
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

/// Returns a value as text: a scalar as it stands, an array with commas, and what has no text of its own as JSON.
pub(crate) fn text(value: &Value) -> String {
    text_with(value, PEOPLE)
}

/// The texts of times and durations.
#[derive(Clone, Copy)]
struct Texts {
    time: fn(DateTime) -> String,
    duration: fn(Duration) -> String,
}

const PEOPLE: Texts = Texts {
    time: time::text,
    duration: time::duration_text,
};

/// As in JSON: UTC and seconds.
const PROGRAMS: Texts = Texts {
    time: time::utc,
    duration: |duration| duration.as_secs_f64().to_string(),
};

fn text_with(value: &Value, texts: Texts) -> String {
    match value {
        Value::Null => String::new(),
        Value::Array(values) => {
            let texts: Vec<_> = values.iter().map(|value| text_with(value, texts)).collect();
            texts.join(", ")
        }
        Value::Reference(reference) => reference.to_string(),
        Value::DateTime(time) => (texts.time)(*time),
        Value::Interval(interval) => match Duration::try_from(*interval) {
            Ok(duration) => (texts.duration)(duration),
            Err(_) => interval.to_string(),
        },
        Value::Instance(instance) => serde_json::to_string(instance).unwrap_or_default(),
        scalar => scalar.to_text().unwrap_or_default().into_owned(),
    }
}

/// The number of instances that are shown at a time.
const PART: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use cimwire::cim::{ClassPath, Interval};

    fn instance() -> Instance {
        Instance::new(ClassPath::new("root/cimv2", "C"))
    }

    #[test]
    fn columns_are_what_has_values() {
        let instances = [
            instance().with("A", "1").with("B", Value::Null),
            instance().with("C", "2").with("A", Value::Null),
        ];
        assert_eq!(columns(Format::Table, &instances), ["A", "C"]);
        // A reader of a file finds the same columns each time.
        assert_eq!(columns(Format::Csv, &instances), ["A", "B", "C"]);
        let names = columns(Format::Table, &instances);
        assert_eq!(
            cells(Output::new(Format::Table), &names, &instances),
            [["1", ""], ["", "2"]]
        );
        let empty = [instance().with("B", Value::Null)];
        assert_eq!(columns(Format::Table, &empty), ["B"]);
    }

    #[test]
    fn a_table_that_becomes_too_wide_goes_on_as_lists() {
        let output = Output::new(Format::Table);
        let columns = vec!["A".to_owned(), "B".to_owned()];
        let table = Table::new(output, columns.iter().map(Column::from).collect());
        let table = table.on_a_terminal(20);
        let part = |text: &str| [instance().with("A", text).with("B", "1234567890")];
        let layout = Layout::Table { columns, table };
        let layout = layout.for_part(output, &part("12345678"));
        assert!(matches!(layout, Layout::Table { .. }), "{layout:?}");
        let layout = layout.for_part(output, &part("123456789"));
        assert!(matches!(layout, Layout::Lists), "{layout:?}");
        let layout = layout.for_part(output, &part("1"));
        assert!(matches!(layout, Layout::Lists), "{layout:?}");
    }

    #[test]
    fn a_value_without_a_column_is_found() {
        let shown = ["A".to_owned()];
        assert!(!has_more(
            &[instance().with("A", "1").with("B", Value::Null)],
            &shown
        ));
        assert!(has_more(
            &[instance().with("A", "1"), instance().with("B", "2")],
            &shown
        ));
    }

    #[test]
    fn values_read_well() {
        for (value, expected) in [
            (Value::from(vec![1_u8, 2]), "1, 2"),
            (Value::from(true), "true"),
            (
                Value::from("20300115210000.000000+000".parse::<DateTime>().unwrap()),
                "2030-01-15T21:00:00Z",
            ),
            (
                Value::from(instance().with("A", "1")),
                r#"{"__CLASS":"C","A":"1"}"#,
            ),
        ] {
            assert_eq!(text_with(&value, PROGRAMS), expected);
        }
        for (interval, programs, people) in [
            ("00000001023000.000000:000", "95400", "26h 30m"),
            ("00000000000002.500000:000", "2.5", "2s 500ms"),
            (
                "000000010230**.******:000",
                "000000010230**.******:000",
                "000000010230**.******:000",
            ),
        ] {
            let value = Value::from(interval.parse::<Interval>().unwrap());
            assert_eq!(text_with(&value, PROGRAMS), programs);
            assert_eq!(text(&value), people);
        }
    }
}
