//! Values as the declaration of their class types them.

use super::{CimType, ClassSchema, ElementSchema, MethodSchema};
use crate::cim::{Instance, Properties, Value};

impl ClassSchema {
    /// Returns an instance with each declared property in its declared type, in the order of the declaration. WS-Man sends
    /// values as text, and an array of one value like a scalar (DSP0230 8.1); here both become what they are.
    ///
    /// Declared properties that are absent become null, so that all instances of a class have one shape. Properties that
    /// are not declared, and values that do not have the declared type, stay as they are.
    ///
    /// ```
    /// # #[cfg(feature = "simulator")] {
    /// use cimwire::cim::{ClassPath, Instance, Value};
    ///
    /// let class = ClassPath::new("root/virtualization/v2", "Msvm_ConcreteJob");
    /// let schema = cimwire::declared_classes().class(&class).expect("it is declared");
    /// let job = Instance::new(class).with("JobState", "4").with("OperationalStatus", "2");
    /// let typed = schema.typed(&job);
    /// assert_eq!(typed.value("JobState"), Some(&Value::Uint16(4)));
    /// assert_eq!(typed.value("OperationalStatus"), Some(&vec![2u16].into()));
    /// assert_eq!(typed.value("ErrorCode"), Some(&Value::Null));
    /// # }
    /// ```
    #[must_use]
    pub fn typed(&self, instance: &Instance) -> Instance {
        let typed = typed(self.properties.iter(), instance.properties(), true);
        Instance::from_parts(instance.shared_class().cloned(), typed)
    }

    /// Returns a projection with each property in its declared type. Properties that are absent were not selected, and stay
    /// absent.
    #[must_use]
    pub fn typed_projection(&self, instance: &Instance) -> Instance {
        let typed = typed(self.properties.iter(), instance.properties(), false);
        Instance::from_parts(instance.shared_class().cloned(), typed)
    }
}

impl MethodSchema {
    /// Returns the output of a call with each declared output parameter and the return value in its declared type. Output
    /// parameters that are absent become null.
    #[must_use]
    pub fn typed(&self, output: &Properties) -> Properties {
        let outputs = self.parameters.iter();
        let typed = typed(outputs.filter(|one| one.is_output()), output, true);
        match output
            .value(RETURN_VALUE)
            .map(|value| self.return_type.convert(value))
        {
            Some(Ok(value)) => typed.with(RETURN_VALUE, value),
            _ => typed,
        }
    }
}

impl ElementSchema {
    fn typed(&self, value: &Value) -> Value {
        match value {
            // Some services send null as an empty element.
            Value::String(text) if text.trim().is_empty() && self.cim_type != CimType::String => {
                Value::Null
            }
            value => self.convert(value).unwrap_or_else(|_| value.clone()),
        }
    }
}

fn typed<'s>(
    declared: impl Iterator<Item = &'s ElementSchema>,
    values: &Properties,
    complete: bool,
) -> Properties {
    let mut typed = Properties::new();
    for element in declared {
        match values.value(&element.name) {
            Some(value) => {
                typed.set(element.name.as_str(), element.typed(value));
            }
            None if complete => typed.set(element.name.as_str(), Value::Null),
            None => {}
        }
    }
    for (name, value) in values.iter() {
        if typed.value(name).is_none() {
            typed.set(name, value.clone());
        }
    }
    typed
}

const RETURN_VALUE: &str = "ReturnValue";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cim::ClassPath;

    fn element(name: &str, cim_type: CimType, is_array: bool) -> ElementSchema {
        ElementSchema {
            name: name.to_owned(),
            cim_type,
            is_array,
            qualifiers: Vec::new(),
        }
    }

    fn schema() -> ClassSchema {
        ClassSchema {
            properties: vec![
                element("State", CimType::Uint16, false),
                element("Started", CimType::Boolean, false),
                element("Status", CimType::Uint16, true),
                element("Name", CimType::String, false),
                element("Size", CimType::Uint64, false),
            ],
            ..ClassSchema::new("C")
        }
    }

    #[test]
    fn each_instance_has_the_declared_properties_in_their_types_and_order() {
        let class = ClassPath::new("root/x", "C");
        let sent = Instance::new(class.clone())
            .with("NAME", "")
            .with("Status", "2")
            .with("Started", "TRUE")
            .with("__PATH", "4")
            .with("State", "12");
        let expected = Instance::new(class)
            .with("State", 12u16)
            .with("Started", true)
            .with("Status", vec![2u16])
            .with("Name", "")
            .with("Size", Value::Null)
            .with("__PATH", "4");
        assert_eq!(schema().typed(&sent), expected);
    }

    #[test]
    fn a_projection_is_not_completed() {
        let sent =
            Instance::from_parts(None, Properties::new().with("Size", "18446744073709551615"));
        let typed = schema().typed_projection(&sent);
        let expected = Properties::new().with("Size", u64::MAX);
        assert_eq!(typed, Instance::from_parts(None, expected));
    }

    #[test]
    fn a_value_of_another_type_stays_and_an_empty_number_is_null() {
        let sent = Properties::new().with("State", "70000").with("Size", " ");
        let typed = schema().typed_projection(&Instance::from_parts(None, sent));
        let expected = Properties::new()
            .with("State", "70000")
            .with("Size", Value::Null);
        assert_eq!(typed.properties(), &expected);
    }

    #[test]
    fn an_output_has_all_output_parameters_and_the_return_value() {
        let output = |name: &str, cim_type, is_array| ElementSchema {
            qualifiers: vec![crate::cim::Qualifier {
                name: "Out".to_owned(),
                value: true.into(),
            }],
            ..element(name, cim_type, is_array)
        };
        let method = MethodSchema {
            name: "M".to_owned(),
            return_type: CimType::Uint32,
            qualifiers: Vec::new(),
            parameters: vec![
                element("In", CimType::Uint32, false),
                output("Sizes", CimType::Uint64, true),
                output("Job", CimType::String, false),
            ],
        };
        let sent = Properties::new()
            .with("Sizes", "7")
            .with("ReturnValue", "0");
        let expected = Properties::new()
            .with("Sizes", vec![7u64])
            .with("Job", Value::Null)
            .with("ReturnValue", 0u32);
        assert_eq!(method.typed(&sent), expected);
    }
}
