//! Tables, and lists of names and values.

use std::io::{self, IsTerminal};

use cimwire::printable;
use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, Row, Table as Grid, Width};

/// A table that is written in parts, all with the column widths of the first.
#[derive(Debug)]
pub(crate) struct Table {
    header: Option<Vec<String>>,
    widths: Option<Vec<u16>>,
}

impl Table {
    pub(crate) fn new<S: AsRef<str>>(columns: &[S]) -> Self {
        Self {
            header: Some(columns.iter().map(|column| cell(column.as_ref())).collect()),
            widths: None,
        }
    }

    /// The lines of some more rows, the header before the first.
    pub(crate) fn lines(&mut self, rows: &[Vec<String>]) -> String {
        let mut grid = Grid::new();
        // Cells are cut where the column ends, not wrapped between words: no cell holds this character.
        grid.load_style(NOTHING).set_delimiter('\0');
        if let Some(header) = self.header.take() {
            grid.set_header(header);
        }
        for row in rows {
            let mut row = Row::from(row.iter().map(|text| cell(text)).collect::<Vec<_>>());
            row.max_height(1);
            grid.add_row(row);
        }
        let widths = self
            .widths
            .get_or_insert_with(|| grid.column_max_content_widths());
        for (column, width) in grid.column_iter_mut().zip(widths) {
            let width = Width::Fixed(width.saturating_add(GAP));
            column
                .set_padding((0, GAP))
                .set_constraint(ColumnConstraint::Absolute(width));
        }
        grid.trim_fmt()
    }

    /// Returns how many columns of a terminal a table with these rows takes.
    pub(crate) fn width(columns: &[String], rows: &[Vec<String>]) -> usize {
        let mut grid = Grid::new();
        grid.set_header(columns.iter().map(|text| cell(text)).collect::<Vec<_>>());
        grid.add_rows(
            rows.iter()
                .map(|row| row.iter().map(|text| cell(text)).collect::<Vec<_>>()),
        );
        let widths = grid.column_max_content_widths();
        widths
            .iter()
            .map(|width| usize::from(*width) + usize::from(GAP))
            .sum()
    }
}

/// Names and values, one pair a line, without those that have no value.
pub(crate) fn summary(pairs: &[(&str, String)]) -> String {
    let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
    list(&filled.cloned().collect::<Vec<_>>())
}

/// Names and values, one pair a line, the values in full.
pub(crate) fn list<N: AsRef<str>>(pairs: &[(N, String)]) -> String {
    aligned(pairs.iter().map(|(name, value)| [name.as_ref(), value]))
}

/// Rows without a header, their cells in full.
pub(crate) fn aligned<const N: usize, S: AsRef<str>>(
    rows: impl IntoIterator<Item = [S; N]>,
) -> String {
    let mut grid = Grid::new();
    grid.load_style(NOTHING);
    grid.add_rows(
        rows.into_iter()
            .map(|row| row.map(|cell| printable(cell.as_ref()).into_owned())),
    );
    for column in grid.column_iter_mut() {
        column.set_padding((0, GAP));
    }
    grid.trim_fmt()
}

/// Returns how wide the terminal is that stdout goes to; `None` where it goes elsewhere.
pub(crate) fn terminal_width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    Grid::new().width().map(usize::from)
}

/// A value that fits into a table, with nothing in it that a terminal would act on.
fn cell(text: &str) -> String {
    let text = printable(text);
    if text.chars().count() <= WIDEST {
        return text.into_owned();
    }
    let mut shown: String = text.chars().take(WIDEST - 1).collect();
    shown.push('…');
    shown
}

/// The length at which a value is cut.
const WIDEST: usize = 50;
/// The blanks between columns.
const GAP: u16 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn rows<const N: usize>(rows: &[[&str; N]]) -> Vec<Vec<String>> {
        let owned = |row: &[&str; N]| row.iter().map(|cell| (*cell).to_owned()).collect();
        rows.iter().map(owned).collect()
    }

    #[test]
    fn later_parts_keep_the_widths_of_the_first() {
        let mut table = Table::new(&["Name", "State"]);
        let first = table.lines(&rows(&[["web01", "Running"], ["db", "Off"]]));
        assert_eq!(first, "Name   State\nweb01  Running\ndb     Off");
        let second = table.lines(&rows(&[["a", "Off"], ["a name too long", "Off"]]));
        assert_eq!(second, "a      Off\na na…  Off");
    }

    #[test]
    fn wide_values_are_cut_and_dangerous_ones_escaped() {
        let mut table = Table::new(&["A"]);
        let text = table.lines(&rows(&[["x\u{1b}[2J\u{202e}\ny"], [&"ä".repeat(60)]]));
        let cut = format!("{}…", "ä".repeat(49));
        assert_eq!(text, format!("A\nx\\u{{1b}}[2J\\u{{202e}} y\n{cut}"));
    }

    #[test]
    fn lists_show_values_in_full() {
        let long = "x".repeat(200);
        let text = list(&[("Name", "web01".to_owned()), ("Path", long.clone())]);
        assert_eq!(text, format!("Name  web01\nPath  {long}"));
    }
}
