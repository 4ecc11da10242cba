//! Names and values as they are typed: `NAME=VALUE`, and `NAME:=JSON`.

use cimwire::cim::{Properties, Value};

use crate::output::report::Problem;

/// A name and a text: a key, or what a property is to be equal to.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Pair {
    pub(crate) fn read(typed: &str) -> Result<Self, String> {
        match typed.split_once('=') {
            Some((name, text)) if is_name(name) => Ok(Self {
                name: name.to_owned(),
                text: text.to_owned(),
            }),
            _ => Err("write it like NAME=VALUE".to_owned()),
        }
    }
}

/// A name and what it is to become: `NAME=VALUE`, or `NAME:=JSON`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Assignment {
    name: String,
    value: Value,
    is_json: bool,
}

impl Assignment {
    pub(crate) fn read(typed: &str) -> Result<Self, String> {
        let (name, text) = typed.split_once('=').ok_or_else(wanted)?;
        let (name, is_json) = match name.strip_suffix(':') {
            Some(name) => (name, true),
            None => (name, false),
        };
        if !is_name(name) {
            return Err(wanted());
        }
        let value = if is_json {
            serde_json::from_str(text)
                .map_err(|error| format!("what follows := is not JSON: {error}"))?
        } else {
            text.into()
        };
        Ok(Self {
            name: name.to_owned(),
            value,
            is_json,
        })
    }
}

/// Values by their names, in the order in which they were typed. A name that comes again makes an array.
pub(crate) fn collected(assignments: &[Assignment]) -> Result<Properties, Problem> {
    let mut values = Properties::new();
    for assignment in assignments {
        let same = |other: &&Assignment| other.name.eq_ignore_ascii_case(&assignment.name);
        let all: Vec<_> = assignments.iter().filter(same).collect();
        let value = match all.as_slice() {
            [only] => only.value.clone(),
            several if several.iter().any(|one| one.is_json) => {
                let what = format!("{} is given more than once", assignment.name);
                return Err(Problem::usage(what).hint(
                    "an array is either NAME=VALUE once for each of its values, or one NAME:=[…]",
                ));
            }
            several => Value::Array(several.iter().map(|one| one.value.clone()).collect()),
        };
        values.set(assignment.name.as_str(), value);
    }
    Ok(values)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn wanted() -> String {
    "write it like NAME=VALUE, or NAME:=JSON".to_owned()
}

/// The help text of an assignment.
pub(crate) const HELP: &str =
    "A value: NAME=VALUE, once more for each value of an array, or NAME:=JSON";
/// The long help text of an assignment.
pub(crate) const LONG_HELP: &str = "\
A value by its name, in any case; the declaration of the class, which the host is asked for, decides what it becomes, and \
what is not declared is not sent. Where a host does not tell its declarations, texts are sent as they are.

NAME=VALUE is a text, a number, true or false; a time as 2030-01-15T21:00:00Z, tomorrow 03:00, +2h from now, or in the \
25 characters of CIM; an interval as P1DT2H; a reference as an object path; an embedded instance as CIM-XML. The same \
name once more makes an array: Roles=a Roles=b.

NAME:=JSON is the same as JSON: null, an array as [1, 2], an embedded instance as {\"__CLASS\": \"Msvm_X\", \"Name\": 1}.";

#[cfg(test)]
mod tests {
    use super::*;
    use cimwire::cim::{ClassPath, Instance};

    fn read(typed: &[&str]) -> Result<Properties, Problem> {
        let assignments: Vec<_> = typed
            .iter()
            .map(|typed| Assignment::read(typed).unwrap())
            .collect();
        collected(&assignments)
    }

    #[test]
    fn assignments() {
        let inner = Instance::new(ClassPath::new("", "C")).with("A", 1u64);
        let values = read(&[
            "Text=a=b:=c",
            "Roles=x",
            "None:=null",
            "roles=y",
            "Empty=",
            "List:=[1,\"a\"]",
            r#"In:={"__CLASS":"C","A":1}"#,
            "Colon=:=",
        ]);
        let expected = Properties::new()
            .with("Text", "a=b:=c")
            .with("Roles", vec!["x", "y"])
            .with("None", Value::Null)
            .with("Empty", "")
            .with("List", Value::Array(vec![1u64.into(), "a".into()]))
            .with("In", inner)
            .with("Colon", ":=");
        assert_eq!(values.unwrap(), expected);
    }

    #[test]
    fn what_is_none() {
        for typed in ["", "=", "Name", ":=1", "=x", "a b=c", "a-b=c", "a::=1"] {
            assert_eq!(Assignment::read(typed), Err(wanted()), "{typed}");
        }
        let error = Assignment::read("A:={").unwrap_err();
        assert!(
            error.starts_with("what follows := is not JSON: "),
            "{error}"
        );
        assert!(read(&["A=1", "a:=2"]).is_err());
        assert!(Pair::read("A:=1").is_err());
        assert_eq!(Pair::read("A=x=y").unwrap().text, "x=y");
    }
}
