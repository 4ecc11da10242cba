//! Lists of objects of one kind, in the format of the output.

use cimwire::cim::DateTime;
use clap::builder::PossibleValuesParser;
use serde::Serialize;

use super::origin::Origin;
use super::report::{self, Failure};
use super::table::{Column, Table};
use super::{Output, Render};
use crate::options::Format;
use crate::time;

/// An object that has a row in a list.
pub(crate) trait Row {
    /// The names of the columns, and the width to which a narrow terminal may cut each; see [`Column`].
    const COLUMNS: &'static [(&'static str, Option<usize>)];
    /// The columns from here on are shown in wide tables and in CSV alone.
    const NARROW: usize = Self::COLUMNS.len();
    /// What to say of an empty list.
    const NONE: &'static str;

    /// Returns the row in JSON.
    fn json(&self) -> impl Serialize;

    /// Returns the texts of all columns.
    fn cells(&self, format: Format) -> Vec<String>;

    /// Returns the name of the object, as commands take it.
    fn name(&self) -> String;
}

/// A list of objects.
#[derive(Debug)]
pub(crate) struct List<T> {
    pub(crate) rows: Vec<T>,
    /// The columns that are shown, in their order, in any case; none for all.
    pub(crate) columns: Vec<String>,
}

/// A row with its origin, in JSON.
#[derive(Serialize)]
pub(crate) struct Known<R> {
    #[serde(flatten)]
    origin: Origin<'static>,
    #[serde(flatten)]
    row: R,
}

impl<R> Known<R> {
    pub(crate) fn of(row: R) -> Self {
        let origin = Origin::now();
        Self { origin, row }
    }
}

impl<T: Row> Render for List<T> {
    fn render(&self, output: Output) -> Result<(), Failure> {
        if self.rows.is_empty() {
            report::note(T::NONE);
            return Ok(());
        }
        let mut rows = self.rows.iter();
        match output.format() {
            Format::Json => rows.try_for_each(|row| output.json(&Known::of(row.json()))),
            Format::Name => rows.try_for_each(|row| output.line(&row.name())),
            format => {
                let cells: Vec<_> = rows.map(|row| row.cells(format)).collect();
                self.table(output).write(&cells)
            }
        }
    }
}

impl<T: Row> List<T> {
    pub(crate) fn of(rows: Vec<T>) -> Self {
        let columns = Vec::new();
        Self { rows, columns }
    }

    fn table(&self, output: Output) -> Table {
        let columns = T::COLUMNS.iter().map(|(name, least)| Column {
            name: (*name).to_owned(),
            least: *least,
        });
        let narrow = T::COLUMNS.iter().take(T::NARROW);
        let shown: Vec<String> = match (output.format(), &self.columns[..]) {
            (Format::Table, []) => narrow.map(|(name, _)| (*name).to_owned()).collect(),
            (_, chosen) => chosen.to_vec(),
        };
        Table::new(output, columns.collect()).only(&shown)
    }
}

/// Returns the text of a value, if there is one.
pub(crate) fn cell(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Returns the text of a point in time, if there is one: for programs in UTC.
pub(crate) fn moment(time: Option<DateTime>, format: Format) -> String {
    let shown = match format {
        Format::Csv => time::utc,
        _ => time::text,
    };
    time.map(shown).unwrap_or_default()
}

/// Returns a parser of the names of the columns of a list.
pub(crate) fn columns<T: Row>() -> PossibleValuesParser {
    PossibleValuesParser::new(T::COLUMNS.iter().map(|(name, _)| *name))
}
