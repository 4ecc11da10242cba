//! Values that have several forms on the wire.

use crate::cim::{Properties, Value};
use crate::remedy::Remedy;
use crate::wsman::Operation;

/// Returns a hint for a request whose form the host refused, and the setting for those values of the operation that
/// have several forms.
pub(super) fn other_form(operation: &Operation) -> (String, Option<Remedy>) {
    let check = "check the names, with their case, the types and the values";
    let (values, remedy) = match Forms::of(operation) {
        Forms {
            datetime: true,
            instance: true,
        } => (
            "embedded instances or datetimes",
            Remedy::DatetimeOrEmbeddedForm,
        ),
        Forms { datetime: true, .. } => ("datetimes", Remedy::DatetimeForm),
        Forms { instance: true, .. } => ("embedded instances", Remedy::EmbeddedForm),
        Forms { .. } => return (check.to_owned(), None),
    };
    let hint = format!("{check}, and try another form of {values}");
    (hint, Some(remedy))
}

/// The kinds of values in an operation that have several forms on the wire.
struct Forms {
    datetime: bool,
    instance: bool,
}

impl Forms {
    fn of(operation: &Operation) -> Self {
        let has = |wanted: fn(&Value) -> bool| {
            let values = operation.values().into_iter().flat_map(Properties::iter);
            values.flat_map(|(_, value)| value.elements()).any(wanted)
        };
        Self {
            datetime: has(|value| matches!(value, Value::DateTime(_) | Value::Interval(_))),
            instance: has(|value| matches!(value, Value::Instance(_))),
        }
    }
}
