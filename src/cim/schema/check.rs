//! Checks of values against the declaration of a class, before they are sent.

use std::fmt;

use crate::cim::from_value::Mismatch;
use crate::cim::{Properties, Value};
use crate::printable::shortened;

use super::{ClassSchema, ElementSchema, MethodSchema};

impl ClassSchema {
    /// Returns a method. Names match in any case.
    ///
    /// With [`MethodSchema::check`], it checks a call before it is sent:
    ///
    /// ```no_run
    /// use cimwire::cim::{Properties, Reference};
    ///
    /// # async fn example(client: cimwire::Client) -> Result<(), cimwire::Error> {
    /// let spooler = Reference::new("root/cimv2", "Win32_Service").with_key("Name", "Spooler");
    /// let schema = client.schema(spooler.class()).await?;
    /// let method = schema.method("changestartmode")?;
    /// let input = method.check(&Properties::new().with("startmode", "Manual"))?;
    /// let output = client.invoke(&spooler, &method.name, input).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such method; the error lists the methods of the class.
    pub fn method(&self, name: &str) -> Result<&MethodSchema, InvalidInput> {
        let found = self
            .methods
            .iter()
            .find(|method| method.name.eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let names = self.methods.iter().map(|method| method.name.as_str());
            InvalidInput::unknown(name, &self.name, "a method", names)
        })
    }

    /// Checks the properties of an instance for a put or create. Returns them with the declared names (in the declared
    /// case), types and order.
    ///
    /// Required properties may be absent: the host may have a value for them.
    ///
    /// # Errors
    ///
    /// Returns an error if a property is not declared, a value does not have the declared type, or a required property
    /// is null.
    pub fn check(&self, properties: &Properties) -> Result<Properties, InvalidInput> {
        let checked = Checker {
            owner: &self.name,
            what: "a property",
            declared: self.properties.iter().collect(),
        };
        checked.check(properties, false)
    }
}

impl MethodSchema {
    /// Checks the input of a call. Returns it with the declared names (services compare their case), types and order.
    ///
    /// # Errors
    ///
    /// Returns an error if a parameter is not declared or not an input, a value does not have the declared type, or a
    /// required parameter is missing.
    pub fn check(&self, input: &Properties) -> Result<Properties, InvalidInput> {
        let inputs = self.parameters.iter();
        let checked = Checker {
            owner: &self.name,
            what: "an input parameter",
            declared: inputs.filter(|parameter| parameter.is_input()).collect(),
        };
        checked.check(input, true)
    }
}

impl ElementSchema {
    /// Converts a value, such as a text, to the declared type. Arrays are converted element by element; for an array
    /// type, any other value becomes an array of one. Null remains null.
    ///
    /// # Errors
    ///
    /// Returns an error if the value cannot have the declared type.
    pub fn convert(&self, value: &Value) -> Result<Value, Mismatch> {
        match value {
            Value::Null => Ok(Value::Null),
            value if self.is_array => {
                let elements = value.elements().iter();
                let values: Result<_, _> =
                    elements.map(|value| self.cim_type.convert(value)).collect();
                values.map(Value::Array)
            }
            value => self.cim_type.convert(value),
        }
    }
}

/// The declarations to check values against.
struct Checker<'s> {
    owner: &'s str,
    what: &'static str,
    declared: Vec<&'s ElementSchema>,
}

impl Checker<'_> {
    fn check(&self, values: &Properties, complete: bool) -> Result<Properties, InvalidInput> {
        let is_declared = |name: &str| {
            let mut declared = self.declared.iter();
            declared.any(|known| known.name.eq_ignore_ascii_case(name))
        };
        if let Some((name, _)) = values.iter().find(|(name, _)| !is_declared(name)) {
            let names = self.declared.iter().map(|known| known.name.as_str());
            return Err(InvalidInput::unknown(name, self.owner, self.what, names));
        }
        let mut checked = Properties::new();
        for declared in &self.declared {
            let value = match values.value(&declared.name) {
                None if !(complete && declared.is_required()) => continue,
                None | Some(Value::Null) if declared.is_required() => {
                    return Err(self.invalid(declared, "is required"));
                }
                value => declared.convert(value.unwrap_or(&Value::Null)),
            };
            let value = value.map_err(|mismatch| self.invalid(declared, mismatch.to_string()))?;
            checked.set(declared.name.as_str(), value);
        }
        Ok(checked)
    }

    fn invalid(&self, declared: &ElementSchema, problem: impl Into<String>) -> InvalidInput {
        InvalidInput {
            name: declared.name.clone(),
            owner: self.owner.to_owned(),
            problem: problem.into(),
        }
    }
}

/// An error for input that does not match the declaration of its class. For an unknown name it lists the declared
/// names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidInput {
    /// The name of a parameter, property or method.
    name: String,
    /// The method or class that contains it.
    owner: String,
    problem: String,
}

impl InvalidInput {
    fn unknown<'n>(
        name: &str,
        owner: &str,
        what: &str,
        known: impl Iterator<Item = &'n str>,
    ) -> Self {
        let mut known = known.collect::<Vec<_>>().join(", ");
        if known.is_empty() {
            known.push_str("none");
        }
        Self {
            name: name.to_owned(),
            owner: owner.to_owned(),
            problem: format!("is not {what}; declared: {}", shortened(&known, LISTED)),
        }
    }
}

impl fmt::Display for InvalidInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, owner) = (shortened(&self.name, NAMED), shortened(&self.owner, NAMED));
        write!(f, "{name} of {owner} {}", self.problem)
    }
}

