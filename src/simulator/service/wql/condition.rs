//! The condition of a query.

use std::cmp::Ordering;

use crate::cim::{CimType, DateTime, ElementSchema, Instance, Interval, Value};
use crate::simulator::providers::{class, is_embedded};

use super::like::{Pattern, folded};

/// Looks up a declared property by its name.
pub(super) type Declared<'a> = dyn Fn(&str) -> Option<&'a ElementSchema> + 'a;

/// A condition. A comparison with null is neither true nor false, and so is its negation.
#[derive(Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Compare(String, Comparison, Literal),
    Like(String, Pattern),
    IsNull(String),
    /// An object is of a class, or of one that derives from it.
    IsA(String, String),
}

/// A comparison, by the orders of its sides for which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Comparison(&'static [Ordering]);

/// A constant.
#[derive(Debug, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Number(String),
    Boolean(bool),
    Null,
}

impl Condition {
    pub(super) fn any(terms: Vec<Self>) -> Self {
        Self::joined(terms, Self::Any)
    }

    pub(super) fn all(terms: Vec<Self>) -> Self {
        Self::joined(terms, Self::All)
    }

    /// Joins terms. A single term is returned as it is.
    fn joined(mut terms: Vec<Self>, join: fn(Vec<Self>) -> Self) -> Self {
        match terms.pop() {
            Some(only) if terms.is_empty() => only,
            last => {
                terms.extend(last);
                join(terms)
            }
        }
    }

    pub(super) fn null(property: String, is_null: bool) -> Self {
        if is_null {
            Self::IsNull(property)
        } else {
            Self::Not(Box::new(Self::IsNull(property)))
        }
    }

    /// Reports whether the properties are declared, and the constants are of their types.
    pub(super) fn fits(&self, declared: &Declared<'_>) -> bool {
        let is = |name: &str, fits: &dyn Fn(&ElementSchema) -> bool| {
            declared(name).is_some_and(|property| !property.is_array && fits(property))
        };
        match self {
            Self::All(terms) | Self::Any(terms) => terms.iter().all(|term| term.fits(declared)),
            Self::Not(term) => term.fits(declared),
            Self::IsNull(name) => declared(name).is_some(),
            Self::Like(name, _) => {
                let is_text = |property: &ElementSchema| {
                    property.cim_type == CimType::String && !is_embedded(property)
                };
                is(name, &is_text)
            }
            Self::IsA(name, _) => is(name, &is_embedded),
            Self::Compare(name, _, literal) => is(name, &|property| literal.fits(property)),
        }
    }

    /// Returns the classes of all ISA in the condition.
    pub(super) fn classes(&self) -> Vec<&str> {
        match self {
            Self::All(terms) | Self::Any(terms) => terms.iter().flat_map(Self::classes).collect(),
            Self::Not(term) => term.classes(),
            Self::IsA(_, class) => vec![class],
            Self::Compare(..) | Self::Like(..) | Self::IsNull(_) => Vec::new(),
        }
    }

    pub(super) fn holds(&self, instance: &Instance) -> Option<bool> {
        match self {
            Self::All(terms) => decide(terms, instance, false),
            Self::Any(terms) => decide(terms, instance, true),
            Self::Not(term) => term.holds(instance).map(|holds| !holds),
            Self::IsNull(name) => {
                let value = value(instance, name);
                Some(value.is_none_or(|value| value.elements().is_empty()))
            }
            Self::Like(name, pattern) => {
                let text = value(instance, name).and_then(Value::to_text);
                text.map(|text| pattern.matches(&text))
            }
            Self::Compare(name, comparison, literal) => {
                let order = literal.order_of(value(instance, name)?)?;
                Some(comparison.0.contains(&order))
            }
            Self::IsA(name, wanted) => match value(instance, name)? {
                Value::Instance(object) => {
                    let path = object.class()?;
                    let class = class(path.namespace(), path.name())?;
                    Some(class.is_a(wanted))
                }
                _ => None,
            },
        }
    }
}

/// Returns the value of a property, or of a property of an object in it.
fn value<'i>(instance: &'i Instance, name: &str) -> Option<&'i Value> {
    let Some((object, property)) = name.split_once('.') else {
        return instance.value(name);
    };
    match instance.value(object)? {
        Value::Instance(object) => object.value(property),
        _ => None,
    }
}

/// Joins terms: a false term decides AND, a true term decides OR. Otherwise an unknown term makes the result unknown.
fn decide(terms: &[Condition], instance: &Instance, decisive: bool) -> Option<bool> {
    let mut result = Some(!decisive);
    for term in terms {
        match term.holds(instance) {
            Some(holds) if holds == decisive => return Some(decisive),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

impl Comparison {
    pub(super) const EQUAL: Self = Self(&[Ordering::Equal]);
    pub(super) const UNEQUAL: Self = Self(&[Ordering::Less, Ordering::Greater]);

    pub(super) fn of(symbol: &str) -> Option<Self> {
        Some(match symbol {
            "=" => Self::EQUAL,
            "<>" => Self::UNEQUAL,
            "<" => Self(&[Ordering::Less]),
            ">" => Self(&[Ordering::Greater]),
            "<=" => Self(&[Ordering::Less, Ordering::Equal]),
            ">=" => Self(&[Ordering::Greater, Ordering::Equal]),
            _ => return None,
        })
    }
}

impl Literal {
    /// Reports whether a property of a type can be compared with this.
    fn fits(&self, property: &ElementSchema) -> bool {
        match (&property.cim_type, self) {
            _ if is_embedded(property) => false,
            (CimType::String | CimType::Reference(_), _) => matches!(self, Self::Text(_)),
            (CimType::Boolean, _) => self.boolean().is_some(),
            (CimType::DateTime, Self::Text(text)) => {
                text.parse::<DateTime>().is_ok() || text.parse::<Interval>().is_ok()
            }
            (CimType::DateTime, _) => false,
            _ => self.number().is_some(),
        }
    }

    /// Compares a value with this literal. Returns `None` if they are not comparable.
    fn order_of(&self, value: &Value) -> Option<Ordering> {
        match value {
            Value::Boolean(value) => Some(value.cmp(&self.boolean()?)),
            Value::String(text) => Some(folded(text).cmp(&folded(self.text()?))),
            Value::Reference(reference) => {
                Some(folded(&reference.to_string()).cmp(&folded(self.text()?)))
            }
            Value::DateTime(time) => time.partial_cmp(&self.text()?.parse().ok()?),
            Value::Interval(interval) => interval.partial_cmp(&self.text()?.parse().ok()?),
            number => {
                let number = number.to_text()?;
                match (number.parse::<i128>(), self.number()?.parse::<i128>()) {
                    (Ok(number), Ok(literal)) => Some(number.cmp(&literal)),
                    _ => {
                        let literal = self.number()?.parse::<f64>().ok()?;
                        number.parse::<f64>().ok()?.partial_cmp(&literal)
                    }
                }
            }
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the number. WMI accepts a number in quotes too.
    fn number(&self) -> Option<&str> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(text) => text.parse::<f64>().is_ok().then_some(text),
            _ => None,
        }
    }

    fn boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            Self::Number(number) => match number.as_str() {
                "0" => Some(false),
                "1" => Some(true),
                _ => None,
            },
            _ => None,
        }
    }
}
