//! Tables, and lists of names and values.

use cimwire::printable;
use console::{Alignment, Term, measure_text_width, pad_str};

use super::Output;
use super::report::{Failure, Problem};
use crate::exit::Exit;
use crate::options::Format;

/// A table that is written in parts. Each part is at least as wide as those before.
#[derive(Debug)]
pub(crate) struct Table {
    output: Output,
    /// The width of the terminal, if the table has to fit it.
    room: Option<usize>,
    columns: Vec<Column>,
    /// The places of the columns in a row.
    places: Vec<usize>,
    widths: Vec<usize>,
    has_header: bool,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// The width to which a narrow terminal may cut the column; 0 if it may leave it out.
    pub(crate) least: Option<usize>,
}

impl<S: Into<String>> From<S> for Column {
    fn from(name: S) -> Self {
        Self {
            name: name.into(),
            least: None,
        }
    }
}

impl Table {
    pub(crate) fn new(output: Output, columns: Vec<Column>) -> Self {
        Self {
            room: terminal_width().filter(|_| output.format() == Format::Table),
            widths: vec![0; columns.len()],
            places: (0..columns.len()).collect(),
            output,
            columns,
            has_header: false,
        }
    }

    #[cfg(test)]
    pub(crate) fn on_a_terminal(self, width: usize) -> Self {
        let room = Some(width);
        Self { room, ..self }
    }

    /// Shows only these columns, in this order; none for all. Names match in any case.
    pub(crate) fn only(mut self, names: &[String]) -> Self {
        let place = |name: &String| {
            let mut columns = self.columns.iter();
            columns.position(|column| column.name.eq_ignore_ascii_case(name))
        };
        let places: Vec<_> = names.iter().filter_map(place).collect();
        if !places.is_empty() {
            self.columns = picked(&self.columns, &places).cloned().collect();
            self.widths = vec![0; places.len()];
            self.places = places;
        }
        self
    }

    /// Reports whether the terminal has room for the table with these rows, its columns uncut.
    pub(crate) fn fits(&self, rows: &[Vec<String>]) -> bool {
        let widths = self.widths_of(&self.cells(rows));
        self.room.is_none_or(|room| total(&widths) <= room)
    }

    /// Writes some more rows, the header before the first.
    pub(crate) fn write(&mut self, rows: &[Vec<String>]) -> Result<(), Failure> {
        let lines = match self.output.format() {
            Format::Csv => self.records(rows)?,
            _ => self.lines(rows),
        };
        self.has_header = true;
        self.output.block(&lines)
    }

    fn lines(&mut self, rows: &[Vec<String>]) -> String {
        let cells = self.cells(rows);
        self.widths = self.fitted(self.widths_of(&cells));
        let cells = cells.iter().skip(usize::from(self.has_header));
        cells
            .map(|row| line(row, &self.widths))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Returns the cells as they are shown, those of the header first.
    fn cells(&self, rows: &[Vec<String>]) -> Vec<Vec<String>> {
        let header = self.columns.iter().map(|column| self.cell(&column.name));
        let rows = rows.iter().map(|row| {
            picked(row, &self.places)
                .map(|text| self.cell(text))
                .collect()
        });
        std::iter::once(header.collect()).chain(rows).collect()
    }

    /// Returns a value that fits into the table, with control characters escaped.
    fn cell(&self, text: &str) -> String {
        let text = printable(text);
        match text.char_indices().nth(WIDEST - 1) {
            Some((end, last)) if self.room.is_some() && text.len() > end + last.len_utf8() => {
                format!("{}…", &text[..end])
            }
            _ => text.into_owned(),
        }
    }

    /// Returns the widths that the columns need, for these cells and for those before.
    fn widths_of(&self, cells: &[Vec<String>]) -> Vec<usize> {
        let mut widths = self.widths.clone();
        widen(&mut widths, cells);
        widths
    }

    /// Cuts the columns that may be cut, the last first, until the table fits the terminal. A column that is left out has
    /// the width 0.
    fn fitted(&self, mut widths: Vec<usize>) -> Vec<usize> {
        for (index, column) in self.columns.iter().enumerate().rev() {
            let whole = total(&widths);
            let (Some(room), Some(least)) = (self.room, column.least) else {
                continue;
            };
            if let Some(width) = widths.get_mut(index).filter(|_| whole > room) {
                let left = width.saturating_sub(whole - room);
                *width = match least {
                    0 if left < NARROWEST => 0,
                    least => left.max(least.min(*width)),
                };
            }
        }
        widths
    }

    /// Returns the rows as comma-separated values.
    fn records(&self, rows: &[Vec<String>]) -> Result<String, Failure> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let skipped = usize::from(self.has_header);
        let rows = self.cells(rows).into_iter().skip(skipped);
        let written = rows
            .map(|row| writer.write_record(row))
            .collect::<Result<Vec<_>, _>>();
        let text = written
            .ok()
            .and_then(|_| String::from_utf8(writer.into_inner().ok()?).ok());
        let text = text.ok_or_else(|| Problem::new(Exit::Failure, "could not write CSV"))?;
        Ok(text.trim_end_matches('\n').to_owned())
    }
}

