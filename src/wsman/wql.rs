//! Queries that cannot be talked into another query.

use std::fmt::Write as _;

use super::encode::checked_name;
use super::error::EncodeError;

/// A query in WQL, the query language of WMI.
///
/// The builder quotes values and checks names; [`raw`](Self::raw) takes text as it is.
///
/// ```
/// use cimwire::Wql;
///
/// let query = Wql::select("Msvm_ComputerSystem").equals("ElementName", r"O'Brien\01");
/// assert_eq!(query.to_string(), r"SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'O\'Brien\\01'");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wql {
    text: String,
    filtered: bool,
    /// What makes it no query; reported when it is sent.
    problem: Option<EncodeError>,
}

impl Wql {
    /// All properties of all instances of a class and its subclasses.
    pub fn select(class: &str) -> Self {
        Self::from_parts("*", class)
    }

    /// Some properties. Windows answers such a query with projections, which do not name their class.
    pub fn select_properties<'p>(
        class: &str,
        properties: impl IntoIterator<Item = &'p str>,
    ) -> Self {
        let properties: Vec<_> = properties.into_iter().collect();
        let query = Self::from_parts(&properties.join(", "), class);
        properties
            .iter()
            .fold(query, |query, name| query.named(name))
    }

    /// A query as it is, for whatever the builder does not say. Values from others do not belong in it.
    pub fn raw(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            filtered: false,
            problem: None,
        }
    }

    /// Only instances whose property has this value.
    #[must_use]
    pub fn equals(self, property: &str, value: &str) -> Self {
        self.any_of(property, [value])
    }

    /// Only instances whose property has one of these values. WMI bounds the number of terms in a query.
    #[must_use]
    pub fn any_of<'v>(mut self, property: &str, values: impl IntoIterator<Item = &'v str>) -> Self {
        let terms: Vec<_> = values
            .into_iter()
            .map(|value| format!("{property} = {}", quoted(value)))
            .collect();
        let lead = if self.filtered { "AND" } else { "WHERE" };
        let condition = terms.join(" OR ");
        // Writing to a String does not fail.
        let _ = match terms.len() {
            0 => {
                let problem =
                    EncodeError::Value(format!("{property} is compared with no value at all"));
                self.problem.get_or_insert(problem);
                Ok(())
            }
            1 => write!(self.text, " {lead} {condition}"),
            _ => write!(self.text, " {lead} ({condition})"),
        };
        self.filtered = true;
        self.named(property)
    }

    /// The text, unless it is no query.
    pub(crate) fn into_text(self) -> Result<String, EncodeError> {
        self.problem.map_or(Ok(self.text), Err)
    }

    fn from_parts(properties: &str, class: &str) -> Self {
        let text = format!("SELECT {properties} FROM {class}");
        Self {
            text,
            filtered: false,
            problem: None,
        }
        .named(class)
    }

    fn named(mut self, name: &str) -> Self {
        if let Err(problem) = checked_name("class or property", name) {
            self.problem.get_or_insert(problem);
        }
        self
    }
}

impl std::fmt::Display for Wql {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// A string literal: backslashes and quotation marks are escaped by a backslash (WMI SDK, "WQL").
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted() {
        let query = Wql::select("C").equals("A", "' OR ''='").equals("B", "x");
        assert_eq!(
            query.to_string(),
            r"SELECT * FROM C WHERE A = '\' OR \'\'=\'' AND B = 'x'"
        );
        let query = Wql::select_properties("C", ["A", "B"])
            .any_of("K", ["1", "2"])
            .equals("L", "3");
        assert_eq!(
            query.to_string(),
            "SELECT A, B FROM C WHERE (K = '1' OR K = '2') AND L = '3'"
        );
    }

    #[test]
    fn names_are_checked() {
        for query in [
            Wql::select("C WHERE 1=1"),
            Wql::select_properties("C", ["A, B"]),
            Wql::select("C").equals("A = 1 OR B", "x"),
            Wql::select("C").any_of("A", []),
        ] {
            assert!(query.into_text().is_err());
        }
        assert!(Wql::raw("anything at all").into_text().is_ok());
    }
}
