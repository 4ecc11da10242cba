//! A builder of WQL queries that is safe against injection.

use std::fmt;
use std::time::Duration;

use crate::cim::KeyValue;
use crate::cim::resource_uri::class_name;

use super::encode::checked_name;
use super::error::EncodeError;

/// A query in WQL, the query language of WMI (WMI SDK, "WQL (SQL for WMI)").
///
/// The builder quotes values and checks names, so that a value never becomes part of the query. Conditions are joined
/// by AND. [`raw`](Self::raw) takes text as it is.
///
/// ```
/// use cimwire::Wql;
///
/// let query = Wql::select("Msvm_ComputerSystem").equals("ElementName", r"O'Brien\01");
/// assert_eq!(query.to_string(), r"SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'O\'Brien\\01'");
///
/// let query = Wql::select_properties("Win32_Process", ["Name", "ProcessId"])
///     .greater_than("WorkingSetSize", 100_000_000u64)
///     .starts_with("Name", "vm_")
///     .is_not_null("ExecutablePath");
/// assert_eq!(
///     query.to_string(),
///     "SELECT Name, ProcessId FROM Win32_Process \
///      WHERE WorkingSetSize > 100000000 AND Name LIKE 'vm[_]%' AND ExecutablePath IS NOT NULL"
/// );
/// ```
///
/// # Values
///
/// Text and references are written in quotation marks, numbers and booleans without. A time is text in the form of
/// DSP0004, which is `DateTime`'s own. WMI compares text without regard to case.
///
/// # Number of conditions
///
/// WMI limits the number of AND and OR in a query by its complexity, without a published number (WMI SDK, "Querying
/// with WQL"), and refuses more with `WBEM_E_QUOTA_VIOLATION`. Up to twenty are common practice; split larger queries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wql {
    /// The query before the conditions.
    head: String,
    /// The polling interval of WMI in seconds, in an event query.
    within: Option<String>,
    conditions: Vec<String>,
    /// The first error of the builder, reported when the query is sent.
    problem: Option<EncodeError>,
}

impl Wql {
    /// Creates a query for all properties of all instances of a class and its subclasses. If `class` is a resource URI,
    /// its class name is used.
    pub fn select(class: &str) -> Self {
        Self::from_parts("*", class)
    }

    /// Creates a query for some properties. Windows answers such a query with projections, which do not name their
    /// class.
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

    /// Creates a query from text, for anything that the builder cannot express. Do not put untrusted values into it.
    /// Conditions are appended after a WHERE, so the text must not contain a WHERE of its own then.
    pub fn raw(text: impl Into<String>) -> Self {
        Self {
            head: text.into(),
            within: None,
            conditions: Vec::new(),
            problem: None,
        }
    }

    /// Adds `property = value`. The property of an embedded object is named with a period, as in
    /// `TargetInstance.State`.
    #[must_use]
    pub fn equals(self, property: &str, value: impl Into<KeyValue>) -> Self {
        self.compared(property, "=", value.into())
    }

    /// Adds `property <> value`. Instances where it is NULL do not match.
    #[must_use]
    pub fn not_equals(self, property: &str, value: impl Into<KeyValue>) -> Self {
        self.compared(property, "<>", value.into())
    }

    /// Adds `property < value`.
    #[must_use]
    pub fn less_than(self, property: &str, value: impl Into<KeyValue>) -> Self {
        self.compared(property, "<", value.into())
    }

    /// Adds `property <= value`.
    #[must_use]
    pub fn at_most(self, property: &str, value: impl Into<KeyValue>) -> Self {
        self.compared(property, "<=", value.into())
    }

    /// Adds `property > value`.
    #[must_use]
    pub fn greater_than(self, property: &str, value: impl Into<KeyValue>) -> Self {
        self.compared(property, ">", value.into())
    }

    /// Adds `property >= value`.
    #[must_use]
    pub fn at_least(self, property: &str, value: impl Into<KeyValue>) -> Self {
        self.compared(property, ">=", value.into())
    }

    /// Adds a condition that the property equals one of the values.
    #[must_use]
    pub fn any_of<V: Into<KeyValue>>(
        self,
        property: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let terms = values.into_iter().map(|value| {
            let value = value.into();
            format!("{property} = {}", literal(&value))
        });
        let terms: Vec<_> = terms.collect();
        let condition = terms.join(" OR ");
        match terms.len() {
            0 => self.broken(format!("{property} is compared with no value at all")),
            1 => self.condition(property, condition),
            _ => self.condition(property, format!("({condition})")),
        }
    }

    /// Adds `property IS NULL`.
    #[must_use]
    pub fn is_null(self, property: &str) -> Self {
        self.condition(property, format!("{property} IS NULL"))
    }

    /// Adds `property IS NOT NULL`.
    #[must_use]
    pub fn is_not_null(self, property: &str) -> Self {
        self.condition(property, format!("{property} IS NOT NULL"))
    }

