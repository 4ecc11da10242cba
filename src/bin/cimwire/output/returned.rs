//! The output of a method.

use cimwire::cim::{Properties, Reference, Value};
use serde::Serialize;

use super::event::Event;
use super::json::Json;
use super::rows::text;
use super::{Output, Render, table};
use crate::output::report::Failure;

/// The output of a method, as a line of JSON.
#[derive(Serialize)]
pub(crate) struct ReturnedRow<'a> {
    #[serde(flatten)]
    pub(crate) event: Event<'a>,
    pub(crate) reference: &'a Reference,
    pub(crate) method: &'a str,
    pub(crate) return_value: ReturnValue<'a>,
    pub(crate) return_name: Option<&'a str>,
    pub(crate) output: Json<'a, Properties>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum ReturnValue<'a> {
    Code(i64),
    Other(Json<'a, Value>),
}

impl Render for ReturnedRow<'_> {
    fn render(&self, output: Output) -> Result<(), Failure> {
        output.json(self)?;
        let value = match self.return_value {
            ReturnValue::Code(code) => code.to_string(),
            ReturnValue::Other(Json(value)) => text(value),
        };
        let value = match self.return_name {
            Some(name) => format!("{value}, {name}"),
            None => value,
        };
        let mut pairs = vec![("ReturnValue", value)];
        pairs.extend(
            self.output
                .0
                .iter()
                .map(|(name, value)| (name, text(value))),
        );
        output.block(&table::list(&pairs))
    }
}