fn picked<'a, T>(items: &'a [T], places: &'a [usize]) -> impl Iterator<Item = &'a T> {
    places.iter().filter_map(|place| items.get(*place))
}

/// Widens columns so that they hold these cells.
fn widen<S: AsRef<str>>(widths: &mut [usize], rows: &[impl AsRef<[S]>]) {
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row.as_ref()) {
            *width = (*width).max(measure_text_width(cell.as_ref()));
        }
    }
}

/// Returns how many columns of a terminal these columns take; one that is left out takes none.
fn total(widths: &[usize]) -> usize {
    let shown = widths.iter().filter(|width| **width > 0);
    shown
        .map(|width| width + GAP.len())
        .sum::<usize>()
        .saturating_sub(GAP.len())
}

/// Returns cells as a line, cut where their columns end.
fn line<S: AsRef<str>>(cells: &[S], widths: &[usize]) -> String {
    let shown = cells.iter().zip(widths).filter(|(_, width)| **width > 0);
    let shown =
        shown.map(|(cell, width)| pad_str(cell.as_ref(), *width, Alignment::Left, Some("…")));
    let line = shown.collect::<Vec<_>>().join(GAP);
    line.trim_end().to_owned()
}

/// Returns names and values, one pair a line, without those that have no value.
pub(crate) fn summary(pairs: &[(&str, String)]) -> String {
    let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
    list(&filled.cloned().collect::<Vec<_>>())
}

/// Returns names and values, one pair a line, the values in full.
pub(crate) fn list<N: AsRef<str>>(pairs: &[(N, String)]) -> String {
    aligned(pairs.iter().map(|(name, value)| [name.as_ref(), value]))
}

/// Returns rows without a header, their cells in full.
pub(crate) fn aligned<const N: usize, S: AsRef<str>>(
    rows: impl IntoIterator<Item = [S; N]>,
) -> String {
    let rows: Vec<[String; N]> = rows
        .into_iter()
        .map(|row| row.map(|cell| printable(cell.as_ref()).into_owned()))
        .collect();
    let mut widths = [0; N];
    widen(&mut widths, &rows);
    let lines: Vec<_> = rows.iter().map(|row| line(row, &widths)).collect();
    lines.join("\n")
}

/// Returns the width of the terminal that stdout goes to; `None` if it goes elsewhere.
pub(crate) fn terminal_width() -> Option<usize> {
    let (_, width) = Term::stdout().size_checked()?;
    Some(width.into())
}

/// The length at which a value is cut on a terminal.
const WIDEST: usize = 50;
/// The least width to which a column is cut; below it, the column is left out.
const NARROWEST: usize = 10;
/// The blanks between columns.
const GAP: &str = "  ";

#[cfg(test)]
mod tests {
    use super::*;

    fn table(format: Format, room: Option<usize>, columns: &[(&str, Option<usize>)]) -> Table {
        let column = |(name, least): &(&str, Option<usize>)| Column {
            name: (*name).to_owned(),
            least: *least,
        };
        let columns = columns.iter().map(column).collect();
        Table {
            room,
            ..Table::new(Output::new(format), columns)
        }
    }

