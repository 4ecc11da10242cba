//! The classes of a namespace.

use serde::Serialize;

use super::report::{self, Failure};
use super::table::{Column, Table};
use super::{Output, Render};
use crate::options::Format;

/// The names of classes.
#[derive(Debug)]
pub(crate) struct Classes {
    pub(crate) namespace: String,
    pub(crate) names: Vec<String>,
}

#[derive(Serialize)]
struct Row<'a> {
    namespace: &'a str,
    class: &'a str,
}

impl Render for Classes {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let Self { namespace, names } = self;
        if names.is_empty() {
            report::note("no classes");
            return Ok(());
        }
        let mut each = names.iter();
        match output.format() {
            Format::Json => each.try_for_each(|class| output.json(&Row { namespace, class })),
            Format::Name => each.try_for_each(|name| output.line(&format!("{namespace}:{name}"))),
            _ => {
                let rows: Vec<_> = each.map(|name| vec![name.clone()]).collect();
                Table::new(output, vec![Column::from("Class")]).write(&rows)
            }
        }
    }
}
