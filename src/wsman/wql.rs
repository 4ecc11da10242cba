//! Queries that cannot be talked into another query.

use std::fmt;
use std::time::Duration;

use crate::cim::KeyValue;
use crate::cim::resource_uri::class_name;

use super::encode::checked_name;
use super::error::EncodeError;

/// A query in WQL, the query language of WMI (WMI SDK, "WQL (SQL for WMI)").
///
/// The builder quotes values and checks names, so that a value never becomes part of the query; conditions add up, each
/// of them an AND. [`raw`](Self::raw) takes text as it is.
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
/// Text and references stand in quotation marks, numbers and truth values without. A time is text in the form of
/// DSP0004: `DateTime`'s own. WMI compares text without regard to case.
///
/// # How many conditions
///
/// WMI bounds the number of AND and OR in a query, by how complex it is and not by a number that is published (WMI SDK,
/// "Querying with WQL"), and refuses beyond it with `WBEM_E_QUOTA_VIOLATION`. Up to twenty are common practice; ask in
/// portions beyond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wql {
    /// The part before the conditions.
    head: String,
    /// The seconds between two looks of WMI at its objects, in a query for events.
    within: Option<String>,
    conditions: Vec<String>,
    /// The problem with the query; reported when it is sent.
    problem: Option<EncodeError>,
}

impl Wql {
    /// Returns a query for all properties of all instances of a class and its subclasses. Of a resource URI the name of
    /// the class is taken.
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

    /// A query as it is, for whatever the builder does not say. Values from others do not belong in it. Conditions are
    /// added behind a WHERE, so that it must have none of its own then.
    pub fn raw(text: impl Into<String>) -> Self {
        Self {
            head: text.into(),
            within: None,
            conditions: Vec::new(),
            problem: None,
        }
    }

    /// Only instances whose property has this value. A property of an object in a property is named with a period, as
    /// in `TargetInstance.State`.
    #[must_use]
    pub fn equals(self, property: &str, value: impl Into<KeyValue>) -> Self {
        self.compared(property, "=", value.into())
    }

    /// Only instances whose property has another value; null is none.
    #[must_use]
    pub fn not_equals(self, property: &str, value: impl Into<KeyValue>) -> Self {
        self.compared(property, "<>", value.into())
    }

    /// Only instances whose property is below this value.
    #[must_use]
    pub fn less_than(self, property: &str, value: impl Into<KeyValue>) -> Self {
        self.compared(property, "<", value.into())
    }

    /// Only instances whose property is this value or below.
    #[must_use]
    pub fn at_most(self, property: &str, value: impl Into<KeyValue>) -> Self {
        self.compared(property, "<=", value.into())
    }

    /// Only instances whose property is above this value.
    #[must_use]
    pub fn greater_than(self, property: &str, value: impl Into<KeyValue>) -> Self {
        self.compared(property, ">", value.into())
    }

    /// Only instances whose property is this value or above.
    #[must_use]
    pub fn at_least(self, property: &str, value: impl Into<KeyValue>) -> Self {
        self.compared(property, ">=", value.into())
    }

    /// Only instances whose property has one of these values.
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

    /// Only instances whose property is null.
    #[must_use]
    pub fn is_null(self, property: &str) -> Self {
        self.condition(property, format!("{property} IS NULL"))
    }

    /// Only instances whose property is not null.
    #[must_use]
    pub fn is_not_null(self, property: &str) -> Self {
        self.condition(property, format!("{property} IS NOT NULL"))
    }

    /// Only instances whose property fits a pattern (WMI SDK, "LIKE Operator"): `%` stands for any characters, `_` for
    /// one, `[a-f]` for one of these, `[^a-f]` for one but these. What comes from others goes into
    /// [`starts_with`](Self::starts_with), [`ends_with`](Self::ends_with) or [`contains`](Self::contains), which take
    /// such characters as they are.
    #[must_use]
    pub fn like(self, property: &str, pattern: &str) -> Self {
        self.condition(property, format!("{property} LIKE {}", quoted(pattern)))
    }

    /// Only instances whose property begins with this text.
    #[must_use]
    pub fn starts_with(self, property: &str, text: &str) -> Self {
        self.like(property, &format!("{}%", unpatterned(text)))
    }

    /// Only instances whose property ends with this text.
    #[must_use]
    pub fn ends_with(self, property: &str, text: &str) -> Self {
        self.like(property, &format!("%{}", unpatterned(text)))
    }

    /// Only instances whose property has this text in it.
    #[must_use]
    pub fn contains(self, property: &str, text: &str) -> Self {
        self.like(property, &format!("%{}%", unpatterned(text)))
    }

    /// Only where the object in a property is of this class or one below it (WMI SDK, "ISA Operator for Event
    /// Queries"). `__this` is the instance itself.
    #[must_use]
    pub fn isa(self, property: &str, class: &str) -> Self {
        let class = class_name(class);
        self.condition(property, format!("{property} ISA {}", quoted(class)))
            .named(class)
    }

    /// Sets how often WMI is to look for events of a class for which no provider tells of them, as it must be told
    /// for most (WMI SDK, "WITHIN Clause"). Only for queries for events.
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

    /// The text, unless it is no query.
    pub(crate) fn into_text(self) -> Result<String, EncodeError> {
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(self.to_string()),
        }
    }

    fn from_parts(properties: &str, class: &str) -> Self {
        // WQL knows a class by its name alone.
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

/// A value as WQL has it.
fn literal(value: &KeyValue) -> String {
    match value {
        KeyValue::Text(text) => quoted(text),
        KeyValue::Integer(number) => number.to_string(),
        KeyValue::Boolean(true) => "TRUE".to_owned(),
        KeyValue::Boolean(false) => "FALSE".to_owned(),
        KeyValue::Reference(reference) => quoted(&reference.to_string()),
    }
}

/// A string literal: backslashes and quotation marks are escaped by a backslash (WMI SDK, "WQL").
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

/// Text as a pattern that fits it alone: whatever has a meaning in patterns stands in brackets (WMI SDK, "LIKE
/// Operator"). What has one in brackets only has none then.
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