    /// Adds `property LIKE pattern` (WMI SDK, "LIKE Operator"): `%` matches any characters, `_` any single one, `[a-f]`
    /// one of these, `[^a-f]` one other than these. Use [`starts_with`](Self::starts_with),
    /// [`ends_with`](Self::ends_with) or [`contains`](Self::contains) for untrusted text: they escape these characters.
    #[must_use]
    pub fn like(self, property: &str, pattern: &str) -> Self {
        self.condition(property, format!("{property} LIKE {}", quoted(pattern)))
    }

    /// Adds a condition that the property starts with the text.
    #[must_use]
    pub fn starts_with(self, property: &str, text: &str) -> Self {
        self.like(property, &format!("{}%", unpatterned(text)))
    }

    /// Adds a condition that the property ends with the text.
    #[must_use]
    pub fn ends_with(self, property: &str, text: &str) -> Self {
        self.like(property, &format!("%{}", unpatterned(text)))
    }

    /// Adds a condition that the property contains the text.
    #[must_use]
    pub fn contains(self, property: &str, text: &str) -> Self {
        self.like(property, &format!("%{}%", unpatterned(text)))
    }

    /// Adds `property ISA 'class'`: the object in the property is of the class or a subclass (WMI SDK, "ISA Operator
    /// for Event Queries"). `__this` is the instance itself.
    #[must_use]
    pub fn isa(self, property: &str, class: &str) -> Self {
        let class = class_name(class);
        self.condition(property, format!("{property} ISA {}", quoted(class)))
            .named(class)
    }

    /// Sets the polling interval for events. WMI requires it for most classes, those for which no provider reports
    /// events (WMI SDK, "WITHIN Clause"). It is valid only in event queries.
    ///
    /// ```
    /// use std::time::Duration;
    /// use cimwire::Wql;
    ///
    /// let query = Wql::select("__InstanceModificationEvent")
    ///     .within(Duration::from_secs(2))
    ///     .isa("TargetInstance", "Win32_Service")
    ///     .equals("TargetInstance.State", "Stopped");
    /// assert_eq!(
    ///     query.to_string(),
    ///     "SELECT * FROM __InstanceModificationEvent WITHIN 2 \
    ///      WHERE TargetInstance ISA 'Win32_Service' AND TargetInstance.State = 'Stopped'"
    /// );
    /// ```
    #[must_use]
    pub fn within(mut self, interval: Duration) -> Self {
        self.within = Some(interval.as_secs_f64().to_string());
        self
    }

    /// Returns the text of the query, or the first error of the builder.
    pub(crate) fn into_text(self) -> Result<String, EncodeError> {
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(self.to_string()),
        }
    }

    fn from_parts(properties: &str, class: &str) -> Self {
        // WQL accepts only the class name, without a namespace.
        let class = class_name(class);
        Self::raw(format!("SELECT {properties} FROM {class}")).named(class)
    }

    fn compared(self, property: &str, operator: &str, value: KeyValue) -> Self {
        let value = literal(&value);
        self.condition(property, format!("{property} {operator} {value}"))
    }

    fn condition(mut self, property: &str, condition: String) -> Self {
        self.conditions.push(condition);
        property.split('.').fold(self, Self::named)
    }

    fn named(mut self, name: &str) -> Self {
        if let Err(problem) = checked_name("class or property", name) {
            self.problem.get_or_insert(problem);
        }
        self
    }

    fn broken(mut self, problem: String) -> Self {
        self.problem.get_or_insert(EncodeError::Value(problem));
        self
    }
}

impl fmt::Display for Wql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.head)?;
        if let Some(seconds) = &self.within {
            write!(f, " WITHIN {seconds}")?;
        }
        let mut lead = "WHERE";
        for condition in &self.conditions {
            write!(f, " {lead} {condition}")?;
            lead = "AND";
        }
        Ok(())
    }
}

/// Formats a value as a WQL literal.
fn literal(value: &KeyValue) -> String {
    match value {
        KeyValue::Text(text) => quoted(text),
        KeyValue::Integer(number) => number.to_string(),
        KeyValue::Boolean(true) => "TRUE".to_owned(),
        KeyValue::Boolean(false) => "FALSE".to_owned(),
        KeyValue::Reference(reference) => quoted(&reference.to_string()),
    }
}

/// Formats a string literal: backslashes and quotation marks are escaped with a backslash (WMI SDK, "WQL").
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

/// Returns a pattern that matches the text alone: `%`, `_` and `[` are put in brackets (WMI SDK, "LIKE Operator").
/// Characters that are special only inside brackets then have no special meaning.
fn unpatterned(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' | '_' | '[' => pattern.extend(['[', c, ']']),
            c => pattern.push(c),
        }
    }
    pattern
}

#[cfg(test)]
mod tests;
