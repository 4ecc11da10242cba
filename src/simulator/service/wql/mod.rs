//! WQL, as much of it as clients send: `SELECT … FROM … WHERE …` (WMI SDK, "Querying with WQL").
//!
//! ```text
//! SELECT * | a, b  FROM class  [WHERE condition]
//! condition: comparisons joined by AND, OR, NOT and parentheses
//! comparison: property = <> != < > <= >= literal, property LIKE 'pattern', property IS [NOT] NULL
//! SELECT … FROM event class [WITHIN seconds] WHERE TargetInstance ISA 'class' [AND TargetInstance.property = … ]
//! ASSOCIATORS OF {path}, REFERENCES OF {path}  [WHERE AssocClass = … ResultClass = … Role = … ResultRole = …]
//! ```
//!
//! Names and keywords are found in any case, and strings are compared without regard to case, as WMI does.

mod associators;
mod condition;
mod lexer;
mod like;
mod parse;
mod query;

pub(crate) use self::associators::association_query;
pub(crate) use self::query::Query;

#[cfg(test)]
mod tests;