impl std::error::Error for InvalidInput {}

/// The longest name in a message; names in CIM are far shorter.
const NAMED: usize = 100;
/// The longest list of names in a message; the largest classes have about 200 properties.
const LISTED: usize = 4_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cim::{CimType, Qualifier, Reference};

    fn parameter(name: &str, cim_type: CimType, qualifiers: &[&str]) -> ElementSchema {
        let qualifiers = qualifiers.iter().map(|name| Qualifier {
            name: (*name).to_owned(),
            value: true.into(),
        });
        ElementSchema {
            name: name.to_owned(),
            cim_type,
            is_array: false,
            qualifiers: qualifiers.collect(),
        }
    }

    fn start_replication() -> MethodSchema {
        MethodSchema {
            name: "StartReplication".to_owned(),
            return_type: CimType::Uint32,
            qualifiers: Vec::new(),
            parameters: vec![
                parameter(
                    "ComputerSystem",
                    CimType::Reference("CIM_ComputerSystem".to_owned()),
                    &["In", "Required"],
                ),
                parameter("InitialReplicationType", CimType::Uint16, &["In"]),
                parameter("StartTime", CimType::DateTime, &["In"]),
                parameter(
                    "Job",
                    CimType::Reference("CIM_ConcreteJob".to_owned()),
                    &["Out"],
                ),
            ],
        }
    }

    #[test]
    fn input_is_put_right() {
        let input = Properties::new()
            .with("starttime", "2030-01-15T21:00:00Z")
            .with("initialreplicationtype", "1")
            .with("computerSystem", "root/x:C.K=\"v\"");
        let checked = start_replication().check(&input).unwrap();
        let names: Vec<_> = checked.iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            ["ComputerSystem", "InitialReplicationType", "StartTime"]
        );
        assert_eq!(
            checked.value("InitialReplicationType"),
            Some(&Value::Uint16(1))
        );
        assert!(matches!(
            checked.value("StartTime"),
            Some(Value::DateTime(_))
        ));
        assert!(matches!(
            checked.value("ComputerSystem"),
            Some(Value::Reference(_))
        ));
    }

    #[test]
    fn wrong_input_is_named() {
        let vm = Reference::new("root/x", "C").with_key("K", "v");
        let good = Properties::new().with("ComputerSystem", vm);
        for (input, problem) in [
            (
                good.clone().with("Type", 1u8),
                "Type of StartReplication is not an input parameter; declared: ComputerSystem, InitialReplicationType, \
                 StartTime",
            ),
            (
                good.clone().with("InitialReplicationType", "65536"),
                "InitialReplicationType of StartReplication is not a uint16: \"65536\"",
            ),
            (
                Properties::new(),
                "ComputerSystem of StartReplication is required",
            ),
        ] {
            assert_eq!(
                start_replication().check(&input).unwrap_err().to_string(),
                problem
            );
        }
        let out = good.with("Job", Value::Null);
        assert!(start_replication().check(&out).is_err());
    }

    fn service() -> ClassSchema {
        ClassSchema {
            name: "C".to_owned(),
            properties: vec![
                parameter("Name", CimType::String, &["Key", "Required"]),
                ElementSchema {
                    is_array: true,
                    ..parameter("Sizes", CimType::Uint8, &[])
                },
                parameter("Share", CimType::Real32, &[]),
            ],
            methods: vec![start_replication()],
            ..ClassSchema::default()
        }
    }

    #[test]
    fn properties_are_put_right() {
        let checked = |properties: Properties| service().check(&properties);
        let given = Properties::new()
            .with("share", "0.5")
            .with("SIZES", "7")
            .with("Name", "a");
        let right = Properties::new()
            .with("Name", "a")
            .with("Sizes", vec![7u8])
            .with("Share", 0.5f32);
        assert_eq!(checked(given), Ok(right.clone()));
        // A JSON parser gives such values: it has one type for each kind of number.
        let given = Properties::new()
            .with("Name", "a")
            .with("Sizes", vec![7u64])
            .with("Share", 0.5f64);
        assert_eq!(checked(given), Ok(right));
        let whole = checked(Properties::new().with("Share", 2u64));
        assert_eq!(whole, Ok(Properties::new().with("Share", 2f32)));
        let emptied = Properties::new().with("Sizes", Value::Null);
        assert_eq!(checked(emptied.clone()), Ok(emptied));
        for (properties, problem) in [
            (
                Properties::new().with("State", "x"),
                "State of C is not a property; declared: Name, Sizes, Share",
            ),
            (
                Properties::new().with("Sizes", vec![7u64, 256]),
                "Sizes of C is not a uint8: \"256\"",
            ),
            (
                Properties::new().with("Share", vec!["1", "2"]),
                "Share of C is not a real32: an array of 2",
            ),
            (
                Properties::new().with("Name", Value::Null),
                "Name of C is required",
            ),
        ] {
            assert_eq!(checked(properties).unwrap_err().to_string(), problem);
        }
    }

    #[test]
    fn methods_are_found() {
        let service = service();
        let method = service.method("STARTreplication").unwrap();
        assert_eq!(method.name, "StartReplication");
        assert_eq!(
            service.method("Stop").unwrap_err().to_string(),
            "Stop of C is not a method; declared: StartReplication"
        );
        let none = ClassSchema::default().method("Stop").unwrap_err();
        assert!(none.to_string().ends_with("declared: none"), "{none}");
    }
}