    fn rows<const N: usize>(rows: &[[&str; N]]) -> Vec<Vec<String>> {
        let owned = |row: &[&str; N]| row.iter().map(|cell| (*cell).to_owned()).collect();
        rows.iter().map(owned).collect()
    }

    #[test]
    fn later_parts_are_as_wide_as_the_first_and_cut_nothing() {
        let mut table = table(Format::Table, None, &[("Name", None), ("State", None)]);
        let first = table.lines(&rows(&[["web01", "Running"], ["db", "Off"]]));
        assert_eq!(first, "Name   State\nweb01  Running\ndb     Off");
        table.has_header = true;
        let second = table.lines(&rows(&[["a", "Off"], ["仮想", "Off"]]));
        assert_eq!(second, "a      Off\n仮想   Off");
        let third = table.lines(&rows(&[["a name of some length", "Off"], ["a", "Off"]]));
        assert_eq!(
            third,
            "a name of some length  Off\na                      Off"
        );
    }

    #[test]
    fn values_are_cut_on_a_terminal_alone_and_escaped_everywhere() {
        let dangerous = "x\u{1b}[2J\u{202e}\ny";
        let (short, long) = ("ä".repeat(50), "ä".repeat(51));
        let values = rows(&[[dangerous], [&short], [&long]]);
        let cut = format!("{}…", "ä".repeat(49));
        for (room, last) in [(Some(80), &cut), (None, &long)] {
            let text = table(Format::Table, room, &[("A", None)]).lines(&values);
            assert_eq!(
                text,
                format!("A\nx\\u{{1b}}[2J\\u{{202e}} y\n{short}\n{last}")
            );
        }
    }

    #[test]
    fn a_narrow_terminal_cuts_columns_from_the_last_on() {
        let columns = [
            ("ID", None),
            ("VM", Some(8)),
            ("State", None),
            ("Error", Some(0)),
        ];
        let id = "0123456789ABCDEF";
        let values = rows(&[[id, "a-long-machine", "running", "something is wrong"]]);
        for (room, expected) in [
            // 16 + 2 + 14 + 2 + 7 + 2 + 18
            (
                61,
                "0123456789ABCDEF  a-long-machine  running  something is wrong",
            ),
            (
                60,
                "0123456789ABCDEF  a-long-machine  running  something is wro…",
            ),
            (53, "0123456789ABCDEF  a-long-machine  running  something…"),
            (52, "0123456789ABCDEF  a-long-machine  running"),
            (40, "0123456789ABCDEF  a-long-machi…  running"),
            (36, "0123456789ABCDEF  a-long-m…  running"),
            // The machine is never left out.
            (34, "0123456789ABCDEF  a-long-…  running"),
            (10, "0123456789ABCDEF  a-long-…  running"),
        ] {
            let text = table(Format::Table, Some(room), &columns).lines(&values);
            assert_eq!(text.lines().nth(1), Some(expected), "{room}");
        }
    }

    #[test]
    fn columns_are_chosen_in_any_case_and_order() {
        let names = ["state", "ID"].map(str::to_owned);
        let columns = [("ID", None), ("VM", None), ("State", None)];
        let mut table = table(Format::Table, None, &columns).only(&names);
        let text = table.lines(&rows(&[["1", "web01", "running"]]));
        assert_eq!(text, "State    ID\nrunning  1");
    }

    #[test]
    fn comma_separated_values_are_quoted_and_have_one_header() {
        let mut table = table(Format::Csv, None, &[("Name", None), ("Path", None)]);
        let first = table
            .records(&rows(&[["a, b", "say \"x\""], ["", "-1"]]))
            .unwrap();
        assert_eq!(first, "Name,Path\n\"a, b\",\"say \"\"x\"\"\"\n,-1");
        table.has_header = true;
        assert_eq!(table.records(&rows(&[["x\r\ny", "z"]])).unwrap(), "x  y,z");
    }

    #[test]
    fn lists_show_values_in_full() {
        let long = "x".repeat(200);
        let text = list(&[("Name", "web01".to_owned()), ("Path", long.clone())]);
        assert_eq!(text, format!("Name  web01\nPath  {long}"));
    }
}
