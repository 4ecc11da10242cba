//! The output of a method.

use cimwire::cim::{Properties, Reference, Value};
use serde::Serialize;

use super::event::Named;
use super::rows::text;
use super::{Output, Render, table};
use crate::output::report::Failure;

/// The output of a method, as a line of JSON.
#[derive(Debug, Serialize)]
pub(crate) struct ReturnedRow<'a> {
    pub(crate) event: &'static str,
    pub(crate) reference: &'a Reference,
    pub(crate) method: &'a str,
    pub(crate) return_value: ReturnValue<'a>,
    pub(crate) return_name: Option<&'a str>,
    pub(crate) output: &'a Properties,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) job: Option<Named<'a>>,
    /// The command that watches the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) watch: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ReturnValue<'a> {
    Code(i64),
    Other(&'a Value),
}

impl Render for ReturnedRow<'_> {
    fn render(&self, output: Output) -> Result<(), Failure> {
        output.json(self)?;
        let value = match self.return_value {
            ReturnValue::Code(code) => code.to_string(),
            ReturnValue::Other(value) => text(value),
        };
        let value = match self.return_name {
            Some(name) => format!("{value}, {name}"),
            None => value,
        };
        let mut pairs = vec![("ReturnValue", value)];
        pairs.extend(self.output.iter().map(|(name, value)| (name, text(value))));
        output.block(&table::list(&pairs))
    }
}
